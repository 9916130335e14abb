"""Changing what one has: what is to be done with which of it, and the new time."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import replies
import timex
from arranging import _lasting as lasting
from arranging._hearing import FEW, place
from arranging._offers import Offer, stems, untitled, written
from arranging._words import Words
from contracts.calendar.turns import Appointment, Arrangement, Kind

MOST = 10  # that one is asked to choose from
BARE_HOUR = re.compile(r"\d{1,2}(?::\d\d)?\W*")


def kind_of(text: str, state: Arrangement, words: Words, *, is_first: bool) -> Kind:
    """What is to be done from this message on.

    Of a booking that is being made "move it" is a correction, not a change of another.
    """
    if state.kind != "book" and words.anew.search(text):
        return "book"
    found = _changes(text, words)
    if is_first:
        # "Cancel", out of the blue, too.
        return next(found, "cancel" if words.cancels.search(text) else state.kind)
    if state.kind == "move" and words.is_cancel(text):
        return "cancel"
    if state.kind != "book" or words.existing.search(text):
        return next(found, state.kind)
    return state.kind


def of_another(
    text: str, state: Arrangement, offers: Sequence[Offer], words: Words
) -> Arrangement:
    """While something is being booked "cancel the haircut" is about what one has, where
    the title is another's."""
    if state.kind != "book" or not state.service or words.denies.search(text):
        return state
    named = written(text, offers) if words.cancels.search(text) else []
    if not named or any(each.name == state.service for each in named):
        return state
    return state.model_copy(update={"kind": "cancel"})


def _changes(text: str, words: Words) -> Iterator[Kind]:
    if words.details.search(text):
        yield "amend"
    yield from (kind for kind, said in words.changes.items() if said.search(text))


def begun(
    state: Arrangement, mine: Sequence[Appointment], now: datetime
) -> Arrangement:
    """The arrangement as one of its kind begins, with *mine* that are still to come."""
    left = [each for each in mine if each.slot.start > now][:MOST]
    own = state.own if state.own in left else None
    if state.kind == "book":
        left, own = [], None
    known = state.model_dump(include={"id", "kind", "language", "at", "home"})
    return met(Arrangement(**known, mine=left), own)


def met(state: Arrangement, own: Appointment | None) -> Arrangement:
    """It is about *own*: what is not said of the new time is as it was."""
    if own is None:
        return state
    start = own.slot.start.astimezone(ZoneInfo(own.slot.timezone))
    known = {"own": own, "service": own.slot.service, "asked": False, "every": False}
    known |= {"day": start.date(), "clock": start.time(), "wish": ""}
    known["minutes"] = lasting.minutes_of(own.slot)
    return state.model_copy(update=known)


def told(
    state: Arrangement, text: str, now: datetime, words: Words
) -> tuple[Arrangement, str]:
    """With the one that is meant, where that is clear; and what is left to be heard,
    which of a move is what says the new time."""
    if state.kind == "cancel":
        return _every(_of_these(state, text, now, words), text, words), text
    if state.kind == "amend":
        return _of_these(state, text, now, words), text
    which, wish = _parted(text, state, now, words)
    if state.own or state.kind == "book":
        return state, wish or text
    known, wish = _of_these(state, which, now, words), wish or state.wish
    if known.own is None:
        return known.model_copy(update={"wish": wish}), text
    return known, wish or _rest(text, known.own, state, now, words)


def _every(state: Arrangement, text: str, words: Words) -> Arrangement:
    """About all of them, if the text says so and means none of them alone."""
    if state.own or not words.is_every(text, len(state.mine)):
        return state
    return state.model_copy(update={"every": True})


def _rest(
    text: str, own: Appointment, state: Arrangement, now: datetime, words: Words
) -> str:
    """The text, unless what it says of a time, or a place, was which one is meant."""
    is_place = place(text, len(state.mine), words) is not None
    return "" if is_place or _is_told(text, own, state, now) else text


