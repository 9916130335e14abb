"""``filigree bench``: speed and memory, measured on a mesh of its own.

Parts: up, startup, memory, hop, search, plan, chat. None named means all, in well under
ten minutes. What is measured goes to the screen, docs/benchmarks.md and
docs/measured.json.
"""

import importlib
import os
import time
from collections.abc import Sequence
from difflib import get_close_matches

import httpx
from rich.console import Console

from filigree import bench_bare, bench_mesh, bench_report, bench_timing, orphans, up
from filigree.bench_report import Ground, Section
from filigree.demo.api import Refused
from filigree.mesh_error import MeshError
from filigree.state import State

PARTS = ("up", "startup", "memory", "hop", "search", "plan", "chat")


def run(held: State, names: Sequence[str] = (), *, large: bool = False) -> int:
    """Measure the named parts; 0 when all could be measured, whatever came out.

    MeshError for an unknown name, or when the benchmark's mesh does not start.
    """
    with orphans.interruptible():
        return _run(held, _chosen(names), large)


def _run(held: State, chosen: Sequence[str], large: bool) -> int:
    out = Console(highlight=False, soft_wrap=True)
    began = time.monotonic()

    def say(text: str) -> None:
        seconds = time.monotonic() - began
        out.print(f"{seconds:5.0f} s  {text}", markup=False, style="dim")

    mesh = bench_mesh.beside(held)
    up.startable(mesh, up.Wish(), os.environ | bench_mesh.LOCAL)
    say(f"the bare application ({bench_timing.load()})")
    bare = bench_bare.measure()
    sections: list[Section] = []
    with bench_mesh.gone_in_the_end(mesh):
        ground = Ground(mesh, bare, say, large)
        if chosen[0] != "up":
            say("a mesh of the benchmark's own")
            bench_mesh.start(mesh)
        for name in chosen:
            if section := _measured(name, ground):
                sections.append(section)
                bench_report.write(held.root, [section])
                out.print(f"\n{section}", markup=False)
    say(f"done ({bench_timing.load()})")
    return 0 if len(sections) == len(chosen) else 1


def _chosen(names: Sequence[str]) -> list[str]:
    for name in names:
        if name not in PARTS:
            near = get_close_matches(name, PARTS, 1)
            meant = f"Did you mean {near[0]}?" if near else ", ".join(PARTS)
            raise MeshError(f"there is no part {name}", meant)
    return [name for name in PARTS if name in names or not names]


def _measured(name: str, ground: Ground) -> Section | None:
    """One part's section; None, and the reason shown, when it cannot be measured."""
    ground.say(f"{name} ({bench_timing.load()})")
    try:
        return importlib.import_module(f"filigree.bench_{name}").measure(ground)
    except (MeshError, Refused, httpx.HTTPError, OSError, TimeoutError) as exc:
        ground.say(f"{name} could not be measured: {exc}")
        return None
