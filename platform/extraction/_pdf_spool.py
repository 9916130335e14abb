"""The lines of many pages, packed: a tenth of the memory that they take as objects.

A document is laid out from its beginning to its end, so a few pages are at hand, and
every other one waits as compressed bytes.
"""

import bisect
import marshal
import zlib
from collections.abc import Iterator, Sequence
from typing import overload

from extraction._pdf_lines import Cell, Line

_AT_HAND = 3  # pages: tables and paragraphs look at the one before and the one after


class Spool(Sequence[Line]):
    """Lines by their number, page after page."""

    def __init__(self) -> None:
        self._pages: list[bytes] = []
        self._starts: list[int] = []  # the number of each page's first line
        self._length = 0
        self._at_hand: dict[int, list[Line]] = {}

    def add(self, lines: Sequence[Line]) -> None:
        """The next page."""
        packed = [
            (line.page, line.y, line.size, line.bold, line.longest, _cells(line))
            for line in lines
        ]
        self._pages.append(zlib.compress(marshal.dumps(packed), 1))
        self._starts.append(self._length)
        self._length += len(lines)

    def page(self, at: int) -> list[Line]:
        """The lines of a page, counted from 0."""
        if at not in self._at_hand:
            if len(self._at_hand) == _AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]
            packed = marshal.loads(zlib.decompress(self._pages[at]))
            self._at_hand[at] = [_line(*line) for line in packed]
        return self._at_hand[at]

    def pages(self) -> Iterator[list[Line]]:
        """The lines of each page."""
        return map(self.page, range(len(self._pages)))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Line]:
        for page in self.pages():
            yield from page

    @overload
    def __getitem__(self, at: int) -> Line: ...

    @overload
    def __getitem__(self, at: slice) -> list[Line]: ...

    def __getitem__(self, at: int | slice) -> Line | list[Line]:
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(self._length))]
        number = range(self._length)[at]
        page = bisect.bisect_right(self._starts, number) - 1
        return self.page(page)[number - self._starts[page]]


def _cells(line: Line) -> list[tuple[float, float, str]]:
    return [(cell.x, cell.end, cell.text) for cell in line.cells]


def _line(
    page: int,
    y: float,
    size: float,
    bold: bool,
    longest: int,
    cells: list[tuple[float, float, str]],
) -> Line:
    return Line(page, y, size, bold, [Cell(*cell) for cell in cells], longest)
