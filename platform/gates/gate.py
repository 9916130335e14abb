"""The gates of a repository that need no import graph: budgets, tidiness, owners."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filigree import declarations
from gates import budgets, ownership, review, sources, table
from gates.budgets import Service
from gates.layers import TOOLS
from gates.table import Layer


@dataclass(frozen=True, slots=True)
class Result:
    """``violations`` fail; ``reviews`` are for the reviewer, by their heading."""

    document: str
    violations: tuple[str, ...]
    reviews: dict[str, list[str]]


def run(root: Path) -> Result:
    """Measure everything. DeclarationError when a declaration cannot be read."""
    services = [
        budgets.measure(root, declaration)
        for declaration in declarations.load(root).values()
    ]
    parts = _layers(root, services)
    document = table.render(services, parts)
    violations = list(_violations(root, services, parts))
    held = root / table.PATH
    if not held.is_file() or held.read_text("utf-8") != document:
        violations.append(f"{table.PATH}: stale; run `python -m gates --write`")
    return Result(
        document,
        tuple(violations),
        {
            "chassis names with fewer than two users": list(review.lonely(root)),
            "business nouns in the chassis": list(review.nouns(root)),
            "measured figures over their budgets": [
                line for service in services for line in budgets.beyond(service)
            ],
            "behaviour in contracts": list(review.behaving(root)),
        },
    )


def _layers(root: Path, services: list[Service]) -> list[Layer]:
    held = {
        path.parent.name: tuple(sources.folder(root, path.parent.relative_to(root)))
        for path in sorted((root / "platform").glob("*/__init__.py"))
    }
    engines = [name for name in held if name not in ("chassis", *TOOLS)]
    return [
        Layer("services", tuple(each for one in services for each in one.sources)),
        Layer("chassis", held.get("chassis", ())),
        *(Layer(f"engine {name}", held[name]) for name in engines),
        Layer("contracts", tuple(sources.folder(root, Path("contracts")))),
        *(Layer(name, held[name]) for name in TOOLS if name in held),
    ]


def _violations(
    root: Path, services: list[Service], parts: list[Layer]
) -> Iterator[str]:
    owned = ownership.owners(root)
    for service in services:
        yield from budgets.broken(service)
        yield from ownership.foreign(service.declaration.name, service.sources, owned)
    for layer in parts:
        for source in layer.sources:
            yield from budgets.untidy(source)
            if layer.name != "services":
                yield from budgets.tangled(source)
        if layer.name in ("chassis", "contracts"):
            yield from ownership.foreign(layer.name, layer.sources, owned)
