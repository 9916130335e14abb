"""The spans of one trace as trees, with clocks straightened and a critical path.

Times are seconds since the earliest span of the trace. What is of the trees themselves
is in ``traces``, which the service of logs has its figures from; clocks it believes.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import traces

# Clocks are read a moment apart and rounded: less than this is no sign of a wrong one.
SLACK = 0.001  # seconds
FINE = {"", "none", "ok", "unset", "success"}


@dataclass(eq=False)
class Span(traces.Node):
    """``start`` is shown, ``read_start`` is what its service's clock said."""

    label: str = ""
    status: str = ""
    read_start: float = 0.0
    is_shifted: bool = False

    @property
    def shift(self) -> float:
        return self.start - self.read_start

    @property
    def has_failed(self) -> bool:
        """As a trace counts its errors: that a read finds nothing is an answer."""
        if self.status.isdigit():
            return int(self.status) >= 500 or self.status == "424"
        return self.status.lower() not in FINE


def spans(rows: Iterable[Mapping[str, Any]]) -> list[Span]:
    """Callers before callees, siblings by start; a span given twice counts once.

    KeyError for a span that lacks a key, ValueError for a time that is none.
    """
    roots = traces.joined(_read(rows))
    _straighten(roots)
    return traces.measured(roots)


def _read(rows: Iterable[Mapping[str, Any]]) -> list[Span]:
    given = {str(row["span_id"]): row for row in rows}
    first = min((_finite(row["start"]) for row in given.values()), default=0.0)
    return [_span(key, row, first) for key, row in given.items()]


def _span(id: str, row: Mapping[str, Any], first: float) -> Span:
    start = _finite(row["start"]) - first
    return Span(
        id=id,
        parent_id=str(row.get("parent_id") or ""),
        start=start,
        duration=max(_finite(row["duration_ms"]), 0.0) / 1000,
        label=_printable(f"{row['service']} {row['operation']}"),
        status=_printable(str(row["status"])),
        read_start=start,
    )


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(f"a span's time is {number}")
    return float(number)


def _printable(text: str) -> str:
    """A path in a log line may hold escape sequences meant for a terminal."""
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def _straighten(roots: list[Span]) -> None:
    """Move spans whose clock says that they began before their caller."""
    for parent in traces.walk(roots):
        for child in parent.children:
            child.start = _likely_start(parent, child)
            child.is_shifted = abs(child.shift) > SLACK


def _likely_start(parent: Span, child: Span) -> float:
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
    if child.read_start >= parent.start - SLACK:
        return parent.start
    return parent.start + max(parent.duration - child.duration, 0.0) / 2
