"""One sheet of a workbook: its rows, as they are seen."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from extraction import _office
from extraction._grid import Grid
from extraction._parts import Handler
from extraction._xlsx_book import Book, Run

_MOST_COLUMNS = 500
_MOST_MERGED = 20_000
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def _local(name: str) -> str:
    return _office.local(name, "spreadsheetml")


def _is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("hidden") in ("1", "true")


def _place(reference: str) -> tuple[int, int] | None:
    """Row and column of ``B12``, both from 1."""
    if not (found := _PLACE.match(reference)):
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


class Merges(Handler):
    """A handler that finds which cells stand for those below them: they come last."""

    def __init__(self) -> None:
        self.below: dict[tuple[int, int], int] = {}  # the last row, by place

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) != "mergeCell" or len(self.below) == _MOST_MERGED:
            return
        first, _, last = attributes.get("ref", "").partition(":")
        begin, end = _place(first), _place(last)
        if begin and end and end[0] > begin[0]:
            self.below[begin] = end[0]


class Carried(NamedTuple):
    """What a merged cell says, up to a row."""

    text: str
    last: int


@dataclass
class Cell:
    column: int = 0
    kind: str = "n"
    style: str = ""
    is_computed: bool = False
    text: list[str] = field(default_factory=list)


class Sheet(Handler):
    """A handler for a sheet that fills *grid*."""

    def __init__(self, book: Book, grid: Grid, merges: Merges) -> None:
        self._book, self._grid, self._below = book, grid, merges.below
        self._hidden_columns: list[range] = []
        self._carried: dict[int, Carried] = {}
        self._row, self._last = 0, 0
        self._is_row_hidden = self._is_cut = False
        self._cells: dict[int, str] = {}
        self._cell = Cell()
        self._in_value = False
        self._run = Run()
        self._skipped = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "col":
                self._declare_columns(attributes)
            case "row":
                self._begin_row(attributes)
            case "c":
                self._begin_cell(attributes)
            case "rPh":  # how something is pronounced
                self._skipped += 1
            case "v" | "t":
                self._in_value = not self._skipped
            case "f":
                self._cell.is_computed = True
            case own:
                self._run.start(own, attributes)

    def end(self, name: str) -> None:
        match _local(name):
            case "v" | "t":
                self._in_value = False
            case "rPh":
                self._skipped -= 1
            case "c":
                self._end_cell()
            case "row":
                self._end_row()

    def characters(self, text: str) -> None:
        if self._in_value:
            self._cell.text.append(self._run.shown(text))

    def _declare_columns(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if _is_hidden(attributes) and first.isdecimal() and last.isdecimal():
            self._hidden_columns.append(range(int(first), int(last) + 1))

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() else self._row + 1
        self._is_row_hidden, self._is_cut = _is_hidden(attributes), False
        self._cells, self._cell = {}, Cell()

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = _place(attributes.get("r", ""))
        column = place[1] if place else self._cell.column + 1
        self._cell = Cell(column, attributes.get("t", "n"), attributes.get("s", ""))
        self._run = Run()

    def _end_cell(self) -> None:
        cell = self._cell
        if cell.column > _MOST_COLUMNS or self._is_column_hidden(cell.column):
            return
        value = "".join(cell.text)
        if self._book.formats.crosses_out(cell.style):
            self._is_cut = self._is_cut or bool(value)
            return
        # A program that computes nothing writes a zero, and that it is to be computed.
        if cell.is_computed and self._book.is_stale and value == "0":
            return
        text = self._book.shown(value, cell.kind, cell.style)
        if text := " ".join(text.split()):
            self._cells[cell.column] = text

    def _is_column_hidden(self, column: int) -> bool:
        return any(column in hidden for hidden in self._hidden_columns)

    def _end_row(self) -> None:
        own = dict(self._cells)
        for column in own:
            if last := self._below.get((self._row, column)):
                self._carried[column] = Carried(own[column], last)
        if self._is_row_hidden or not own:
            if self._is_row_hidden or self._is_cut:
                self._last = self._row  # it parts no table
            return
        self._give(own)

    def _give(self, own: dict[int, str]) -> None:
        """Give the row away, with what is merged downwards into it."""
        if self._row > self._last + 1:
            self._grid.gap()
        self._last = self._row
        for column, carried in self._carried.items():
            if self._row <= carried.last:
                own.setdefault(column, carried.text)
        self._grid.add([own.get(at, "") for at in range(1, max(own) + 1)])
