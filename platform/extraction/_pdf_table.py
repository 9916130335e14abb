"""Tables of a PDF: lines whose cells stand in the same columns."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from extraction import _lists, _tables
from extraction._pdf_lines import Cell, Line

_LONGEST = 80  # characters of a cell on average; above that it is text in columns
_MOST_LINES = 12  # of one cell
_TIGHT = 1.25  # times a line's size: a cell's own second line

Grid = list[list[str]]


class Table(NamedTuple):
    rows: list[str]
    end: int  # the index of the line after it
    page: int  # on which it ends
    columns: list[Cell]
    header: list[str] | None


def found(lines: Sequence[Line], at: int, before: Table | None) -> Table | None:
    """The table that begins at *at*, if one does; *before* is the one right before."""
    if len(lines[at].cells) < 2 or _lists.item(lines[at].text):
        return None
    columns = _columns(lines, at)
    end = _end(lines, at, columns)
    grid = _grid(lines[at:end], columns)
    page = lines[end - 1].page
    if before is not None and _continues(lines[at], before):
        body = grid[1:] if grid[0] == before.header else grid
        rows = [_tables.row(before.header, cells) for cells in body]
        return Table(rows, end, page, columns, before.header)
    if not _is_table(grid):
        return None
    header = grid[0] if _is_headed(lines[at], lines[at + 1], grid) else None
    rows = list(_tables.rows(grid, header is not None))
    return Table(rows, end, page, columns, header)


def run(lines: Sequence[Line], at: int) -> tuple[int, list[Cell]]:
    """The end of the lines from *at* on whose cells stand in the same columns, and
    these; one of a line with one cell."""
    if len(lines[at].cells) < 2:
        return at + 1, lines[at].cells
    columns = _columns(lines, at)
    return _end(lines, at, columns), columns


def _continues(first: Line, before: Table) -> bool:
    """Whether *first* goes on with the table that ended on the page before."""
    places = {column(cell, before.columns) for cell in first.cells}
    aligned = None not in places and len(places) == len(before.columns)
    return first.page == before.page + 1 and aligned


def _columns(lines: Sequence[Line], at: int) -> list[Cell]:
    """The places of the columns; above the names of the rows there may be no name."""
    columns = [Cell(cell.x, cell.end, "") for cell in lines[at].cells]
    if at + 1 < len(lines):
        label = lines[at + 1].cells[0]
        nameless = label.end < columns[0].x and len(lines[at + 1].cells) > 2
        return [Cell(label.x, label.end, ""), *columns] if nameless else columns
    return columns


def _end(lines: Sequence[Line], at: int, columns: list[Cell]) -> int:
    """The index after the table's last line; widens *columns* by what is in them."""
    end = at + 1
    while end < len(lines) and _belongs(lines, end, columns):
        for cell in lines[end].cells:
            place = column(cell, columns)
            if place is not None:
                columns[place].x = min(columns[place].x, cell.x)
                columns[place].end = max(columns[place].end, cell.end)
        end += 1
    return end


def _belongs(lines: Sequence[Line], at: int, columns: list[Cell]) -> bool:
    """Whether the line at *at* is a further line of a table with *columns*."""
    above, line = lines[at - 1], lines[at]
    distance = above.y - line.y
    if above.page != line.page or not 0 < distance < 4 * line.size:
        return False
    if not _fits(line, columns):
        return False
    return len(line.cells) > 1 or _is_tight(above, line) or _opens(lines, at, columns)


def _fits(line: Line, columns: list[Cell]) -> bool:
    places = [column(cell, columns) for cell in line.cells]
    return None not in places and len(set(places)) == len(places)


def _is_tight(above: Line, line: Line) -> bool:
    return above.page == line.page and 0 < above.y - line.y < _TIGHT * line.size


def _opens(lines: Sequence[Line], at: int, columns: list[Cell]) -> bool:
    """Whether a single cell is the top of a row whose others stand lower."""
    for above, line in itertools.pairwise(lines[at : at + _MOST_LINES]):
        if not _is_tight(above, line) or not _fits(line, columns):
            return False
        if len(line.cells) > 1:
            return True
    return False


def column(cell: Cell, columns: list[Cell]) -> int | None:
    """The column that *cell* overlaps most or is aligned with."""
    overlaps = [min(cell.end, c.end) - max(cell.x, c.x) for c in columns]
    best = max(range(len(columns)), key=lambda at: overlaps[at])
    if overlaps[best] > 0:
        return best
    for at, column in enumerate(columns):
        if abs(cell.x - column.x) < 6 or abs(cell.end - column.end) < 12:
            return at
    return None


def _grid(lines: Sequence[Line], columns: list[Cell]) -> Grid:
    """The cells row by row.

    Where rows stand apart, lines that do not are of one row. Else a row begins with
    every line that has something in the first column.
    """
    apart = any(not _is_tight(*pair) for pair in itertools.pairwise(lines))
    grid: Grid = []
    above: Line | None = None
    for line in lines:
        places = [column(cell, columns) or 0 for cell in line.cells]
        if above is None or not _is_further(above, line, places, apart):
            grid.append([""] * len(columns))
        for place, cell in zip(places, line.cells, strict=True):
            grid[-1][place] = f"{grid[-1][place]} {cell.text}".strip()
        above = line
    return grid


def _is_further(above: Line, line: Line, places: list[int], apart: bool) -> bool:
    """Whether *line*, with cells in the columns *places*, is of the row of *above*."""
    return _is_tight(above, line) if apart else 0 not in places


def _is_table(grid: Grid) -> bool:
    cells = [cell for row in grid for cell in row if cell]
    short = sum(map(len, cells)) <= _LONGEST * len(cells)
    return len(grid) > 1 and short and len(cells) >= 2 * len(grid) - 1


def _is_headed(first: Line, second: Line, grid: Grid) -> bool:
    if not _tables.is_header(grid[0], grid[1:]):
        return False
    stands_out = first.bold and not second.bold
    return stands_out or _tables.is_contrasted(grid[0], grid[1:]) or len(grid[0]) > 2
