"""Rules on who calls whom: ports, names, the limit of four, and no cycles."""

import re
from collections.abc import Iterator

from filigree.edges import STORE, Edge, Mesh
from filigree.graph_finding import Finding
from filigree.operations import BUILT_IN

MOST_UPSTREAMS = 4


def ports(mesh: Mesh) -> Iterator[Finding]:
    """Every service has a port of its own; the schema knows the range."""
    holder: dict[int, str] = {}
    for service in mesh.declarations.values():
        other = holder.setdefault(service.port, service.name)
        if other != service.name:
            yield Finding(
                service.place("port"),
                f"port {service.port} belongs to {other}; take one that is free",
            )


def upstreams(mesh: Mesh) -> Iterator[Finding]:
    """At most four upstreams, each listed once."""
    for service in mesh.declarations.values():
        called = [call.service for call in service.calls]
        if len(set(called)) > MOST_UPSTREAMS:
            yield Finding(
                service.place("calls"),
                f"{len(set(called))} upstreams, {MOST_UPSTREAMS} at most: "
                f"{', '.join(called)}",
            )
        for index, name in enumerate(called):
            if name in called[:index]:
                yield Finding(
                    service.place("calls", index),
                    f"{name} is listed twice; join the two entries",
                )


def unknown(mesh: Mesh) -> Iterator[Finding]:
    """Every call names a service that exists and an operation that it offers."""
    for caller, callee, operation in mesh.unresolved:
        service = mesh.declarations[caller]
        index = next(i for i, c in enumerate(service.calls) if c.service == callee)
        offered = sorted(mesh.operations.get(callee, {}))
        if callee not in mesh.declarations:
            says = f"there is no service {callee}"
        elif callee not in mesh.operations:
            says = f"{callee} has no OpenAPI document; run `filigree generate`"
        else:
            says = f"{callee} has no operation {operation}; it offers {offered}"
        yield Finding(service.place("calls", index), says)


def collections(mesh: Mesh) -> Iterator[Finding]:
    """A collection that is read is written by someone, and its store is called."""
    written = {
        grant.name
        for service in mesh.declarations.values()
        for grant in service.collections
        if grant.access == "write"
    }
    for service in mesh.declarations.values():
        for index, grant in enumerate(service.collections):
            place = service.place("collections", index)
            if grant.name not in written:
                yield Finding(place, f"no service writes the collection {grant.name}")
            if not service.call(STORE):
                yield Finding(place, f"add {STORE} to `calls`: it holds {grant.name}")


def _shape(path: str) -> str:
    """A path whatever its parameters are called."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def spellings(mesh: Mesh) -> Iterator[Finding]:
    """A public path calls its parameters the same for all of its methods: OpenAPI has
    two that differ in that alone for one path (3.1, 4.8.8.1)."""
    known: dict[str, str] = {}
    for service, offered in mesh.operations.items():
        for operation in filter(lambda each: each.public, offered.values()):
            first = known.setdefault(_shape(operation.path), operation.path)
            if first != operation.path:
                yield Finding(
                    f"contracts/openapi/{service}.json",
                    f"{operation.id}: {operation.path} is {first} elsewhere; call "
                    "its parameters the same",
                )


def public_paths(mesh: Mesh) -> Iterator[Finding]:
    """No two services share a public method and path."""
    holder: dict[tuple[str, str], str] = {}
    for service, offered in mesh.operations.items():
        for operation in offered.values():
            key = (operation.method, _shape(operation.path))
            other = holder.setdefault(key, service) if operation.public else service
            if other != service:
                yield Finding(
                    f"contracts/openapi/{service}.json",
                    f"{operation.id}: {operation.method} {operation.path} is public "
                    f"in {other} too; one of them needs another path",
                )


def synchronous(mesh: Mesh) -> tuple[Edge, ...]:
    """The edges by which work is done; probes, which call nobody, do not count."""
    return tuple(edge for edge in mesh.edges if set(edge.operations) - BUILT_IN.keys())


def cycles(mesh: Mesh) -> Iterator[Finding]:
    """No service waits, through others, for itself."""
    onward: dict[str, list[str]] = {}
    for edge in synchronous(mesh):
        onward.setdefault(edge.caller, []).append(edge.callee)
    told: set[frozenset[str]] = set()
    for start in sorted(onward):
        cycle = _cycle(onward, start, [], set())
        if cycle and frozenset(cycle) not in told:
            told.add(frozenset(cycle))
            service = mesh.declarations[cycle[0]]
            yield Finding(
                service.place("calls"),
                f"a cycle of synchronous calls: {' → '.join(cycle)}; "
                "let one of them publish an event instead",
            )


def _cycle(
    onward: dict[str, list[str]], at: str, path: list[str], finished: set[str]
) -> list[str] | None:
    if at in path:
        return [*path[path.index(at) :], at]
    if at in finished:
        return None
    for callee in onward.get(at, ()):
        if found := _cycle(onward, callee, [*path, at], finished):
            return found
    finished.add(at)
    return None
