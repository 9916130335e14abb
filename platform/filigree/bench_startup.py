"""How long each service takes to start as a process of its own."""

import platform
import time

from filigree import bench_alone, edges
from filigree.bench_report import Ground, Section
from filigree.mesh_error import MeshError

BELOW = 2.0  # seconds
ROUNDS = 3
SECONDS = 110.0  # after which no further round begins


def measure(ground: Ground) -> Section:
    """The quickest of a few starts of each service, and the slowest."""
    found: dict[str, list[float]] = {}
    failed: dict[str, str] = {}
    began, rounds = time.monotonic(), 0
    while rounds < ROUNDS and (not rounds or time.monotonic() - began < SECONDS):
        rounds += 1
        for name, declaration in edges.resolve(ground.mesh.root).declarations.items():
            try:
                with bench_alone.running(declaration, ground.mesh) as alone:
                    found.setdefault(name, []).append(alone.startup)
            except MeshError as exc:
                failed[name] = str(exc)
        ground.say(f"startup: round {rounds}")
    return _section(ground, found, failed, rounds)


def _section(
    ground: Ground,
    found: dict[str, list[float]],
    failed: dict[str, str],
    rounds: int,
) -> Section:
    bare = ground.bare.startup
    rows = [("bare application", f"{bare:.2f} s", "", "1.0")]
    rows += [
        (name, f"{min(s):.2f} s", f"{max(s):.2f} s", f"{min(s) / bare:.1f}")
        for name, s in found.items()
    ]
    python = platform.python_version()
    notes = [f"Python {python}; fresh interpreter to ready, {rounds} starts of each."]
    notes += [f"\n{name} could not be measured: {why}" for name, why in failed.items()]
    figures = {name: {"startup": round(min(s), 2)} for name, s in found.items()}
    held = not failed and all(each["startup"] < BELOW for each in figures.values())
    head = ("service", f"quickest (< {BELOW:g} s)", "slowest", "to bare")
    return Section("Start-up", head, rows, held, notes, figures)
