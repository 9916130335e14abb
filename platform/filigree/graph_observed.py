"""The third view of the graph: the calls that traces show."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from filigree.edges import Mesh
from filigree.graph_finding import Finding

Span = Mapping[str, Any]


def observed(mesh: Mesh, traces: Iterable[Iterable[Span]]) -> Iterator[Finding]:
    """Each call in the traces that no declaration allows, once.

    A span has ``span_id``, ``parent_id``, ``service`` and ``operation``; a span whose
    parent belongs to another service is a call. Spans of handled events, whose parent
    is the publisher's, have an operation that begins with ``on ``.
    """
    seen: set[tuple[str, str, str]] = set()
    for spans in traces:
        seen.update(_calls(list(spans)))
    for caller, callee, operation in sorted(seen):
        edge = mesh.edge(caller, callee)
        if caller not in mesh.declarations or callee not in mesh.declarations:
            continue
        if edge is None or operation not in edge.operations:
            yield Finding(
                mesh.declarations[caller].place("calls"),
                f"traces show {caller} → {callee}: {operation}, which is not declared",
            )


def _calls(spans: list[Span]) -> Iterator[tuple[str, str, str]]:
    by_id = {span["span_id"]: span for span in spans}
    for span in spans:
        parent = by_id.get(span.get("parent_id"))
        handled = span["operation"].startswith("on ")
        if parent and not handled and parent["service"] != span["service"]:
            yield parent["service"], span["service"], span["operation"]
