"""What a wish leaves out, whatever day it is for: weekdays, and hours of the day."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import timex
from arranging import _looking as looking
from arranging._looking import Look
from arranging._naming import Read
from arranging._words import Words
from contracts.calendar.times import Span
from contracts.calendar.turns import Arrangement

WORD = re.compile(r"[^\W\d_]{3,}")
NOON = time(12)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Limits:
    """``never`` are weekdays, Monday 0; ``hours`` those between which it may begin;
    ``is_any``: on any day."""

    never: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None
    is_any: bool = False

    def __bool__(self) -> bool:
        return bool(self.never or self.hours)


NONE = Limits()


def told(
    text: str, read: Read, words: Words, open: date | None = None
) -> tuple[Limits, str]:
    """What *text* leaves out, and the rest of it, without the days that it does; *open*
    is the day that was spoken of."""
    never, rest = _never(text, read, words, open)
    barred, rest = _barred(rest, read, words)
    if barred:
        return Limits(never, barred), rest
    is_any = bool(words.any_day.search(rest))
    if not is_any and not words.any_hours.search(rest):
        return Limits(never), rest
    return Limits(never, _hours(read(rest)), is_any), rest


def _barred(
    text: str, read: Read, words: Words
) -> tuple[tuple[time, time] | None, str]:
    """The hours that are left where a part of the day is not wished, and the rest of
    the text; None where there is no such part."""
    said = words.no_part_of_day.search(text)
    what = read(next(filter(None, said.groups()))) if said else None
    if said is None or what is None or what.start is None or what.end is None:
        return None, text
    first, last = what.start.time(), what.end.time()
    hours = (time(), first) if first >= NOON else (last, time())
    return hours, text.replace(said[0], " ")


def _hours(said: timex.Reading) -> tuple[time, time] | None:
    """From when to when it may begin, on whatever day; None where a day was said."""
    if said.start is None or said.end is None or said.names != {"clock"}:
        return None
    is_moment = said.end - said.start <= HOUR
    end = said.start + MINUTE if is_moment else said.end
    return said.start.time(), end.time()


def _never(
    text: str, read: Read, words: Words, open: date | None
) -> tuple[frozenset[int], str]:
    """The weekdays that are left out, and the rest: to the Friday that is *open*, "no
    Tuesday" leaves out nothing."""
    never: set[int] = set()
    for said in words.never.finditer(text):
        what = " ".join(filter(None, said.groups()))
        days = {*_weekdays(WORD.findall(what), read)}
        is_retort = words.retorts.fullmatch(said[0]) is not None
        if is_retort and open and open.weekday() not in days:
            text = text.replace(said[0], what)
        elif days:
            never |= days
            text = text.replace(said[0], " ")
    return frozenset(never), text


def _weekdays(words: Iterable[str], read: Read) -> Iterator[int]:
    for word in words:
        told: timex.Reading = read(word)
        if told.start and told.grain == "day":
            yield told.start.weekday()


def kept(state: Arrangement, limits: Limits, time: timex.Reading) -> Arrangement:
    """The state with these beside those of before, as far as no *time* that was said
    since says otherwise."""
    hours, never = state.hours, {*state.never}
    if time.start and "clock" in time.names:
        hours = None
    if time.start and time.grain != "week" and "day" in time.names:
        never -= {time.start.weekday()}
    known = {"never": sorted(never | limits.never), "hours": limits.hours or hours}
    return state.model_copy(update=known)


def limited(look: Look, state: Arrangement) -> Look:
    """The look with what may never be."""
    hours = state.hours or look.hours
    return replace(look, never=frozenset(state.never), hours=hours)


def admits(state: Arrangement, zone: ZoneInfo) -> bool:
    """Whether the slot that is open, if there is one, may stay."""
    if state.slot is None:
        return False
    span = Span(start=state.slot.start, end=state.slot.end)
    return bool(limited(looking.at(span, zone), state).wished([state.slot]))


def is_out(day: date, state: Arrangement) -> bool:
    return day.weekday() in state.never
