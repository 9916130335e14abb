"""``filigree explain FROM TO``: is a call allowed, by what, and on what terms."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from filigree import edges, graph_calls
from filigree.declarations import Declaration
from filigree.edges import AGENT, OPERATOR, Edge, Mesh, Route


class UnknownServiceError(Exception):
    """There is no service of that name; the message has the nearest ones."""


@dataclass(frozen=True, slots=True)
class Explanation:
    allowed: bool
    text: str


def explain(root: Path, caller: str, callee: str) -> Explanation:
    """Why *caller* may, or may not, call *callee*, in words, with ``file:line``."""
    mesh = edges.resolve(root)
    _known(mesh, caller, (OPERATOR, AGENT))
    _known(mesh, callee, ())
    if caller == callee:
        raise UnknownServiceError(
            f"{caller} does not call itself over the mesh: name another service"
        )
    edge = mesh.edge(caller, callee)
    lines = _allowed(mesh, edge) if edge else _denied(mesh, caller, callee)
    return Explanation(edge is not None, "\n".join(lines))


def _known(mesh: Mesh, name: str, tools: tuple[str, ...]) -> None:
    names = [*mesh.declarations, *tools]
    if name not in names:
        hint = f"there are {', '.join(sorted(names))}"
        if near := get_close_matches(name, names, 3):
            hint = f"did you mean {' or '.join(near)}?"
        raise UnknownServiceError(f"there is no service {name}; {hint}")


def _allowed(mesh: Mesh, edge: Edge) -> list[str]:
    callee = mesh.declarations[edge.callee]
    lines = [
        f"{edge.caller} → {edge.callee}: allowed",
        f"  by        {_by(mesh, edge)}",
        f"  owner     {callee.owner}, who reviews contracts/edges/{callee.name}.yaml",
        f"  contract  contracts/openapi/{callee.name}.json",
        f"  breaker   {edge.breaker.consecutive5xx} failures (5xx) in a row eject it "
        f"for {edge.breaker.ejection:g} s, for this caller alone",
        "            or until it was not ready and comes back, whichever is sooner",
        f"            ({_set_by(callee)})",
    ]
    if edge.optional:
        lines.append("  optional  the caller answers without it, degraded")
    for route in edge.routes:
        lines += ["", *_route(route)]
    return lines


def _set_by(callee: Declaration) -> str:
    place = ("resilience", "breaker")
    return callee.place(*place) if place in callee.lines else "the platform's default"


def _by(mesh: Mesh, edge: Edge) -> str:
    caller = mesh.declarations.get(edge.caller)
    if caller is None:
        return f"{edge.caller} is a tool of this laptop, not part of the mesh"
    for index, call in enumerate(caller.calls):
        if call.service == edge.callee:
            return f"{caller.place('calls', index)} (calls)"
    return f"{caller.place('fan_out')} (fan_out: {', '.join(caller.fan_out)})"


def _route(route: Route) -> list[str]:
    keyed = ", with an Idempotency-Key" if route.when_keyed else ""
    return [
        f"  {route.operation}: {route.method} {route.path}{keyed}",
        f"    time     {_time(route)}",
        f"    retries  {_retries(route)}",
        f"    because  {route.reason}",
    ]


def _time(route: Route) -> str:
    if route.timeout is None:
        return f"a stream: ends after {route.idle_timeout:g} s without a byte"
    if route.per_try_timeout is None:
        return f"{route.timeout:g} s in all"
    return f"{route.timeout:g} s in all, {route.per_try_timeout:g} s for each try"


def _retries(route: Route) -> str:
    if not route.attempts:
        return "none"
    return f"at most {route.attempts}, on {', '.join(route.retry_on)}"


def _denied(mesh: Mesh, caller: str, callee: str) -> list[str]:
    service = mesh.declarations.get(caller)
    if service is None:
        return [f"{caller} → {callee}: denied: it offers nothing to {caller}"]
    offered = sorted(mesh.operations.get(callee, {})) or ["…"]
    lines = [
        f"{caller} → {callee}: denied",
        f"  by        {service.place('calls')}, which does not list {callee}",
        f"  to allow  {service.path}: under `calls:` add",
        f"              - {{service: {callee}, operations: [{', '.join(offered)}]}}",
        "            keeping only the operations needed, and run `filigree generate`",
        f"  owner     {mesh.declarations[callee].owner} then reviews "
        f"contracts/edges/{callee}.yaml",
    ]
    back = _way(mesh, callee, caller)
    if back or caller == callee:
        cycle = " → ".join([caller, *back]) if back else f"{caller} → {caller}"
        lines.append(f"  but       it would close a cycle: {cycle}")
    if through := _way(mesh, caller, callee):
        lines.append(f"  note      it reaches it through {' → '.join(through)}")
    return [*lines, *_full(service)]


def _full(service: Declaration) -> list[str]:
    called = [call.service for call in service.calls]
    if len(called) < graph_calls.MOST_UPSTREAMS:
        return []
    return [f"  but       it already has {len(called)} upstreams: {', '.join(called)}"]


def _way(mesh: Mesh, start: str, end: str) -> list[str]:
    """The shortest path of synchronous calls, both ends included; empty without one."""
    paths, seen = [[start]], {start}
    while paths:
        path = paths.pop(0)
        for edge in graph_calls.synchronous(mesh):
            if edge.caller != path[-1] or edge.callee in seen:
                continue
            if edge.callee == end:
                return [*path, end]
            seen.add(edge.callee)
            paths.append([*path, edge.callee])
    return []
