"""Blocks of a PDF's page that stand side by side and were drawn one after the other.

Lines that stand level are put together as they come, since a table's row is drawn cell
by cell. Here what was drawn from the top of a page down and then anew from further up,
all of it to the right of what it is beside, is taken apart again: it is a column of its
own, unless a row right above or below it goes across both, as a table's do, or it is
itself a table of which the names stand above.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from extraction._pdf_rows import Row
from extraction._pdf_shown import Shown

_FEWEST = 3  # lines of a column
_MOST_JUMPS = 100  # of one page
_NEAR = 3.2  # times a line's size: the distance of rows of a table
_LEVEL = 0.5  # the same: what is not farther up or down is beside a line
_MOST = 0.5  # of a column's lines, if they are names or values
_VALUE = re.compile(r"\s*(?:[A-Z]{3}\b|[^\w\s])?\s*\d")  # it begins with a figure


class Drawn(NamedTuple):
    """A text with its place in the order of drawing and in the page's rows."""

    order: int
    row: int
    shown: Shown


def apart(rows: Sequence[Row]) -> list[Row]:
    """*rows* of one direction, in drawing order, with such columns in rows of their
    own."""
    drawn = _drawn(rows)
    jumps = [at for at in range(1, len(drawn)) if _is_jump(drawn[at - 1], drawn[at])]
    moved: dict[int, int] = {}  # the columns that texts are moved to
    for at in jumps[:_MOST_JUMPS]:
        block = _block(drawn, at)
        if _is_column(drawn[:at], block, drawn):
            moved |= dict.fromkeys((each.order for each in block), at)
    return _parted(rows, moved) if moved else [*rows]


def _drawn(rows: Sequence[Row]) -> list[Drawn]:
    return sorted(
        Drawn(order, at, shown)
        for at, row in enumerate(rows)
        for order, shown in zip(row.orders, row.texts, strict=True)
        if shown.text.strip() and not shown.is_filled_in
    )


def _is_jump(before: Drawn, drawn: Drawn) -> bool:
    """Whether *drawn* begins further up than where the text before stands."""
    return drawn.shown.y > before.shown.y + drawn.shown.size


def _block(drawn: Sequence[Drawn], at: int) -> list[Drawn]:
    """What was drawn from *at* on, down to where the text before ends."""
    bottom = drawn[at - 1].shown.y
    end = at + 1
    while end < len(drawn) and not _is_jump(drawn[end - 1], drawn[end]):
        if drawn[end].shown.y < bottom - _LEVEL * drawn[end].shown.size:
            break
        end += 1
    return [*drawn[at:end]]


def _is_column(
    before: Sequence[Drawn], block: Sequence[Drawn], drawn: Sequence[Drawn]
) -> bool:
    """Whether all of *block* is to the right of what was drawn *before* it and is
    level with it, and no table's part."""
    size = block[0].shown.size
    heights = [each.shown.y for each in block]
    span = min(heights) - _LEVEL * size, max(heights) + _LEVEL * size
    left = [*_within(before, *span)]
    if min(_lines(left), _lines(block)) < _FEWEST:
        return False
    edge = max(each.shown.end for each in left)
    start = min(each.shown.x for each in block)
    if edge >= start or _are_values(left, block) or _is_grid(left, block):
        return False
    room = (_NEAR - _LEVEL) * size
    near = [
        *_within(drawn, span[0] - room, span[0]),
        *_within(drawn, span[1], span[1] + room),
    ]
    return not any(_goes_across(row, edge, start) for row in _by_row(near))


def _within(drawn: Iterable[Drawn], low: float, high: float) -> Iterator[Drawn]:
    return (each for each in drawn if low < each.shown.y < high)


def _lines(drawn: Sequence[Drawn]) -> int:
    return len({each.row for each in drawn})


def _are_values(left: Sequence[Drawn], block: Sequence[Drawn]) -> bool:
    """Whether *block* tells of each line to its *left* what it names: a table or a form
    that was drawn column by column."""
    names = [row[-1].text.rstrip().endswith(":") for row in _by_row(left)]
    values = [_VALUE.match(row[0].text) is not None for row in _by_row(block)]
    return sum(names) > _MOST * len(names) or sum(values) > _MOST * len(values)


def _is_grid(left: Sequence[Drawn], block: Sequence[Drawn]) -> bool:
    """Whether each line of *block* is level with one to its *left*, below a name: as
    rows each of their cells tells that name ("Desk: 8-20")."""
    if not {each.row for each in block} <= {each.row for each in left}:
        return False
    name, *lines = sorted(_by_row(block), key=lambda row: -row[0].y)
    is_bold = all(text.is_bold for text in name)
    stands_out = is_bold and not any(row[0].is_bold for row in lines)
    return stands_out or all(map(_has_figure, lines))


def _has_figure(row: Sequence[Shown]) -> bool:
    return any(map(str.isdigit, "".join(text.text for text in row)))


def _by_row(drawn: Iterable[Drawn]) -> Iterator[list[Shown]]:
    """The texts of each row, from the left."""
    placed = sorted(drawn, key=lambda each: (each.row, each.shown.x))
    for _, row in itertools.groupby(placed, lambda each: each.row):
        yield [each.shown for each in row]


def _goes_across(row: Sequence[Shown], edge: float, start: float) -> bool:
    """Whether *row* has cells on both sides of what is between *edge* and *start*."""
    return any(
        left.end <= start and right.x > edge and right.x - left.end > right.size
        for left, right in itertools.pairwise(row)
    )


def _parted(rows: Sequence[Row], moved: dict[int, int]) -> list[Row]:
    """*rows* with what was *moved* in rows of its own, where it was drawn."""
    placed: list[tuple[int, Row]] = []
    latest = 0
    for row in rows:
        for part in _split(row, moved):
            # What was filled in comes last, and is where it belongs.
            if not part.texts[0].is_filled_in:
                latest = part.orders[0]
            placed.append((latest, part))
    return [row for _, row in sorted(placed, key=lambda pair: pair[0])]


def _split(row: Row, moved: dict[int, int]) -> list[Row]:
    """*row* as those of the columns that its texts are of."""
    if all(order not in moved for order in row.orders):
        return [row]
    parts: dict[int | None, Row] = {}
    for shown, order in zip(row.texts, row.orders, strict=True):
        place = moved.get(order)
        part = parts.setdefault(place, Row(shown.y, shown.size, row.turn))
        part.add(shown, order)
    return [*parts.values()]
