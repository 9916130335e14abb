"""The spans of one trace as trees, with clocks straightened and a critical path.

Times are milliseconds since the earliest span of the trace. Nothing recurses: a trace
may be thousands of calls deep. Every span given is in exactly one tree, whatever its
parent says.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# Clocks are read a moment apart and rounded: less than this is no sign of a wrong one.
SLACK_MS = 1.0
FINE = {"", "none", "ok", "unset", "success"}


@dataclass(eq=False)
class Span:
    """`start` is shown, `read_start` is what its service's clock said."""

    id: str
    parent_id: str
    label: str
    status: str
    read_start: float
    duration: float
    start: float = 0.0
    depth: int = 0
    is_orphan: bool = False
    is_shifted: bool = False
    is_critical: bool = False
    children: list["Span"] = field(default_factory=list)

    @property
    def end(self) -> float:
        return self.start + self.duration

    @property
    def shift(self) -> float:
        return self.start - self.read_start

    @property
    def has_failed(self) -> bool:
        """As a trace counts its errors: that a read finds nothing is an answer."""
        if self.status.isdigit():
            return int(self.status) >= 500 or self.status == "424"
        return self.status.lower() not in FINE


def trees(rows: Iterable[Mapping[str, Any]]) -> list[Span]:
    """Roots by start; a span given twice counts once.

    Raise `KeyError` for a span that lacks a key, `ValueError` for a time that is none.

    A span whose parent is not among the rows becomes a root and an orphan. So does the
    earliest span of a circle of parents.
    """
    spans = read(rows)
    roots = []
    for span in spans.values():
        parent = spans.get(span.parent_id)
        if parent is None:
            span.is_orphan = bool(span.parent_id)
            roots.append(span)
        else:
            parent.children.append(span)
    roots += cut_circles(spans, roots)
    roots.sort(key=lambda root: root.read_start)
    straighten(roots)
    mark_critical(roots)
    return roots


def read(rows: Iterable[Mapping[str, Any]]) -> dict[str, Span]:
    given = {str(row["span_id"]): row for row in rows}
    first = min((finite(row["start"]) for row in given.values()), default=0.0)
    return {
        key: Span(
            id=key,
            parent_id=str(row.get("parent_id") or ""),
            label=printable(f"{row['service']} {row['operation']}"),
            status=printable(str(row["status"])),
            read_start=(finite(row["start"]) - first) * 1000,
            duration=max(finite(row["duration_ms"]), 0.0),
        )
        for key, row in given.items()
    }


def finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(f"a span's time is {number}")
    return float(number)


def printable(text: str) -> str:
    """A path in a log line may hold escape sequences meant for a terminal."""
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def walk(roots: Iterable[Span]) -> Iterator[Span]:
    """Parents before children, children in their order."""
    waiting = list(roots)[::-1]
    while waiting:
        span = waiting.pop()
        yield span
        waiting += span.children[::-1]


def cut_circles(spans: Mapping[str, Span], roots: list[Span]) -> list[Span]:
    reached = {span.id for span in walk(roots)}
    cut = []
    for span in sorted(spans.values(), key=lambda span: span.read_start):
        if span.id not in reached:
            spans[span.parent_id].children.remove(span)
            span.is_orphan = True
            cut.append(span)
            reached |= {inner.id for inner in walk([span])}
    return cut


def straighten(roots: list[Span]) -> None:
    """Move spans whose clock says that they began before their caller."""
    for root in roots:
        root.start, root.depth = root.read_start, 0
    for parent in walk(roots):
        for child in parent.children:
            child.depth = parent.depth + 1
            child.start = likely_start(parent, child)
            child.is_shifted = abs(child.shift) > SLACK_MS
        parent.children.sort(key=lambda child: child.start)


def likely_start(parent: Span, child: Span) -> float:
    """The child's own clock if it can be right, else its parent's error, or the middle.

    A child may end after its parent: events are handled after the answer. It cannot
    begin before, so only that proves a wrong clock.
    """
    claims = (child.read_start, child.read_start + parent.shift)
    for start in claims:
        if parent.start <= start and start + child.duration <= parent.end:
            return start
    for start in claims:
        if parent.start <= start:
            return start
    if child.read_start >= parent.start - SLACK_MS:
        return parent.start
    return parent.start + max(parent.duration - child.duration, 0.0) / 2


def mark_critical(roots: list[Span]) -> None:
    """Mark the chain of spans without which the longest root would have ended sooner.

    From a span's end backwards: the child that ended last, then the one that ended
    before that child began, and so on. Who ends after its parent was not waited for.
    """
    whole = [root for root in roots if not root.is_orphan] or roots
    waiting = [max(whole, key=lambda root: root.duration)] if whole else []
    while waiting:
        span = waiting.pop()
        span.is_critical = True
        moment = span.end + SLACK_MS
        for child in sorted(
            span.children, key=lambda c: (c.end, c.start), reverse=True
        ):
            if child.end <= moment:
                waiting.append(child)
                moment = child.start + 0.001
