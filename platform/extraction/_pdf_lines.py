"""The lines of a PDF page: texts put together by their places.

Units are points; y grows upwards.
"""

import math
import re
from dataclasses import dataclass, field

from extraction import _clean, _lists, _pdf_direction
from extraction._pdf_text import Shown

_LEADER = re.compile(r"(?:\s?[.·…_]){5,}")  # dots from an entry to its page
_CELL_GAP = 0.85  # ems: a wider gap within a line separates cells
_DRAWN_APART_GAP = 0.6  # the same for texts that are placed each by itself
_WORD_GAP = 0.12
_LOOSE_GAP = 1.6  # between the words of a line that is spread over its column
_LOOSE = 3  # gaps, from which on such a line is known by their being equal
_DOUBLED = 0.2  # ems from a text at which it is drawn again, to look bold or shadowed
_BULLET = "\x7f"  # what WinAnsiEncoding's unused codes show, ISO 32000-1, annex D.2
_LINES_BACK = 8  # a table's cell may return to a line drawn before it
_MOST_LINES = 20_000  # of one page
_LEVEL = 0.3  # times a line's size: what is not farther up or down stands on it
_BESIDE = 0.85  # the same for a cell in the middle of its row, beside two lines
_RAISED = (0.15, 0.65)  # times a line's size, for a figure above it
_SMALLER = 0.93  # times a line's size, for such a figure
_FIGURES = re.compile(r"[0-9]{1,3}")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SECTION_GAP = 1.6  # ems at most from the number of a section to its name
_SECTION = re.compile(r"(\d{1,2}|[A-Z])(\.\d{1,2}){0,4}\.?")
_MARK_GAP = 4.0  # ems at most from the mark of an item to its text


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
class Row:
    """A line while its texts come, in whatever order they are drawn."""

    y: float
    size: float
    longest: int = 0
    texts: list[Shown] = field(default_factory=list)

    def add(self, shown: Shown) -> None:
        if any(_is_again(shown, other) for other in self.texts):
            return
        self.texts.append(shown)
        if len(shown.text) > self.longest:
            self.longest, self.size = len(shown.text), shown.size

    def has_room_for(self, shown: Shown) -> bool:
        return all(t.end < shown.x or shown.end < t.x for t in self.texts)

    def touches(self, shown: Shown) -> bool:
        """Whether *shown* stands right beside one of its texts."""
        widest = _DRAWN_APART_GAP * shown.size
        gaps = (max(shown.x - t.end, t.x - shown.end) for t in self.texts)
        return any(abs(gap) < widest for gap in gaps)


class Assembly:
    """Receives the texts of a page."""

    def __init__(self, page: int) -> None:
        self._page = page
        self._rows: list[Row] = []

    def take(self, shown: Shown) -> None:
        if len(self._rows) == _MOST_LINES:
            return
        row = self._raised_on(shown) or self._row(shown)
        if row is None and shown.text.strip():
            row = self._beside(shown) or Row(shown.y, shown.size)
            if not row.texts:
                self._rows.append(row)
        if row is not None:
            row.add(_sign(shown) if _is_raised(shown, row.size, row.y) else shown)

    def finished(self) -> list[Line]:
        """The lines in drawing order, with their cells from left to right."""
        lines = [_line(row, self._page) for row in self._rows]
        return _marked([line for line in lines if line.cells])

    def _row(self, shown: Shown) -> Row | None:
        """The row drawn lately that *shown* stands on."""
        for row in reversed(self._rows[-_LINES_BACK:]):
            if abs(row.y - shown.y) < _LEVEL * min(row.size, shown.size):
                return row
        return None

    def _beside(self, shown: Shown) -> Row | None:
        """The row of a table to whose middle *shown* returns, beside lines of a cell
        that was drawn before it."""
        rows = self._rows[-_LINES_BACK:]
        if not rows or shown.y < rows[-1].y:
            return None
        for row in rows:
            is_near = abs(row.y - shown.y) < _BESIDE * min(row.size, shown.size)
            if is_near and row.has_room_for(shown):
                return row
        return None

    def _raised_on(self, shown: Shown) -> Row | None:
        """The row above which *shown* is a small figure behind a text, as the sign of a
        note or of a square is, or whose only text is such a figure before *shown*.

        Then it is kept as a raised one: €62.50¹ is no 62.501."""
        for row in reversed(self._rows[-_LINES_BACK:]):
            if not row.touches(shown):
                continue
            if _is_raised(shown, row.size, row.y):
                return row
            [*others, mark] = row.texts
            if not others and _is_raised(mark, shown.size, shown.y):
                row.texts = [_sign(mark)]
                row.y, row.size = shown.y, shown.size
                return row
        return None


