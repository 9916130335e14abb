"""CPU time of the mesh's processes: unlike the clock, indifferent to other work."""

import psutil

from filigree import bench_mesh
from filigree.state import State


def of(pid: int) -> float:
    """Seconds of CPU that a process and those it started have taken so far."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0.0
    return sum(_one(each) for each in family)


def _one(process: psutil.Process) -> float:
    try:
        taken = process.cpu_times()
    except psutil.Error:
        return 0.0
    return taken.user + taken.system


def processes(mesh: State) -> dict[str, int]:
    """The services and engines, and the supervisor, by name.

    The nursery is left out: what it has taken holds that of services that ended.
    """
    return {
        row["name"]: row["pid"]
        for row in bench_mesh.rows(mesh)
        if row["pid"] and row["name"] != "nursery"
    }


def by_name(pids: dict[str, int]) -> dict[str, float]:
    """Seconds so far of each of ``processes``, whom this does not ask for anything."""
    return {name: OWN.get(name, of)(pid) for name, pid in pids.items()}


def _alone(pid: int) -> float:
    try:
        return _one(psutil.Process(pid))
    except psutil.Error:
        return 0.0


# Everything is the supervisor's child.
OWN = {"supervisor": _alone}


def since(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Milliseconds that each took in between, the most first."""
    spent = {k: (v - before.get(k, 0.0)) * 1000 for k, v in after.items()}
    return dict(sorted(spent.items(), key=lambda item: -item[1]))
