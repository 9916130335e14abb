"""What a message says to an arrangement: an answer, an offer, a time, a detail."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

import langid
import patterns
import redaction
import replies
import timex
import wording
from arranging import _doubting as doubting
from arranging import _lasting as lasting
from arranging import _limiting as limiting
from arranging import _naming as naming
from arranging import _offers as offering
from arranging import _shifting as shifting
from arranging._offers import Offer
from arranging._scene import Scene
from arranging._words import Words

FEW = 3  # words beside a time that need not be understood
LONG = 8  # words that say more than a yes or a no
MANY = 25  # words of a message that tells a story
CUT = re.compile(r"\s*[,;]\s*|\s+")
ENDS = re.compile(r"(?<=[.!?;])\s+|\n+")
PHONE = re.compile(  # which no date is: 08.12.2026
    r"[\s,;]*(?<![\w.])(?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b)"
    r"(?:\+|\b0)\d(?:[ ()/.-]?\d){6,}\b"
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class Heard:
    """``is_aside``: it seems to be about something else; ``choice`` is a place in what
    was shown; ``refused`` says why what was told is not what was asked for; ``wrong``
    are the details that are not as they were told; ``limits`` what is left out;
    ``unlisted`` is what somebody wants to book and cannot; ``is_also``: it wants one
    more than what is open; ``is_latest``: it wishes for the last that is free at its
    time; ``minutes``: how long it shall take; ``among`` are those of
    the ``offers`` of which it may mean any."""

    answer: replies.Answer
    time: timex.Reading
    offer: Offer | None
    told: Mapping[str, str]
    choice: int | None
    is_aside: bool
    zone: ZoneInfo
    is_for_several: bool = False
    is_soonest: bool = False
    is_latest: bool = False
    refused: str = ""
    wrong: tuple[str, ...] = ()
    limits: limiting.Limits = limiting.NONE
    unlisted: str = ""
    is_also: bool = False
    minutes: int | None = None
    among: tuple[str, ...] = ()
    offers: Sequence[Offer] = ()

    @property
    def has_time(self) -> bool:
        return doubting.is_told(self.time) and not self.is_aside


def hear(text: str, scene: Scene) -> Heard:
    """What *text* says there."""
    words = scene.words
    text = _spelled(langid.contracted(text.replace("’", "'")))
    text, is_letterless = _letterless(text, words)
    left = words.fillers.sub(" ", EMAIL.sub(" ", text))
    left = _without_denied(left, scene)
    at = scene.state, scene.offers, words.lengths, scene.expected
    minutes, left = lasting.told(left, *at)
    limits, left = _limits(left, scene)
    message = _Message(text, left, scene)
    wrong, name = _named(left, scene)
    # "May Monday", who says so, means no day.
    spoken = left.replace(name, " ") if name else left
    offer, read, zone = _wanted(spoken, scene)
    read = _apart(read, limits)
    again = partial(_time, scene=scene, zone=zone)
    name, read = (name, read) if name else message.alone(read, again)
    offer = _beside_name(offer, name, spoken, scene)
    answer, read = message.answered(read)
    answer = _unless_of_time(answer, is_so=bool(limits) or _is_any(left, scene))
    email = _email(text, answer, read, scene)
    email = _declined(email, is_so=is_letterless)
    told, answer = _details(name, email, answer)
    is_about = told or wrong or limits or minutes
    is_aside = not is_about and message.is_aside(answer, offer, read)
    choice = _choice(left, scene)
    heard = Heard(answer, read, offer, told, choice, is_aside, zone, wrong=wrong)
    return message.with_more(replace(heard, limits=limits, minutes=minutes))


def _without_denied(text: str, scene: Scene) -> str:
    """The text without the time that is not wished: "statt Freitag um 10 am Montag" is
    about Monday alone. As much of it is denied as may be one time, where another one
    follows; all that follows, where a time stands before."""
    said = scene.words.instead.search(text)
    if said is None:
        return text
    head, rest = text[: said.start()], text[said.end() :]
    if _is_one_time(head, scene):
        return head
    cuts = reversed([*CUT.finditer(rest)])
    parts = ((rest[: each.start()], rest[each.end() :]) for each in cuts)
    are_times = (then for each, then in parts if _is_one_time(each, scene))
    found = next((each for each in are_times if _is_one_time(each, scene)), None)
    return text if found is None else f"{head}{found}"


def _is_one_time(text: str, scene: Scene) -> bool:
    """Whether it tells a time, and not a weekday beside another one."""
    read = scene.read(scene.untitled(text), scene.zone())
    return bool(read.start) and all(each.about != "mismatch" for each in read.ambiguous)


def _unless_of_time(answer: replies.Answer, *, is_so: bool) -> replies.Answer:
    """The no of "not on Monday", or of "egal wann", is none."""
    return "none" if is_so and answer != "yes" else answer


def _beside_name(
    offer: Offer | None, name: str, text: str, scene: Scene
) -> Offer | None:
    """The offer that is named, which a name is not: Bob Stone wishes for no hot stone
    massage."""
    if offer is None or not name:
        return offer
    for word in name.split():
        text = text.replace(word, " ")
    return offering.named(text, scene.offers, scene.state)


def _letterless(text: str, words: Words) -> tuple[str, bool]:
    """The text without what says that there is no address, wherever it stands; and
    whether it says so."""
    if EMAIL.search(text) or wording.is_question(text):
        return text, False
    left = words.letterless.sub(" ", text)
    return left, left != text


def _declined(email: str | None, *, is_so: bool) -> str | None:
    """ "" where it is said that there is none."""
    return "" if is_so else email


def _named(text: str, scene: Scene) -> tuple[tuple[str, ...], str]:
    """What is said to be wrong of what was told, and the name that is told."""
    known = scene.state.told
    wrong = tuple(each for each in scene.words.wronged(text) if each in known)
    return wrong, "" if wrong else _introduced(text, scene)


def _apart(read: timex.Reading, limits: limiting.Limits) -> timex.Reading:
    """A time that is none of its own where it says within which hours."""
    is_limit = limits.hours and read.names == {"clock"}
    return replace(read, start=None, ambiguous=()) if is_limit else read


def _is_any(text: str, scene: Scene) -> bool:
    """Whether any time will do."""
    return scene.expected == "slot" and bool(scene.words.soonest.search(text))


def _limits(text: str, scene: Scene) -> tuple[limiting.Limits, str]:
    """What it leaves out, where a time may be told, and the rest of it."""
    if scene.state.kind == "cancel" or scene.expected == "which":
        return limiting.NONE, text
    zone = scene.zone()

    def read(said: str) -> timex.Reading:
        return scene.read(scene.untitled(said), zone)

    open = shifting.day(scene.state, zone)
    return limiting.told(text, read, scene.words, open)


@dataclass(frozen=True)
class _Message:
    """A message; ``left`` is without what says nothing."""

    text: str
    left: str
    scene: Scene

    @property
    def awaited(self) -> str:
        """What stands beside an address is a name, whatever was asked for."""
        is_signed = EMAIL.search(self.text) and "name" not in self.scene.state.told
        expected = self.scene.expected
        return "name" if is_signed or expected == "news" else expected

    @property
    def answer(self) -> replies.Answer:
        is_over = self.scene.state.after and self.scene.state.slot is None
        if is_over and replies.is_courtesy(self.left):
            return "no"  # "thanks" to whether another one is wished
        return replies.answer(self.scene.plain(self.left), self.scene.words.about)

    def alone(
        self, read: timex.Reading, again: naming.Read
    ) -> tuple[str, timex.Reading]:
        """The name, where one is awaited and it may be that."""
        scene = self.scene
        is_also = scene.words.also_names.fullmatch(self.left)
        is_told = self.answer in ("none", "perhaps") or is_also
        if self.awaited != "name" or not is_told:
            return "", read
        about = scene.offers, scene.words, scene.locale
        return naming.alone(PHONE.sub(" ", self.left), read, again, *about)

    def answered(self, read: timex.Reading) -> tuple[replies.Answer, timex.Reading]:
        """The answer, and the time that is left: "book it now" is a yes, and none."""
        is_yes = self.scene.words.is_agreed(self.left, self.scene.state.kind)
        if not is_yes or self.scene.expected != "confirm":
            return self.answer, read
        return "yes", replace(read, start=None, ambiguous=())

    def is_aside(
        self, answer: replies.Answer, offer: Offer | None, read: timex.Reading
    ) -> bool:
        """Whether it is about something else, where it tells no detail."""
        words = self.scene.words
        is_pair = self.awaited == "name" and words.pair.search(self.left)
        if answer == "perhaps" and len(self.left.split()) > LONG:
            answer = "none"  # "my tooth is out, what do I do" ends as a yes does
        if answer != "none" or is_pair or _is_any(self.left, self.scene):
            return False
        return _is_beside(self.left, offer, read, words)

    @property
    def unlisted(self) -> str:
        """What is wished for that there is not, where nothing has been chosen yet."""
        if self.scene.expected != "service":
            return ""
        scene = self.scene
        return offering.unlisted(self.left, scene.offers, scene.words, scene.locale)

    @property
    def translated(self) -> Offer | None:
        """What is wished for by a title in another language."""
        if self.scene.expected != "service":
            return None
        scene = self.scene
        return offering.translated(self.left, scene.listed, scene.words, scene.locale)

    def among(self, heard: Heard) -> tuple[str, ...]:
        """What it may mean where it names no one thing: a massage, of two kinds."""
        scene = self.scene
        if scene.state.service or heard.offer:
            return ()
        meant = offering.meant(self.left, scene.listed)
        is_some = 1 < len(meant) < len(scene.offers)
        return tuple(each.name for each in meant) if is_some else ()

    def with_more(self, heard: Heard) -> Heard:
        """With what it says beside an answer, a time and details."""
        left, state, words = self.left, self.scene.state, self.scene.words
        is_timed = doubting.is_told(heard.time)
        is_pair = len(offering.written(left, self.scene.offers)) > 1
        is_pair = is_pair and not words.either.search(left)
        is_more = is_pair or words.is_several(left, self.scene.expected)
        translated = self.translated
        unlisted = "" if translated else self.unlisted
        return replace(
            heard,
            offer=translated or (None if unlisted else heard.offer),
            unlisted=unlisted,
            among=self.among(heard),
            offers=self.scene.offers,
            is_also=bool(state.slot and words.also.search(left)),
            is_for_several=state.kind == "book" and is_more,
            is_latest=bool(words.latest.search(left)),
            is_soonest=not is_timed and bool(words.soonest.search(self.text)),
            refused=_refused(self.text, self.scene.expected, heard.answer),
        )


def _refused(text: str, expected: str, answer: replies.Answer) -> str:
    """The reply that says why a text is no name or no address, if it may be one."""
    if answer != "none" or expected not in ("name", "email"):
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


def _wanted(text: str, scene: Scene) -> tuple[Offer | None, timex.Reading, ZoneInfo]:
    """What it names of what there is, by its place in the list, too; the time that it
    says, which "the first one" is not; and the zone."""
    state, offers = scene.state, scene.listed
    offer = offering.named(text, offers, state) or _first(text, scene)
    is_asked = state.service is None and not state.choices
    at = place(text, len(offers), scene.words) if is_asked else None
    zone = scene.zone(offer if at is None else offers[at])
    read = _told_time(scene.untitled(text), partial(_time, scene=scene, zone=zone))
    if at is None:
        return offer, read, zone
    return offers[at], replace(read, start=None), zone


def _first(text: str, scene: Scene) -> Offer | None:
    """The one that the text names first of several that are all wished."""
    named = offering.written(text, scene.offers)
    return named[0] if named and not scene.words.either.search(text) else None


def _told_time(text: str, read: naming.Read) -> timex.Reading:
    """The time that a text tells: of a long one the last sentence that has an hour, for
    a story has other days in it than the one that is wished."""
    sentences = ENDS.split(text) if len(text.split()) > MANY else []
    told = (read(each) for each in reversed(sentences))
    hours = (each for each in told if "clock" in each.names and each.start)
    return next(hours, None) or read(text)


def _choice(text: str, scene: Scene) -> int | None:
    return place(text, len(scene.state.shown or scene.state.choices), scene.words)


def place(text: str, shown: int, words: Words) -> int | None:
    """The place among so many that were shown that a short text names."""
    if len(text.split()) > FEW + 2:
        return None
    for at, ordinal in enumerate(words.ordinals[:shown]):
        if ordinal.search(text):
            return at
    return shown - 1 if shown > 1 and words.last.search(text) else None


def _time(text: str, scene: Scene, zone: ZoneInfo) -> timex.Reading:
    """What is told by the time that is open, or a time by itself; of those a time of
    day alone is one of the day that was spoken of, and a weekday one of its week."""
    if open := shifting.base(scene.state, zone):
        moved = _of_day(text, scene, open, zone)
        if moved := moved or scene.words.shifts.read(text, open):
            return moved
    day = open.date() if open else scene.state.day
    text = scene.words.shifts.plain(text) if day else text
    read = scene.read(text, zone)
    if moved := _of_open_week(text, read, scene, zone):
        return moved
    if read.names != {"clock"} or day is None:
        return read
    midnight = datetime.combine(day, time(), zone)
    return scene.read(text, zone, max(midnight, scene.now.astimezone(zone)))


def _of_open_week(
    text: str, read: timex.Reading, scene: Scene, zone: ZoneInfo
) -> timex.Reading | None:
    """The time on a weekday of the week that is spoken of, or on the one after, or on a
    day of that month; None where it is no other than the next such day."""
    after = scene.words.shifts.followed(text)
    read = read if after is None else scene.read(after, zone)
    if not (read.is_weekday or read.is_counted) or read.start is None:
        return None
    state, said = scene.state, read.start.date()
    today = scene.now.astimezone(zone).date()
    if read.is_counted:
        day = shifting.counted(state, said, today, zone)
    elif after is not None:
        day = shifting.following(state, said, zone)
    else:
        day = shifting.weekday(state, said, today, zone)
    return None if day == said else _before(day, after or text, read, scene, zone)


def _before(
    day: date, text: str, read: timex.Reading, scene: Scene, zone: ZoneInfo
) -> timex.Reading | None:
    """What the text says to who hears it the day before; None where that leaves open
    what was not."""
    midnight = datetime.combine(day - shifting.DAY, time(), zone)
    told = scene.read(text, zone, midnight)
    return told if read.ambiguous or not told.ambiguous else None


def _of_day(
    text: str, scene: Scene, open: datetime, zone: ZoneInfo
) -> timex.Reading | None:
    """The time of day that is told with a day that is counted from the open one: "the
    day after at 11"."""
    moved = scene.words.shifts.day(text, open)
    if moved is None:
        return None
    midnight = datetime.combine(moved[0].date(), time(), zone)
    read = scene.read(moved[1], zone, midnight)
    return read if read.names == {"clock"} and read.start else None