def _is_again(shown: Shown, other: Shown) -> bool:
    is_near = abs(shown.x - other.x) < _DOUBLED * shown.size
    return is_near and shown.text == other.text


def _is_raised(shown: Shown, size: float, y: float) -> bool:
    """Whether *shown* is a figure raised above a line of *size* at *y*."""
    least, most = _RAISED
    is_up = least * size < shown.y - y < most * size
    is_small = shown.size < _SMALLER * size
    return is_up and is_small and bool(_FIGURES.fullmatch(shown.text.strip()))


def _sign(figure: Shown) -> Shown:
    return figure._replace(text=figure.text.strip().translate(_SUPERSCRIPTS))


def _line(row: Row, page: int) -> Line:
    """The line of a row, its texts joined where they stand near one another."""
    inked = [shown for shown in row.texts if shown.text.strip()]
    is_bold = bool(inked) and all(shown.is_bold for shown in inked)
    cells, gaps = _cells(sorted(row.texts, key=lambda text: text.x))
    line = Line(page, row.y, row.size, is_bold, cells, row.longest)
    _tidy(line)
    if _is_spread(gaps, line) or _is_numbered(gaps, line):
        text = " ".join(cell.text for cell in line.cells)
        line.cells = [Cell(line.x, line.end, text)]
    return line


def _cells(texts: list[Shown]) -> tuple[list[Cell], list[float]]:
    """*texts*, from the left, as cells, and the gaps between these in ems."""
    cells: list[Cell] = []
    gaps: list[float] = []
    for shown in texts:
        widest = _DRAWN_APART_GAP if shown.is_moved_to else _CELL_GAP
        gap = (shown.x - cells[-1].end) / shown.size if cells else math.inf
        if gap > widest:
            gaps.append(gap)
            cells.append(Cell(shown.x, shown.end, shown.text))
        else:
            _join(cells[-1], shown, gap)
    return cells, gaps[1:]


def _join(cell: Cell, shown: Shown, gap: float) -> None:
    between = " " if gap > _WORD_GAP and not _is_sign(shown.text) else ""
    cell.text = _pdf_direction.joined(cell.text, shown.text, between)
    cell.end = max(cell.end, shown.end)


def _is_sign(text: str) -> bool:
    return text[:1] in "⁰¹²³⁴⁵⁶⁷⁸⁹"


def _is_spread(gaps: list[float], line: Line) -> bool:
    """Whether what parts the cells is but the wide spaces of a line that fills its
    column: all are equal, and each cell is a word."""
    if len(gaps) < _LOOSE or max(gaps) > min(_LOOSE_GAP, 1.3 * min(gaps)):
        return False
    return not any(" " in cell.text for cell in line.cells)


def _is_numbered(gaps: list[float], line: Line) -> bool:
    """Whether the cells are the number of a section and its name."""
    if len(line.cells) != 2 or gaps[0] > _SECTION_GAP:
        return False
    number, name = (cell.text for cell in line.cells)
    return bool(_SECTION.fullmatch(number)) and name[0].isalpha()


def _tidy(line: Line) -> None:
    """Clean the cells' text, and put an item's mark before its text."""
    for cell in line.cells:
        text = _LEADER.sub(" ", cell.text.replace(_BULLET, "•"))
        text = _keep_soft_hyphen(text)
        cell.text = _clean.one_line(text)
    cells = [cell for cell in line.cells if cell.text]
    if _pdf_direction.is_right_to_left(" ".join(cell.text for cell in cells)):
        cells.reverse()
    if len(cells) > 1 and _lists.is_mark(cells[0].text):
        mark = cells.pop(0)
        cells[0].text = f"{mark.text} {cells[0].text}"
    line.cells = cells


def _marked(lines: list[Line]) -> list[Line]:
    """*lines* with the marks of items that were drawn apart from them before theirs."""
    marks = [line for line in lines if _is_mark(line)]
    others = [line for line in lines if not _is_mark(line)]
    for mark in marks:
        own = [line for line in others if _is_marked_by(line, mark)]
        if not own:
            return lines
        first = min(own, key=lambda line: line.x)
        first.cells[0].text = f"{mark.text} {first.cells[0].text}"
    return others


def _is_mark(line: Line) -> bool:
    return len(line.cells) == 1 and _lists.is_mark(line.text)


def _is_marked_by(line: Line, mark: Line) -> bool:
    is_level = abs(line.y - mark.y) < _LEVEL * max(line.size, mark.size)
    return is_level and 0 < line.x - mark.end < _MARK_GAP * line.size


def _keep_soft_hyphen(text: str) -> str:
    """A soft hyphen at the end of a line was drawn, and says that a word goes on."""
    stripped = text.rstrip()
    return f"{stripped[:-1]}-" if stripped.endswith("\u00ad") else text
