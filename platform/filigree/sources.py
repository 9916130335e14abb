"""The files that a running mesh is made of, and what each belongs to."""

from pathlib import Path

DECLARATION = "service.yaml"
CONTRACT = "contracts/openapi/*.json"
PATTERNS = (
    "services/**/*.py",
    "services/**/*.json",
    f"services/*/*/{DECLARATION}",
    "contracts/**/*.py",
    CONTRACT,
    "contracts/grants.json",
    "platform/**/*.py",
    "platform/**/*.sql",
)
# What a service inherits already imported: the chassis, and what it imports.
FORKED = ("platform/chassis/*.py", "contracts/**/*.py")
OURSELVES = Path("platform/filigree")


def is_shared(path: Path) -> bool:
    """Whether a file belongs to all services: a contract in code, or the chassis."""
    if OURSELVES in path.parents or path.match(CONTRACT):
        return False
    return path.parts[0] in ("contracts", "platform")


def snapshot(root: Path) -> dict[Path, int]:
    """When each watched file was last written, in nanoseconds."""
    found = {}
    for pattern in PATTERNS:
        for path in root.glob(pattern):
            try:
                found[path.relative_to(root)] = path.stat().st_mtime_ns
            except FileNotFoundError:
                continue
    return found


def newest_forked(root: Path) -> int:
    """When a file that the nursery imports was last written, in nanoseconds."""
    files = (path for pattern in FORKED for path in root.glob(pattern))
    return max((path.stat().st_mtime_ns for path in files), default=0)
