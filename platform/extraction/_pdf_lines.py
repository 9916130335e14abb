"""The lines of a PDF page: texts put together by their places.

Units are points; y grows upwards.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from extraction import _clean, _lists, _pdf_beside, _pdf_direction, _pdf_struck
from extraction._pdf_paint import Stroke
from extraction._pdf_rows import DRAWN_APART_GAP, Row
from extraction._pdf_shown import Shown

_LEADER = re.compile(r"\s*(?:\s?[.·…_]){5,}\s*")  # dots from an entry to its page
_CELL_GAP = 0.85  # ems: a wider gap within a line separates cells
_UNSPACED_GAP = (
    0.38  # and that on a page whose words are parted by spaces that it shows
)
_SINGLE = 0.8  # of the texts are glyphs, where each is one
_BLANK = 0.04  # of these are spaces, where words are parted by such
_SPACES = 0.5  # of those between words are shown on such a page
_WORD_GAP = 0.12
_LOOSE_GAP = 1.6  # between the words of a line that is spread over its column
_LOOSE = 3  # gaps, from which on such a line is known by their being equal
_BULLET = "\x7f"  # what WinAnsiEncoding's unused codes show, ISO 32000-1, annex D.2
_LINES_BACK = 8  # a table's cell may return to a line drawn before it
_MOST_LINES = 20_000  # of one page
_LEVEL = 0.3  # times a line's size: what is not farther up or down stands on it
_BESIDE = 0.85  # the same for a cell in the middle of its row, beside two lines
FAR = 100_000.0  # points below a page, where what is not of its lines is put
_RAISED = (0.15, 0.65)  # times a line's size, for a figure above it
_SMALLER = 0.93  # times a line's size, for such a figure
_ASIDE = 4  # characters of such a text
_FIGURES = re.compile(r"[0-9]{1,3}")
_SECTION_GAP = 1.6  # ems at most from the number of a section to its name
_SECTION = re.compile(r"(\d{1,2}|[A-Z])(\.\d{1,2}){0,4}\.?")
_LETTER = 0.5  # ems, about
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
    is_clause: bool = False  # it begins one

    @property
    def x(self) -> float:
        return self.cells[0].x

    @property
    def end(self) -> float:
        return self.cells[-1].end

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)


class Assembly:
    """Receives the texts of a page."""

    def __init__(self, page: int) -> None:
        self._page = page
        self._rows: list[Row] = []
        self._taken = 0  # texts

    def take(self, shown: Shown) -> None:
        if len(self._rows) == _MOST_LINES:
            return
        self._taken += 1
        if shown.is_filled_in:
            self._fill_in(shown)
        else:
            self._draw(shown)

    def _draw(self, shown: Shown) -> None:
        row = self._raised_on(shown) or self._row(shown)
        if row is None and shown.text.strip():
            row = self._beside(shown) or Row(shown.y, shown.size, shown.turn)
            if not row.texts:
                self._rows.append(row)
        if row is not None:
            is_sign = _is_raised(shown, row.size, row.y)
            row.add(_sign(shown) if is_sign else shown, self._taken)

    def _fill_in(self, shown: Shown) -> None:
        """Put what comes after all else beside its name, or below what it is below."""
        rows = [row for row in self._rows if row.turn == shown.turn]
        rows.sort(key=lambda row: abs(row.y - shown.y))
        row = next((row for row in rows if _is_beside(shown, row)), None)
        if row is None and shown.text.strip():
            row = Row(shown.y, shown.size, shown.turn)
            self._rows.insert(self._place_below(rows, shown.y), row)
        if row is not None:
            row.add(shown, self._taken)

    def _place_below(self, rows: list[Row], y: float) -> int:
        """Behind the first of *rows* that is above *y*."""
        above = next((row for row in rows if row.y > y), None)
        return self._rows.index(above) + 1 if above else len(self._rows)

    def finished(self, strokes: Sequence[Stroke]) -> list[Line]:
        """The lines in drawing order, with their cells from left to right; what is not
        written in the direction of most of the page comes last, far below. What one of
        *strokes* crosses out is left out."""
        self._rows = _pdf_struck.without(self._rows, strokes)
        usual = _usual_turn(self._rows)
        lines = _marked(self._lines(lambda turn: turn == usual))
        size = lines[0].size if lines else 0.0
        others = self._lines(lambda turn: turn != usual)
        return [*lines, *(_aside(line, size) for line in others)]

    def _lines(self, is_turned: Callable[[int], bool]) -> list[Line]:
        narrow = _narrow(self._rows)
        rows = _pdf_beside.apart([row for row in self._rows if is_turned(row.turn)])
        lines = (_line(row, self._page, narrow) for row in rows)
        return [line for line in lines if line.cells]

    def _lately(self, shown: Shown) -> list[Row]:
        """The rows drawn lately that are written as *shown* is."""
        return [row for row in self._rows[-_LINES_BACK:] if row.turn == shown.turn]

    def _row(self, shown: Shown) -> Row | None:
        """The row drawn lately that *shown* stands on."""
        for row in reversed(self._lately(shown)):
            if abs(row.y - shown.y) < _LEVEL * min(row.size, shown.size):
                return row
        return None

    def _beside(self, shown: Shown) -> Row | None:
        """The row of a table to whose middle *shown* returns, beside lines of a cell
        that was drawn before it."""
        rows = self._lately(shown)
        if not rows or shown.y < rows[-1].y:
            return None
        return next((row for row in rows if _is_beside(shown, row)), None)

    def _raised_on(self, shown: Shown) -> Row | None:
        """The row beside one of whose texts *shown* stands small, above or below it, as
        the sign of a note or of a square does, or whose only text is a figure that
        stands so beside *shown*."""
        for row in reversed(self._lately(shown)):
            if row.size == shown.size or not row.touches(shown):
                continue
            if _is_aside(shown, row.size, row.y):
                return row
            [*others, mark] = row.texts
            if not others and _is_raised(mark, shown.size, shown.y):
                row.texts = [_sign(mark)]
                row.y, row.size = shown.y, shown.size
                return row
        return None


def _usual_turn(rows: list[Row]) -> int:
    """How most of a page is turned."""
    turns: Counter[int] = Counter()
    for row in rows:
        turns[row.turn] += sum(len(shown.text) for shown in row.texts)
    return max(turns, key=lambda turn: turns[turn], default=0)


def _narrow(rows: list[Row]) -> float:
    """The gap, in ems, above which texts of a page are cells, if no space is shown
    between them."""
    texts = [shown for row in rows for shown in row.texts]
    shown_spaces = sum(text.spaces for text in texts)
    spaces = sum(text.text.strip().count(" ") for text in texts)
    shows_spaces = 0 < _SPACES * spaces < shown_spaces or _are_glyphs(texts)
    return _UNSPACED_GAP if shows_spaces else DRAWN_APART_GAP


def _are_glyphs(texts: list[Shown]) -> bool:
    """Whether each glyph is a text of its own, as wkhtmltopdf has it, spaces too."""
    single = sum(len(shown.text) == 1 for shown in texts)
    blank = sum(not shown.text.strip() for shown in texts)
    return single > _SINGLE * len(texts) and blank > _BLANK * len(texts)


def _aside(line: Line, size: float) -> Line:
    """What is written across a page, as "DRAFT" is, or along its edge: however it
    looks, it heads nothing, and none of the page's lines is beside it."""
    return replace(line, y=line.y - FAR, bold=False, size=size or line.size)


