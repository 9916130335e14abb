"""Which services a mesh is made of: all, or some domains and whatever they call."""

from collections.abc import Iterable
from difflib import get_close_matches

from filigree.edges import STORE, Mesh
from filigree.mesh_error import MeshError


def select(mesh: Mesh, wanted: Iterable[str]) -> Mesh:
    """The mesh of the named domains and services, and of all that those call.

    Nothing named means everything. MeshError names what a misspelt one may have meant.
    """
    chosen = {name for each in wanted for name in _named(mesh, each)}
    if not chosen:
        return mesh
    while missing := _called(mesh, chosen) - chosen:
        chosen |= missing
    return mesh.part(chosen)


def _named(mesh: Mesh, name: str) -> list[str]:
    if name in mesh.declarations:
        return [name]
    domains = {each.domain for each in mesh.declarations.values()}
    if name in domains:
        return [one for one, each in mesh.declarations.items() if each.domain == name]
    near = get_close_matches(name, [*domains, *mesh.declarations], 3)
    known = f"did you mean {' or '.join(near)}?" if near else ", ".join(sorted(domains))
    raise MeshError(f"there is no domain or service {name}", known)


def _called(mesh: Mesh, chosen: set[str]) -> set[str]:
    """What is called by declaration; a fan-out reaches whoever is there."""
    return {
        call.service
        for name in chosen
        for call in mesh.declarations[name].calls
        if call.service in mesh.declarations
    }


def needs_database(mesh: Mesh) -> bool:
    return STORE in mesh.declarations


def needs_bus(mesh: Mesh) -> bool:
    """Whether any service speaks to NATS: the relay, or a consumer of events."""
    return needs_database(mesh) or any(
        each.consumes for each in mesh.declarations.values()
    )
