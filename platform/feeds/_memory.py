"""Memory: what was read for a topic, good until the topic changes."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, NamedTuple

from feeds._signals import Signals

PATIENCE = 1.0  # seconds that a reading may take where there is a last good one
PAUSE = 3.0  # seconds after a failed reading until the next


class _Known(NamedTuple):
    value: Any
    epoch: int
    until: float


class Memory:
    """At most *most* readings as *shape* made them, each good for *seconds*.

    A signal makes it read again. When that fails with one of *failures*, or takes too
    long, the last good one is the answer, however old; without one the failure is.
    """

    def __init__(
        self,
        signals: Signals,
        seconds: float,
        most: int,
        failures: tuple[type[Exception], ...],
        shape: Callable[[Any], Any],
    ) -> None:
        self._signals, self._seconds, self._most = signals, seconds, most
        self._failures: tuple[type[Exception], ...] = (*failures, TimeoutError)
        self._shape = shape
        self._kept: OrderedDict[Hashable, _Known] = OrderedDict()

    async def get(
        self, topic: str, read: Callable[[], Awaitable[Any]], *more: Hashable
    ) -> Any:
        """What *read* finds for *topic* (and *more*, where there is more than one)."""
        key, now = (topic, *more), time.monotonic()
        # Before reading: a change meanwhile leaves the reading already out of date.
        epoch = self._signals.epoch(topic)
        known = self._kept.get(key)
        if known and known.epoch == epoch and now < known.until:
            return known.value
        try:
            async with asyncio.timeout(PATIENCE if known else math.inf):
                value = self._shape(await read())
        except self._failures:
            if known is None:
                raise
            self._keep(key, _Known(known.value, epoch, time.monotonic() + PAUSE))
            return known.value
        self._keep(key, _Known(value, epoch, now + self._seconds))
        return value

    def _keep(self, key: Hashable, known: _Known) -> None:
        self._kept[key] = known
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
