"""CSV: one row per record, each with the names of its columns."""

import csv
import itertools
import re
from collections.abc import Iterable, Iterator

from extraction import _clean
from extraction._builder import Builder
from extraction._grid import TITLES, Grid
from extraction._limits import Limits

_DELIMITERS = ",;\t|"
_RECORDS = 30  # looked at to tell a table from prose
_FEW = 3  # records, of which a table has no other one
_LONGEST_NAME = 80  # characters of a column's name
_STATED = re.compile(
    r"sep=([,;\t|])[ \t]*\n", re.IGNORECASE
)  # in the first line, by Excel
_LONGEST = 2**20  # characters of one cell


def read(text: str, builder: Builder, limits: Limits) -> None:
    chosen = delimiter(text[: 64 * 2**10]) or ","
    csv.field_size_limit(_LONGEST)
    grid = Grid(builder)
    for cells in _records(_STATED.sub("", text, count=1), chosen):
        grid.add(cells)
    grid.end()


def delimiter(sample: str) -> str | None:
    """What separates the cells, or None when *sample* is not a table."""
    if stated := _STATED.match(sample):
        return stated[1]
    lines = sample.strip("\n").split("\n")[: _RECORDS * 2]
    if found := _delimiter(lines):
        return found
    # Titles above the table, and empty lines below them.
    for above in range(TITLES):
        if len(lines) <= 1 + above or len(lines[0]) > _LONGEST_NAME:
            return None
        if above and _is_prose_or_markdown(lines[0]):
            return None
        lines = [*itertools.dropwhile(lambda line: not line.strip(), lines[1:])]
        if found := _delimiter(lines):
            return found
    return None


def _is_prose_or_markdown(line: str) -> bool:
    return line.startswith("#") or line.rstrip().endswith((".", "!", "?"))


def _delimiter(lines: list[str]) -> str | None:
    if len(lines) < 2 or lines[0].lstrip().startswith(("|", "#", "{", "[", "- ")):
        return None
    fitting = [mark for mark in _DELIMITERS if _separates(lines, mark)]
    return max(fitting, key=lines[0].count, default=None)


def _separates(lines: list[str], mark: str) -> bool:
    """Whether cutting at *mark* gives rows of one width that do not read as prose."""
    if mark not in lines[0]:
        return False
    try:
        rows = list(_records("\n".join(lines), mark))[:_RECORDS]
    except csv.Error:
        return False
    if len(rows) < 2:
        return False
    width = len(rows[0])
    # The sample may cut the last record short; of two or three each has to fit.
    whole = rows if len(rows) <= _FEW else rows[:-1]
    even = sum(len(row) == width for row in whole) >= 0.95 * len(whole)
    return width >= 2 and even and not _is_prose(rows, lines, mark)


def _is_prose(rows: list[list[str]], lines: list[str], mark: str) -> bool:
    """Sentences with a comma each: a space after it, and full stops at the ends.

    Or paragraphs: an empty line before most of them.
    """
    if max(map(len, rows[0])) > _LONGEST_NAME:
        return True
    if _are_paragraphs(lines):
        return True
    told = [line.rstrip() for line in lines if line.strip()]
    spaced = _most(f"{mark} " in line for line in told)
    ended = _most(line.endswith((".", "!", "?")) for line in told)
    return spaced and (ended or len(rows[0]) == 2)


def _are_paragraphs(lines: list[str]) -> bool:
    """Whether there is an empty line before most lines."""
    pairs = itertools.pairwise(line.strip() for line in lines)
    return _most(not above for above, line in pairs if line)


def _most(holds: Iterable[bool]) -> bool:
    known = list(holds)
    return sum(known) > len(known) / 2


def _records(text: str, mark: str) -> Iterator[list[str]]:
    for record in csv.reader(_lines(text), delimiter=mark):
        cells = [_clean.one_line(_clean.unmarked(cell)) for cell in record]
        if any(cells):
            yield cells


def _lines(text: str) -> Iterator[str]:
    """The lines of *text* with their ends, one at a time: StringIO would hold all of
    them once more, with four bytes for a character."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
