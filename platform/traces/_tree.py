"""A trace's spans as trees, and what its duration was spent on.

Nothing recurses: a trace may be thousands of calls deep. Every span given is in exactly
one tree, whatever its parent says, and a span given twice counts once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

# Clocks of two processes are read a moment apart and rounded.
SLACK = 0.002  # seconds


@dataclass(eq=False, slots=True)
class Node:
    """A span in its tree; times in seconds. ``is_orphan``: its parent is not there."""

    id: str
    parent_id: str | None
    start: float
    duration: float
    depth: int = 0
    own: float = 0.0
    critical: float = 0.0
    is_critical: bool = False
    is_orphan: bool = False
    children: list["Node"] = field(default_factory=list)

    @property
    def end(self) -> float:
        return self.start + self.duration


N = TypeVar("N", bound=Node)


def tree(spans: Iterable[N]) -> list[N]:
    """The spans, callers before callees and siblings by start, with their figures."""
    return measured(joined(spans))


def joined(spans: Iterable[N]) -> list[N]:
    """The roots, by start. A span whose parent is not among them becomes one; so does
    the earliest one of a circle of parents."""
    nodes = {span.id: span for span in spans}
    roots = _joined(nodes)
    roots += _cut_circles(nodes, roots)
    return sorted(roots, key=lambda root: root.start)


def measured(roots: list[N]) -> list[N]:
    """All spans of these trees in order, with what each spent and its share."""
    ordered = list(walk(roots))
    for node in ordered:
        node.own = node.duration - _covered(node)
    if roots:
        _share(main_root(roots))
    return ordered


def critical_path(ordered: Iterable[Node]) -> list[str]:
    """Ids of the spans that the end of the trace waited for, by start."""
    found = [node for node in ordered if node.is_critical]
    return [node.id for node in sorted(found, key=lambda node: node.start)]


def main_root(roots: list[N]) -> N:
    """The longest root, a real one if there is any: the trace's own duration."""
    return max(roots, key=lambda root: (not root.is_orphan, root.duration))


def _joined(nodes: Mapping[str, N]) -> list[N]:
    roots = []
    for node in nodes.values():
        parent = nodes.get(node.parent_id or "")
        if parent is None:
            node.is_orphan = bool(node.parent_id)
            roots.append(node)
        else:
            parent.children.append(node)
    return roots


def _cut_circles(nodes: Mapping[str, N], roots: list[N]) -> list[N]:
    reached = {node.id for node in walk(roots)}
    cut = []
    for node in sorted(nodes.values(), key=lambda node: node.start):
        if node.id not in reached:
            nodes[node.parent_id or ""].children.remove(node)
            node.is_orphan = True
            cut.append(node)
            reached |= {inner.id for inner in walk([node])}
    return cut


def walk(roots: Sequence[N]) -> Iterator[N]:
    """Callers before callees, siblings by start as it is by then; sets ``depth``."""
    waiting = [(root, 0) for root in reversed(roots)]
    while waiting:
        node, depth = waiting.pop()
        node.depth = depth
        yield node
        node.children.sort(key=lambda child: child.start)
        waiting += [(child, node.depth + 1) for child in reversed(node.children)]


def _covered(node: Node) -> float:
    """Seconds of the span in which at least one child ran."""
    covered, until = 0.0, node.start
    for child in node.children:
        start, end = max(child.start, until), min(child.end, node.end)
        if end > start:
            covered += end - start
            until = end
    return min(covered, node.duration)


def _share(root: Node) -> None:
    """Divide the root's duration among those that its end waited for.

    From a span's end backwards: the child that ended last, then the one that ended
    before that child began, and so on; what is between them is the span's own. A child
    that ends after its parent was not waited for: events are handled after the answer.
    """
    waiting = [(root, root.start, root.end)]
    while waiting:
        node, begin, cursor = waiting.pop()
        node.is_critical = True
        for child in sorted(node.children, key=lambda each: each.end, reverse=True):
            start, end = max(child.start, begin), min(child.end, cursor)
            if child.end > cursor + SLACK or start >= end:
                continue
            node.critical += cursor - end
            waiting.append((child, start, end))
            cursor = start
        node.critical += cursor - begin
