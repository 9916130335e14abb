"""A hard limit on the memory of one process: a control group, where those can be made.

Version 1 (``/sys/fs/cgroup/memory``) and version 2. Pages of files count for whoever
read them first, so libraries that another process has read are not charged here.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

V1, V2 = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
LIMIT = 50 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Group:
    """A control group with the limit; processes join it by themselves."""

    folder: Path
    is_v2: bool

    def join(self) -> None:
        """Move this process in; what it has allocated before stays where it was."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def working_set(self) -> int:
        """Bytes charged, without files that could be dropped at once."""
        used, inactive = (
            ("memory.current", "inactive_file")
            if self.is_v2
            else ("memory.usage_in_bytes", "total_inactive_file")
        )
        charged = int((self.folder / used).read_text())
        return max(0, charged - self._counted("memory.stat", inactive))

    def kills(self) -> int:
        """How many processes the kernel killed for breaking the limit."""
        file = "memory.events" if self.is_v2 else "memory.oom_control"
        return self._counted(file, "oom_kill")

    def _counted(self, file: str, name: str) -> int:
        text = (self.folder / file).read_text()
        found = re.search(rf"^{name} (\d+)$", text, re.MULTILINE)
        return int(found[1]) if found else 0


@contextmanager
def limited(name: str) -> Iterator[Group | None]:
    """A group of that name until the block ends; None where none can be made."""
    group = _made(f"filigree-bench-{os.getpid()}-{name}")
    try:
        yield group
    finally:
        if group:
            with suppress(OSError):
                group.folder.rmdir()


def _made(name: str) -> Group | None:
    with suppress(OSError):
        if (V1 / "memory.limit_in_bytes").exists():
            return _limited_v1(V1 / name)
        if (V2 / "cgroup.controllers").exists():
            return _limited_v2(V2 / name)
    return None


def _limited_v1(folder: Path) -> Group:
    folder.mkdir()
    (folder / "memory.limit_in_bytes").write_text(str(LIMIT))
    with suppress(OSError):
        # Absent where the kernel does not account for swap.
        (folder / "memory.memsw.limit_in_bytes").write_text(str(LIMIT))
    return Group(folder, is_v2=False)


def _limited_v2(folder: Path) -> Group:
    folder.mkdir()
    try:
        (folder / "memory.max").write_text(str(LIMIT))
        with suppress(OSError):
            (folder / "memory.swap.max").write_text("0")
    except OSError:
        folder.rmdir()
        raise
    return Group(folder, is_v2=True)
