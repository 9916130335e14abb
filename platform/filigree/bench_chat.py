"""A chat message through the whole mesh, and which span of it takes how long.

Local providers, the demo's documents and questions, each in a conversation of its own.
A span's own time is what none of its children was under way in.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from filigree import bench_cpu, bench_mesh, bench_timing
from filigree.bench_report import Ground, Section
from filigree.demo.api import Api, Refused

P50 = 60.0  # milliseconds, on two cores
WARM, ASKED, TRACED = 5, 40, 15
SECONDS = 60.0  # for the questions; a slow machine gets fewer
SHOWN = 16
LEAST = 1.0  # milliseconds of CPU that are worth a row
FOLDER = Path(__file__).parent / "demo"


def measure(ground: Ground) -> Section:
    """Upload the demo's documents, ask, and take the traces apart."""
    api, _, _ = bench_mesh.business(ground.mesh, "chat")
    _load(api)
    ground.say("documents are ready")
    questions = bench_mesh.questions(ground.mesh, WARM + ASKED)
    for question in questions[:WARM]:
        api.ask(question)
    pids = bench_cpu.processes(ground.mesh)
    before = bench_cpu.by_name(pids)
    spent, traces = _asked(api, questions[WARM:])
    burnt = bench_cpu.since(before, bench_cpu.by_name(pids))
    times = bench_timing.of(spent)
    ground.say(f"{times.count} questions asked")
    own = breakdown(api, traces)
    ratio = f"{times.p50 / ground.bare.one.p50:.0f}"
    rows: list[tuple[str, ...]] = [
        ("whole answer, p50 / p99", str(times), ratio, f"p50 ≤ {P50:g} ms")
    ]
    rows += _cpu(burnt, len(spent))
    rows += [
        (f"{label} × {calls:.1f}", f"{ms:.1f} ms", "", "")
        for label, calls, ms in own[:SHOWN]
    ]
    if rest := own[SHOWN:]:
        ms = sum(each[2] for each in rest)
        rows.append((f"{len(rest)} others", f"{ms:.1f} ms", "", ""))
    notes = [
        "Of a span: how often it occurs in an answer, and its own time in all, the mean"
        f" of {len(traces[:TRACED])} answers. A hop counts as its caller's own time."
    ]
    head = ("", "", "to a bare call", "target")
    return Section("Chat", head, rows, times.p50 <= P50, notes)


def _cpu(burnt: dict[str, float], answers: int) -> list[tuple[str, ...]]:
    """CPU of an answer, whoever spent it: no answer is quicker than half of it."""
    each = {name: ms / answers for name, ms in burnt.items()}
    rows: list[tuple[str, ...]] = [("CPU, all", f"{sum(each.values()):.1f} ms", "", "")]
    return rows + [
        (f"CPU, {name}", f"{ms:.1f} ms", "", "")
        for name, ms in each.items()
        if ms >= LEAST
    ]


def _load(api: Api) -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    files = [FOLDER / "documents" / told["file"] for told in manifest["documents"]]
    for id in [api.upload(file, {})["id"] for file in files]:
        api.settled(id)


def _asked(api: Api, questions: Iterable[str]) -> tuple[list[float], list[str]]:
    """Milliseconds and trace of each answer."""
    spent, traces = [], []
    deadline = time.monotonic() + SECONDS
    for question in questions:
        began = time.perf_counter()
        answer = api.ask(question)
        spent.append((time.perf_counter() - began) * 1000)
        traces.append(answer["trace_id"])
        if time.monotonic() > deadline:
            break
    return spent, traces


def breakdown(api: Api, traces: list[str]) -> list[tuple[str, float, float]]:
    """(service and operation, spans an answer, own milliseconds an answer)."""
    found: dict[str, list[float]] = defaultdict(list)
    number = 0
    for trace in traces[-TRACED:]:
        try:
            told = api.trace(trace)["spans"]
        except Refused:
            continue
        number += 1
        for span in told:
            found[f"{span['service']} {span['operation']}"].append(span["self_ms"])
    each = [(k, len(v) / number, sum(v) / number) for k, v in found.items()]
    return sorted(each, key=lambda row: -row[2])
