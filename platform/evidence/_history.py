"""A follow-up question made whole from what was said before it."""

import re
from collections.abc import Sequence

from evidence import _asked, _days, _question, _words

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


def _follows(question: str) -> bool:
    if _question.is_vague(question) or _OPENS.match(question):
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


def _without_days(question: str, before: str) -> str:
    return _days.unnamed(before) if _days.days(question) else before


def resolve(question: str, history: Sequence[tuple[str, str]]) -> str | None:
    """The question with its subject, or None when it needs nothing from the history.

    ``history``: (role, text) from old to new, roles "user" and "assistant". What the
    follow-up asks itself counts; only what it leaves out comes from the last question.
    """
    asked = [text for role, text in history if role == "user"]
    if not asked or not _follows(question) or _is_whole(question):
        return None
    if not _asks_its_own(question):
        return f"{question} {_without_days(question, asked[-1])}"
    topic = " ".join(_question.topic(asked[-1]))
    return " ".join(filter(None, (question, topic, _people(question, history))))


def _people(question: str, history: Sequence[tuple[str, str]]) -> str:
    """Whom a "he" or "she" means: the names in the reply before."""
    replies = [text for role, text in history if role == "assistant"]
    if not replies or not _PERSONS & set(_words.words(question)):
        return ""
    return " ".join(_NAMED.findall(replies[-1])[:2])