def _of_these(
    state: Arrangement, text: str, now: datetime, words: Words
) -> Arrangement:
    """About the one that the text means, if it says anything of that."""
    found = _meant(text, state, now, words)
    is_named = len(found) < len(state.mine) or not state.own
    return met(state, found[0]) if len(found) == 1 and is_named else state


def agreed(
    state: Arrangement, text: str, said: replies.Answer, words: Words
) -> replies.Answer:
    """What is answered to whether something shall be cancelled: there "cancel it" is a
    yes, and "cancel" alone may mean either, as all of it does where all are meant."""
    is_open = state.kind == "cancel" and said in ("cancel", "perhaps", "none")
    if not is_open or not words.cancels.search(text):
        return said
    if words.denies.search(text):
        return "no"
    is_wished = words.changes["cancel"].search(text) and not state.every
    return "yes" if is_wished else "perhaps"


def _parted(
    text: str, state: Arrangement, now: datetime, words: Words
) -> tuple[str, str]:
    """What says which one, and what says the new time: the last that has a day, or else
    the last that is a time at all."""
    zone, found = _zone(state), list[tuple[bool, str, str]]()
    for each in words.target.finditer(text):
        tail = words.denied.sub("", text[each.end() :]).strip()
        tail = f"at {tail}" if BARE_HOUR.fullmatch(tail) else tail
        read = _read(tail, state, now, zone)
        if read.start is not None:
            is_day = "day" in read.names and read.unread < FEW
            found.append((is_day, text[: each.start()], tail))
    with_day = [each for each in found if each[0]] or found
    return with_day[-1][1:] if with_day else (text, "")


def _meant(
    text: str, state: Arrangement, now: datetime, words: Words
) -> list[Appointment]:
    """Those that the text may mean: all of them where it names none."""
    at = place(text, len(state.mine), words)
    if at is not None:
        return [state.mine[at]]
    said = stems(text)
    fits = {each.id: len(said & stems(_called(each))) for each in state.mine}
    best = max(fits.values(), default=0)
    titled = [each for each in state.mine if fits[each.id] == best]
    return [one for one in titled if _is_told(text, one, state, now)] or titled


def _called(one: Appointment) -> str:
    """What it is, and for whom."""
    return f"{one.title} {one.customer.name if one.customer else ''}"


def another_s(
    text: str, mine: Sequence[Appointment], titles: Sequence[str], words: Words
) -> str:
    """Whose one it is, by name, that the text speaks of; "" where that may be one of
    *mine*, or nobody is named."""
    said = words.whose.search(text)
    who = next(filter(None, said.groupdict().values()), "") if said else ""
    known = {each for title in titles for each in stems(title)}
    named = stems(who) - known
    theirs = (stems(each.customer.name) for each in mine if each.customer)
    return who.strip() if named and not any(named & each for each in theirs) else ""


def _is_told(text: str, one: Appointment, state: Arrangement, now: datetime) -> bool:
    """Whether the text says the time at which that one is."""
    zone = ZoneInfo(one.slot.timezone)
    read, start = _read(text, state, now, zone), one.slot.start.astimezone(zone)
    if read.start is None or read.end is None:
        return False
    if "clock" in read.names:
        hour, at = read.start.hour % 12, read.start.minute
        is_then = (start.hour % 12, start.minute) == (hour, at)
        return is_then and ("day" not in read.names or _same_day(start, read.start))
    return read.start <= start < read.end


def _same_day(one: datetime, other: datetime) -> bool:
    return one.date() == other.date()


def _read(
    text: str, state: Arrangement, now: datetime, zone: ZoneInfo
) -> timex.Reading:
    home = ZoneInfo(state.home) if state.home else None
    timed = untitled(text, (each.title for each in state.mine))
    return timex.read(timed, now, zone, state.language or "en", home)


def _zone(state: Arrangement) -> ZoneInfo:
    """That of what it is about; any where only the words count."""
    slots = [state.slot, *(each.slot for each in (state.own, *state.mine) if each)]
    return ZoneInfo(next((each.timezone for each in slots if each), "UTC"))
