"""What an arrangement's replies are filled with: times in full, titles, details."""

from collections.abc import Sequence
from datetime import timedelta

import moments
import openings
from arranging._hearing import Offer, zone_of
from arranging._steps import Step
from contracts.calendar.slots import Slot
from contracts.calendar.times import Span
from contracts.calendar.turns import Appointment, Arrangement

MINUTE = timedelta(minutes=1)


def fields(
    step: Step, state: Arrangement, offers: Sequence[Offer], locale: str, joint: str
) -> dict[str, str]:
    """``title``, ``titles``, ``when``, ``times``, ``open`` and the details; ``was`` is
    the time of the one that is changed, ``mine`` are those that may be; ``choices`` are
    the times that were perhaps meant, with *joint* between them."""
    titles = {each.name: each.title for each in offers}
    known, own, meant = state.service or "", state.own, state.choices
    return {
        "title": own.title if own else titles.get(known, known),
        "titles": ", ".join(titles.values()),
        "was": in_full(own.slot, locale) if own else "",
        "mine": "; ".join(_named(each, locale) for each in state.mine),
        "when": in_full(state.slot, locale) if state.slot else "",
        "times": "; ".join(in_full(each, locale) for each in state.shown),
        "open": " ".join(step.open),
        "about": step.about,
        "choices": joint.join(_span(each, state, offers, locale) for each in meant),
        **state.told,
    }


def _named(one: Appointment, locale: str) -> str:
    return f"{one.title}, {in_full(one.slot, locale)}"


def _span(span: Span, state: Arrangement, offers: Sequence[Offer], locale: str) -> str:
    """What may have been meant: a moment, days, or a part of one."""
    zone = zone_of(state, offers)
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    language = moments.languages(locale)[0]
    if end - start <= timedelta(hours=1):
        return moments.said(start, start + MINUTE, "minute", language)
    grain = "day" if start.time() == end.time() else "part_of_day"
    return moments.said(start, end, grain, language)


def in_full(slot: Slot, locale: str) -> str:
    """Weekday, date, time, zone and offset: ``Friday, 27 November 2026 at 15:00
    (Europe/Berlin, UTC+01:00)``."""
    moment = slot.start.astimezone(openings.zone(slot.timezone))
    language = moments.languages(locale)[0]
    return moments.said(moment, moment + MINUTE, "minute", language)
