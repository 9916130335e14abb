"""A follow-up question made whole from what was said before it."""

import dataclasses
import functools
import re
from collections.abc import Sequence

import glosses
import langid
from evidence import (
    _asked,
    _days,
    _glossed_history,
    _incomplete,
    _kinds,
    _question,
    _things,
    _words,
)
from evidence._things import Thing
from evidence.types import Subject

_SOMEWHERE = r"in|on|at"
_PERSONS = frozenset("he she him her his hers".split())
_NAMED = re.compile(
    r"\b(?:(?:Dr|Mr|Mrs|Ms|Prof)\.?\s+)?[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)+|"
    r"(?<=\bby )[A-Z][\w'-]+|^[A-Z][\w'-]+(?=\s+(?:is|does|gives|works|leads)\b)"
)
_BARE = re.compile(
    rf"^\s*(?P<asks>{_incomplete.WH}(?:\s+(?:much|long|often|late|early|far|soon|times?|"
    r"days?))?)(?:\s+then)?\W*$",
    re.IGNORECASE,
)
_LED = re.compile(
    rf"^\s*{_incomplete.WH}(?:\s+(?:much|many|long|often|late|early|far|soon))?\s+"
    r"(?=(?:is|are|can|may|must|do|does|will|should)\b)",
    re.IGNORECASE,
)
_PRICED = re.compile(
    r"^how\s+much\s+(?=(?:per|for|a|an|each|in|on|at|during)\b)", re.IGNORECASE
)
_MONEY = re.compile(r"\b(?:cost|pay|charge|price)", re.IGNORECASE)
_PEOPLE = frozenset(
    "child children kid kids baby babies toddler toddlers teenager teenagers adult "
    "adults student students senior seniors pensioner pensioners member members "
    "non-members guest guests visitor visitors beginner beginners group groups family "
    "families couple couples son daughter wife husband friend friends me us".split()
)
_YOU_OPEN = re.compile(
    r"\b(are|do)\s+(?:you|u)(?=\s+(?:(?:usually|normally|still|also)\s+)?"
    r"(?:open|close|closed|shut)\b)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(?:the|your)\s", re.IGNORECASE)
_TIME_OF_DAY = re.compile(
    r"\b(?:mornings?|afternoons?|evenings?|nights?|rest|day)\b", re.IGNORECASE
)
_SELVES = frozenset({"me", "us"})
REMEMBERED = 256  # follow-ups of the talks that go on at a time


@dataclasses.dataclass(frozen=True)
class Followed:
    """A follow-up made whole.

    ``subject``: what the talk is about, as it was named; ``about``: the same, as an
    answer has to speak of it.
    """

    question: str
    subject: str = ""
    about: Subject | None = None


def resolve(question: str, history: Sequence[tuple[str, str]]) -> str | None:
    """The question with its subject, or None when it needs nothing from the history.

    ``history``: (role, text) from old to new, roles "user" and "assistant". What the
    follow-up asks itself counts; only what it leaves out comes from the last question.
    """
    found = followed(question, history)
    return found.question if found else None


def followed(
    question: str, history: Sequence[tuple[str, str]], subject: str = ""
) -> Followed | None:
    """``resolve`` with what the talk is about.

    ``subject``: of the follow-up before, where the last question is one.
    """
    before = _asked_before(history)
    if before is None or _incomplete.is_nod(question):
        return None
    language = glosses.language(question, glosses.language(before))
    if language != langid.ENGLISH:
        text = _glossed_history.resolve(question, before, language)
        return Followed(text) if text else None
    return _followed_in_english(question, before, subject, _people(question, history))


@functools.lru_cache(maxsize=REMEMBERED)
def _followed_in_english(
    question: str, before: str, subject: str, people: str
) -> Followed | None:
    """``followed`` in English, after the question *before*. Remembered, since each
    message of a talk is made whole again for every one after it."""
    topic = subject or _things.topic(before)
    if _incomplete.adds(question, topic):
        joined = "," if _incomplete.TELLS.match(question) else " for"
        return _about(f"{question.strip(' ?.!')}{joined} {topic}?", topic)
    if not _incomplete.needs_more(question):
        return None
    rest = _incomplete.remainder(question)
    if not _words.words(rest):
        return None
    if not _incomplete.asks_its_own(rest):
        return _put(rest.strip(" ?.!,"), before, topic)
    return _asked_of(rest, before, topic, people)


def _asked_before(history: Sequence[tuple[str, str]]) -> str | None:
    """The last thing a customer asked, courtesies left out."""
    said = (text for role, text in reversed(history) if role == "user")
    return next((text for text in said if not _incomplete.is_nod(text)), None)


def _about(question: str, subject: str, instead: tuple[str, ...] = ()) -> Followed:
    thing = _things.main(subject)
    words = thing.words if thing else tuple(_question.subject(subject))
    kept = tuple(word for word in words if _words.is_subject(word))
    whom = _PEOPLE.intersection(_words.words(question)).difference(kept)
    about = Subject(kept, instead, tuple(sorted(whom - _SELVES)))
    return Followed(question, subject, about if kept else None)


