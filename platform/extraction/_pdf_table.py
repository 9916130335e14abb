"""Tables of a PDF: lines whose cells stand in the same columns."""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extraction import _hyphens, _lists, _tables
from extraction._pdf_lines import Cell, Line

_LONGEST = 80  # characters of a cell on average; above that it is text in columns
_MOST_LINES = 12  # of one cell
_TIGHT = 1.25, 1.7  # times a line's size, at least and at most: a cell's next line
_ROWS = 3  # lines that may be rows
_MOST = 0.8  # of the lines near the one above, for rows
_FIGURE = re.compile(r"\d")

Grid = list[list[str]]


class Table(NamedTuple):
    rows: list[str]
    end: int  # the index of the line after it
    page: int  # on which it ends
    columns: list[Cell]
    header: list[str] | None


def tight(leading: float, body: float) -> float:
    """How far below one another the lines of a cell stand, in times their size, where
    lines of the *body*'s size stand *leading* apart."""
    least, most = _TIGHT
    return min(max(1.06 * leading / body, least), most)


def found(
    lines: Sequence[Line], at: int, before: Table | None, tight: float
) -> Table | None:
    """The table that begins at *at*, if one does; *before* is the one right before, and
    *tight* how lines of a cell stand."""
    if len(lines[at].cells) < 2 or _lists.item(lines[at].text):
        return None
    columns = _columns(lines, at)
    end = _end(lines, at, columns, tight)
    grid = _grid(lines[at:end], columns, tight)
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


def stacked(lines: Sequence[Line]) -> Iterator[Line]:
    """*lines* from the top down where a row's cells end level: what a taller cell has
    above the row's last line is often drawn after it."""
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _is_above(lines[end], lines[at:end], lines[at - 1]):
            end += 1
        yield from sorted(lines[at:end], key=lambda line: -line.y)
        at = end


def _is_above(line: Line, row: Sequence[Line], before: Line) -> bool:
    """Whether *line* is of a cell of the *row* whose last line was drawn first."""
    last = row[0]
    if line.page != last.page or len(last.cells) < 2 or len(row) > _MOST_LINES:
        return False
    is_below_others = before.page != line.page or before.y > line.y
    is_near = 0 < line.y - last.y <= _MOST_LINES * _TIGHT[1] * last.size
    return is_near and is_below_others and _fits(line, last.cells)


def run(lines: Sequence[Line], at: int, tight: float) -> tuple[int, list[Cell]]:
    """The end of the lines from *at* on whose cells stand in the same columns, and
    these; one of a line with one cell."""
    if len(lines[at].cells) < 2:
        return at + 1, lines[at].cells
    columns = _columns(lines, at)
    return _end(lines, at, columns, tight), columns


def _continues(first: Line, before: Table) -> bool:
    """Whether *first* goes on with the table that ended on the page before."""
    places = {column(cell, before.columns) for cell in first.cells}
    aligned = None not in places and len(places) == len(before.columns)
    return first.page == before.page + 1 and aligned


def _columns(lines: Sequence[Line], at: int) -> list[Cell]:
    """The places of the columns; above the names of the rows there may be no name."""
    columns = [Cell(cell.x, cell.end, "") for cell in lines[at].cells]
    if at + 1 == len(lines):
        return columns
    below = lines[at + 1].cells
    if len(below) == len(columns) > 2:
        return _widened(columns, below)
    nameless = below[0].end < columns[0].x and len(below) > len(columns) > 1
    return [Cell(below[0].x, below[0].end, ""), *columns] if nameless else columns


def _widened(columns: list[Cell], below: Sequence[Cell]) -> list[Cell]:
    """*columns* with what stands below each, in whatever way that is aligned, if so
    they remain columns."""
    wide = [
        Cell(min(own.x, cell.x), max(own.end, cell.end), "")
        for own, cell in zip(columns, below, strict=True)
    ]
    is_apart = all(left.end < right.x for left, right in itertools.pairwise(wide))
    return wide if is_apart else columns


def _end(lines: Sequence[Line], at: int, columns: list[Cell], tight: float) -> int:
    """The index after the table's last line; widens *columns* by what is in them."""
    end = at + 1
    while end < len(lines) and _belongs(lines, end, columns, tight):
        for cell in lines[end].cells:
            place = column(cell, columns)
            if place is not None:
                columns[place].x = min(columns[place].x, cell.x)
                columns[place].end = max(columns[place].end, cell.end)
        end += 1
    return end