def _introduced(text: str, scene: Scene) -> str:
    """The name that is said to be one, or instead of the one that is known."""
    words = scene.words
    known = words.renamed if scene.expected in ("email", "confirm") else []
    name = words.name(patterns.after([*words.named, *known], text) or "")
    return "" if name and offering.is_title(name, scene.offers) else name


def _email(
    text: str, answer: replies.Answer, read: timex.Reading, scene: Scene
) -> str | None:
    """The address in the text; "" where it is declined, which "no, at 11" does not."""
    if found := {*EMAIL.findall(text)}:
        return found.pop() if len(found) == 1 else None
    is_asked = scene.expected == "email"
    if not is_asked or doubting.is_told(read):
        return None
    return "" if answer == "no" or scene.words.declined.search(text) else None


def _spelled(text: str) -> str:
    """The text with the address in it as one is written: ann@example.com, of "ann at
    example dot com"."""
    dotted = re.sub(r"\s+(?:dot|punkt|point|punto)\s+", ".", text)
    if dotted == text or EMAIL.search(text):
        return text
    written = re.sub(r"(?<=\S)\s+(?:at|ät|arobase|arroba)\s+(?=\w+\.\w)", "@", dotted)
    return written if EMAIL.search(written) else text


def _is_beside(
    text: str, offer: Offer | None, read: timex.Reading, words: Words
) -> bool:
    """Whether what says nothing that was asked for is about something else."""
    is_statement = bool(offer) and not wording.is_question(text)
    return not is_statement and _is_aside(text, read, words)


def _is_aside(text: str, read: timex.Reading, words: Words) -> bool:
    """Whether it is a question about something else, or much that says no time."""
    if redaction.CARD in text:
        return True
    if words.wants.search(text):
        return False
    if doubting.is_told(read) and read.unread <= FEW:
        return False
    return wording.is_question(text) or len(text.split()) > FEW
