"""The lines of a PDF page: pieces of text put together by their places.

pypdf reports pieces in the order in which they are drawn, with the place where each
begins but not its width, so widths are estimated from the usual ones of letters.
Units are points; y grows upwards.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Any

from extraction import _clean, _lists

_NARROW = frozenset("iljtfrI.,;:'!|()[]{}/- ")
_WIDE = frozenset("mwMW@%—…")
_LEADER = re.compile(r"(?:\s?\.){5,}")  # dots from an entry to its page
_CELL_GAP = 1.1  # ems: a wider gap within a line separates cells
_DRAWN_APART_GAP = 0.6  # the same for texts that pypdf reports as lines of their own
_WORD_GAP = 0.12
_BULLET = "\x7f"  # what WinAnsiEncoding's unused codes show, ISO 32000-1, annex D.2
_LINES_BACK = 8  # a table's cell may return to a line drawn before it
_MOST_LINES = 20_000  # of one page


@dataclass(slots=True)
class Cell:
    x: float
    end: float
    text: str


@dataclass(slots=True)
class Line:
    page: int
    y: float
    size: float
    bold: bool
    cells: list[Cell] = field(default_factory=list)
    longest: int = 0  # characters of the piece that its size is taken from

    @property
    def x(self) -> float:
        return self.cells[0].x

    @property
    def end(self) -> float:
        return self.cells[-1].end

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


@dataclass(slots=True)
class Piece:
    """A drawn text and where it begins, or where its line began."""

    text: str
    x: float
    y: float
    size: float
    bold: bool


def of_page(page: Any, number: int) -> list[Line]:
    """The lines of *page* in drawing order, with their cells from left to right."""
    assembly = Assembly(number)
    page.extract_text(visitor_text=assembly.take)
    lines = assembly.lines
    for line in lines:
        _tidy(line)
    return [line for line in lines if line.cells]


class Assembly:
    """Receives pypdf's pieces."""

    def __init__(self, page: int) -> None:
        self.lines: list[Line] = []
        self._page = page
        self._ended = True  # the piece before ended its line

    def take(
        self, text: str, cm: list[float], tm: list[float], font: Any, size: float
    ) -> None:
        """pypdf's ``visitor_text``."""
        for at, part in enumerate(text.split("\n")):
            if at:
                self._ended = True
            if part.strip() and len(self.lines) < _MOST_LINES:
                # Only the first part begins at the place that is reported.
                self._add(_piece(part, cm, tm, font, size, down=at))

    def _add(self, piece: Piece) -> None:
        line = self._line(piece)
        if line is None:
            line = Line(self._page, piece.y, piece.size, piece.bold)
            self.lines.append(line)
        self._append(line, piece)
        self._ended = False

    def _line(self, piece: Piece) -> Line | None:
        """The line drawn lately that *piece* stands on."""
        for line in reversed(self.lines[-_LINES_BACK:]):
            if abs(line.y - piece.y) < 0.3 * min(line.size, piece.size):
                return line
        return None

    def _append(self, line: Line, piece: Piece) -> None:
        width = _width(piece.text) * piece.size
        last = line.cells[-1] if line.cells else None
        gap = None if last is None else self._gap(last, piece)
        if last is None or gap is None:
            line.cells.append(Cell(piece.x, piece.x + width, piece.text))
        else:
            last.text += (" " if gap > _WORD_GAP else "") + piece.text
            last.end = max(last.end, piece.x) + width
        line.bold = line.bold and piece.bold
        if len(piece.text) > line.longest:
            line.longest, line.size = len(piece.text), piece.size

    def _gap(self, last: Cell, piece: Piece) -> float | None:
        """The ems between a cell and a piece of it; None when it begins another."""
        if not self._ended and piece.x <= last.x + 0.1:
            # A change of font within a line: the place is where the line began.
            return 0.0
        gap = (piece.x - last.end) / piece.size
        widest = _DRAWN_APART_GAP if self._ended else _CELL_GAP
        # Narrow fonts make the estimated end too large, so overlap means nothing.
        return gap if last.x < piece.x and gap <= widest else None


def _piece(
    text: str, cm: list[float], tm: list[float], font: Any, size: float, down: int
) -> Piece:
    matrix = _product(tm, cm)
    across = math.hypot(matrix[2], matrix[3])
    x, y = matrix[4], matrix[5]
    if abs(matrix[1]) > abs(matrix[0]):  # written upwards or downwards
        x, y = (y, -x) if matrix[1] > 0 else (-y, x)
    height = min(max(abs(size) * across, 1.0), 500.0)
    return Piece(text, x, y - down * height * 1.2, height, _is_bold(font))


def _product(a: list[float], b: list[float]) -> list[float]:
    return [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]


def _is_bold(font: Any) -> bool:
    name = str(font.get("/BaseFont", "")).lower() if font else ""
    return any(word in name for word in ("bold", "black", "heavy", "semibold"))


def _width(text: str) -> float:
    """The estimated width of *text* in ems."""
    return sum(map(_letter_width, text.rstrip()))


def _letter_width(letter: str) -> float:
    if letter in _NARROW:
        return 0.29
    if letter in _WIDE:
        return 0.86
    if ord(letter) >= 0x2E80:
        return 1.0
    return 0.69 if letter.isupper() else 0.54


def _tidy(line: Line) -> None:
    """Order the cells, clean their text, and put an item's mark before its text."""
    for cell in line.cells:
        text = _LEADER.sub(" ", cell.text.replace(_BULLET, "•"))
        text = _keep_soft_hyphen(text)
        cell.text = _clean.one_line(text)
    cells = sorted((cell for cell in line.cells if cell.text), key=lambda c: c.x)
    if len(cells) > 1 and _lists.is_mark(cells[0].text):
        mark = cells.pop(0)
        cells[0].text = f"{mark.text} {cells[0].text}"
    line.cells = cells


def _keep_soft_hyphen(text: str) -> str:
    """A soft hyphen at the end of a line was drawn, and says that a word goes on."""
    stripped = text.rstrip()
    return f"{stripped[:-1]}-" if stripped.endswith("\u00ad") else text