def _belongs(lines: Sequence[Line], at: int, columns: list[Cell], tight: float) -> bool:
    """Whether the line at *at* is a further line of a table with *columns*."""
    above, line = lines[at - 1], lines[at]
    distance = above.y - line.y
    if above.page != line.page or not 0 < distance < 4 * line.size:
        return False
    if not _fits(line, columns) or _is_item_below(line, columns):
        return False
    if len(line.cells) > 1 or _is_tight(above, line, tight):
        return True
    return _opens(lines, at, columns, tight)


def _fits(line: Line, columns: list[Cell]) -> bool:
    if len(line.cells) == 1 and _overlapped(line.cells[0], columns) > 1:
        return False  # a text below the table
    places = [column(cell, columns) for cell in line.cells]
    return None not in places and len(set(places)) == len(places)


def _is_item_below(line: Line, columns: list[Cell]) -> bool:
    """Whether *line* is of a list below the table: in a table lists are told of what
    the first column names."""
    is_item = len(line.cells) == 1 and _lists.item(line.text)
    return is_item and column(line.cells[0], columns) == 0


def _overlapped(cell: Cell, columns: list[Cell]) -> int:
    return sum(min(cell.end, c.end) > max(cell.x, c.x) for c in columns)


def _is_tight(above: Line, line: Line, tight: float) -> bool:
    return above.page == line.page and 0 < above.y - line.y < tight * line.size


def _opens(lines: Sequence[Line], at: int, columns: list[Cell], tight: float) -> bool:
    """Whether a single cell is the top of a row whose others stand lower."""
    for above, line in itertools.pairwise(lines[at : at + _MOST_LINES]):
        if not _is_tight(above, line, tight) or not _fits(line, columns):
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


def _grid(lines: Sequence[Line], columns: list[Cell], tight: float) -> Grid:
    """The cells row by row.

    Where rows stand apart, lines that do not are of one row. Else a row begins with
    every line that has something in the first column.
    """
    apart = any(not _is_tight(*pair, tight) for pair in itertools.pairwise(lines))
    apart = apart and not _are_rows(lines, columns, tight)
    grid: Grid = []
    above: Line | None = None
    for line in lines:
        cells = _placed(line, columns)
        is_near = above is not None and _is_tight(above, line, tight)
        if is_near and _is_further(grid[-1], cells, apart):
            pairs = zip(grid[-1], cells, strict=True)
            grid[-1] = [_hyphens.joined(filter(None, pair), set()) for pair in pairs]
        else:
            grid.append(cells)
        above = line
    return grid


def _placed(line: Line, columns: list[Cell]) -> list[str]:
    cells = [""] * len(columns)
    for cell in line.cells:
        place = column(cell, columns) or 0
        cells[place] = f"{cells[place]} {cell.text}".strip()
    return cells


def _are_rows(lines: Sequence[Line], columns: list[Cell], tight: float) -> bool:
    """Whether several lines that do not stand apart are rows: all but a few begin in
    the first column and go on in another one. Where about each second line stands
    apart, they also have to fill as many cells as the line above: a cell's next line
    rarely does."""
    pairs = [*itertools.pairwise(lines)]
    near = [pair for pair in pairs if _is_tight(*pair, tight)]
    alternate = 2 * sum(not _is_tight(*pair, tight) for pair in pairs[1:]) > len(near)
    begun = [
        pair
        for pair in near
        if _begins(pair[1], columns)
        and not (alternate and len(pair[0].cells) != len(pair[1].cells))
    ]
    return len(begun) >= _ROWS and len(begun) >= _MOST * len(near)


def _begins(line: Line, columns: list[Cell]) -> bool:
    """Whether a line begins in the first column and goes on in another one."""
    return len(line.cells) > 1 and column(line.cells[0], columns) == 0


def _is_further(row: list[str], cells: list[str], apart: bool) -> bool:
    """Whether *cells*, right below the last ones of *row*, are more lines of these."""
    if all(row) and all(cells) and any(map(_FIGURE.search, cells[1:])):
        return False  # a row of its own has figures, and something in each column
    goes_on = cells[0][:1].islower() and not any(cells[1:])
    return apart or not cells[0] or goes_on


def _is_table(grid: Grid) -> bool:
    cells = [cell for row in grid for cell in row if cell]
    short = sum(map(len, cells)) <= _LONGEST * len(cells)
    return len(grid) > 1 and short and len(cells) >= 2 * len(grid) - 1


def _is_headed(first: Line, second: Line, grid: Grid) -> bool:
    if not _tables.is_header(grid[0], grid[1:]):
        return False
    stands_out = first.bold and not second.bold
    return stands_out or _tables.is_contrasted(grid[0], grid[1:]) or len(grid[0]) > 2
