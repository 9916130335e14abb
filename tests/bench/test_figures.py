"""What the benchmark makes of its measurements; the measuring itself is not tested."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filigree import bench, bench_chat, bench_cpu, bench_report, bench_timing
from filigree.bench_report import Section
from filigree.demo.api import Refused
from filigree.mesh_error import MeshError
from filigree.state import State

OLD = "# Benchmarks\n\n## Retrieval\n\n| a |\n"


def section(title: str, row: str, **rest: Any) -> Section:
    return Section(title, ("what",), [(row,)], load="idle", **rest)


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_quantiles_are_measured_times_or_between_two(spent: list[float]) -> None:
    found = bench_timing.of(spent)
    assert min(spent) <= found.p50 <= found.p99 <= max(spent) or len(spent) < 3
    assert found.p99 in spent
    assert found.count == len(spent)


def test_the_99th_of_a_hundred_is_not_the_worst() -> None:
    assert bench_timing.of([float(n) for n in range(100)]).p99 == 98.0


def test_every_call_is_made_once_and_no_more_than_wanted_at_a_time() -> None:
    now = most = made = 0

    async def act() -> None:
        nonlocal now, most, made
        now, made = now + 1, made + 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1

    spent = asyncio.run(bench_timing.spent(act, 50, 4))
    assert (len(spent), made, most) == (50, 50, 4)


def test_a_failing_call_is_not_a_quick_one() -> None:
    async def act() -> None:
        raise OSError("refused")

    with pytest.raises(OSError, match="refused"):
        asyncio.run(bench_timing.spent(act, 3, 1))


def test_a_section_is_replaced_and_the_rest_of_the_document_stays() -> None:
    first = bench_report.merged(OLD, [section("Hop", "1 ms"), section("Chat", "9 ms")])
    after = bench_report.merged(
        first + "\n## Later\n\nkept\n", [section("Hop", "2 ms")]
    )
    assert after.startswith(OLD)
    assert after.endswith("## Later\n\nkept\n")
    assert "2 ms" in after
    assert "1 ms" not in after
    assert "9 ms" in after


def test_writing_twice_changes_nothing() -> None:
    once = bench_report.merged(OLD, [section("Hop", "1 ms")])
    assert bench_report.merged(once, [section("Hop", "1 ms")]) == once


def test_the_gates_keep_what_this_run_did_not_measure(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    memory = section("Memory", "x", measured={"shop": {"memory": 40.0}})
    startup = section("Start-up", "x", measured={"shop": {"startup": 1.5}})
    bench_report.write(tmp_path, [memory])
    bench_report.write(tmp_path, [startup])
    found = json.loads((tmp_path / "docs/measured.json").read_text())
    assert found == {"shop": {"memory": 40.0, "startup": 1.5}}


def test_the_document_says_when_targets_were_missed() -> None:
    assert "Targets not held" in str(section("Hop", "x", held=False))
    assert "Targets held" in str(section("Hop", "x", held=True))
    assert "Targets" not in str(section("Hop", "x"))


class Traced:
    """The API, as far as it tells of traces."""

    def __init__(self, **spent: list[float]) -> None:
        self._spent = spent

    def trace(self, id: str) -> dict[str, Any]:
        if id == "lost":
            raise Refused("there is no such trace")
        about = {"service": "s", "operation": "work"}
        return {"spans": [about | {"self_ms": ms} for ms in self._spent[id]]}


def test_an_answers_time_is_told_by_what_each_service_spent_itself() -> None:
    api = Traced(one=[10.0, 2.0], other=[4.0])
    found = bench_chat.breakdown(api, ["one", "lost", "other"])
    assert found == [("s work", 1.5, 8.0)]


def test_cpu_is_told_from_the_greediest_and_a_new_process_counts_whole() -> None:
    spent = bench_cpu.since({"a": 1.0}, {"a": 1.5, "b": 0.75})
    assert list(spent.items()) == [("b", 750.0), ("a", 500.0)]


def test_an_unknown_part_is_named_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(MeshError, match="no part hops") as raised:
        bench.run(State(tmp_path), ["hops"])
    assert "hop?" in str(raised.value)
