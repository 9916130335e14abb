"""What a PDF says that its glyphs show: ``ActualText``, ISO 32000-1, 14.9.4.

Fonts tell what a glyph is, but not what several of them make together, as the joined
letters of Hindi or a swash for a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from extraction._pdf_shown import Shown

_MORE = 4  # times what its glyphs are: more than they can show is no reading of them
_HYPHENS = "-\u00ad\u2010"


@dataclass
class Said:
    text: str
    shown: list[Shown] = field(default_factory=list)


class Spoken:
    """The marked contents that are open, and what is said of them."""

    def __init__(self) -> None:
        self._open: list[Said | None] = []

    @property
    def depth(self) -> int:
        return len(self._open)

    def begin(self, properties: Any) -> None:
        """A marked content; within one of which something is said it is part of it."""
        outer = self._open[-1] if self._open else None
        self._open.append(outer or _said(properties))

    def keep(self, shown: Shown) -> bool:
        """Whether *shown* is kept until its content ends."""
        own = self._open[-1] if self._open else None
        if own is not None:
            own.shown.append(shown)
        return own is not None

    def end(self) -> list[Shown]:
        """What is to be shown of the content that ends."""
        own = self._open.pop() if self._open else None
        if own is None or (self._open and self._open[-1] is own):
            return []
        return _read(own)


def _said(properties: Any) -> Said | None:
    from pypdf.generic import create_string_object

    text = properties.get("/ActualText") if hasattr(properties, "get") else None
    if isinstance(text, bytes):
        text = create_string_object(text)
    # A hyphen that divides a word is one that is seen.
    return Said(text) if isinstance(text, str) and text.strip(_HYPHENS) else None


def _read(said: Said) -> list[Shown]:
    """What is said, in the place of all that was shown first."""
    inked = [shown for shown in said.shown if shown.text.strip()]
    glyphs = sum(len(shown.text) for shown in inked)
    if not inked or len(said.text) > _MORE * (glyphs + 1):
        return said.shown
    first = inked[0]
    level = [shown for shown in inked if abs(shown.y - first.y) < first.size]
    return [_spanning(level)._replace(text=said.text, glyphs=())]


def _spanning(level: Sequence[Shown]) -> Shown:
    start = min(shown.x for shown in level)
    return level[0]._replace(x=start, end=max(shown.end for shown in level))
