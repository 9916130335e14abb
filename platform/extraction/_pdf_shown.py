"""A text that a page of a PDF shows."""

from collections.abc import Sequence
from typing import NamedTuple


class Shown(NamedTuple):
    """A text in one line, blank where it is only space; *glyphs* are its parts, from
    the left, where it has any that are read from the right."""

    text: str
    x: float
    end: float
    y: float
    size: float
    is_bold: bool
    is_moved_to: bool  # by an operator of its own, not by a gap in what is shown
    spaces: int = 0  # that are shown in it, not left between its words
    glyphs: Sequence[str] = ()
    turn: int = 0  # degrees by which it is written upwards
    is_filled_in: bool = False  # after all else of the page
