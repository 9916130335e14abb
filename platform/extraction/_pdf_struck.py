"""Texts of a PDF that a line crosses out, as it does old prices."""

import bisect
from collections.abc import Iterable, Iterator, Sequence

from extraction._pdf_paint import Stroke
from extraction._pdf_rows import Row
from extraction._pdf_shown import Shown

_MIDDLE = (0.12, 0.45)  # times its size, above the line that a text stands on
_MOST = 0.9  # of a text, that is below the line
_BEYOND = 0.5  # times its size, by which a line goes on beside the text


def without(rows: Iterable[Row], strokes: Sequence[Stroke]) -> list[Row]:
    """*rows* without what *strokes* cross out; a line that leads on to both sides of
    a text divides the page."""
    if not strokes:
        return [*rows]
    level = sorted(strokes, key=_height)
    rest = (_rest(row, level) for row in rows)
    return [row for row in rest if row.texts]


def _height(stroke: Stroke) -> float:
    return stroke.y


def _rest(row: Row, strokes: Sequence[Stroke]) -> Row:
    struck = set() if row.turn else {*_struck(row, strokes)}
    if not struck:
        return row
    rest = Row(row.y, row.size)
    for at, shown in enumerate(row.texts):
        if at not in struck:
            rest.add(shown, row.orders[at])
    return rest


def _struck(row: Row, strokes: Sequence[Stroke]) -> Iterator[int]:
    """Which of the texts of *row* are crossed out by *strokes*, the lowest first."""
    first = bisect.bisect(strokes, row.y, key=_height)
    last = bisect.bisect(strokes, row.y + row.size, key=_height)
    for stroke in strokes[first:last]:
        own = [at for at, text in enumerate(row.texts) if _is_struck(text, stroke)]
        if own and _is_as_long([row.texts[at] for at in own], stroke):
            yield from own


def _is_struck(text: Shown, stroke: Stroke) -> bool:
    above = (stroke.y - text.y) / text.size
    if not _MIDDLE[0] < above < _MIDDLE[1] or not text.text.strip():
        return False
    common = min(text.end, stroke.end) - max(text.x, stroke.x)
    return common > _MOST * (text.end - text.x)


def _is_as_long(texts: Sequence[Shown], stroke: Stroke) -> bool:
    room = _BEYOND * texts[0].size
    start, end = min(text.x for text in texts), max(text.end for text in texts)
    return stroke.x > start - room and stroke.end < end + room
