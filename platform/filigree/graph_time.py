"""Rules on time: deadlines nest, and tries down a path do not multiply."""

from collections.abc import Iterator
from functools import cache
from math import inf

from filigree.edges import Edge, Mesh
from filigree.graph_calls import synchronous
from filigree.graph_finding import Finding

MOST_TRIES = 9
Way = tuple[int, tuple[str, ...]]  # tries, and the path down which they are made
HANDLER = 60.0  # seconds that the chassis gives the handler of an event


def deadlines(mesh: Mesh) -> Iterator[Finding]:
    """No service may wait for an upstream longer than anybody waits for itself."""
    for edge in synchronous(mesh):
        has, by = longest(mesh, edge.caller)
        for route in edge.routes:
            if route.timeout is None or route.timeout <= has:
                continue
            chain = " → ".join([*_reached_by(mesh, edge.caller), edge.caller])
            yield Finding(
                _place(mesh, edge),
                f"{chain} → {edge.callee}: {route.operation} may take "
                f"{route.timeout:g} s, but {edge.caller}'s longest operation, {by}, "
                f"ends after {has:g} s; shorten one or lengthen the other",
            )
            break


def longest(mesh: Mesh, service: str) -> tuple[float, str]:
    """The most seconds that anything in *service* may take, and what that is."""
    declaration = mesh.declarations[service]
    held = [
        (inf if operation.stream else operation.timeout, operation.id)
        for operation in mesh.operations.get(service, {}).values()
    ]
    if declaration.consumes:
        held.append((HANDLER, "an event's handler"))
    if "public" in declaration.fan_out:
        # It passes on what others offer, each within that operation's own time.
        held += [
            (operation.timeout, operation.id)
            for offered in mesh.operations.values()
            for operation in offered.values()
            if operation.public
        ]
    return max(held, default=(inf, "nothing that it offers"))


def _reached_by(mesh: Mesh, service: str) -> list[str]:
    """The shortest way in to *service*, from a service that nobody calls."""
    paths = [[service]]
    seen = {service}
    while paths:
        path = paths.pop(0)
        before = [e.caller for e in synchronous(mesh) if e.callee == path[0]]
        if not before:
            return path[:-1]
        paths += [[caller, *path] for caller in before if caller not in seen]
        seen.update(before)
    return []


def _place(mesh: Mesh, edge: Edge) -> str:
    service = mesh.declarations[edge.caller]
    for index, call in enumerate(service.calls):
        if call.service == edge.callee:
            return service.place("calls", index)
    return service.place("fan_out")


def worst(mesh: Mesh) -> tuple[int, list[str]]:
    """The most tries of one request that a service may get, and the path to it.

    A try that the callee never saw (connect-failure, refused-stream) repeats nothing
    below it, so it counts on the last edge only. Needs a graph without cycles.
    """
    leaving: dict[str, list[Edge]] = {}
    for edge in synchronous(mesh):
        leaving.setdefault(edge.caller, []).append(edge)

    @cache
    def below(service: str) -> Way:
        ways: list[Way] = [(1, (service,))]
        for edge in leaving.get(service, ()):
            ways += [_last(edge), _onward(edge, below(edge.callee))]
        return max(ways)

    times, path = max(map(below, sorted(leaving)), default=(1, ()))
    return times, list(path)


def _last(edge: Edge) -> Way:
    """The path that ends with *edge*: whatever is repeated counts."""
    times = 1 + max(route.attempts for route in edge.routes)
    return times, (edge.caller, f"{edge.callee} (x{times})")


def _onward(edge: Edge, below: Way) -> Way:
    """The path that goes on behind *edge*: what its callee saw twice counts."""
    repeated = [route.attempts for route in edge.routes if route.repeats_seen]
    seen = 1 + max(repeated, default=0)
    times, path = below
    return seen * times, (edge.caller, f"{path[0]} (x{seen})", *path[1:])


def tries(mesh: Mesh) -> Iterator[Finding]:
    """At most nine tries down any path."""
    times, path = worst(mesh)
    if times > MOST_TRIES:
        yield Finding(
            "services",
            f"{times} tries, {MOST_TRIES} at most, down {' → '.join(path)}; "
            "lower `resilience.attempts` of a callee",
        )
