"""The questions in one message."""

import re

from evidence import _kinds, _question

_JOINT = re.compile(
    r"\?\s+(?=\S)|[,;]?\s+(?:and|or|but)\s+(?:also\s+)?(?=(?:how|what|when|where|who|which|"
    r"is|are|do|does|can|may|will|until|from|must|could)\b)",
    re.IGNORECASE,
)


def parts(text: str) -> list[str]:
    """The questions in a message, at most three; what is shared is carried along."""
    pieces = [
        piece.strip(" ?.!,") for piece in _JOINT.split(text) if piece.strip(" ?.!,")
    ]
    asked = [piece for piece in pieces if _kinds.is_polar(piece) or _asks(piece)]
    if len(pieces) < 2 or len(asked) < len(pieces) or len(pieces) > 3:
        return [text]
    whole = [pieces[0] + "?"]
    for piece in pieces[1:]:
        alone = _question.stands_alone(piece)
        carried = "" if alone else " ".join(_question.topic(pieces[0]))
        whole.append(f"{piece} {carried}".strip() + "?")
    return whole


def _asks(piece: str) -> bool:
    return bool(
        re.match(
            r"(?:and\s+)?(?:how|what|when|where|who|which|until|from)\b", piece, re.I
        )
    )
