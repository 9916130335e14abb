"""Why there can be nothing at a time that was wished, whoever has what."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

import openings
import timex
from arranging._looking import Look

MINUTE, ONE_DAY = timedelta(minutes=1), timedelta(hours=25)  # as long as one can be


class Shut(NamedTuple):
    """The ``reply`` that says why; ``about`` is the time or the day that it speaks of,
    ``hours`` are those of it, or of the next open day."""

    reply: str
    about: str
    hours: str = ""


def shut(rule: openings.Rule, look: Look, now: datetime, locale: str) -> Shut | None:
    """Why: it is closed then, too soon, too far ahead, or nothing begins then. None
    where neither is so."""
    language = timex.languages(locale)[0]
    first, last = (now + ahead for ahead in (rule.lead, rule.horizon))
    if look.span.start > last:
        return Shut("far", language.day(last.astimezone(rule.zone)))
    if closed := _closed(rule, look, language) or _outside(rule, look, language):
        return closed
    if look.is_exact and look.span.start < first:
        start = first.astimezone(rule.zone)
        return Shut("soon", timex.said(start, start + MINUTE, "minute", language))
    if look.is_exact and not _begins(rule, look.span.start):
        return Shut("between", "")
    return None


def _begins(rule: openings.Rule, start: datetime) -> bool:
    """Whether something ever begins then."""
    there = openings.free(rule, start, start, start - rule.lead, openings.Occupied())
    return any(True for _ in there)


def _closed(rule: openings.Rule, look: Look, language: timex.Language) -> Shut | None:
    """Closed all that day, or at that time of it; of several days nothing is said."""
    span = look.span
    if look.is_soonest or span.end - span.start > ONE_DAY or _is_open(rule, look):
        return None
    day = span.start.astimezone(rule.zone).date()
    if hours := openings.hours_on(rule, day):
        return Shut("outside", language.day(day), listed(hours))
    following = openings.next_open(rule, day)
    if following is None:
        return Shut("shut", language.day(day))
    hours = openings.hours_on(rule, following)
    return Shut(
        "closed", language.day(day), f"{language.day(following)}, {listed(hours)}"
    )


def _outside(rule: openings.Rule, look: Look, language: timex.Language) -> Shut | None:
    """Never open in the hours that were wished, on whatever day."""
    day = openings.next_open(rule, look.span.start.astimezone(rule.zone).date())
    if look.hours is None or day is None:
        return None
    first, last = look.hours
    hours = openings.hours_on(rule, day)
    is_within = [
        first < each.end.time() and (each.start.time() < last or last == time())
        for each in hours
    ]
    return None if any(is_within) else Shut("outside", language.day(day), listed(hours))


def _is_open(rule: openings.Rule, look: Look) -> bool:
    start, last = look.span.start, look.span.end - rule.duration
    if look.is_exact:
        return openings.is_open(rule, start)
    occupied, now = openings.Occupied(), start - rule.lead
    return any(True for _ in openings.free(rule, start, last, now, occupied))


def listed(hours: list[openings.Span]) -> str:
    """ "08:00–12:00, 13:00–18:00"; "" where it is closed."""
    return ", ".join(f"{each.start:%H:%M}–{each.end:%H:%M}" for each in hours)
