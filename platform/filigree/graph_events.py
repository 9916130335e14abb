"""Rules on events: whatever is published has a model, whatever is consumed comes."""

import ast
from collections.abc import Iterator
from pathlib import Path

from filigree.edges import Mesh
from filigree.graph_finding import Finding


def models(root: Path) -> dict[tuple[str, str], str]:
    """The events' types by (module, class), as contracts/*/events.py declare them."""
    found = {}
    for path in sorted((root / "contracts").glob("*/events.py")):
        module = f"contracts.{path.parent.name}.events"
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and (kind := _type(node)):
                found[module, node.name] = kind
    return found


def _type(node: ast.ClassDef) -> str | None:
    for line in node.body:
        match line:
            case ast.AnnAssign(
                target=ast.Name("type"),
                annotation=ast.Subscript(
                    value=ast.Name("Literal"), slice=ast.Constant(value)
                ),
            ):
                return str(value)
    return None


def events(mesh: Mesh, modelled: set[str]) -> Iterator[Finding]:
    """*modelled* are the types that have a model."""
    published = {
        event for service in mesh.declarations.values() for event in service.publishes
    }
    for service in mesh.declarations.values():
        for index, event in enumerate(service.publishes):
            if event not in modelled:
                yield Finding(
                    service.place("publishes", index),
                    f"{event} has no model; add a class with "
                    f'`type: Literal["{event}"]` to contracts/<domain>/events.py',
                )
        for index, event in enumerate(service.consumes):
            if event not in published:
                yield Finding(
                    service.place("consumes", index),
                    f"no service publishes {event}",
                )