def _is_beside(shown: Shown, row: Row) -> bool:
    is_near = abs(row.y - shown.y) < _BESIDE * min(row.size, shown.size)
    return is_near and row.has_room_for(shown)


def _is_aside(shown: Shown, size: float, y: float) -> bool:
    """Whether *shown* is set small above or below a line of *size* at *y*."""
    least, most = _RAISED
    is_off = least * size < abs(shown.y - y) < most * size
    return is_off and shown.size < _SMALLER * size and len(shown.text) <= _ASIDE


def _is_raised(shown: Shown, size: float, y: float) -> bool:
    """Whether that is a figure above it."""
    is_figure = _FIGURES.fullmatch(shown.text.strip())
    return bool(is_figure) and shown.y > y and _is_aside(shown, size, y)


def _sign(figure: Shown) -> Shown:
    return figure._replace(text=_clean.raised(figure.text))


def _line(row: Row, page: int, narrow: float) -> Line:
    """The line of a row, its texts joined where they stand near one another."""
    inked = [shown for shown in row.texts if shown.text.strip()]
    is_bold = bool(inked) and all(shown.is_bold for shown in inked)
    cells, gaps = _cells(sorted(row.texts, key=lambda text: text.x), narrow)
    line = Line(page, row.y, row.size, is_bold, cells, row.longest)
    _tidy(line)
    if _is_spread(gaps, line) or _is_numbered(line):
        text = " ".join(cell.text for cell in line.cells)
        line.cells = [Cell(line.x, line.end, text)]
    return line