def _put(piece: str, before: str, topic: str) -> Followed:
    """The question before, asked of what the follow-up names.

    "When are you open on Saturday?" and "on Sundays" is "When are you open on
    Sundays?", "How much is a check-up?" and "for children" has that at its end.
    """
    if _is_day(piece, before):
        return _about(_on_day(piece, before), topic)
    if _incomplete.PREPOSITION.match(piece):
        return _about(_qualified(piece, before), topic)
    named = _words.words(piece)
    if named[-1] in _PEOPLE and topic and not _speaks_of_people(topic):
        return _about(f"{before.rstrip(' ?.!')} for {piece}?", topic)
    if opened := _opened(piece, before):
        return _about(opened, piece)
    found = _things.swapped(before, piece)
    if not found:
        return _about(f"{piece}? {before}", piece)
    return _swapped(*found, piece)


def _is_day(piece: str, before: str) -> bool:
    """Whether it is a day, or a date where one was asked about."""
    is_date = "date" in _kinds.held(piece) and _days.named(before)
    return _days.named(piece) or is_date


def _opened(piece: str, before: str) -> str | None:
    """The opening hours that were asked of the business, asked of a place of its own:
    "Is the restaurant open on Sunday?"; None where it is neither."""
    asked = _YOU_OPEN.search(before)
    is_time = "date" in _kinds.held(piece) or _TIME_OF_DAY.search(piece)
    if not asked or is_time or not _PLACE.match(piece):
        return None
    several = piece.lower().endswith("s")
    verb = asked[1] if several else {"are": "is", "do": "does"}[asked[1].lower()]
    return f"{before[: asked.start()]}{verb} {piece}{before[asked.end() :]}"


def _swapped(whole: str, old: Thing | None, piece: str) -> Followed:
    new, was = _things.main(piece), old.words if old else ()
    subject = piece
    if old and new and (" ".join(new.words) + " " + old.words[-1]) in whole.lower():
        subject = " ".join((*new.words, old.words[-1]))
    return _about(whole, subject, was)


def _speaks_of_people(topic: str) -> bool:
    return bool(_PEOPLE.intersection(_words.words(topic)))


def _on_day(piece: str, before: str) -> str:
    swapped = _days.swapped(before, piece)
    if swapped:
        return swapped
    joined = "on " if _days.needs_on(piece) else ""
    return f"{before.rstrip(' ?.!')} {joined}{piece}?"


def _qualified(piece: str, before: str) -> str:
    bare, found = before.rstrip(" ?.!"), _incomplete.PREPOSITION.match(piece)
    opening = re.escape(found[0]) if found else ""
    opening = _SOMEWHERE if opening.lower() in ("in", "on", "at") else opening
    old = re.search(rf"\s(?:{opening})\s+(?:[\w'’-]+\s*){{1,4}}$", bare, re.IGNORECASE)
    return f"{bare[: old.start()] if old else bare} {piece}?"


def _asked_of(question: str, before: str, topic: str, people: str) -> Followed:
    """What the follow-up asks, asked of the topic or of the person named before."""
    if people:
        named = re.sub(
            r"\b(?:he|she|him|her)\b", people, question, count=1, flags=re.IGNORECASE
        )
        about = Subject(tuple(_words.words(people)[-1:]))
        return Followed(named, people, about)
    bare = _BARE.match(question)
    if bare:
        return _about(_clause(bare["asks"], before, topic), topic)
    text = question.strip()
    if not topic:
        return Followed(text)
    if _PRICED.match(text):
        return _about(_PRICED.sub(f"How much is {topic} ", text), topic)
    named = (
        _incomplete.POINTING.sub(topic, text, count=1) if _things.main(topic) else text
    )
    if named == text:
        named = f"{text.rstrip(' ?.!')} {_joining(topic)}{topic}?"
    return _about(named, topic)


def _joining(topic: str) -> str:
    return "for " if _things.main(topic) else "to "


def _clause(asks: str, before: str, topic: str) -> str:
    """The question before, asked otherwise: "Until when can I cancel a room?"."""
    if _asked.expected(asks) == {"money"}:
        return f"{asks} is {topic if _things.main(topic) else 'it to ' + topic}?"
    clause = _LED.sub("", before)
    if _MONEY.search(clause) or not _asked.is_polar(clause):
        return f"{asks} {topic}?"
    return f"{asks} {clause[:1].lower()}{clause[1:]}"


def _people(question: str, history: Sequence[tuple[str, str]]) -> str:
    """Whom a "he" or "she" means: the name in the reply before."""
    replies = [text for role, text in history if role == "assistant"]
    if not replies or not _PERSONS & set(_words.words(question)):
        return ""
    return next(iter(_NAMED.findall(replies[-1])), "")
