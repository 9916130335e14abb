"""A trace from the lines that its services wrote."""

from collections.abc import Iterable, Sequence

from contracts.operations.logs import Line, Span, Trace
from traces._belonging import belonging
from traces._tree import Node, critical_path, tree

FINE = ("ok", "unset")


def trace(
    trace_id: str, own: Sequence[Line], others: Iterable[Line], most: int
) -> Trace:
    """The spans of *own* and what *others* they led to, as a waterfall.

    ``truncated`` when *own* are *most*: there may be more of them.
    """
    lines = {line.span_id or line.id: line for line in (*own, *belonging(own, others))}
    nodes = tree(_node(id, line) for id, line in lines.items())
    spans = [_span(node, lines[node.id]) for node in nodes]
    first = min((node.start for node in nodes), default=0.0)
    last = max((node.end for node in nodes), default=0.0)
    return Trace(
        trace_id=trace_id,
        start=first,
        duration_ms=_milliseconds(last - first),
        services=sorted({span.service for span in spans}),
        errors=sum(has_failed(span.status) for span in spans),
        spans=spans,
        critical_path=critical_path(nodes),
        truncated=len(own) >= most,
    )


def has_failed(status: int | str) -> bool:
    """Whether the span's own service failed, or one that it needed (424)."""
    if isinstance(status, int):
        return status >= 500 or status == 424
    return status not in FINE


def _node(id: str, line: Line) -> Node:
    duration = (line.duration_ms or 0.0) / 1000
    start = line.time - duration if line.start is None else line.start
    return Node(id, line.parent_id, start, duration)


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _span(node: Node, line: Line) -> Span:
    return Span(
        span_id=node.id,
        parent_id=node.parent_id,
        service=line.service,
        operation=line.operation or "-",
        start=node.start,
        duration_ms=_milliseconds(node.duration),
        status="ok" if line.status is None else line.status,
        depth=node.depth,
        children=[child.id for child in node.children],
        self_ms=_milliseconds(node.own),
        critical_ms=_milliseconds(node.critical),
        critical=node.is_critical,
        orphan=node.is_orphan,
    )
