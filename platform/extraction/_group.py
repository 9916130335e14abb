"""The memory that is left in the control groups that this process is in: a pod's.

Where a process takes more, the kernel ends one of the group, or all of them.
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

# Of version 2 and 1: where groups are, and the files with their limit and their use.
# What is charged for files is dropped first.
KINDS = (
    (Path("/sys/fs/cgroup"), "memory.max", "memory.current", ""),
    (
        Path("/sys/fs/cgroup/memory"),
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_",
    ),
)
OWN = Path("/proc/self/cgroup")
_PATH = re.compile(r"^\d+:(?:memory)?:(/.*)$", re.MULTILINE)


def room() -> int | None:
    """Bytes that the tightest of the groups has left; None where nothing is limited."""
    with contextlib.suppress(OSError):
        return min(_left(_PATH.findall(OWN.read_text())), default=None)
    return None


def _left(paths: list[str]) -> Iterator[int]:
    for root, most, used, prefix in KINDS:
        for folder in {each for path in paths for each in _chain(root, path)}:
            # A group that is not seen from here, or has no limit.
            with contextlib.suppress(OSError, ValueError):
                limit = int((folder / most).read_text())
                taken = int((folder / used).read_text())
                stat = (folder / "memory.stat").read_text()
                yield max(0, limit - taken + _files(stat, prefix))


def _chain(root: Path, path: str) -> list[Path]:
    """The group at *path* and those that it is in, down to the *root*."""
    own = root / path.lstrip("/")
    return [own, *(each for each in own.parents if each.is_relative_to(root))]


def _files(stat: str, prefix: str) -> int:
    """Bytes of *stat* that hold files' pages, which can be read again."""
    found = re.findall(rf"^{prefix}(?:in)?active_file (\d+)$", stat, re.MULTILINE)
    return sum(map(int, found))
