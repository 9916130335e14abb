"""Which slots suit several people best, wherever they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class Span(NamedTuple):
    """From ``start`` up to but without ``end``; aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Person:
    """Who is in ``zone``, likes to be met from ``opens`` to ``closes`` there, on
    ``days`` (Monday is 0), and is ``busy`` then, in order."""

    zone: ZoneInfo
    busy: Sequence[Span] = ()
    opens: time = time(9)
    closes: time = time(17)
    days: frozenset[int] = frozenset(range(5))

    def outside(self, slot: Span) -> int:
        """Minutes of the slot that are outside the hours that are liked."""
        start, end = (each.astimezone(UTC) for each in slot)
        inside, day = timedelta(), start.astimezone(self.zone).date()
        while day <= end.astimezone(self.zone).date():
            if day.weekday() in self.days:
                opens, closes = (
                    datetime.combine(day, each, self.zone).astimezone(UTC)
                    for each in (self.opens, self.closes)
                )
                inside += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return (end - start - inside) // MINUTE

    def is_busy(self, slot: Span) -> bool:
        return any(b.start < slot.end and slot.start < b.end for b in self.busy)

    def gaps(self, slot: Span) -> int:
        """How many more gaps the person's day has with the slot: -1, 0 or 1."""
        day = slot.start.astimezone(self.zone).date()
        today = [b for b in self.busy if b.start.astimezone(self.zone).date() == day]
        before = max((b.end for b in today if b.end <= slot.start), default=slot.start)
        after = min((b.start for b in today if b.start >= slot.end), default=slot.end)
        # The slot parts what was one gap, if something was on both of its sides.
        parted = {b.end <= slot.start for b in today} == {True, False}
        return (before < slot.start) + (after > slot.end) - parted


@dataclass(frozen=True)
class Rated:
    """A slot, by what is worst about it: what each one has to give, then gaps."""

    slot: Span
    outside: tuple[int, ...]
    gaps: int

    @property
    def cost(self) -> tuple[int, int, int, datetime]:
        """Minutes that the worst-off gives, that all give, more gaps, and the time."""
        return (
            max(self.outside, default=0),
            sum(self.outside),
            self.gaps,
            self.slot.start,
        )


def suggest(slots: Iterable[Span], people: Sequence[Person], most: int) -> list[Rated]:
    """The slots in which nobody is busy, the best first."""
    rated = [
        Rated(
            slot,
            tuple(person.outside(slot) for person in people),
            sum(person.gaps(slot) for person in people),
        )
        for slot in slots
        if not any(person.is_busy(slot) for person in people)
    ]
    return sorted(rated, key=lambda each: each.cost)[:most]
