"""Declared and found in code must agree: an extra edge in either of them fails."""

from collections.abc import Iterator
from pathlib import Path

from filigree import graph_code
from filigree.declarations import Declaration
from filigree.edges import STORE, Mesh
from filigree.graph_code import Named
from filigree.graph_finding import Finding


def agree(
    root: Path, mesh: Mesh, models: dict[tuple[str, str], str]
) -> Iterator[Finding]:
    """Findings of all services; *models* as ``graph_events.models`` has them."""
    for service in mesh.declarations.values():
        if not (root / service.folder / "app.py").is_file():
            yield Finding(str(service.path), f"there is no {service.folder}/app.py")
            continue
        try:
            named = graph_code.read(root, service, models)
        except SyntaxError as exc:
            yield Finding(f"{exc.filename}:{exc.lineno}", f"not valid Python: {exc}")
            continue
        yield from _upstreams(service, named)
        yield from _computed(service, named)
        yield from _operations(service, named)
        yield from _collections(service, named)
        yield from _store(mesh, service, named)
        yield from _events(service, named)


def _upstreams(service: Declaration, named: Named) -> Iterator[Finding]:
    declared = {call.service for call in service.calls}
    for upstream, place in named.upstreams.items():
        if upstream not in declared:
            yield Finding(place, f"{upstream} is not in `calls` of {service.path}")
    for index, call in enumerate(service.calls):
        # The chassis itself calls the store, for whoever uses a collection.
        if call.service != STORE and call.service not in named.mentions:
            place = service.place("calls", index)
            yield Finding(place, f"the code never calls {call.service}; remove it")


def _computed(service: Declaration, named: Named) -> Iterator[Finding]:
    for kind, place in named.computed.items():
        if kind == "collection" or not service.fan_out:
            yield Finding(place, f"name the {kind} by a literal, so that it is found")


def _operations(service: Declaration, named: Named) -> Iterator[Finding]:
    # Where the code does not show the upstream, any that has the operation will do.
    declared = service.called | {(None, operation) for _, operation in service.called}
    for (upstream, operation), place in named.operations.items():
        if (upstream, operation) not in declared:
            yield Finding(
                place,
                f"{upstream or 'its upstream'}: {operation} is not among the "
                f"operations in `calls` of {service.path}",
            )
    for index, call in enumerate(service.calls):
        unused = sorted(set(call.operations) - named.mentions)
        if call.service != STORE and unused:
            place = service.place("calls", index)
            yield Finding(place, f"the code never calls {', '.join(unused)}; remove it")


def _collections(service: Declaration, named: Named) -> Iterator[Finding]:
    declared = {grant.name: grant for grant in service.collections}
    for name, place in named.collections.items():
        if name not in declared:
            yield Finding(place, f"{name} is not in `collections` of {service.path}")
    for index, name in enumerate(declared):
        if name not in named.mentions:
            place = service.place("collections", index)
            yield Finding(place, f"the code never uses {name}; remove it")
    for name, place in named.writes.items():
        if name in declared and declared[name].access != "write":
            yield Finding(place, f"{name} is written, but {service.path} only reads it")


def _store(mesh: Mesh, service: Declaration, named: Named) -> Iterator[Finding]:
    """What collections, idempotent answers and events ask of the store."""
    needed = dict(named.asks)
    if service.name != STORE and _journals(mesh, service, named):
        needed |= dict.fromkeys(("read", "transact"), service.place("calls"))
    if named.publishes:
        needed["transact"] = service.place("publishes")
    declared = {operation for store, operation in service.called if store == STORE}
    for operation in sorted(needed.keys() - declared):
        yield Finding(
            needed[operation],
            f"needs {operation} of {STORE}; add it to `calls` of {service.path}",
        )
    perhaps = set(graph_code.ASKS.values()) if named.lends else set()
    unused = sorted(declared - needed.keys() - named.mentions - perhaps)
    if unused:
        yield Finding(
            service.place("calls"),
            f"nothing needs {', '.join(unused)} of {STORE}; remove it",
        )


def _journals(mesh: Mesh, service: Declaration, named: Named) -> bool:
    """Whether first answers to keys, or marks of handled events, must be kept.

    Events that are only heard are not marked.
    """
    offered = mesh.operations.get(service.name, {}).values()
    return bool(named.handled) or any(each.is_journalled for each in offered)


def _events(service: Declaration, named: Named) -> Iterator[Finding]:
    declared = {*service.publishes, *service.consumes}
    found = {**named.events, **named.handled}
    for event, place in found.items():
        if event not in declared:
            yield Finding(
                place,
                f"{event} is in neither `publishes` nor `consumes` of {service.path}",
            )
    for event in sorted(named.handled.keys() & declared - set(service.consumes)):
        place = named.handled[event]
        yield Finding(place, f"{event} is not in `consumes` of {service.path}")
    for event in sorted(declared - found.keys()):
        kind = "publishes" if event in service.publishes else "consumes"
        yield Finding(service.place(kind), f"the code has no {event}; remove it")
