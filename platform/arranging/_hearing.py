"""What a message says to an arrangement: an answer, an offer, a time, a detail."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import moments
import openings
import redaction
import replies
import wishes
import wording
from arranging import _doubting as doubting
from arranging import _offers as offering
from arranging._offers import Offer
from arranging._words import Words
from contracts.calendar.turns import Arrangement

FEW = 3  # words beside a time that need not be understood
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class Heard:
    """``is_aside``: it seems to be about something else; ``choice`` is a place in what
    was shown; ``refused`` says why what was told is not what was asked for."""

    answer: replies.Answer
    time: moments.Reading
    offer: Offer | None
    told: Mapping[str, str]
    choice: int | None
    is_aside: bool
    zone: ZoneInfo
    is_for_several: bool = False
    is_soonest: bool = False
    refused: str = ""

    @property
    def has_time(self) -> bool:
        return doubting.is_told(self.time) and not self.is_aside


def hear(
    text: str,
    state: Arrangement,
    offers: Sequence[Offer],
    expected: str,
    now: datetime,
    words: Words,
) -> Heard:
    """What *text* says at *now*, to who *expected* a thing of that name."""
    left = words.fillers.sub(" ", EMAIL.sub(" ", text).replace("’", "'"))
    answer = replies.answer(left, words.about)
    name = _introduced(left, words)
    # "May Monday", who says so, means no day.
    spoken = left.replace(name, " ") if name else left
    offer, read, zone = _wanted(spoken, state, offers, now, words)
    if _awaited(text, state, expected) == "name" and answer == "none" and not name:
        name, read = _alone(left, read, offers, words)
    email = _email(text, expected, answer, read, words)
    told, answer = _details(name, email, answer)
    is_said = bool(told) or answer != "none"
    is_aside = not is_said and _is_beside(left, offer, read, words)
    choice = _choice(left, state, words)
    heard = Heard(answer, read, offer, told, choice, is_aside, zone)
    is_pair = len(offering.written(left, offers)) > 1
    is_more = state.kind == "book" and (is_pair or words.is_several(left, expected))
    return _more(heard, left, expected, words, is_for_several=is_more)


def _more(
    heard: Heard, text: str, expected: str, words: Words, *, is_for_several: bool
) -> Heard:
    """With what it says beside an answer, a time and details."""
    is_timed = doubting.is_told(heard.time)
    return replace(
        heard,
        is_for_several=is_for_several,
        is_soonest=not is_timed and words.soonest.search(text) is not None,
        refused=_refused(text, expected, heard.answer),
    )


def _refused(text: str, expected: str, answer: replies.Answer) -> str:
    """The reply that says why a text is no name or no address, if it may be one."""
    if answer not in ("none", "yes") or expected not in ("name", "email"):
        return ""
    return f"no_{expected}" if expected == "email" or re.search(r"\d", text) else ""


def _details(
    name: str, email: str | None, answer: replies.Answer
) -> tuple[dict[str, str], replies.Answer]:
    """What was told, and the answer that is left where an address was declined."""
    told = {"name": name} if name else {}
    if email is None:
        return told, answer
    return told | {"email": email}, "none"


def _wanted(
    text: str,
    state: Arrangement,
    offers: Sequence[Offer],
    now: datetime,
    words: Words,
) -> tuple[Offer | None, moments.Reading, ZoneInfo]:
    """What it names of what there is, by its place in the list, too; the time that it
    says, which "the first one" is not; and the zone."""
    offer = offering.named(text, offers, state)
    is_asked = state.service is None and not state.choices
    at = place(text, len(offers), words) if is_asked else None
    zone = offering.zone_of(state, offers, offer if at is None else offers[at])
    read = _time(text, state, now, zone)
    if at is None:
        return offer, read, zone
    return offers[at], replace(read, start=None), zone


def _choice(text: str, state: Arrangement, words: Words) -> int | None:
    return place(text, len(state.shown or state.choices), words)


def place(text: str, shown: int, words: Words) -> int | None:
    """The place among so many that were shown that a short text names."""
    if len(text.split()) > FEW + 2:
        return None
    for at, ordinal in enumerate(words.ordinals[:shown]):
        if ordinal.search(text):
            return at
    return shown - 1 if shown > 1 and words.last.search(text) else None


def _time(
    text: str, state: Arrangement, now: datetime, zone: ZoneInfo
) -> moments.Reading:
    """A time of day alone is one of the day that was spoken of."""
    locale = state.language or "en"
    home = openings.zone(state.home) if state.home else None
    read = moments.read(text, now, zone, locale, home)
    if read.names != {"clock"} or state.day is None:
        return read
    midnight = datetime.combine(state.day, time(), zone)
    return moments.read(text, max(midnight, now.astimezone(zone)), zone, locale, home)


def _awaited(text: str, state: Arrangement, expected: str) -> str:
    """What stands beside an address is a name, whatever was asked for."""
    is_signed = EMAIL.search(text) and "name" not in state.told
    return "name" if is_signed else expected


def _introduced(text: str, words: Words) -> str:
    """The name that is said to be one."""
    return _name(wishes.after(words.named, text) or "", words)


def _alone(
    text: str, read: moments.Reading, offers: Sequence[Offer], words: Words
) -> tuple[str, moments.Reading]:
    """The name, where one is awaited and the text may be it; and the time, if not."""
    name = _name(wishes.after(words.introduced, text) or text, words)
    if any(offering.joint(name) == offering.joint(each.title) for each in offers):
        return "", read  # it says once more what it is for
    is_day = doubting.is_told(read) and read.grain != "month"
    if not name or (is_day and not _is_persons(name, read)):
        return "", read
    return name, replace(read, start=None, ambiguous=())


def _is_persons(name: str, read: moments.Reading) -> bool:
    """Whether it is written like a name, and says no day that anybody would mean: May
    Monday, Tuesday Weld."""
    is_written = len(name.split()) > 1 and name == name.title()
    is_vague = any(each.about == "vague" for each in read.ambiguous)
    return is_written and "clock" not in read.names and (is_vague or read.unread == 1)


def _name(text: str, words: Words) -> str:
    name = " ".join(text.split()).strip(" .,;:!-")
    return name[:200] if name and words.is_name(name) else ""


def _email(
    text: str,
    expected: str,
    answer: replies.Answer,
    read: moments.Reading,
    words: Words,
) -> str | None:
    """The address in the text; "" where it is declined, which "no, at 11" does not."""
    for spelled in (text, _spelled(text) if expected == "email" else ""):
        if found := EMAIL.search(spelled):
            return found[0]
    if expected != "email" or doubting.is_told(read):
        return None
    return "" if answer == "no" or words.declined.search(text) else None


def _spelled(text: str) -> str:
    """ann@example.com, of "ann at example dot com"."""
    dotted = re.sub(r"\s+(?:dot|punkt|point|punto)\s+", ".", text)
    if dotted == text:
        return text
    return re.sub(r"\s+(?:at|ät|arobase|arroba)\s+", "@", dotted)


def _is_beside(
    text: str, offer: Offer | None, read: moments.Reading, words: Words
) -> bool:
    """Whether what says nothing that was asked for is about something else."""
    is_statement = bool(offer) and not wording.is_question(text)
    return not is_statement and _is_aside(text, read, words)


def _is_aside(text: str, read: moments.Reading, words: Words) -> bool:
    """Whether it is a question about something else, or much that says no time."""
    if redaction.CARD in text:
        return True
    if words.wants.search(text):
        return False
    if doubting.is_told(read) and read.unread <= FEW:
        return False
    return wording.is_question(text) or len(text.split()) > FEW
