"""A trace as a waterfall for a terminal: who called whom, when, and what took the time.

`waterfall` is pure. No line is wider than asked for, and nothing that a span says can
reach the terminal as a control sequence. Without colour the critical path is still told
apart by its solid bars.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len, set_cell_size

from filigree.demo import trace_tree
from filigree.demo.trace_tree import Span

MIN_WIDTH = 24
MIN_BAR = 8
MIN_LABEL = 14
MAX_ROWS = 200
TIME_WIDTH = 8
SOLID, LIGHT = "█", "░"
DAY_MS = 86_400_000
# Below this many milliseconds: divided by the unit, with this format, and its name.
# Each limit is where rounding would need one more digit.
SCALES = (
    (9.95, 1, ".1f", "ms"),
    (9_999.5, 1, ".0f", "ms"),
    (99_950, 1000, ".1f", "s"),
    (999_999_500, 1000, ".0f", "s"),
    (99_999.5 * DAY_MS, DAY_MS, ".0f", "d"),
)
FAILED, SHIFTED, ORPHAN = "✗", "~", "?"


@dataclass(frozen=True)
class Layout:
    """Columns of each part of a row; without room for bars, `bar` is 0."""

    label: int
    bar: int
    mark: int
    first: float
    last: float


def waterfall(spans: Iterable[Mapping[str, Any]], width: int) -> str:
    """Draw a trace in lines of at most `width` columns, without a final newline.

    A span has `span_id`, `parent_id` (None for a root), `service`, `operation`,
    `start` (epoch seconds), `duration_ms` and `status` (an HTTP status, or a word of
    which "ok" and its like are no failure; nor is a no, such as 404). Of more than 200
    spans the critical path, failures and the longest are drawn.

    Raise `ValueError` below 24 columns or for a time that is no number, `KeyError` for
    a span that lacks a key.
    """
    if width < MIN_WIDTH:
        raise ValueError(f"a waterfall needs {MIN_WIDTH} columns, not {width}")
    every = trace_tree.spans(spans)
    if not every:
        return "no spans"
    drawn = worth_drawing(every)
    columns = layout(drawn, width)
    notes = [headline(every), *legend(drawn, len(every))]
    first, *rest = [cut(note, width) for note in notes]
    return "\n".join([first, *(row(span, columns) for span in drawn), *rest])


def worth_drawing(every: list[Span]) -> list[Span]:
    """At most `MAX_ROWS` spans, in their order."""
    by_worth = sorted(
        every, key=lambda s: (s.is_critical, s.has_failed, s.duration), reverse=True
    )
    kept = {span.id for span in by_worth[:MAX_ROWS]}
    return [span for span in every if span.id in kept]


def layout(drawn: list[Span], width: int) -> Layout:
    first = min(span.start for span in drawn)
    last = max(span.end for span in drawn)
    mark = min(max(cell_len(marks(span)) for span in drawn), 7)
    room = width - TIME_WIDTH - 1 - mark
    wanted = max(2 * span.depth + cell_len(span.label) for span in drawn)
    label = min(wanted, max(room // 2, MIN_LABEL))
    bar = room - label - 1
    if bar < MIN_BAR:
        return Layout(room - 1, 0, mark, first, last)
    return Layout(label, bar, mark, first, last)


def row(span: Span, columns: Layout) -> str:
    label = cut(indented(span, columns.label), columns.label, pad=True)
    before, bar, after = bar_parts(span, columns)
    time = duration(span.duration * 1000).rjust(TIME_WIDTH)
    sign = cut(marks(span), columns.mark)
    return f"{label}{before}{bar}{after} {time}{sign}".rstrip()


def indented(span: Span, room: int) -> str:
    """Two columns per level; a level too deep to show is written as a number."""
    if 2 * span.depth <= room // 2:
        return "  " * span.depth + span.label
    return f"{' ' * (room // 4)}+{span.depth} {span.label}"


def bar_parts(span: Span, columns: Layout) -> tuple[str, str, str]:
    """Blank, bar, blank; together one column more than the layout's bar.

    Without room for bars that one column still tells the critical path.
    """
    sign = SOLID if span.is_critical else LIGHT
    if not columns.bar:
        return "", sign, ""
    whole = (columns.last - columns.first) or 1.0
    begin = int((span.start - columns.first) / whole * columns.bar)
    begin = min(begin, columns.bar - 1)
    length = max(round(span.duration / whole * columns.bar), 1)
    length = min(length, columns.bar - begin)
    return " " * (begin + 1), sign * length, " " * (columns.bar - begin - length)


def marks(span: Span) -> str:
    signs = [
        f"{FAILED}{span.status}" if span.has_failed else "",
        SHIFTED if span.is_shifted else "",
        ORPHAN if span.is_orphan else "",
    ]
    said = "".join(signs)
    return f" {said}" if said else ""


def headline(every: list[Span]) -> str:
    took = max(span.end for span in every) - min(span.start for span in every)
    failed = sum(span.has_failed for span in every)
    return f"{duration(took * 1000)}, {len(every)} spans, {failed} failed"


def legend(drawn: list[Span], number: int) -> list[str]:
    """What the signs mean, of those that occur."""
    left_out = number - len(drawn)
    said = [
        (f"{SOLID} critical path", True),
        (f"{LIGHT} other", not all(span.is_critical for span in drawn)),
        (f"{FAILED} failed", any(span.has_failed for span in drawn)),
        (f"{SHIFTED} clock corrected", any(span.is_shifted for span in drawn)),
        (f"{ORPHAN} parent missing", any(span.is_orphan for span in drawn)),
    ]
    lines = ["  ".join(text for text, occurs in said if occurs)]
    if left_out:
        lines.insert(0, f"{left_out} shorter spans are not shown")
    return lines


def cut(text: str, room: int, pad: bool = False) -> str:
    """At most `room` terminal columns; an ellipsis says that something is missing."""
    if cell_len(text) > room:
        return set_cell_size(text, room - 1) + "…" if room else ""
    return set_cell_size(text, room) if pad else text


def duration(ms: float) -> str:
    """At most eight columns: `3.2 ms`, `184 ms`, `29.5 s`, `1800 s`."""
    for limit, unit, digits, name in SCALES:
        if ms < limit:
            return f"{ms / unit:{digits}} {name}"
    return "for ever"
