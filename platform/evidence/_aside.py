"""What a message tells beside what it asks: "I'm 79 - is there help with bulbs?"."""

import re

from evidence import _asked

_PIECES = re.compile(
    r"(?<=[.!?])\s+|\s+[-–]\s+|,\s+(?=(?:what|when|where|who|how|do|does|is|are|can|will|"
    r"would|must|should)\b)",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"(?:and\s+)?(?:how|what|when|where|who|which|why|until|from)\b", re.IGNORECASE
)


def opens(piece: str) -> bool:
    """Whether a piece begins as a question does."""
    return bool(_OPENS.match(piece.strip())) or _asked.is_polar(piece)


def asking(text: str) -> str:
    """The pieces of a message that ask; all of it where none or each of them does."""
    pieces = [piece for piece in _PIECES.split(text) if piece.strip()]
    asked = [piece for piece in pieces if piece.endswith("?") or opens(piece)]
    return " ".join(asked) or text
