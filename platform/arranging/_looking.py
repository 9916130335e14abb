"""Looking for a time: where to, and which slots are spoken of then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import timex
from contracts.calendar.slots import Slot
from contracts.calendar.times import Span
from contracts.calendar.turns import Arrangement

DAY = timedelta(days=1)
MOMENTS = {"hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
MANY_DAYS = ("week", "month")
AHEAD = 14 * DAY  # that are looked through where nothing is free when it was wished
LONGEST = 31 * DAY
MANY = 4  # slots to choose from


@dataclass(frozen=True)
class Look:
    """``span`` is when it was wished; ``is_exact`` where one beginning was named.

    ``is_soonest``: the first that are free are wished, ``is_latest``: the last. Nothing
    is wished on the weekdays ``never``, nor outside ``hours``, in which it may begin,
    nor on other ``days``, where there are some.
    ``day`` and ``clock`` are what to remember of it, ``questions`` what it left open.
    """

    span: Span
    is_exact: bool
    day: date | None
    clock: time | None
    questions: tuple[str, ...] = ()
    is_soonest: bool = False
    is_latest: bool = False
    days: frozenset[date] = frozenset()
    never: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None

    @property
    def spans(self) -> tuple[Span, Span]:
        """Where to look first, and where if nothing is free there."""
        start = self.span.start
        first = Span(start=start, end=min(self.span.end, start + LONGEST))
        if self.is_exact:
            first = Span(start=start - DAY, end=start + 2 * DAY)
        return first, Span(start=start, end=start + AHEAD)

    def is_named(self, slot: Slot, names: Collection[str]) -> bool:
        """Whether a slot is the one that a day, a clock time, or both name."""
        at = slot.start.astimezone(self.span.start.tzinfo)
        by_day = "day" not in names or at.date() == self.span.start.date()
        by_clock = "clock" not in names or at.time() == self.span.start.time()
        return by_day and by_clock

    def among(self, free: Sequence[Slot]) -> list[Slot]:
        """The free slots that were wished: one for a moment, else some of them."""
        start, end = self.span.start, self.span.end
        if self.is_exact:
            return [each for each in free if each.start == start][:1]
        wished = self.wished(free)
        within = [each for each in wished if start <= each.start and each.end <= end]
        if self.is_latest:
            return within[-1:]
        apart = 1 if self.is_soonest else max(1, (len(within) + MANY - 1) // MANY)
        return within[::apart][:MANY]

    def wished(self, free: Sequence[Slot]) -> list[Slot]:
        """Those that nothing that was said leaves out."""
        return [each for each in free if self._may_be(each)]

    def _may_be(self, slot: Slot) -> bool:
        at = slot.start.astimezone(self.span.start.tzinfo)
        if at.weekday() in self.never or (self.days and at.date() not in self.days):
            return False
        first, last = self.hours or (time(), time())
        return first <= at.time() and (at.time() < last or last == time())

    def near(self, free: Sequence[Slot]) -> list[Slot]:
        """The free slots that are nearest to what was wished, in their order."""
        start = self.span.start
        nearest = sorted(self.wished(free), key=lambda each: abs(each.start - start))[
            :MANY
        ]
        return sorted(nearest, key=lambda each: each.start)


def soonest(now: datetime) -> Look:
    """The first times that are free."""
    return Look(Span(start=now, end=now + AHEAD), False, None, None, is_soonest=True)


def on(day: date, zone: ZoneInfo) -> Look:
    """All of a day."""
    start = datetime.combine(day, time(), zone)
    return Look(Span(start=start, end=start + DAY), False, day, None)


def among_days(days: Sequence[date], zone: ZoneInfo) -> Look:
    """On these days."""
    ends = (min(days), max(days) + DAY)
    start, end = (datetime.combine(each, time(), zone) for each in ends)
    span = Span(start=start, end=end)
    return Look(span, False, None, None, days=frozenset(days))


def at(span: Span, zone: ZoneInfo) -> Look:
    """Where to look for one of the times that were asked about."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    if end - start <= MOMENTS["hour"]:
        return _exact(start, ())
    day = start.date() if end - start <= DAY else None
    return Look(Span(start=start, end=end), False, day, None)


def look(state: Arrangement, read: timex.Reading, zone: ZoneInfo) -> Look:
    """Where to look for what was said; a day alone is meant at the hour before."""
    if read.start is None or read.end is None:
        return _remembered(state, zone)
    if state.clock and read.grain == "day" and read.names == {"day"}:
        start = datetime.combine(read.start.date(), state.clock, zone)
        return _exact(start, read.ambiguous)
    span = Span(start=read.start, end=read.end)
    if span.end - span.start == MOMENTS.get(read.grain or ""):
        return _exact(span.start, read.ambiguous)
    return _daily(read) or _within(span, read)


def _within(span: Span, read: timex.Reading) -> Look:
    """Anywhere in the span."""
    day = None if read.grain in MANY_DAYS else span.start.date()
    return Look(span, False, day, None, read.ambiguous)


def _daily(read: timex.Reading) -> Look | None:
    """Those hours of any of the days: "next week after 3pm"; None of one day, or where
    they are over midnight."""
    if "day" not in {each.about for each in read.ambiguous} or not read.others:
        return None
    hours = read.start.time(), read.end.time()
    if time() < hours[1] <= hours[0]:
        return None
    last = max(end for _, end in read.others)
    span = Span(start=read.start, end=last)
    return Look(span, False, None, None, read.ambiguous, hours=hours)


def _remembered(state: Arrangement, zone: ZoneInfo) -> Look:
    """What was wished before."""
    assert state.day
    if state.clock:
        return _exact(datetime.combine(state.day, state.clock, zone), ())
    return on(state.day, zone)


def remembered(state: Arrangement, wish: Look) -> Arrangement:
    """The state with what the wish says beside day and hour, until it is looked for."""
    start, end = wish.span.start, wish.span.end
    if wish.is_soonest:
        return state.model_copy(update={"soonest": True})
    if wish.is_exact or wish.day is None or end - start >= DAY:
        return state
    return state.model_copy(update={"hours": (start.time(), end.time())})


def _exact(start: datetime, questions: tuple[str, ...]) -> Look:
    span = Span(start=start, end=start + MOMENTS["minute"])
    return Look(span, True, start.date(), start.time(), questions)
