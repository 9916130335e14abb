"""Rows of a table as sentences that can be understood alone."""

import itertools
import re
from collections.abc import Iterator, Sequence

_FIGURE = re.compile(r"\d")
_LONGEST_HEADER = 60  # characters


def is_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether a table's first row names its columns, judged by the cells alone."""
    named = [cell for cell in first if cell]
    if not body or len(named) < max(1, len(first) - 1) or len(set(named)) < len(named):
        return False
    if _are_labels([first, *body]):
        return False
    short = all(len(cell) <= _LONGEST_HEADER for cell in named)
    return short and not any(map(_is_figure, named))


def _are_labels(table: Sequence[Sequence[str]]) -> bool:
    """Whether each row of *table* begins with its own name, as those of a form do."""
    return all(row[0].endswith(":") for row in table if row)


def merged(upper: Sequence[str], lower: Sequence[str]) -> list[str] | None:
    """The names of columns in two rows, where a name of the upper one stands above
    several of the lower: ``Weekend Adult``. None where the rows are not of that kind.
    """
    if not _spans(upper, lower):
        return None
    above = itertools.accumulate(upper, lambda last, cell: cell or last)
    pairs = zip(above, lower, strict=True)
    return [own if name == own else f"{name} {own}".strip() for name, own in pairs]


def _spans(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether some of the *upper* names have no name beside them, and all stand above
    names."""
    if len(upper) != len(lower) or all(upper[1:]) or sum(map(bool, upper)) < 2:
        return False
    return all(lower) and not any(map(_is_figure, lower))


def _is_figure(cell: str) -> bool:
    """Whether *cell* is a number, a time or an amount, rather than a name with one."""
    signs = [sign for sign in cell if sign.isalnum()]
    return sum(map(str.isdigit, signs)) * 3 > len(signs)


def is_contrasted(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether some column has figures in every row but the first."""
    columns = ([row[at] for row in body if row[at:]] for at in range(len(first)))
    return any(map(_is_of_figures, columns))


def _is_of_figures(column: Sequence[str]) -> bool:
    """Whether what a column says has figures, and most of its cells say something."""
    told = [cell for cell in column if cell]
    return len(told) * 2 > len(column) and all(map(_FIGURE.search, told))


def row(header: Sequence[str] | None, cells: Sequence[str]) -> str:
    """One row: ``Service: Cleaning; Price: €80``, or ``Monday: 9-17`` without names."""
    if header is None:
        filled = [cell for cell in cells if cell]
        if len(filled) == 2 or (filled and filled[0].endswith(":")):
            return f"{filled[0].rstrip(' :')}: {'; '.join(filled[1:])}"
        return "; ".join(filled)
    names = [*header, *[""] * (len(cells) - len(header))]
    pairs = zip(names, cells, strict=False)
    return "; ".join(_pair(name, cell) for name, cell in pairs if cell)


def _pair(name: str, cell: str) -> str:
    return f"{name.rstrip(' :')}: {cell}" if name and name != cell else cell


def rows(table: Sequence[Sequence[str]], headed: bool) -> Iterator[str]:
    """The rows of *table* as text; with *headed*, its first row names the columns."""
    header = table[0] if headed and len(table) > 1 else None
    for cells in table[1:] if header else table:
        yield row(header, cells)
