"""What somebody has already: told when asked for, or wished for once more."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

import openings
import timex
from arranging import _lasting as lasting
from arranging._offers import Offer, stems, untitled
from arranging._words import Words
from contracts.calendar.times import Span
from contracts.calendar.turns import Appointment, Arrangement

MOST = 10  # that are told at once
PERIODS = ("week", "month")
WEEK, MINUTE = timedelta(weeks=1), timedelta(minutes=1)


def told(
    state: Arrangement,
    mine: Sequence[Appointment],
    text: str,
    now: datetime,
    words: Words,
) -> tuple[Arrangement, str]:
    """Those that the text asks for, and the reply that tells them."""
    left = [each for each in mine if each.slot.start > now]
    found = _meant(left, state, text, now, words)
    reply = "yours" if found else "yours_not_then" if left else "yours_none"
    return state.model_copy(update={"mine": (found or left)[:MOST]}), reply


def _meant(
    left: Sequence[Appointment],
    state: Arrangement,
    text: str,
    now: datetime,
    words: Words,
) -> list[Appointment]:
    """Those of a title and at a time that the text names, or the next of them."""
    named = _named(left, text)
    timed = untitled(text, (each.title for each in left))
    read = named and _read(timed, state, ZoneInfo(named[0].slot.timezone), now)
    if not read:
        return []
    if read.start and read.end:
        span = Span(start=read.start, end=read.end)
        return [each for each in named if span.start <= each.slot.start < span.end]
    return named[:1] if words.following.search(text) else named


def _named(mine: Sequence[Appointment], text: str) -> list[Appointment]:
    """Those of a title that the text names; all where it names none of them."""
    said = stems(text)
    named = [each for each in mine if said & stems(each.title)]
    return named or [*mine]


def again(
    state: Arrangement,
    had: Sequence[Appointment],
    offers: Sequence[Offer],
    text: str,
    now: datetime,
) -> Arrangement:
    """The latest of what one *had*, once more at its time of day: on a day that is
    told, or to be asked about. As it was where there is none that can still be had."""
    rules = {each.name: each.rule for each in offers}
    known = [each.slot for each in had if each.slot.service in rules]
    if not known:
        return state
    last = max(known, key=lambda each: each.start)
    start = last.start.astimezone(ZoneInfo(last.timezone))
    wish = {"service": last.service, "clock": start.time(), "day": None}
    wish["minutes"] = lasting.minutes_of(last)
    read = _read(text, state, ZoneInfo(last.timezone), now)
    if read.grain in PERIODS and read.start and read.end:
        days = _days(start.date(), read.start.date(), read.end.date())
        starts = [datetime.combine(day, start.time(), start.tzinfo) for day in days]
        wish["choices"] = _choices(starts, rules[last.service], now)
    return state.model_copy(update=wish)


def beside(state: Arrangement, mine: Sequence[Appointment]) -> Arrangement:
    """With the time of the latest of what one has as the one that was spoken of: "and a
    massage the day after"."""
    if not mine:
        return state
    last = max((each.slot for each in mine), key=lambda each: each.start)
    start = last.start.astimezone(ZoneInfo(last.timezone))
    return state.model_copy(update={"day": start.date(), "clock": start.time()})


def _choices(
    starts: Sequence[datetime], rule: openings.Rule, now: datetime
) -> list[Span]:
    """Those that are still to come, and open if one of them is."""
    ahead = [each for each in starts if each > now]
    open = [each for each in ahead if openings.is_open(rule, each)]
    return [Span(start=each, end=each + MINUTE) for each in open or ahead]


def _days(was: date, first: date, end: date) -> list[date]:
    """The same weekday between *first* and *end*, the one of its place in the month;
    and the same day of the month."""
    ahead = first + timedelta(days=(was.weekday() - first.weekday()) % 7)
    alike = [day for n in range(5) if (day := ahead + n * WEEK) < end]
    place = min((was.day - 1) // 7, len(alike) - 1)
    dated = first + relativedelta(day=was.day)
    same = [dated] if first <= dated < end and dated.day == was.day else []
    return [*dict.fromkeys([*alike[place : place + 1], *same])]


def _read(
    text: str, state: Arrangement, zone: ZoneInfo, now: datetime
) -> timex.Reading:
    home = ZoneInfo(state.home) if state.home else None
    return timex.read(text, now, zone, state.language or "en", home)
