"""SDKs are imported only by the service whose extra in pyproject.toml has them."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from gates.sources import Source

TOOLS = ("local", "test")  # extras that belong to no service


def owners(root: Path) -> dict[str, set[str]]:
    """The services that may import a distribution; what all may import is left out."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    shared = {_name(each) for each in project.get("dependencies", ())}
    held: dict[str, set[str]] = {}
    for extra, requirements in project.get("optional-dependencies", {}).items():
        for distribution in map(_name, requirements):
            if distribution not in shared:
                held.setdefault(distribution, set()).add(extra)
    return held


def _name(requirement: str) -> str:
    """The distribution's normalised name (PEP 503)."""
    plain = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", plain[0]).lower() if plain else ""


@cache
def _distributions() -> Mapping[str, list[str]]:
    """The installed distributions by the names that they are imported under."""
    return packages_distributions()


def foreign(
    holder: str, files: Iterable[Source], owned: dict[str, set[str]]
) -> Iterator[str]:
    """What the files of *holder* (a service, or a library) import of others' SDKs."""
    distributions = _distributions()
    for source in files:
        for name in sorted(source.imports):
            for distribution in distributions.get(name, [name]):
                allowed = owned.get(_name(distribution))
                if allowed is not None and holder not in allowed:
                    yield (
                        f"{source.path}: {name} belongs to "
                        f"{', '.join(sorted(allowed))}, not to {holder}"
                    )
