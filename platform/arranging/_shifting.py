"""A time that is told by the one that is open: an hour later, the day before, 11."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

import timex
from contracts.calendar.turns import Arrangement

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WEEK = 7 * DAY
SAID = frozenset({"clock", "day"})


class Shifts:
    """How a language moves a time: ``counts`` by ``units`` (in minutes) that are
    ``later`` or ``earlier``, or by which something is ``pushed`` so, ``days`` by how
    many there are between, ``following`` (a weekday that is the next after it), a
    ``clock`` time (group ``at``) of the ``same`` day, or the same time of another one;
    ``somewhat`` (groups ``later`` and ``earlier``) says not by how much."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._counts: dict[str, float] = table["counts"]
        self._units: dict[str, int] = table["units"]
        later, earlier = ("|".join(table[way]) for way in ("later", "earlier"))
        count = rf"(?P<many>{_words(self._counts)}|\d+(?:[.,]5)?)\s*"
        unit = rf"(?P<unit>{_words(self._units)})"
        way = rf"(?:(?P<later>{later})|(?:{earlier}))"
        self._by = any_of([rf"(?<!\w){count}{unit} (?:{way})(?!\w)"])
        self._pushed = {
            way: any_of([rf"(?:{each}) {count}{unit}(?!\w)" for each in patterns])
            for way, patterns in table["pushed"].items()
        }
        self._days = {int(days): any_of(each) for days, each in table["days"].items()}
        self._somewhat = any_of(table["somewhat"])
        self._following = any_of(table["following"])
        self._clock, self._same = any_of(table["clock"]), any_of(table["same"])

    def read(self, text: str, open: datetime) -> timex.Reading | None:
        """The time that *text* tells by the *open* one; None where it does not."""
        if by := self._length(text):
            return _moment(_moved(open, by))
        if moved := self.day(text, open):
            return _moment(moved[0])
        if some := self._somewhat.search(text):
            return _rest_of_day(open, is_later=some["later"] is not None)
        return None

    def day(self, text: str, open: datetime) -> tuple[datetime, str] | None:
        """The same time of the day that *text* counts from the *open* one, and the rest
        of it; None where it counts none."""
        for days, pattern in self._days.items():
            if pattern.search(text):
                return _moved(open, days * DAY), pattern.sub(" ", text)
        return None

    def followed(self, text: str) -> str | None:
        """The text without what says that its weekday follows the open day; None where
        it does not."""
        return self._following.sub(" ", text) if self._following.search(text) else None

    def counts(self, text: str) -> bool:
        """Whether it counts days from one that is known."""
        return any(each.search(text) for each in self._days.values())

    def plain(self, text: str) -> str:
        """The text with a bare hour as one, and without what says that the time of day
        stays as it is."""
        if said := self._clock.search(text):
            start, end = next(span for span in said.regs[1:] if span[0] >= 0)
            at = re.sub(r"^\d{1,2}$", r"\g<0>:00", text[start:end])
            text = f"{text[:start]}{at}{text[end:]}"
        return self._same.sub(" ", text)

    def _length(self, text: str) -> timedelta | None:
        """By how much; less than nothing where it is earlier."""
        if by := self._by.search(text):
            return self._times(by) if by["later"] else -self._times(by)
        for way, pattern in self._pushed.items():
            if by := pattern.search(text):
                return self._times(by) if way == "later" else -self._times(by)
        return None

    def _times(self, by: re.Match[str]) -> timedelta:
        known = self._counts.get(by["many"].casefold())
        count = float(by["many"].replace(",", ".")) if known is None else known
        return count * self._units[by["unit"].casefold()] * MINUTE


def following(state: Arrangement, said: date, zone: ZoneInfo) -> date:
    """The first day of the weekday of *said* after the one that is open; *said* where
    none is."""
    open = day(state, zone)
    return open + ((said - open).days % 7 or 7) * DAY if open else said


def weekday(state: Arrangement, said: date, today: date, zone: ZoneInfo) -> date:
    """The day of the weekday of *said*, the next such, that is meant: one of those that
    are shown, or the one nearest to the day that is open, where that is further ahead
    than any weekday alone tells."""
    shown = {each.start.astimezone(zone).date() for each in state.shown}
    alike = [each for each in shown if each.weekday() == said.weekday()]
    if len(alike) == 1:
        return alike[0]
    open = _wished(state, zone)
    if open is None or open - today < WEEK:
        return said
    return max(said, open + ((said - open).days + 3) % 7 * DAY - 3 * DAY)


def counted(state: Arrangement, said: date, today: date, zone: ZoneInfo) -> date:
    """The day of the same number as *said*, the next such, that is nearest to the one
    that is open, and not over."""
    open = _wished(state, zone)
    if open is None:
        return said
    months = (open + relativedelta(months=ahead, day=said.day) for ahead in (-1, 0, 1))
    ahead = [each for each in months if each.day == said.day and each >= today]
    return min([said, *ahead], key=lambda each: abs(each - open))


def _wished(state: Arrangement, zone: ZoneInfo) -> date | None:
    """The day that is open and wished: that of what one has is no wish yet."""
    is_wished = state.kind == "book" or state.slot is not None
    return day(state, zone) if is_wished else None


def day(state: Arrangement, zone: ZoneInfo) -> date | None:
    """The day that is open; None where there is none."""
    return state.slot.start.astimezone(zone).date() if state.slot else state.day


def base(state: Arrangement, zone: ZoneInfo) -> datetime | None:
    """The time that is open; None where there is none yet."""
    if state.slot:
        return state.slot.start.astimezone(zone)
    if state.day and state.clock:
        return datetime.combine(state.day, state.clock, zone)
    return None


def _moved(start: datetime, by: timedelta) -> datetime:
    """So many days on the same clock time; hours as they pass."""
    if by % DAY:
        return (start.astimezone(UTC) + by).astimezone(start.tzinfo)
    return datetime.combine(start.date() + by, start.time(), start.tzinfo)


def _moment(start: datetime) -> timex.Reading:
    return timex.Reading(start, start + HOUR, "hour", (), names=SAID)


def _rest_of_day(open: datetime, *, is_later: bool) -> timex.Reading:
    midnight = datetime.combine(open.date(), time(), open.tzinfo)
    start, end = (open + MINUTE, midnight + DAY) if is_later else (midnight, open)
    return timex.Reading(start, end, "part_of_day", (), names=SAID)


def _words(known: Mapping[str, float]) -> str:
    return "|".join(re.escape(each) for each in sorted(known, key=len, reverse=True))


def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """One pattern for all of them, in either case."""
    return re.compile("|".join(f"(?:{each})" for each in patterns), re.IGNORECASE)
