"""What a message says to an arrangement: an answer, an offer, a time, a detail."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import partial
from zoneinfo import ZoneInfo

import moments
import openings
import redaction
import replies
import wishes
import wording
from arranging import _doubting as doubting
from arranging import _limiting as limiting
from arranging import _naming as naming
from arranging import _offers as offering
from arranging import _shifting as shifting
from arranging._offers import Offer
from arranging._words import Words
from contracts.calendar.turns import Arrangement

FEW = 3  # words beside a time that need not be understood
MANY = 25  # words of a message that tells a story
ENDS = re.compile(r"(?<=[.!?;])\s+|\n+")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class Heard:
    """``is_aside``: it seems to be about something else; ``choice`` is a place in what
    was shown; ``refused`` says why what was told is not what was asked for; ``wrong``
    are the details that are not as they were told; ``limits`` what is left out;
    ``unlisted`` is what somebody wants to book and cannot; ``is_also``: it wants one
    more than what is open."""

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
    wrong: tuple[str, ...] = ()
    limits: limiting.Limits = limiting.NONE
    unlisted: str = ""
    is_also: bool = False

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
    limits, left = _limits(left, state, offers, expected, now, words)
    message = _Message(text, left, state, offers, expected, words)
    wrong, name = _named(left, state, expected, words)
    # "May Monday", who says so, means no day.
    spoken = left.replace(name, " ") if name else left
    offer, read, zone = _wanted(spoken, state, offers, now, words)
    read = _apart(read, limits)
    again = partial(_time, state=state, now=now, zone=zone, words=words)
    name, read = (name, read) if name else message.alone(read, again)
    answer, read = message.answered(read)
    if (limits or _is_any(left, expected, words)) and answer != "yes":
        answer = "none"  # the no is that of "not on Monday", or of "egal wann"
    email = _email(text, expected, answer, read, words)
    told, answer = _details(name, email, answer)
    is_aside = not (told or wrong or limits) and message.is_aside(answer, offer, read)
    choice = _choice(left, state, words)
    heard = Heard(answer, read, offer, told, choice, is_aside, zone, wrong=wrong)
    return message.with_more(replace(heard, limits=limits))


def _named(
    text: str, state: Arrangement, expected: str, words: Words
) -> tuple[tuple[str, ...], str]:
    """What is said to be wrong of what was told, and the name that is told."""
    wrong = tuple(each for each in words.wronged(text) if each in state.told)
    return wrong, "" if wrong else _introduced(text, expected, words)


def _apart(read: moments.Reading, limits: limiting.Limits) -> moments.Reading:
    """A time that is none of its own where it says within which hours."""
    return replace(read, start=None, ambiguous=()) if limits.hours else read


def _is_any(text: str, expected: str, words: Words) -> bool:
    """Whether any time will do."""
    return expected == "slot" and bool(words.soonest.search(text))


def _limits(
    text: str,
    state: Arrangement,
    offers: Sequence[Offer],
    expected: str,
    now: datetime,
    words: Words,
) -> tuple[limiting.Limits, str]:
    """What it leaves out, where a time may be told, and the rest of it."""
    if state.kind == "cancel" or expected == "which":
        return limiting.NONE, text
    zone = offering.zone_of(state, offers)
    home = openings.zone(state.home) if state.home else None
    titles = [each.title for each in offers]

    def read(said: str) -> moments.Reading:
        timed = offering.untitled(said, titles)
        return moments.read(timed, now, zone, state.language or "en", home)

    return limiting.told(text, read, words)


@dataclass(frozen=True)
class _Message:
    """A message where something is ``expected``; ``left`` is without what says
    nothing."""

    text: str
    left: str
    state: Arrangement
    offers: Sequence[Offer]
    expected: str
    words: Words

    @property
    def awaited(self) -> str:
        """What stands beside an address is a name, whatever was asked for."""
        is_signed = EMAIL.search(self.text) and "name" not in self.state.told
        return "name" if is_signed else self.expected

    @property
    def answer(self) -> replies.Answer:
        return replies.answer(self.left, self.words.about)

    def alone(
        self, read: moments.Reading, again: naming.Read
    ) -> tuple[str, moments.Reading]:
        """The name, where one is awaited and it may be that."""
        is_name = self.answer == "none" or self.words.also_names.fullmatch(self.left)
        if self.awaited != "name" or not is_name:
            return "", read
        locale = self.state.language or "en"
        return naming.alone(self.left, read, again, self.offers, self.words, locale)

    def answered(self, read: moments.Reading) -> tuple[replies.Answer, moments.Reading]:
        """The answer, and the time that is left: "book it now" is a yes, and none."""
        is_yes = self.words.is_agreed(self.left, self.state.kind)
        if not is_yes or self.expected != "confirm":
            return self.answer, read
        return "yes", replace(read, start=None, ambiguous=())

    def is_aside(
        self, answer: replies.Answer, offer: Offer | None, read: moments.Reading
    ) -> bool:
        """Whether it is about something else, where it tells no detail."""
        is_pair = self.awaited == "name" and self.words.pair.search(self.left)
        is_soonest = self.expected == "slot" and self.words.soonest.search(self.left)
        if answer != "none" or is_pair or is_soonest:
            return False
        return _is_beside(self.left, offer, read, self.words)

    @property
    def unlisted(self) -> str:
        """What is wished for that there is not, where nothing has been chosen yet."""
        if self.expected != "service":
            return ""
        return offering.unlisted(self.left, self.offers, self.words)

    def with_more(self, heard: Heard) -> Heard:
        """With what it says beside an answer, a time and details."""
        is_timed = doubting.is_told(heard.time)
        is_pair = len(offering.written(self.left, self.offers)) > 1
        is_more = is_pair or self.words.is_several(self.left, self.expected)
        unlisted = self.unlisted
        return replace(
            heard,
            offer=None if unlisted else heard.offer,
            unlisted=unlisted,
            is_also=bool(self.state.slot and self.words.also.search(self.left)),
            is_for_several=self.state.kind == "book" and is_more,
            is_soonest=not is_timed and bool(self.words.soonest.search(self.text)),
            refused=_refused(self.text, self.expected, heard.answer),
        )


def _refused(text: str, expected: str, answer: replies.Answer) -> str:
    """The reply that says why a text is no name or no address, if it may be one."""
    if answer not in ("none", "yes") or expected not in ("name", "email"):
        return ""
    if len({*EMAIL.findall(text)}) > 1:
        return "one_email"
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
    timed = offering.untitled(text, (each.title for each in offers))
    read = _told_time(
        timed, partial(_time, state=state, now=now, zone=zone, words=words)
    )
    if at is None:
        return offer, read, zone
    return offers[at], replace(read, start=None), zone


def _told_time(text: str, read: naming.Read) -> moments.Reading:
    """The time that a text tells: of a long one the last sentence that has an hour, for
    a story has other days in it than the one that is wished."""
    sentences = ENDS.split(text) if len(text.split()) > MANY else []
    told = (read(each) for each in reversed(sentences))
    hours = (each for each in told if "clock" in each.names and each.start)
    return next(hours, None) or read(text)


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
    text: str, state: Arrangement, now: datetime, zone: ZoneInfo, words: Words
) -> moments.Reading:
    """What is told by the time that is open, or a time by itself; of those a time of
    day alone is one of the day that was spoken of."""
    if open := shifting.base(state, zone):
        if moved := words.shifts.read(text, open):
            return moved
        text = words.shifts.plain(text)
    locale = state.language or "en"
    home = openings.zone(state.home) if state.home else None
    read = moments.read(text, now, zone, locale, home)
    day = open.date() if open else state.day
    if read.names != {"clock"} or day is None:
        return read
    midnight = datetime.combine(day, time(), zone)
    return moments.read(text, max(midnight, now.astimezone(zone)), zone, locale, home)


def _introduced(text: str, expected: str, words: Words) -> str:
    """The name that is said to be one, or instead of the one that is known."""
    known = words.renamed if expected in ("email", "confirm") else []
    return _name(wishes.after([*words.named, *known], text) or "", words)


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
        if found := {*EMAIL.findall(spelled)}:
            return found.pop() if len(found) == 1 else None
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
