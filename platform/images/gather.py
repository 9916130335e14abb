"""What an image carries of one service: ``python gather.py SERVICE TARGET``.

Its own package, the chassis, the contracts, and of the engines below platform/ those
that the service's imports reach: never another service. Beside them it writes
``requirements.txt``, the service's own extra, and ``module``, the module to serve.
Without arguments it prints what every service needs, the chassis' packages. Standard
library only, as it runs before anything is installed.
"""

import ast
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOMES = (ROOT, ROOT / "platform")
UNWANTED = shutil.ignore_patterns("__pycache__", "README.md", "service.yaml")


def folder(service: str) -> Path:
    """The folder of a service, relative to the checkout."""
    [found] = ROOT.glob(f"services/*/{service.replace('-', '_')}")
    return found.relative_to(ROOT)


def reached(start: Path) -> set[Path]:
    """Every file of the checkout that what is below *start* imports, directly or not.

    An import inside a function counts: it runs some day.
    """
    waiting, found = set(start.rglob("*.py")), set()
    while waiting:
        file = waiting.pop()
        found.add(file)
        waiting |= _imports(file) - found
    return found


def packages(service: str) -> set[Path]:
    """The package folders of an image, relative to the checkout."""
    used = reached(ROOT / folder(service))
    tops = {_top(file.relative_to(ROOT)) for file in used}
    engines = {top for top in tops if top.parts[0] == "platform"}
    return engines | {folder(service), Path("contracts"), Path("platform/chassis")}


def shared() -> list[str]:
    """What pip installs for every service, each pinned by constraints.txt."""
    return _pinned(_project()["dependencies"])


def requirements(service: str) -> list[str]:
    """What pip installs for this service alone."""
    return _pinned(_project()["optional-dependencies"].get(service, []))


def _pinned(wanted: list[str]) -> list[str]:
    """As constraints.txt has them, which pip demands where it checks hashes."""
    names = {re.match(r"[\w.-]+", each).group().lower() for each in wanted}
    text = (ROOT / "constraints.txt").read_text("utf-8")
    lines = re.findall(r"^([\w.-]+)(==[^\\\n]+)", text, re.MULTILINE)
    return [name + version.strip() for name, version in lines if name in names]


def _project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def gather(service: str, target: Path) -> None:
    """Copy the packages to *target*, as they are imported: without platform/."""
    for package in packages(service):
        placed = (
            target / package.relative_to("platform")
            if _engine(package)
            else (target / package)
        )
        shutil.copytree(ROOT / package, placed, ignore=UNWANTED)
    for parent in folder(service).parents[:-1]:
        (target / parent / "__init__.py").touch()
    for script in ("ask.py", "reload.py"):
        shutil.copy(Path(__file__).with_name(script), target)
    listed = "\n".join([*requirements(service), ""])
    (target / "requirements.txt").write_text(listed, "utf-8")
    module = ".".join([*folder(service).parts, "app"])
    (target / "module").write_text(module, "utf-8")


def _engine(package: Path) -> bool:
    return package.parts[0] == "platform"


def _top(file: Path) -> Path:
    return Path(*file.parts[:2]) if file.parts[0] == "platform" else file.parent


@cache
def _imports(file: Path) -> frozenset[Path]:
    return frozenset(_imported(file))


def _imported(file: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield from _files(each.name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from _files(node.module)
            for each in node.names:
                yield from _files(f"{node.module}.{each.name}")


def _files(module: str) -> Iterator[Path]:
    """The file of a module and those of the packages that it lies in, if ours."""
    parts = module.split(".")
    for home in HOMES:
        for length in range(1, len(parts) + 1):
            place = home.joinpath(*parts[:length])
            for file in (place.with_suffix(".py"), place / "__init__.py"):
                if file.is_file():
                    yield file


if __name__ == "__main__":
    if sys.argv[1:]:
        gather(sys.argv[1], Path(sys.argv[2]))
    else:
        print(*shared(), sep="\n")
