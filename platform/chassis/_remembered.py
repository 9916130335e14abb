"""Remembered: answers kept for a while, bounded, each asked for once at a time."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, NamedTuple

from chassis import errors


class Kept(NamedTuple):
    """An answer: when it was given, and until when nobody is asked again."""

    at: float
    until: float
    value: Any


NEVER = Kept(-math.inf, -math.inf, None)


class Remembered:
    """At most *most* answers, each for *seconds*; the least recently used go first.

    One that is wanted in its last *ahead* seconds is asked for in the background, so
    that nobody waits for what is wanted all the time. While nobody can be asked
    (UpstreamFailed), an answer is good for *stale* seconds, and asked for every
    *seconds* only. Who gives up waiting spoils it for nobody else.
    """

    def __init__(
        self, seconds: float, most: int, stale: float = 0.0, ahead: float = 0.0
    ) -> None:
        self._seconds, self._most, self._stale = seconds, most, stale
        self._ahead = ahead
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._asking: dict[Hashable, asyncio.Future[Any]] = {}

    async def get(
        self,
        key: Hashable,
        ask: Callable[..., Awaitable[Any]],
        *arguments: Any,
        **named: Any,
    ) -> Any:
        """The answer to *key*: a kept one, or that of *ask*; failures are not kept."""
        kept, now = self._kept.get(key, NEVER), time.monotonic()
        asking = self._asking.get(key)
        if now < kept.until:
            self._kept.move_to_end(key)
            if asking is None and now >= kept.until - self._ahead:
                self._begin(key, ask(*arguments, **named))
            return kept.value
        if asking is None:
            asking = self._begin(key, ask(*arguments, **named))
        try:
            return await asyncio.shield(asking)
        except errors.UpstreamFailed:
            is_forgotten = self._kept.get(key, NEVER).at != kept.at
            if is_forgotten or now - kept.at > self._stale:
                raise
            self._keep(key, kept._replace(until=now + self._seconds))
            return kept.value

    def _begin(self, key: Hashable, answer: Awaitable[Any]) -> asyncio.Future[Any]:
        def answered(task: asyncio.Future[Any]) -> None:
            if self._asking.get(key) is not task:
                return  # forgotten meanwhile: it may be what was to be forgotten
            del self._asking[key]
            if not task.cancelled() and task.exception() is None:
                now = time.monotonic()
                self._keep(key, Kept(now, now + self._seconds, task.result()))

        task = self._asking[key] = asyncio.ensure_future(answer)
        task.add_done_callback(answered)
        return task

    def _keep(self, key: Hashable, kept: Kept) -> None:
        self._kept[key] = kept
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self, key: Hashable | None = None) -> None:
        """Drop the answer to *key*, or all of them; those on their way, too."""
        for answers in (self._kept, self._asking):
            if key is None:
                answers.clear()
            else:
                answers.pop(key, None)


class LastGood:
    """The last good answers, for when there is nobody to ask; at most *most*.

    ``forgotten`` counts how often something was forgotten: an answer that began before
    may hold what is to be forgotten.
    """

    def __init__(self, most: int) -> None:
        self._most, self.forgotten = most, 0
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def keep(self, key: object, answer: Any, since: int) -> None:
        """Keep *answer*, unless something was forgotten after ``forgotten`` was read
        as *since*."""
        if since != self.forgotten:
            return
        self._kept[repr(key)] = answer
        self._kept.move_to_end(repr(key))
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, key: object) -> Any:
        """The answer to *key*, None when there is none."""
        return self._kept.get(repr(key))

    def forget(self, matching: Callable[[Any], bool] = lambda _: True) -> None:
        """Drop the answers that match, all of them by default."""
        self.forgotten += 1
        for key in [key for key, answer in self._kept.items() if matching(answer)]:
            del self._kept[key]
