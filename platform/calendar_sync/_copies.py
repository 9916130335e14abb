"""Copies: events of calendars elsewhere, kept as documents, brought up to date."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import freebusy
from calendar_sync._changes import Changes, Event

T = TypeVar("T")
OWN = -1  # the round of what is kept here alone, and told by nobody
AT_ONCE = 200  # events of one transaction


@dataclass(frozen=True)
class Copies:
    """Copies among the documents *items*; *commit* writes what was put and deleted.

    An item has ``id`` (an event's key), ``calendar_id``, ``provider_id``, ``series``,
    ``text``, what the text shows, ``first`` and ``last`` (how far it reaches, texts by
    *spelt*) and ``round``. Where it is put is made of its names, so that writing it
    again replaces it.
    """

    items: Any
    commit: Callable[[], Awaitable[Any]]
    spelt: Callable[[datetime], str]

    async def follow(
        self, calendar_id: str, zone: str, told: Changes, round: int
    ) -> None:
        """Make the copies what *told* says; *round* is another at each whole telling.

        Whatever is interrupted may be done again from its begin.
        """
        for names in _batches(told.gone):
            lost = {"in": names}
            either = [{"provider_id": lost}, {"series": lost}]
            self.items.delete_all({"calendar_id": calendar_id, "any": either})
            await self.commit()
        for some in _batches(told.changed):
            for event in some:
                self.put(calendar_id, zone, event, round)
            await self.commit()
        if told.is_whole:
            old = {"calendar_id": calendar_id, "round": {"ne": round, "gte": 0}}
            self.items.delete_all(old)

    def put(self, calendar_id: str, zone: str, event: Event, round: int) -> Any:
        """Put one event; Unreadable."""
        first, last = map(self.spelt, freebusy.reach(event.text, zone))
        about = {"calendar_id": calendar_id, "first": first, "last": last}
        about |= freebusy.shown(event.text, zone) | event._asdict()
        item = self.items.model(id=event.key, round=round, **about)
        self.items.put(f"{calendar_id}.{event.key}", item)
        return item

    async def texts(
        self, calendar_id: str, start: datetime, end: datetime
    ) -> list[str]:
        """The events that have a say about the time between two moments."""
        span = {"first": {"lt": self.spelt(end)}, "last": {"gt": self.spelt(start)}}
        those = {"calendar_id": calendar_id, **span}
        return [one.value.text async for one in self.items.each(those)]


def _batches(those: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(those)
    while some := list(islice(rest, AT_ONCE)):
        yield some
