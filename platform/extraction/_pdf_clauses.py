"""Clauses of a contract: their numbers stand apart from what they say, as the cells of
a table do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extraction import _pdf_table
from extraction._pdf_lines import Cell, Line

_CALLED = (
    "article|artikel|artículo|articolo|art\\.|section|sec\\.|clause|rule|chapter|kapitel"
    "|ziffer|ziff\\.|§+"
)
_MARK = re.compile(
    rf"(?:(?:{_CALLED})\s*(?:\d{{1,3}}(?:\.\d{{1,3}})*[a-z]?|[ivxlc]{{1,7}})[.:)]?"
    r"|\d{1,2}(?:\.\d{1,3}){1,4}[.:)]?|\((?:\d{1,3}|[a-z]{1,2}|[ivx]{1,5})\))",
    re.IGNORECASE,
)


def joined(lines: Sequence[Line], tight: float) -> Iterator[Line]:
    """*lines*, the number of each clause as part of its text; *tight* as that of a
    table. Below names of columns such numbers are cells."""
    at = 0
    while at < len(lines):
        end, _ = _pdf_table.run(lines, at, tight)
        near = lines[at:end]
        are_clauses = all(_is_clause(line) for line in near if len(line.cells) > 1)
        yield from map(_joined, near) if are_clauses else near
        at = end


def _is_clause(line: Line) -> bool:
    """Whether *line* begins a clause, by the cells that it has."""
    if len(line.cells) != 2:
        return False
    mark, said = (cell.text for cell in line.cells)
    is_said = said[0].isalpha() or said[0] in "\"'“„«"
    return is_said and bool(_MARK.fullmatch(mark))


def _joined(line: Line) -> Line:
    if len(line.cells) < 2:
        return line
    return replace(line, cells=[Cell(line.x, line.end, line.text)], is_clause=True)
