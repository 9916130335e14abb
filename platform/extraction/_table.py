"""A table of an Office file, as its elements come."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from extraction import _tables

_MOST_COLUMNS = 500


@dataclass
class Table:
    """Rows so far, and the cell that is being read.

    ``span`` is the cell's width in columns, ``merged`` whether it belongs to the one
    above; ``headers`` is the last row that is said to name the columns.
    """

    rows: list[list[str]] = field(default_factory=list)
    pages: dict[int, int] = field(default_factory=dict)  # of rows, counted from 1
    cell: list[str] = field(default_factory=list)
    span: int = 1
    merged: bool = False
    headers: int = 0

    def begin_cell(self) -> None:
        self.cell, self.span, self.merged = [], 1, False

    def widen(self, columns: str) -> None:
        """Let the cell span so many *columns*."""
        if columns.isdecimal():
            self.span = min(int(columns), _MOST_COLUMNS)

    def write(self, text: str, page: int) -> None:
        """Put a paragraph that begins on *page* into the cell."""
        if text.strip():
            self.pages.setdefault(len(self.rows), page)
        self.cell.append(text)

    def end_cell(self) -> None:
        if not self.rows:
            return
        row = self.rows[-1]
        text = " ".join(" ".join(self.cell).split())
        if self.merged and len(self.rows) > 1 and len(row) < len(self.rows[-2]):
            text = self.rows[-2][len(row)]
        row.extend([text, *[""] * (self.span - 1)][: _MOST_COLUMNS - len(row)])

    def lines(self) -> Iterator[tuple[str, int | None]]:
        """Each row as text that can be understood alone, and the page it begins on."""
        filled = [(row, at) for at, row in enumerate(self.rows, 1) if any(row)]
        rows = [row for row, _ in filled]
        headed = self.headers > 0 or (
            bool(rows) and _tables.is_header(rows[0], rows[1:])
        )
        lines = list(_tables.rows(rows, headed))
        for line, (_, at) in zip(lines, filled[-len(lines) :], strict=True):
            yield line, self.pages.get(at)
