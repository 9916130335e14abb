"""Fifty jobs for ten people, of the kinds that are hardest, through the whole mesh."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from filigree import bench_cpu, bench_mesh, bench_timing
from filigree.bench_report import Ground, Section
from filigree.demo.api import Api

SERVICE = "schedule-optimization"
JOBS, STAFF = 50, 10
MOST = 100.0  # milliseconds, of processor time and on the clock
TASKS, AGAIN = 6, 3  # of each kind, and how often each is asked
DAY = datetime(2031, 3, 3, 8, tzinfo=UTC)
LENGTH, SIDE = 600, 0.15  # minutes of the day; degrees of the town
SKILLS = "abcdefghij"
# By kind: how long jobs are, what room their windows have, how many skills they need,
# and how far the town reaches.
KINDS: dict[str, dict[str, Any]] = {
    "windows and skills": {},
    "windows of five minutes' room": {"room": (0, 5)},
    "all in the same half hour": {"same": True},
    "everything fits everywhere": {"room": (LENGTH,), "skills": (0,)},
    "each skill has one person": {"skills": (1,), "each_has": 1},
    "far apart": {"room": (LENGTH,), "skills": (0,), "side": SIDE * 3},
    "twice as much as can be done": {"room": (LENGTH,), "minutes": (120, 180, 240)},
    "two hours each": {"room": (LENGTH,), "skills": (0,), "minutes": (120,)},
    "nobody can do any": {"skills": (3,), "each_has": 1},
}


def tasks(
    seed: int,
    *,
    minutes: tuple[int, ...] = (15, 30, 45, 60),
    room: tuple[int, ...] = (0, 15, 60, 240),
    skills: tuple[int, ...] = (0, 0, 1, 2),
    each_has: int = 5,
    side: float = SIDE,
    same: bool = False,
) -> dict[str, Any]:
    """What is asked: ``jobs`` and ``staff``; the same for the same seed."""
    dice = random.Random(seed)
    jobs = []
    for n in range(JOBS):
        lasts = dice.choice(minutes)
        opens = 240 if same else dice.randrange(0, LENGTH - lasts)
        closes = opens + lasts + (30 if same else dice.choice(room))
        window = _span(max(0, opens if closes < LENGTH else 0), min(closes, LENGTH))
        needs = dice.sample(SKILLS[:6] if each_has > 1 else SKILLS, dice.choice(skills))
        job = {"id": f"job-{n}", "minutes": lasts, "window": window, "skills": needs}
        jobs.append(job | {"place": _place(dice, side)})
    staff = []
    for n in range(STAFF):
        has = SKILLS[n] if each_has == 1 else dice.sample(SKILLS[:6], each_has)
        one = {"id": f"one-{n}", "skills": [*has], "home": _place(dice, side)}
        staff.append(one | {"shift": _span(dice.choice((0, 60)), LENGTH)})
    return {"jobs": jobs, "staff": staff}


def _span(start: int, end: int) -> dict[str, str]:
    ends = {"start": start, "end": end}
    return {
        name: f"{DAY + timedelta(minutes=at):%Y-%m-%dT%H:%MZ}"
        for name, at in ends.items()
    }


def _place(dice: random.Random, side: float) -> dict[str, float]:
    return {
        "latitude": 52.4 + dice.random() * side,
        "longitude": 13.3 + dice.random() * side,
    }


def measure(ground: Ground) -> Section:
    """Ask for each kind, and see what it takes on the clock and in processor time."""
    api, _, _ = bench_mesh.business(ground.mesh, "plan")
    pid = {SERVICE: bench_cpu.processes(ground.mesh)[SERVICE]}
    _ask(api, tasks(0))
    rows, held = list[tuple[str, ...]](), True
    for kind, told in KINDS.items():
        before = bench_cpu.by_name(pid)
        spent, left = zip(*_asked(api, told), strict=True)
        cpu = bench_cpu.since(before, bench_cpu.by_name(pid))[SERVICE] / len(spent)
        times = bench_timing.of([*spent])
        held &= cpu <= MOST and times.p50 <= MOST
        undone = f"{sum(left) / len(left):.0f}"
        rows.append((kind, str(times), f"{cpu:.0f} ms", undone, f"≤ {MOST:g} ms"))
    ground.say(f"{len(KINDS)} kinds of plans made")
    notes = [
        f"{JOBS} jobs and {STAFF} people, {TASKS} tasks of each kind, {AGAIN} times."
        " The clock is the gateway's caller's; the CPU is the service's, a plan, with"
        " reading the request and writing the answer. Every job that is left is named"
        " with the reason."
    ]
    head = ("kind", "p50 / p99", "CPU", "jobs left", "target")
    return Section("Plans", head, rows, held, notes)


def _asked(api: Api, told: dict[str, Any]) -> Iterator[tuple[float, int]]:
    """Milliseconds of each plan, and how many jobs it leaves."""
    for seed in range(TASKS):
        asked = tasks(seed, **told)
        for _ in range(AGAIN):
            began = time.perf_counter()
            made = _ask(api, asked)
            yield (time.perf_counter() - began) * 1000, len(made["unassigned"])


def _ask(api: Api, asked: dict[str, Any]) -> dict[str, Any]:
    return api.call("POST", "/api/v1/schedules/assign", json=asked)
