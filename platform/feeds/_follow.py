"""Follow: the changes since a moment, and then each further one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from feeds._signals import Signals

# A change carries the moment at which it was asked for and is seen when it commits: no
# commit may take longer than this, or a reader that is already past it would miss it.
OVERLAP = timedelta(seconds=15)
POLL = 30.0  # seconds without a signal after which one looks anyway


class Entry(NamedTuple):
    """A change: ``id`` is its own, ``at`` when it was made, ``data`` what is told."""

    id: str
    at: datetime
    data: Any


class Mark(NamedTuple):
    """Where a watcher is: it was told all that was made before ``at``."""

    at: datetime

    @classmethod
    def read(cls, text: str) -> "Mark":
        """The mark that ``str`` spelt; ValueError."""
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError(f"{text} has no offset from UTC")
        return cls(at)

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


async def follow(
    signals: Signals,
    topic: str,
    read: Callable[[datetime], Awaitable[list[Entry]]],
    last: Mark | None,
    now: Callable[[], datetime],
    poll: float = POLL,
) -> AsyncIterator[tuple[Entry | None, str]]:
    """Every change after *last*, each with the mark to come back with.

    *read* lists the changes from a moment on, oldest first. Without *last* only what
    comes is told; first of all is always None, with the mark of where it begins.
    """
    with signals.listening(topic) as ear:
        mark = last or Mark(now())
        told = {} if last else _ids(await read(mark.at - OVERLAP))
        yield None, str(mark)
        while True:
            ear.clear()
            for entry in await read(mark.at - OVERLAP):
                if entry.id not in told:
                    told[entry.id] = entry.at
                    mark = Mark(max(mark.at, entry.at))
                    yield entry, str(mark)
            told = {k: at for k, at in told.items() if at >= mark.at - 2 * OVERLAP}
            await _woken(ear, poll)


def _ids(entries: list[Entry]) -> dict[str, datetime]:
    return {entry.id: entry.at for entry in entries}


async def _woken(ear: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await ear.wait()
    except TimeoutError:
        return
