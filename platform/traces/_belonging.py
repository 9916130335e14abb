"""Which spans of another owner are part of a trace."""

from collections.abc import Iterable

from contracts.operations.logs import Line


def belonging(own: Iterable[Line], others: Iterable[Line]) -> list[Line]:
    """Those of *others* that were called from *own* spans, directly or further down.

    A trace id is the client's to choose, a span id is not: so two tenants who use the
    same trace id see nothing of each other.
    """
    below: dict[str | None, list[Line]] = {}
    for line in others:
        below.setdefault(line.parent_id, []).append(line)
    waiting = [line.span_id for line in own]
    found = []
    while waiting:
        for line in below.pop(waiting.pop(), ()):
            found.append(line)
            waiting.append(line.span_id)
    return found
