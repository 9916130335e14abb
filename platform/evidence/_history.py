"""A follow-up question made whole from what was said before it."""

import re
from collections.abc import Sequence

import glosses
from evidence import _asked, _days, _followed, _question, _words

_OPENS = re.compile(
    r"^\s*(?:and|or|but|so|then|what\s+about|how\s+about|what\s+if|also)\b",
    re.IGNORECASE,
)
_BACKWARD = frozenset(
    "it that this they them those these he she his her him hers one ones there then "
    "afterwards afterward same other instead either too".split()
)
# "How much is a haircut?" is whole, "How much for a child?" is not.
_VERBS = frozenset(
    "is are was were do does did can could may might must will would should have has "
    "cost costs need needs".split()
)
_PERSONS = frozenset("he she him her they them his hers".split())
_NAMED = re.compile(
    r"\b(?:(?:Dr|Mr|Mrs|Ms|Prof)\.?\s+)?[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)+"
)
_FULL = 4
# What is said to an answer, and asks nothing by itself.
_NODS = frozenset(
    "yes yeah yep no nope ok okay sure thanks thank you please great fine right "
    "alright good perfect cool cheers so much very".split()
)
_PREPOSITION = re.compile(
    r"(?:for|on|at|in|during|over|with|without|from|to|before|after|by|per|as)\b", re.I
)
_SHORT = 5
_THINGS = re.compile(
    r"\b(?:it|they|them|(?<=\bis\s)(?:this|that)|(?:this|that|these|those)(?=\s*[?.!]|\s+(?:is|are|was|take|cost|"
    r"last|work|include|come|need|have|get|start|end)s?\b|$))\b",
    re.IGNORECASE,
)


def is_nod(message: str) -> bool:
    """Whether a message only takes note of an answer: "Yes", "OK, thank you"."""
    found = _words.words(message)
    return bool(found) and _NODS.issuperset(found)


def _is_piece(question: str) -> bool:
    """Whether it is nothing but what qualifies a question: "for children?"."""
    found = _words.words(question)
    short = len(found) <= _SHORT and not _VERBS & set(found)
    return short and bool(_PREPOSITION.match(question.strip()))


def _follows(question: str) -> bool:
    if _question.is_vague(question) or _OPENS.match(question) or _is_piece(question):
        return True
    found = _words.words(question)
    content = [word for word in _question.subject(question) if word not in _BACKWARD]
    return bool(set(found) & _BACKWARD) and len(content) < _FULL


def _asks_its_own(question: str) -> bool:
    rest = _OPENS.sub("", question).strip()
    return bool(_asked.expected(question)) or _asked.is_polar(rest)


def _is_whole(question: str) -> bool:
    """Whether only the "and" before it makes a question look like a follow-up."""
    rest = _OPENS.sub("", question).strip()
    found = set(_words.words(rest))
    is_asked = bool(_asked.expected(rest)) and bool(found & _VERBS)
    named = _question.stands_alone(_days.unnamed(rest))
    return is_asked and named and not found & _BACKWARD


_OF_A_THING = re.compile(
    r"(what\s+(?:does|do|would)\s+|how\s+(?:much|long)\s+(?:is|are|does|do|for)\s+|"
    r"do\s+you\s+(?:have|offer|sell|take|accept|treat|do|serve)\s+|(?:is|are)\s+there\s+|"
    r"who\s+is\s+)(?:(?:an?|the|any)\s+)?[\w'’-]+(?:\s+(?!costs?\b|takes?\b|lasts?\b)"
    r"[\w'’-]+){0,2}?((?:\s+(?:costs?|takes?|lasts?|available|included))?)",
    re.IGNORECASE,
)
_THING = re.compile(r"(?:(?:an?|the|any)\s+)?[\w'’-]+(?:\s+[\w'’-]+){0,2}", re.I)
# Whom it is for is not what it is about: "How much is a check-up?", "And children?".
_GROUPS = frozenset(
    "child children kid kids adult adults teenager teenagers student students senior "
    "seniors pensioner pensioners group groups member members family families couple "
    "couples beginner beginners guest guests me us him her them it that this".split()
)


def _of_another(piece: str, before: str) -> str | None:
    """ "What does a filling cost?" and "a crown" as "What does a crown cost?"."""
    asked = _OF_A_THING.fullmatch(before.rstrip(" ?.!"))
    plain = _THING.fullmatch(piece) and not _PREPOSITION.match(piece)
    if not asked or not plain or _GROUPS & set(_words.words(piece)):
        return None
    return f"{asked[1]}{piece}{asked[2]}?"


def _joined(piece: str, before: str) -> str:
    """The question before, asked of what the follow-up names.

    "When are you open on Saturday?" and "on Sundays" is "When are you open on
    Sundays?", "How much is a check-up?" and "for children" has that at its end.
    """
    if _days.named(piece):
        swapped = _days.swapped(before, piece)
        if swapped:
            return swapped
    bare = before.rstrip(" ?.!")
    found = _PREPOSITION.match(piece)
    if not found:
        return _of_another(piece, before) or f"{piece}? {before}"
    old = re.search(rf"\s{found[0]}\s+(?:[\w'’-]+\s*){{1,4}}$", bare, re.IGNORECASE)
    return f"{bare[: old.start()] if old else bare} {piece}?"


def resolve(question: str, history: Sequence[tuple[str, str]]) -> str | None:
    """The question with its subject, or None when it needs nothing from the history.

    ``history``: (role, text) from old to new, roles "user" and "assistant". What the
    follow-up asks itself counts; only what it leaves out comes from the last question.
    """
    asked = [text for role, text in history if role == "user" and not is_nod(text)]
    if not asked:
        return None
    language = glosses.language(question, glosses.language(asked[-1]))
    if language != glosses.ENGLISH:
        return _followed.resolve(question, asked[-1], language)
    if not _needs_more(question):
        return None
    if not _asks_its_own(question):
        return _joined(_OPENS.sub("", question).strip(" ?.!,"), asked[-1])
    topic = " ".join(_question.topic(asked[-1]))
    return f"{_about(question, topic)} {_people(question, history)}".strip()


def _needs_more(question: str) -> bool:
    return not is_nod(question) and _follows(question) and not _is_whole(question)


def _about(question: str, topic: str) -> str:
    """The question with the topic in the place of its "it", or at its end."""
    named = _THINGS.sub(topic, question, count=1) if topic else question
    return named if named != question else f"{question} {topic}".strip()


def _people(question: str, history: Sequence[tuple[str, str]]) -> str:
    """Whom a "he" or "she" means: the names in the reply before."""
    replies = [text for role, text in history if role == "assistant"]
    if not replies or not _PERSONS & set(_words.words(question)):
        return ""
    return " ".join(_NAMED.findall(replies[-1])[:2])
