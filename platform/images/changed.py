"""Which domains changed files concern: ``git diff --name-only … | python changed.py``.

A domain is concerned where an image or the release of one of its services is made of a
file: what the service imports, the contracts of those that it calls, its values. Prints
a JSON list, in order. Standard library only, as it runs before anything is installed.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from gather import ROOT, folder, packages, reached

# Of every image, or of every release.
ALL = ("constraints.txt", "pyproject.toml", ".dockerignore")
ALL_BELOW = ("platform/images", "charts/domain")
OPENAPI = Path("contracts/openapi")


def concerned(changed: Iterable[Path]) -> list[str]:
    """The domains that *changed* files, relative to the checkout, concern."""
    files = set(changed)
    homes = {
        home.relative_to(ROOT).parts[1]: home
        for home in ROOT.glob("services/*/")
        if any(home.glob("*/service.yaml"))
    }
    if any(map(_everywhere, files)):
        return sorted(homes)
    return sorted(
        domain
        for domain, home in homes.items()
        if any(_released(file, domain) for file in files)
        or any(files & made_of(path.parent.name) for path in _declared(home))
        or any(_below(file, path) for file in files for path in _carried(home))
    )


def made_of(service: str) -> set[Path]:
    """Which contracts a service has of itself and others, beside what it imports."""
    here = folder(service)
    declared = (ROOT / here / "service.yaml").read_text("utf-8")
    code = reached(ROOT / here)
    named = re.findall(r"\bservice: *([\w-]+)", declared)
    documents = (OPENAPI / f"{name.replace('_', '-')}.json" for name in named)
    # Who fans out asks those of everybody.
    asked = _every() if re.search(r"^fan_out: *\[\w", declared, re.MULTILINE) else ()
    grants = {
        Path("contracts/grants.json")
        for file in code
        if here in file.relative_to(ROOT).parents
        and b"grants.json" in file.read_bytes()
    }
    imported = {file.relative_to(ROOT) for file in code}
    own = OPENAPI / f"{service.replace('_', '-')}.json"
    return {*imported, *documents, *asked, *grants, own}


def _every() -> Iterator[Path]:
    for document in (ROOT / OPENAPI).glob("*.json"):
        yield document.relative_to(ROOT)


def _declared(home: Path) -> Iterator[Path]:
    yield from home.glob("*/service.yaml")


def _carried(home: Path) -> set[Path]:
    """The folders that images of a domain's services carry whole."""
    found = {each for path in _declared(home) for each in packages(path.parent.name)}
    return found - {Path("contracts")} | {home.relative_to(ROOT)}


def _everywhere(file: Path) -> bool:
    return str(file) in ALL or any(_below(file, Path(each)) for each in ALL_BELOW)


def _released(file: Path, domain: str) -> bool:
    return str(file.parent) == "charts/values" and file.name.startswith(f"{domain}.")


def _below(file: Path, place: Path) -> bool:
    return place in file.parents


if __name__ == "__main__":
    print(json.dumps(concerned(Path(line.strip()) for line in sys.stdin)))
