"""The files that a running mesh is made of, and what each belongs to."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

DECLARATION = "service.yaml"
CONTRACT = "contracts/openapi/*.json"
GRANTS = "contracts/grants.json"  # read by the one service that owns the database
PATTERNS = (
    "services/**/*.py",
    "services/**/*.json",
    f"services/*/*/{DECLARATION}",
    "contracts/**/*.py",
    CONTRACT,
    GRANTS,
    "platform/**/*.py",
    "platform/**/*.sql",
    # What engines read: words, weights.
    "platform/*/*.json",
    "platform/*/*.txt",
)
# What a service inherits already imported: the chassis, what that imports, and what
# imports them.
INHERITED = {*map(Path, ("platform/chassis", "contracts", "platform/lazy_imports"))}
FORKED = tuple(f"{each}/**/*.py" for each in INHERITED)
OURSELVES = Path("platform/filigree")


def package(path: Path) -> Path | None:
    """The package that services may share and that a file is part of: the contracts,
    the chassis, an engine. None of any other file."""
    if OURSELVES in path.parents or path.match(CONTRACT) or path.match(GRANTS):
        return None
    home = path.parts[0]
    if home == "platform":
        return Path(*path.parts[:2])
    return Path(home) if home == "contracts" else None


def snapshot(root: Path) -> dict[Path, int]:
    """When each watched file was last written, in nanoseconds. OSError."""
    return _written(root, PATTERNS)


def newest_forked(root: Path) -> int:
    """When a file that the nursery imports was last written, in nanoseconds."""
    return max(_written(root, FORKED).values(), default=0)


def _written(root: Path, patterns: Iterable[str]) -> dict[Path, int]:
    found = {}
    for pattern in patterns:
        for path in root.glob(pattern):
            # An editor's lock is a link to nothing, and its copies do not last.
            with suppress(FileNotFoundError):
                found[path.relative_to(root)] = path.stat().st_mtime_ns
    return found
