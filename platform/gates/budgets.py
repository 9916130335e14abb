"""The budgets of a service, and what breaks them.

Limits are exclusive, as the plan words them: fewer than 150 lines. A budget that a
service cannot keep is declared in its service.yaml with the reason and what was
measured; it then counts as kept, and the table shows it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filigree.declarations import Declaration
from gates import sources
from gates.complexity import Function
from gates.sources import Source

LIMITS = {
    "lines": 150,
    "statements": 100,
    "complexity": 10,
    "functions": 15,
    "packages": 5,
    "upstreams": 5,
    "startup": 2.0,  # seconds, as its own process
    "memory": 50.0,  # MiB, anonymous, under load
}
TAKEN = {"startup", "memory"}  # by a measurement, not read off the source
MEASURED = Path("docs/measured.json")


@dataclass(frozen=True, slots=True)
class Service:
    """One service's figures by budget; ``startup`` and ``memory`` where measured."""

    declaration: Declaration
    sources: tuple[Source, ...]
    packages: tuple[str, ...]
    figures: dict[str, float]

    @property
    def functions(self) -> tuple[Function, ...]:
        return tuple(each for source in self.sources for each in source.functions)

    @property
    def worst(self) -> str:
        """The name of the most complex function."""
        name = max(self.functions, key=lambda each: each.complexity, default=None)
        return name.name if name else "-"


def measure(root: Path, declaration: Declaration) -> Service:
    """The figures of one service: of all the Python in its folder together."""
    files = tuple(sources.folder(root, declaration.folder))
    packages = tuple(sources.third_party(root, files))
    found = [each for source in files for each in source.functions]
    figures: dict[str, float] = {
        "lines": sum(source.lines for source in files),
        "statements": sum(source.statements for source in files),
        "complexity": max((each.complexity for each in found), default=0),
        "functions": sum(each.is_function for each in found),
        "packages": len(packages),
        "upstreams": len({call.service for call in declaration.calls}),
    }
    figures |= _measured(root).get(declaration.name, {})
    return Service(declaration, files, packages, figures)


def _measured(root: Path) -> dict[str, dict[str, float]]:
    """Start-up (s) and memory (MiB) by service, as the last measurement left them."""
    path = root / MEASURED
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def broken(service: Service) -> Iterator[str]:
    """The budgets that a service breaks, and exceptions that it does not need."""
    excepted = {each.budget for each in service.declaration.budget}
    over = _over(service)
    for budget in sorted(over - excepted - TAKEN):
        which = f" ({service.worst})" if budget == "complexity" else ""
        yield (
            f"{service.declaration.folder}: {budget} "
            f"{service.figures[budget]:g}{which}, must be below {LIMITS[budget]:g}"
        )
    for budget in sorted((excepted & service.figures.keys()) - over - TAKEN):
        yield (
            f"{service.declaration.path}: budget: {budget} is kept "
            f"({service.figures[budget]:g}); remove the exception"
        )


def beyond(service: Service) -> Iterator[str]:
    """The measured figures that are over their budgets.

    They are of one machine, one Python and one revision, so that they are told and do
    not fail: a check must answer the same wherever it runs.
    """
    for budget in sorted(_over(service) & TAKEN):
        name, figure = service.declaration.name, service.figures[budget]
        yield f"{name}: {budget} {figure:g}, should be below {LIMITS[budget]:g}"


def _over(service: Service) -> set[str]:
    return {name for name, each in service.figures.items() if each >= LIMITS[name]}


def untidy(source: Source) -> Iterator[str]:
    """What no file may have."""
    for line in source.suppressions:
        yield f"{source.path}:{line}: a suppression comment; mend the cause instead"
    # A wide line saves a line, which only a service is short of; elsewhere ruff judges.
    counted = source.wide if str(source.path).startswith("services/") else ()
    for line in counted:
        yield f"{source.path}:{line}: wider than {sources.COLUMNS} columns"


def tangled(source: Source) -> Iterator[str]:
    """Functions of a library that are as complex as no service's may be."""
    limit = LIMITS["complexity"]
    for each in source.functions:
        if each.complexity >= limit:
            yield (
                f"{source.path}:{each.line}: {each.name} has complexity "
                f"{each.complexity}, must be below {limit:g}"
            )
