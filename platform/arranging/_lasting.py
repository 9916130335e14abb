"""How long it shall take, where there is a choice: an hour, 90 minutes, the longer."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openings
from arranging._lengths import Lengths
from arranging._offers import Offer
from contracts.calendar.slots import Slot
from contracts.calendar.turns import Arrangement

MINUTE = timedelta(minutes=1)
LONG = 4 * 60  # minutes, beyond which only what there is counts as a length
FEW = 6  # words of what is said of a length alone


def told(
    text: str,
    state: Arrangement,
    offers: Sequence[Offer],
    lengths: Lengths,
    awaited: str,
) -> tuple[int | None, str]:
    """The minutes that are wished, and the rest of the text."""
    if state.kind == "cancel":
        return None, text
    minutes, rest = lengths.told(text)
    is_open = awaited in ("service", "length", "slot") or minutes in state.lengths
    if minutes and is_open and _may_be(minutes, offers):
        return minutes, rest
    if awaited == "length" and len(text.split()) <= FEW:
        return _of_those(text, state, offers, lengths), text
    return None, text


def _may_be(minutes: int, offers: Sequence[Offer]) -> bool:
    """Whether it is a length, where "15h" rather is a time of day."""
    usual = {each.rule.duration // MINUTE for each in offers}
    return minutes <= LONG or minutes in usual.union(*(each.lengths for each in offers))


def _of_those(
    text: str, state: Arrangement, offers: Sequence[Offer], lengths: Lengths
) -> int | None:
    """The one that a short answer means of those that were asked about."""
    said = re.fullmatch(r"\D*(\d{2,3})\D*", text)
    if said and int(said[1]) in state.lengths:
        return int(said[1])
    if lengths.shortest.search(text):
        return min(state.lengths)
    if lengths.longest.search(text):
        return max(state.lengths)
    return usual(state, offers) if lengths.usual.search(text) else None


def usual(state: Arrangement, offers: Sequence[Offer]) -> int | None:
    """How long it takes where nothing is said of that."""
    found = (each.rule for each in offers if each.name == state.service)
    return next((each.duration // MINUTE for each in found), None)


def minutes_of(slot: Slot | None) -> int:
    """How long it takes; 0 of none."""
    return (slot.end - slot.start) // MINUTE if slot else 0


def chosen(state: Arrangement) -> int | None:
    """The minutes that it shall take, where there is a choice and one was made."""
    return state.minutes if state.minutes in state.lengths else None


def lengths_of(service: str | None, offers: Sequence[Offer]) -> list[int]:
    """Those to choose from; none where there is no choice."""
    return [m for each in offers if each.name == service for m in each.lengths]


def rule_of(state: Arrangement, offers: Sequence[Offer]) -> openings.Rule | None:
    """That of what was chosen, as long as it shall take; None where it is not offered
    any more."""
    found = next((each for each in offers if each.name == state.service), None)
    if found is None or state.minutes not in found.lengths:
        return found and found.rule
    return replace(found.rule, duration=state.minutes * MINUTE)


def fitted(
    state: Arrangement, wished: int | None, offers: Sequence[Offer]
) -> tuple[Arrangement, bool]:
    """With what was wished, as far as what is chosen can take so long; and whether it
    cannot. A time that was chosen for another length is to be looked for again."""
    lengths = lengths_of(state.service, offers)
    known = lengths or [usual(state, offers)]
    is_odd = bool(state.service and wished and wished not in known)
    minutes = wished or state.minutes
    if state.service and minutes not in lengths:
        minutes = None
    change = {"lengths": lengths, "minutes": minutes} | _again(state.slot, minutes)
    return state.model_copy(update=change), is_odd


def _again(slot: Slot | None, minutes: int | None) -> dict[str, Any]:
    """What changes where the slot takes another time than that."""
    if slot is None or not minutes or minutes_of(slot) == minutes:
        return {}
    start = slot.start.astimezone(ZoneInfo(slot.timezone))
    return {"slot": None, "day": start.date(), "clock": start.time()}