def _cells(texts: list[Shown], narrow: float) -> tuple[list[Cell], list[float]]:
    """*texts*, from the left, as cells, and the gaps between these in ems; *narrow* is
    the gap above which texts without a space between them are cells."""
    parts: list[list[Shown]] = []
    gaps: list[float] = []
    end = 0.0
    for shown in texts:
        gap = (shown.x - end) / shown.size
        if not parts or gap > _widest(parts[-1][-1], shown, narrow):
            gaps.append(gap)
            parts.append([])
            end = shown.end
        parts[-1].append(shown)
        end = max(end, shown.end)
    return [_cell(part) for part in parts], gaps[1:]


def _widest(before: Shown, shown: Shown, narrow: float) -> float:
    """The widest gap, in ems, between two texts of a cell."""
    is_spaced = before.text[-1:] == " " or shown.text[:1] == " "
    return narrow if shown.is_moved_to and not is_spaced else _CELL_GAP


def _cell(texts: list[Shown]) -> Cell:
    """The cell of *texts* that stand near one another."""
    glyphs: list[str] = []
    is_turned = any(shown.glyphs for shown in texts)
    end = texts[0].x
    for shown in texts:
        gap = (shown.x - end) / shown.size
        if gap > _WORD_GAP and not _is_sign(shown.text):
            glyphs.append(" ")
        glyphs += shown.glyphs or ([*shown.text] if is_turned else [shown.text])
        end = max(end, shown.end)
    return Cell(texts[0].x, end, _pdf_direction.logical(glyphs))


def _is_sign(text: str) -> bool:
    return text[:1] in "⁰¹²³⁴⁵⁶⁷⁸⁹"


def _is_spread(gaps: list[float], line: Line) -> bool:
    """Whether what parts the cells is but the wide spaces of a line that fills its
    column: all are equal, and each cell is a word."""
    if len(gaps) < _LOOSE or max(gaps) > min(_LOOSE_GAP, 1.3 * min(gaps)):
        return False
    return not any(" " in cell.text for cell in line.cells)


def _is_numbered(line: Line) -> bool:
    """Whether the cells are the number of a section and its name."""
    if len(line.cells) != 2:
        return False
    number, name = line.cells
    is_near = name.x - number.end < _SECTION_GAP * line.size
    return is_near and bool(_SECTION.fullmatch(number.text)) and name.text[0].isalpha()


def _tidy(line: Line) -> None:
    """Clean the cells' text, and put an item's mark before its text."""
    cells = [part for cell in line.cells for part in _parts(cell, line.size)]
    for cell in cells:
        text = _keep_soft_hyphen(cell.text.replace(_BULLET, "•"))
        cell.text = _clean.one_line(text)
    line.cells = _in_order([cell for cell in cells if cell.text])


def _in_order(cells: list[Cell]) -> list[Cell]:
    """*cells* as they are read, an item's mark as part of its text."""
    if _pdf_direction.is_right_to_left(" ".join(cell.text for cell in cells)):
        cells.reverse()
    if len(cells) > 1 and _lists.is_mark(cells[0].text):
        mark = cells.pop(0)
        cells[0].text = f"{mark.text} {cells[0].text}"
    return cells


def _parts(cell: Cell, size: float) -> list[Cell]:
    """A cell as those on both sides of the dots that lead from one to the other."""
    first, *others = _LEADER.split(cell.text)
    if not others:
        return [cell]
    last = others[-1]
    start = cell.end - _LETTER * len(last) * size
    end = min(cell.end, cell.x + _LETTER * len(first) * size)
    return [Cell(cell.x, end, first), Cell(max(start, end), cell.end, last)]


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
