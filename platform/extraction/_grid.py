"""Rows of a sheet or a CSV as they come: titles, names of columns, and the rest."""

import itertools
from collections.abc import Sequence

from extraction import _tables
from extraction._builder import Builder

TITLES = 3  # above a table
_LOOKED_AT = TITLES + 3  # rows that tell which are titles and which names columns

Row = list[str]


class Grid:
    """Places rows, one at a time; the first few wait until the names are known.

    *name*: the heading above all of them, if there are any.
    """

    def __init__(self, builder: Builder, name: str = "") -> None:
        self._builder, self._name = builder, name
        self._level = 2 if name else 1
        self._waiting: list[Row] | None = []
        self._header: Row | None = None

    def add(self, cells: Row) -> None:
        if self._waiting is None:
            self._place(cells)
            return
        self._waiting.append(cells)
        if len(self._waiting) == _LOOKED_AT:
            self._begin()

    def gap(self) -> None:
        """Empty rows: titles or other names may follow, or more of the same table."""
        if self._waiting:
            self._begin()
        self._waiting = []

    def end(self) -> None:
        self.gap()

    def _begin(self) -> None:
        rows, self._waiting = self._waiting or [], None
        self._builder.heading(self._name, 1)
        self._name = ""
        if all(_is_alone(row) for row in rows):
            for row in rows:
                self._builder.paragraph("".join(row))
            return
        for row in self._named(self._below_titles(rows)):
            self._place(row)

    def _below_titles(self, rows: list[Row]) -> list[Row]:
        """Place the titles that *rows* begin with; the others."""
        fewest = 1 if self._header else 2  # rows of a table below its titles
        above = sum(1 for _ in itertools.takewhile(_is_alone, rows))
        if not 0 < above <= TITLES or len(rows) - above < fewest:
            return rows
        self._builder.heading("".join(rows[0]), self._level)
        for row in rows[1:above]:
            self._builder.paragraph("".join(row))
        return rows[above:]

    def _named(self, rows: list[Row]) -> list[Row]:
        """Take the names of columns from *rows*, if they begin with any; the others.

        Below other names, words alone are more likely a row.
        """
        header, rest = _headed(rows)
        if header and (self._header is None or _tables.is_contrasted(header, rest)):
            self._header, rows = header, rest
        return rows

    def _place(self, cells: Row) -> None:
        self._builder.table_row(_tables.row(self._header, cells))


def _is_alone(row: Sequence[str]) -> bool:
    """Whether one cell of *row* says something, as a title's does."""
    return sum(map(bool, row)) == 1


def _headed(rows: list[Row]) -> tuple[Row | None, list[Row]]:
    """The names of the columns, which may stand in two rows, and what follows them."""
    margin = min(map(_margin, rows))
    inner = [row[margin:] for row in rows]
    if len(rows) > 2:
        gap = len(inner[1]) - len(inner[0])
        both = _tables.merged([*inner[0], *[""] * gap], inner[1])
        if both and _tables.is_header(both, inner[2:]):
            return [*[""] * margin, *both], rows[2:]
    if _tables.is_header(inner[0], inner[1:]):
        return rows[0], rows[1:]
    return None, rows


def _margin(row: Row) -> int:
    """The empty cells that *row* begins with."""
    return next(at for at, cell in enumerate(row) if cell)
