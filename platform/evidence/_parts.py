"""The questions in one message."""

import re

from evidence import _asked, _question

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
    if _asked.is_polar(text) or _asks(found[2]):
        return []
    return [f"{found[1] or ''}{things}?" for things in found.group(2, 3)]


def parts(text: str) -> list[str]:
    """The questions in a message, at most three; what is shared is carried along."""
    stripped = (piece.strip(" ?.!,") for piece in _JOINT.split(text))
    pieces = list(filter(None, stripped))
    asked = [piece for piece in pieces if _asked.is_polar(piece) or _asks(piece)]
    if not 2 <= len(pieces) <= 3 or len(asked) < len(pieces):
        return _two_things(text) or [text]
    return [f"{pieces[0]}?", *(_carried(piece, pieces[0]) for piece in pieces[1:])]


def _carried(piece: str, first: str) -> str:
    """A later question with the topic of the first, unless it has its own."""
    if _question.stands_alone(piece):
        return f"{piece}?"
    return f"{piece} {' '.join(_question.topic(first))}".strip() + "?"


def _asks(piece: str) -> bool:
    return bool(
        re.match(
            r"(?:and\s+)?(?:how|what|when|where|who|which|until|from)\b", piece, re.I
        )
    )
