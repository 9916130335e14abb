"""What an arrangement's replies are filled with: times in full, titles, details."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import moments
from arranging._hearing import Offer
from arranging._steps import Step
from contracts.calendar.slots import Slot
from contracts.calendar.turns import Appointment, Arrangement


def fields(
    step: Step, state: Arrangement, offers: Sequence[Offer], locale: str
) -> dict[str, str]:
    """``title``, ``titles``, ``when``, ``times``, ``open`` and the details; ``was`` is
    the time of the one that is changed, ``mine`` are those that may be."""
    titles = {each.name: each.title for each in offers}
    known, own = state.service or "", state.own
    return {
        "title": own.title if own else titles.get(known, known),
        "titles": ", ".join(titles.values()),
        "was": in_full(own.slot, locale) if own else "",
        "mine": "; ".join(_named(each, locale) for each in state.mine),
        "when": in_full(state.slot, locale) if state.slot else "",
        "times": "; ".join(in_full(each, locale) for each in state.shown),
        "open": " ".join(step.open),
        **state.told,
    }


def _named(one: Appointment, locale: str) -> str:
    return f"{one.title}, {in_full(one.slot, locale)}"


def in_full(slot: Slot, locale: str) -> str:
    """Weekday, date, time, zone and offset: ``Friday, 27 November 2026 at 15:00
    (Europe/Berlin, UTC+01:00)``."""
    moment = slot.start.astimezone(ZoneInfo(slot.timezone))
    language = moments.languages(locale)[0]
    return moments.said(moment, moment + timedelta(minutes=1), "minute", language)
