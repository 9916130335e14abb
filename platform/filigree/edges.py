"""The mesh: every edge that the declarations allow, with its routes and its policy.

``resolve`` joins declarations with operations. Envoy on a laptop and Istio in a cluster
are rendered from what it returns; what is not in it is denied.
"""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from filigree import declarations as declared
from filigree import edges_policy, edges_store, operations
from filigree.declarations import Breaker, Call, Declaration, Grant
from filigree.edges_policy import GATEWAY, Route
from filigree.edges_store import STORE
from filigree.operations import Operation

__all__ = ["AGENT", "GATEWAY", "OPERATOR", "STORE", "Edge", "Mesh", "Pool", "Route"]

OPERATOR = "operator"  # may call everything: `filigree call`, and the tests
AGENT = "agent"  # ships log lines
LOG_STORE, LOG_PATH = "logging", "/api/v1/logs"
KINDS: dict[str, Callable[[Operation], bool]] = {
    "public": lambda operation: operation.public,
    "actions": lambda operation: operation.action is not None,
}


@dataclass(frozen=True, slots=True)
class Pool:
    """Limits of an edge; ``retries`` may be under way at once."""

    connections: int = 100
    pending: int = 100
    requests: int = 200
    retries: int = 10


@dataclass(frozen=True, slots=True)
class Edge:
    """All that one service may ask of another."""

    caller: str
    callee: str
    optional: bool
    routes: tuple[Route, ...]
    breaker: Breaker
    pool: Pool = Pool()

    @property
    def operations(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(route.operation for route in self.routes))


@dataclass(frozen=True)
class Mesh:
    """``edges`` are the services'; ``tools`` the operator's and the log agent's.

    ``unresolved``: (caller, callee, operation) of calls that nothing answers.
    ``absent``: (caller, callee) where the callee is no part of this mesh.
    """

    declarations: dict[str, Declaration]
    operations: dict[str, dict[str, Operation]]
    edges: tuple[Edge, ...] = ()
    tools: tuple[Edge, ...] = ()
    unresolved: tuple[tuple[str, str, str], ...] = field(default=())
    absent: tuple[tuple[str, str], ...] = field(default=())

    def of(self, caller: str) -> tuple[Edge, ...]:
        """The edges that leave *caller*, which may be a tool."""
        every = (*self.edges, *self.tools)
        return tuple(edge for edge in every if edge.caller == caller)

    def to(self, callee: str) -> tuple[Edge, ...]:
        """The edges of services that reach *callee*."""
        return tuple(edge for edge in self.edges if edge.callee == callee)

    def edge(self, caller: str, callee: str) -> Edge | None:
        return next((edge for edge in self.of(caller) if edge.callee == callee), None)

    def grants(self, service: str) -> tuple[Grant, ...]:
        """The collections that a service may touch, its journal included."""
        offered = self.operations.get(service, {})
        return edges_store.grants(self.declarations[service], offered)

    def part(self, services: Iterable[str]) -> "Mesh":
        """The mesh of these services alone."""
        kept = set(services)

        callers = {*kept, OPERATOR, AGENT}
        return Mesh(
            {name: each for name, each in self.declarations.items() if name in kept},
            {name: each for name, each in self.operations.items() if name in kept},
            tuple(_between(self.edges, callers, kept)),
            tuple(_between(self.tools, callers, kept)),
            absent=tuple(
                (edge.caller, edge.callee)
                for edge in _between(self.edges, kept, {*self.declarations} - kept)
            ),
        )


def _between(
    edges: Iterable[Edge], callers: Set[str], callees: Set[str]
) -> Iterator[Edge]:
    """Those of *edges* that lead from one of the *callers* to one of the *callees*."""
    for edge in edges:
        if edge.caller in callers and edge.callee in callees:
            yield edge


def resolve(root: Path) -> Mesh:
    """The mesh of a repository. A call that nothing answers is left out and listed."""
    return join(declared.load(root), operations.load(root))


def join(
    declarations: dict[str, Declaration],
    offered: dict[str, dict[str, Operation]],
) -> Mesh:
    """The mesh of declarations and the operations that their services offer."""
    bare = Mesh(declarations, offered)
    services = declarations.values()
    found = (_edge(bare, one, other) for one, other in product(services, services))
    tools = (_tool(bare, tool, each) for tool in (OPERATOR, AGENT) for each in services)
    return Mesh(
        declarations,
        offered,
        tuple(filter(None, found)),
        tuple(filter(None, tools)),
        tuple(_unresolved(bare)),
    )


def _unresolved(mesh: Mesh) -> Iterator[tuple[str, str, str]]:
    for caller in mesh.declarations.values():
        for call in caller.calls:
            offered = mesh.operations.get(call.service, {})
            for operation in call.operations:
                if operation not in offered:
                    yield caller.name, call.service, operation


def _edge(mesh: Mesh, caller: Declaration, callee: Declaration) -> Edge | None:
    call = caller.call(callee.name) or Call(callee.name, (), optional=True)
    offered = mesh.operations.get(callee.name, {})
    wanted: dict[str, tuple[Operation, float | None]] = {
        each.id: (each, None) for each in _fanned(mesh, caller, callee)
    }
    for each in call.operations:
        if each in offered:
            wanted[each] = offered[each], call.timeout
    routes = [
        route
        for operation, timeout in wanted.values()
        for route in _routes(mesh, caller.name, callee, operation, timeout)
    ]
    return _made(caller.name, callee, call.optional, routes) if routes else None


def _tool(mesh: Mesh, caller: str, callee: Declaration) -> Edge | None:
    offered = mesh.operations.get(callee.name, {})
    if caller == OPERATOR:
        wanted = [*operations.built_in(callee.name).values(), *offered.values()]
    else:
        wanted = [each for each in offered.values() if _takes_logs(each)]
    routes = [
        route
        for operation in wanted
        for route in edges_policy.routes(
            caller, callee, operation, operation.path, None
        )
    ]
    return _made(caller, callee, True, routes) if routes else None


def _takes_logs(operation: Operation) -> bool:
    at = (operation.service, operation.method, operation.path)
    return at == (LOG_STORE, "POST", LOG_PATH)


def _fanned(
    mesh: Mesh, caller: Declaration, callee: Declaration
) -> Iterator[Operation]:
    if caller.name == callee.name:
        return
    offered = mesh.operations.get(callee.name, {})
    for kind in caller.fan_out:
        if kind == "health":
            built_in = operations.built_in(callee.name)
            yield from (built_in[name] for name in ("live", "ready", "health"))
            yield built_in["metrics"]
        else:
            yield from filter(KINDS[kind], offered.values())


def _routes(
    mesh: Mesh,
    caller: str,
    callee: Declaration,
    operation: Operation,
    timeout: float | None,
) -> Iterator[Route]:
    paths: tuple[str, ...] = (operation.path,)
    if callee.name == STORE and operation.path.startswith("/api/v1/"):
        paths = edges_store.paths(caller, mesh.grants(caller), operation)
    for path in paths:
        yield from edges_policy.routes(caller, callee, operation, path, timeout)


def _made(
    caller: str, callee: Declaration, optional: bool, routes: list[Route]
) -> Edge:
    # A literal segment must be tried before a template that would match it as well.
    ordered = sorted(routes, key=_specificity)
    return Edge(
        caller, callee.name, optional, tuple(ordered), callee.resilience.breaker
    )


def _specificity(route: Route) -> tuple[list[bool], str, str, bool]:
    segments = route.path.split("/")
    templated = [segment.startswith("{") for segment in segments]
    return templated, route.path, route.method, not route.when_keyed
