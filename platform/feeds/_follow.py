"""Follow: the changes since a moment, and then each further one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from feeds._signals import Signals

# A change carries the moment at which it was asked for and is seen when it commits: no
# commit may take longer than this, or a reader that is already past it would miss it.
OVERLAP = timedelta(seconds=15)
NEVER = datetime.min.replace(tzinfo=UTC)
FIRST = datetime(2000, 1, 1, tzinfo=UTC)  # before it nobody was given a mark
POLL = 30.0  # seconds without a signal after which one looks anyway


class BadMark(ValueError):
    """What somebody came back with was never given out."""


class Entry(NamedTuple):
    """A change: ``id`` is its own, ``at`` when it was made, ``data`` what is told."""

    id: str
    at: datetime
    data: Any


Read = Callable[[datetime], Awaitable[list[Entry]]]
Event = tuple[str, Any, str]


def follow(
    signals: Signals, topic: str, read: Read, last: str | None, poll: float = POLL
) -> AsyncIterator[Event]:
    """Events (name, data, mark): ``watching``, then ``changed`` for every change.

    *read* lists the changes from a moment on. *last* is the mark to go on from; without
    one, what was before is not told. Crowded and BadMark come at once.
    """
    signals.require_room()
    since = None if last is None else _moment(last)
    return _following(signals, topic, read, since, poll)


async def _following(
    signals: Signals, topic: str, read: Read, last: datetime | None, poll: float
) -> AsyncIterator[Event]:
    mark = last or datetime.now(UTC)
    with signals.listening(topic) as ear:
        told = {} if last else {each.id: each.at for each in await read(_back(mark))}
        yield "watching", {"since": _spelt(mark)}, _spelt(mark)
        while True:
            ear.clear()
            mark = await _in_step(mark, told, read)
            for entry in sorted(await read(_back(mark)), key=lambda each: each.at):
                if entry.id not in told:
                    told[entry.id] = entry.at
                    mark = max(mark, entry.at)
                    yield "changed", entry.data, _spelt(mark)
            told = {id: at for id, at in told.items() if at >= _back(mark)}
            await woken(ear, poll)


async def _in_step(mark: datetime, told: dict[str, datetime], read: Read) -> datetime:
    """*mark*; or now, where the clock was set back and what is made from then on is
    older. What lies between the two was told before."""
    now = datetime.now(UTC)
    if now >= _back(mark):
        return mark
    told |= {one.id: one.at for one in await read(_back(now)) if now < one.at <= mark}
    return now


def _back(mark: datetime) -> datetime:
    """From when on changes are read, in whole seconds: a store has no finer ones, and
    what it gives again has to be known as told."""
    return (mark - OVERLAP).replace(microsecond=0)


def _moment(mark: str) -> datetime:
    try:
        moment = datetime.fromisoformat(mark).astimezone(UTC)
    except (ValueError, OverflowError):
        moment = NEVER
    if moment < FIRST:
        raise BadMark(f"{mark[:40]} is no mark of this feed")
    return moment


def _spelt(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


async def woken(ear: asyncio.Event, seconds: float) -> None:
    """Wait for a signal, at most so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await ear.wait()
    except TimeoutError:
        return
