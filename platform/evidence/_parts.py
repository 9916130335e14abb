"""The questions in one message."""

import re

from evidence import _asked, _question

_JOINT = re.compile(
    r"\?\s+(?=\S)|[,;]?\s+(?:and|or|but)\s+(?:also\s+)?(?=(?:how|what|when|where|who|which|"
    r"is|are|do|does|can|may|will|until|from|must|could)\b)",
    re.IGNORECASE,
)


def parts(text: str) -> list[str]:
    """The questions in a message, at most three; what is shared is carried along."""
    stripped = (piece.strip(" ?.!,") for piece in _JOINT.split(text))
    pieces = list(filter(None, stripped))
    asked = [piece for piece in pieces if _asked.is_polar(piece) or _asks(piece)]
    if not 2 <= len(pieces) <= 3 or len(asked) < len(pieces):
        return [text]
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
