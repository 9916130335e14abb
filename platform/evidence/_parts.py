"""The questions in one message."""

import re

from evidence import _aside, _asked, _question, _words
from evidence._sought import sought

_JOINT = re.compile(
    r"\?\s+(?=\S)|[,;]?\s+(?:and|or|but)\s+(?:also\s+)?(?=(?:how|what|when|where|who|which|"
    r"is|are|do|does|can|may|will|until|from|must|could)\b)",
    re.IGNORECASE,
)


_NOUNS = r"\w[\w'’-]*(?:\s+\w[\w'’-]*)?"
_TWO_THINGS = re.compile(
    rf"\s*(what(?:'s|\s+is|\s+are)\s+(?:the|your)\s+)?({_NOUNS})\s+and\s+"
    rf"(?:the\s+|your\s+)?({_NOUNS})[\s?.!]*",
    re.IGNORECASE,
)


def _two_things(text: str) -> list[str]:
    """ "Opening hours and parking?" as two questions; none for anything longer."""
    found = _TWO_THINGS.fullmatch(text)
    if not found or not all(map(_question.subject, found.group(2, 3))):
        return []
    if _asked.is_polar(text) or _aside.opens(found[2]):
        return []
    return [f"{found[1] or ''}{things}?" for things in found.group(2, 3)]


_OF_ONE = re.compile(
    rf"\s*(?:what(?:'s|\s+is|\s+are)\s+)?(?:the\s+|your\s+)?({_NOUNS})\s+and\s+"
    rf"(?:the\s+|your\s+)?({_NOUNS})\s+((?:of|for)\s+[^?]+?)[\s?.!]*",
    re.IGNORECASE,
)
_TWICE_ASKED = re.compile(
    r"\s*(when|where|who|why|how(?:\s+(?:much|long|often|many))?)\s+and\s+"
    r"(when|where|who|why|how(?:\s+(?:much|long|often|many))?)\s+([^?]+?)[\s?.!]*",
    re.IGNORECASE,
)
_EITHER = re.compile(
    r"(.*\b(?:have|offer|sell|accept|take|provide|serve|there|hire|rent|repair|treat|"
    rf"stock|support)\s+)(?:an?\s+|any\s+)?({_NOUNS})\s+(?:and|or)\s+(?:an?\s+|any\s+)?"
    rf"({_NOUNS})[\s?.!]*",
    re.IGNORECASE,
)


def _of_one(text: str) -> list[str]:
    """ "Price and duration of a visit?" as two questions; none for any other."""
    found = _OF_ONE.fullmatch(text)
    if not found or _aside.opens(found[1]) or _asked.is_polar(text):
        return []
    return [f"What is the {thing} {found[3]}?" for thing in found.group(1, 2)]


def apart(text: str) -> list[str]:
    """A question whether there are two things as two; none for any other.

    For where the whole has no answer: "Do you treat cats and dogs?" mostly has one.
    """
    found = _EITHER.fullmatch(text) if _asked.is_polar(text) else None
    return [f"{found[1]}{thing}?" for thing in found.group(2, 3)] if found else []


def parts(text: str) -> list[str]:
    """The questions in a message, at most three; what is shared is carried along."""
    ways = (_twice_asked, _sentences, _two_things, _of_one)
    return next(filter(None, (way(text) for way in ways)), [text])


_ASKED = re.compile(r"(?<=\?)\s+(?=\S)")
_MOST = 3


def questions(text: str) -> list[str]:
    """The questions in a message, as ``parts`` tells them, and in any language where
    each has its own mark; the text itself where it is one."""
    found, marked = parts(text), _ASKED.split(text.strip())
    is_told = found[1:] or not 2 <= len(marked) <= _MOST
    return found if is_told or not marked[-1].endswith("?") else marked


def _twice_asked(text: str) -> list[str]:
    """ "When and where is it held?" as two questions."""
    found = _TWICE_ASKED.fullmatch(text)
    return [f"{asked} {found[3]}?" for asked in found.group(1, 2)] if found else []


def _sentences(text: str) -> list[str]:
    """Questions one after another, or joined by "and"; none unless all of them ask."""
    stripped = (piece.strip(" ?.!,") for piece in _JOINT.split(text))
    pieces = list(filter(None, stripped))
    asked = [piece for piece in pieces if _aside.opens(piece)]
    if not 2 <= len(pieces) <= 3 or len(asked) < len(pieces):
        return []
    return [f"{pieces[0]}?", *(_carried(piece, pieces[0]) for piece in pieces[1:])]


def _carried(piece: str, first: str) -> str:
    """A later question with the topic of the first, unless it has its own."""
    if _question.stands_alone(piece):
        return f"{piece}?"
    named = set(_words.words(piece))
    topic = [word for word in _question.topic(first) if word not in named]
    return " ".join([piece, *topic]) + "?"


def looked_for(text: str) -> str:
    """A message as it is searched for: each of its questions in the words of texts."""
    return " ".join(map(sought, parts(text)))
