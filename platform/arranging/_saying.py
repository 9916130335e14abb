"""What an arrangement's replies are filled with: times in full, titles, details."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import moments
from arranging._hearing import Offer
from arranging._steps import Step
from contracts.calendar.slots import Slot
from contracts.calendar.turns import Arrangement


def fields(
    step: Step, state: Arrangement, offers: Sequence[Offer], locale: str
) -> dict[str, str]:
    """``title``, ``titles``, ``when``, ``times``, ``open`` and the details."""
    titles = {each.name: each.title for each in offers}
    known = state.service or ""
    return {
        "title": titles.get(known, known),
        "titles": ", ".join(titles.values()),
        "when": in_full(state.slot, locale) if state.slot else "",
        "times": "; ".join(in_full(each, locale) for each in state.shown),
        "open": " ".join(step.open),
        **state.told,
    }


def in_full(slot: Slot, locale: str) -> str:
    """Weekday, date, time, zone and offset: ``Friday, 27 November 2026 at 15:00
    (Europe/Berlin, UTC+01:00)``."""
    moment = slot.start.astimezone(ZoneInfo(slot.timezone))
    language = moments.languages(locale)[0]
    return moments.said(moment, moment + timedelta(minutes=1), "minute", language)
