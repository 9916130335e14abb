"""Machines: definitions that can be run, resumed and told the history of."""

import asyncio
import contextlib
import functools
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json

from asl._check import check
from asl._effects import Effects, Host
from asl._failures import Expired, Failed, Suspended, TimedOut
from asl._finding import Finding
from asl._hosting import (
    Call,
    Clock,
    Entry,
    Event,
    Execution,
    Journal,
    Limits,
    NoJournal,
    Observer,
    SleepingClock,
    Task,
)
from asl._run import Run
from asl._visit import Lane, stamp

LIMITS = Limits()


def _findings(definition: dict[str, Any]) -> list[Finding]:
    """What ``check`` finds; it takes milliseconds, and few texts are run often."""
    try:
        return _of_text(to_json(definition))
    except ValueError:
        return check(definition)


@functools.lru_cache(maxsize=64)
def _of_text(text: bytes) -> list[Finding]:
    return check(from_json(text))


class Invalid(ValueError):
    """The definition has findings: a machine would not know what to do."""

    def __init__(self, findings: list[Finding]) -> None:
        first = findings[0]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(f"{first.place or '/'}: {first.message}{more}")
        self.findings = findings


class Machine:
    """A checked definition and the tasks that it may call; it holds no state.

    >>> machine = Machine(definition, task)
    >>> output = await machine.run(Execution(id, input), journal, observer)
    """

    def __init__(
        self,
        definition: dict[str, Any],
        task: Task,
        clock: Clock | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        if findings := _findings(definition):
            raise Invalid(findings)
        self._definition, self._task, self._limits = definition, task, limits
        self._clock = clock or SleepingClock()

    async def run(
        self,
        execution: Execution,
        journal: Journal | None = None,
        observer: Observer | None = None,
    ) -> Any:
        """The output of the execution; Failed, TimedOut or Suspended when it has none.

        With a *journal* (standard) the same execution may be run again after a crash
        or a suspension and repeats nothing that the journal has; without one (express)
        nothing is kept. The *observer* is told what happens, as it happens; after a
        resumption it is told from the beginning, with the same times.
        """
        clock, limits = self._clock, self._limits
        host = Host(self._task, journal or NoJournal(), clock, observer, limits)
        effects = Effects(host, execution, self._seconds())
        left = (effects.deadline - clock.now()).total_seconds()
        return await self._told(execution, effects, observer, left)

    async def history(self, execution: Execution, journal: Journal) -> list[Event]:
        """What the journal knows of an execution: a replay, without any effect.

        It ends where the journal ends. How an execution ended that was aborted or ran
        out of time within a task is its host's to add.
        """
        events: list[Event] = []

        async def observe(event: Event) -> None:
            events.append(event)

        frozen, clock = _Frozen(journal, self._clock), _Stopped(self._clock)
        host = Host(_unavailable(clock), frozen, clock, observe, self._limits)
        effects = Effects(host, execution, self._seconds(), replay=True)
        with contextlib.suppress(Failed, Suspended):
            await self._told(execution, effects, observe, None)
        return [event for event in events if event.type != "ExecutionSuspended"]

    def _seconds(self) -> float:
        wanted = self._definition.get("TimeoutSeconds", self._limits.execution_seconds)
        return float(min(wanted, self._limits.execution_seconds))

    async def _told(
        self,
        execution: Execution,
        effects: Effects,
        observer: Observer | None,
        left: float | None,
    ) -> Any:
        """Run, and tell the observer of the beginning and the end."""
        lane = Lane("", execution.started)

        async def tell(type: str, **details: Any) -> None:
            if observer is not None:
                await observer(Event(lane.now, type, details=details))

        await tell("ExecutionStarted", input=execution.input)
        try:
            output = await self._timed(Run(effects, execution), execution, lane, left)
        except TimedOut as end:
            await tell("ExecutionTimedOut", error=end.error, cause=end.cause)
            raise
        except Failed as end:
            await tell("ExecutionFailed", error=end.error, cause=end.cause)
            raise
        except Suspended as pause:
            await tell("ExecutionSuspended", until=stamp(pause.until))
            raise
        await tell("ExecutionSucceeded", output=output)
        return output

    async def _timed(
        self, run: Run, execution: Execution, lane: Lane, left: float | None
    ) -> Any:
        cause = f"the execution took longer than {self._seconds():g} s"
        try:
            async with asyncio.timeout(left) as scope:
                return await run.machine(self._definition, execution.input, lane)
        except Expired:
            raise TimedOut(cause) from None
        except TimeoutError:
            if not scope.expired():  # it is the journal's or the observer's
                raise
            raise TimedOut(cause) from None


class _Frozen:
    """A journal that is only read."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal, self._clock = journal, clock

    def recall(self, key: str) -> Entry | None:
        return self._journal.recall(key)

    async def record(self, key: str, entry: Entry) -> None:
        raise Suspended(self._clock.now())


class _Stopped:
    """A clock that waits for nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    async def until(self, key: str, moment: datetime) -> None:
        if moment > self.now():
            raise Suspended(moment)


def _unavailable(clock: Clock) -> Task:
    async def task(call: Call) -> Any:
        raise Suspended(clock.now())

    return task
