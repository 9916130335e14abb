"""What has to be asked about a time that was said, before anything is looked for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import timex
from arranging._looking import DAY, Look, look
from contracts.calendar.times import Span
from contracts.calendar.turns import Arrangement

IMPOSSIBLE = {"missing", "hour"}
# By what is open, in the order of asking: the reply that says it.
ALWAYS = {
    "past": "passed",
    "hour": "no_such_hour",
    "missing": "no_such_day",
    "gap": "skipped",
    "fold": "twice",
    "mismatch": "mismatch",
    "series": "series",
    "either": "",
    "order": "",
    "year": "",
}
# Of one moment; of some days the free times that are shown leave nothing open.
OF_A_MOMENT = {"vague": "which_day", "day": "which_day", "time": "which_hour"}
OF_A_MOMENT |= {"zone": ""}
# What was said may be meant, as it stands.
MAY_BE_MEANT = {"gap", "series", "year", "zone"}
MOST = 10  # choices that a conversation keeps
ONE_OF_SEVERAL = {"either", "order", "fold"}


class Doubt(NamedTuple):
    """The ``reply`` that says what is open, with the time that it is ``about``; and
    what is known all the same."""

    reply: str
    about: str
    known: dict[str, Any]


def is_told(read: timex.Reading) -> bool:
    """Whether it is a time, or what somebody took for one."""
    return read.start is not None or bool(_about(read) & IMPOSSIBLE)


def doubt(
    state: Arrangement, read: timex.Reading, zone: ZoneInfo, now: datetime
) -> Doubt | None:
    """What of a time is open; None where it can be looked for."""
    if read.start is None:
        return Doubt(ALWAYS[min(_about(read))], "", {"day": None, "choices": []})
    wish = look(state, read, zone)
    open = _open(read, wish, now)
    if open is None:
        return None
    if open == "past":
        return Doubt("passed", _said(wish, read, state), _kept(open, wish))
    choices = [
        each for each in _choices(open, state, read, wish, zone) if each.end > now
    ]
    known = {"choices": choices, **_shared(choices)} if choices else _kept(open, wish)
    return Doubt((ALWAYS | OF_A_MOMENT)[open], "", known)


def several(state: Arrangement, read: timex.Reading, zone: ZoneInfo) -> Doubt:
    """Whether the time is for the first of those who come."""
    span = look(state, read, zone).span
    return Doubt("several", "", {"choices": [span], **_shared([span])})


def others(state: Arrangement, read: timex.Reading, zone: ZoneInfo) -> list[Span]:
    """What was said and what may be meant as well; none where there is no other."""
    if not read.others:
        return []
    spans = [(read.start, read.end), *read.others][:MOST]
    told = [replace(read, start=start, end=end, others=()) for start, end in spans]
    return [look(state, each, zone).span for each in told]


def chosen(choices: Sequence[Span], read: timex.Reading, zone: ZoneInfo) -> Span | None:
    """The only one of what was asked about that a day names: "Wednesday" there is the
    one of that week."""
    if read.start is None or read.names != {"day"} or read.grain != "day":
        return None
    days = [each.start.astimezone(zone).date() for each in choices]
    said = read.start.date()
    is_named = [said.weekday() == day.weekday() for day in days]
    return choices[is_named.index(True)] if is_named.count(True) == 1 else None


def _open(read: timex.Reading, wish: Look, now: datetime) -> str | None:
    """The first of what has to be asked."""
    if wish.span.end <= now:
        return "past"
    about = _about(read)
    if "half" in about:  # the other half has that hour once, and that one is meant
        about -= {"gap", "fold"}
    asked = [*ALWAYS, *(OF_A_MOMENT if _is_moment(read, wish) else ())]
    return next((each for each in asked if each in about), None)


def _is_moment(read: timex.Reading, wish: Look) -> bool:
    return wish.is_exact and "clock" in read.names


def _choices(
    open: str, state: Arrangement, read: timex.Reading, wish: Look, zone: ZoneInfo
) -> Sequence[Span]:
    if open in ONE_OF_SEVERAL:
        return others(state, read, zone)
    return [wish.span] if open in MAY_BE_MEANT else []


def _shared(choices: Sequence[Span]) -> dict[str, date | time | None]:
    """The day and the hour of all of them: to be said no more."""
    days = {each.start.date() for each in choices}
    clocks = {each.start.time() for each in choices if each.end - each.start < DAY / 2}
    return {
        "day": days.pop() if len(days) == 1 else None,
        "clock": clocks.pop() if len(clocks) == 1 else None,
    }


def _kept(open: str, wish: Look) -> dict[str, Any]:
    """An hour stands, of a day that cannot be; and a day, whose hour cannot."""
    if open in ("hour", "time"):
        return {"day": wish.day, "clock": None, "choices": []}
    return {"day": None, "clock": wish.clock, "choices": []}


def _said(wish: Look, read: timex.Reading, state: Arrangement) -> str:
    """A time in full; without a question about it."""
    span, language = wish.span, timex.languages(state.language or "en")[0]
    grain = "minute" if wish.is_exact else read.grain or "day"
    return timex.said(span.start, span.end, grain, language)


def _about(read: timex.Reading) -> set[str]:
    return {each.about for each in read.ambiguous}
