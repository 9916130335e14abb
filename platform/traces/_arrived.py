"""Spans come a moment after the answer whose trace they are."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

PATIENCE = 2.0  # seconds that a span may take to get here
LOOK = 0.2  # seconds between two looks


class Timed(Protocol):
    """A span; ``time`` is its end, epoch seconds."""

    parent_id: str | None
    time: float


S = TypeVar("S", bound=Timed)


async def arrived(find: Callable[[], Awaitable[Sequence[S]]]) -> Sequence[S]:
    """What *find* finds, once the whole trace is there or must have been.

    A root ends last, so that with it the rest is there, too.
    """
    until = time.monotonic() + PATIENCE
    while True:
        spans = await find()
        if _is_whole(spans, time.time()) or time.monotonic() > until:
            return spans
        await asyncio.sleep(LOOK)


def _is_whole(spans: Sequence[Timed], now: float) -> bool:
    if any(span.parent_id is None for span in spans):
        return True
    return bool(spans) and now - max(span.time for span in spans) > PATIENCE
