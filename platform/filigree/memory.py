"""How much memory processes take, honestly: shared pages are counted by share."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

FIELD = re.compile(r"^(Pss|Rss|Anonymous):\s+(\d+) kB", re.MULTILINE)
PID = os.getpid()


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. ``pss`` counts a page that n processes share as an n-th of a page."""

    pss: int = 0
    rss: int = 0
    anonymous: int = 0

    def __add__(self, other: "Memory") -> "Memory":
        return Memory(
            self.pss + other.pss,
            self.rss + other.rss,
            self.anonymous + other.anonymous,
        )


def of(pid: int | None) -> Memory:
    """The memory of a process and of those it started; nothing when it is gone."""
    if pid is None:
        return Memory()
    return total(_one(each) for each in [pid, *_started_by(pid)])


def total(parts: Iterable[Memory]) -> Memory:
    return sum(parts, Memory())


def _started_by(pid: int) -> list[int]:
    try:
        return [each.pid for each in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []


def alone(pid: int | None) -> Memory:
    """The memory of one process without those it started."""
    return Memory() if pid is None else _one(pid)


def _one(pid: int) -> Memory:
    try:
        found = FIELD.findall(Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8"))
    except OSError:
        return _without_proc(pid)
    kilobytes = {name: int(value) * 1024 for name, value in found}
    return Memory(
        kilobytes.get("Pss", 0), kilobytes.get("Rss", 0), kilobytes.get("Anonymous", 0)
    )


def _without_proc(pid: int) -> Memory:
    """Elsewhere than on Linux nobody counts shares: the resident size stands in."""
    try:
        resident = psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return Memory()
    return Memory(resident, resident, 0)


def own() -> Memory:
    """The memory of this process."""
    return _one(PID)
