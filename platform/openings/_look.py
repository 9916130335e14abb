"""Looking for slots where what is occupied has to be asked for, stretch by stretch."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from openings._free import Occupied, claimed, free, nearest, seats
from openings._rule import BadRule, Rule
from openings._wall import Span
from openings._wish import Wish

AT_ONCE = timedelta(days=31)  # that one page looks through
INSTANT = timedelta(microseconds=1)
NEAR, REACH, FAR = timedelta(days=3), timedelta(days=7), timedelta(days=90)
WEEK = timedelta(days=7)
ENOUGH, MOST = 3, 5  # slots instead of the one that was wanted


@dataclass
class Look:
    """One look, at *now*. ``unknown`` is why something that it asked for is unknown."""

    rule: Rule
    now: datetime
    occupied: Callable[[Span], Awaitable[Occupied]]
    unknown: str | None = None

    async def free(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """The beginnings of slots, *first* through *last*, that can be had."""
        first, last = max(first, self.now), min(last, self.now + self.rule.horizon)
        if first > last:
            return iter(())
        occupied = await self.occupied(claimed(self.rule, first, last))
        self.unknown = self.unknown or occupied.unknown
        return free(self.rule, first, last, self.now, occupied)

    async def page(
        self, span: Span, after: datetime | None, most: int
    ) -> tuple[list[datetime], datetime | None]:
        """At most *most* slots within *span*, and from where to go on.

        *after* is where the page before said to go on. None: there are no more.
        """
        first = max(span.start, after or span.start)
        last = min(span.end - self.rule.duration, self.now + self.rule.horizon)
        until = min(last, max(first, self.now) + AT_ONCE)
        found = list(islice(await self.free(first, until), most + 1))
        if len(found) > most:
            return found[:most], found[most]
        return found, until + INSTANT if until < last else None

    async def seats(self, start: datetime) -> list[int]:
        """The seats that a slot can have; none where it is not open, or unknown."""
        if not self.now <= start <= self.now + self.rule.horizon:
            return []
        occupied = await self.occupied(claimed(self.rule, start))
        self.unknown = self.unknown or occupied.unknown
        is_free = any(True for _ in free(self.rule, start, start, self.now, occupied))
        return seats(self.rule, start, occupied) if is_free else []

    async def near(self, wanted: datetime) -> list[datetime]:
        """The free slots nearest to *wanted*: three at least, where there are any.

        Close by first, then ever further on, for three months.
        """
        last = min(self.now + self.rule.horizon, max(wanted, self.now) + FAR)
        first = max(min(wanted, last) - NEAR, self.now)
        found, reach = list[datetime](), NEAR + REACH
        while first <= last and len(found) < ENOUGH:
            until = min(first + reach, last)
            found += await self.free(first, until)
            first, reach = until + INSTANT, reach * 2
        return nearest(found, wanted, MOST)

    def wishes(
        self, service: str, starts: Iterable[datetime], zone: ZoneInfo
    ) -> Iterator[Wish]:
        """The slots that begin then, as seen from a zone."""
        minutes = self.rule.duration // timedelta(minutes=1)
        return (Wish(service, start, minutes, zone) for start in starts)


def within(
    start: datetime | None, end: datetime | None, zone: ZoneInfo, now: datetime
) -> Span:
    """The span that somebody asks for: from now, for a week, where nothing is said.

    A time without an offset is one on the zone's wall. BadRule if it ends first.
    """
    first = _moment(start or now, zone)
    last = _moment(end or first + WEEK, zone)
    if last < first:
        raise BadRule("it ends before it begins")
    return Span(first, last)


def _moment(given: datetime, zone: ZoneInfo) -> datetime:
    return given if given.tzinfo else given.replace(tzinfo=zone)
