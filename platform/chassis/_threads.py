"""Threads for blocking SDK calls: few, of one provider alone, and never joined.

A call that its caller gave up keeps its thread until it returns by itself, for a thread
cannot be stopped. Such threads are counted; when all hang, new calls fail at once
instead of queueing behind them. Threads are daemons, so that none delays the exit.
"""

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

WAITING = 8  # calls that may wait for each thread


class Exhausted(ConnectionError):
    """No thread is free, nor will be soon: the provider lets its calls hang."""


class _Job:
    """One call: the future of its result, and the context that it runs in."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work, self.done = work, Future[Any]()
        self._context = contextvars.copy_context()

    def run(self) -> tuple[Any, BaseException | None]:
        try:
            return self._context.run(self.work), None
        except BaseException as exc:
            return None, exc


class Threads:
    """At most *limit* threads, started when they are needed.

    ``noted`` is told how many of them hang, whenever that changes; from any thread.
    One without work for *idle* seconds ends.
    """

    def __init__(
        self,
        name: str,
        limit: int,
        noted: Callable[[int], None],
        idle: float = 30.0,
    ) -> None:
        self._name, self._limit, self._noted, self._idle = name, limit, noted, idle
        self._jobs: queue.Queue[_Job] = queue.Queue(limit * WAITING)
        self._left: set[_Job] = set()
        self._lock = threading.Lock()
        self._started = self._open = 0

    async def run(self, work: Callable[[], Any]) -> Any:
        """What *work* returns or raises, in a thread, with this task's context.

        Exhausted when all threads hang or too many calls wait. When the waiting task
        is cancelled, a call that has not begun never begins.
        """
        if len(self._left) >= self._limit:
            raise Exhausted(f"all {self._limit} threads hang")
        job = _Job(work)
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise Exhausted(f"{self._limit * WAITING} calls wait already") from None
        self._employ()
        try:
            return await asyncio.wrap_future(job.done)
        except asyncio.CancelledError:
            self._leave(job)
            raise

    def _employ(self) -> None:
        with self._lock:
            self._open += 1
            if self._started >= min(self._limit, self._open):
                return
            self._started += 1
        threading.Thread(target=self._serve, name=self._name, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=self._idle)
            except queue.Empty:
                if self._may_end():
                    return
                continue
            if job.done.set_running_or_notify_cancel():
                self._finish(job, *job.run())
            else:
                with self._lock:
                    self._open -= 1

    def _may_end(self) -> bool:
        """Whether this thread may go; one that came too late for a job may not."""
        with self._lock:
            idle = self._jobs.empty()
            self._started -= idle
            return idle

    def _finish(self, job: _Job, result: Any, exc: BaseException | None) -> None:
        with self._lock:
            self._open -= 1
            if job in self._left:
                self._left.discard(job)
                self._noted(len(self._left))
            if exc is None:
                job.done.set_result(result)
            else:
                job.done.set_exception(exc)

    def _leave(self, job: _Job) -> None:
        with self._lock:
            if not job.done.cancel() and not job.done.done():
                self._left.add(job)
                self._noted(len(self._left))
