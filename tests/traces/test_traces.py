"""A trace is a tree of all its spans, and its duration is divided among them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import traces
from contracts.operations.logs import Line
from traces import Node


def node(id: str, parent: str | None, start: float, duration: float) -> Node:
    return Node(id, parent, start, duration)


def line(id: str, parent: str | None, start: float, **more: Any) -> Line:
    given = {"service": "s", "operation": "o", "status": 200, "duration_ms": 10.0}
    ids = {"span_id": id, "parent_id": parent, "id": id}
    rest = {"kind": "span", "time": start, "start": start, "message": "m"}
    return Line(**(given | ids | rest | more))


CHAT = [
    ("root", None, 0.0, 1.0),
    ("first", "root", 0.1, 0.3),
    ("slow", "root", 0.45, 0.5),
    ("quick", "root", 0.45, 0.2),
    ("inner", "slow", 0.5, 0.4),
    ("event", "root", 1.5, 2.0),
]


def test_callers_come_before_callees_and_siblings_by_start() -> None:
    ordered = traces.tree(node(*row) for row in reversed(CHAT))
    assert [n.id for n in ordered][:2] == ["root", "first"]
    assert {n.id: n.depth for n in ordered}["inner"] == 2


def test_the_critical_path_is_what_the_end_waited_for() -> None:
    ordered = traces.tree(node(*row) for row in CHAT)
    assert traces.critical_path(ordered) == ["root", "first", "slow", "inner"]
    shares = {n.id: n.critical for n in ordered}
    assert shares["root"] == pytest.approx(0.1 + 0.05 + 0.05)
    assert shares["slow"] == pytest.approx(0.1)
    assert shares["event"] == shares["quick"] == 0.0


def test_self_time_is_the_time_without_any_child() -> None:
    own = {n.id: n.own for n in traces.tree(node(*row) for row in CHAT)}
    assert own["root"] == pytest.approx(1.0 - 0.3 - 0.5)
    assert own["slow"] == pytest.approx(0.1)


def test_a_span_without_its_parent_is_an_orphaned_root() -> None:
    ordered = traces.tree([node("a", None, 0, 1), node("b", "gone", 0.2, 9)])
    assert [(n.id, n.depth, n.is_orphan) for n in ordered] == [
        ("a", 0, False),
        ("b", 0, True),
    ]
    assert traces.critical_path(ordered) == ["a"]


@st.composite
def forests(draw: st.DrawFn) -> list[Node]:
    names = [f"n{n}" for n in range(draw(st.integers(1, 12)))]
    parents = st.sampled_from([None, "gone", *names])
    times = st.floats(0, 100)
    return [node(name, draw(parents), draw(times), draw(times)) for name in names]


@given(forests())
def test_every_span_is_there_once_and_the_shares_add_up(spans: list[Node]) -> None:
    ordered = traces.tree(spans)
    assert sorted(n.id for n in ordered) == sorted(n.id for n in spans)
    assert all(n.own >= -1e-9 and n.critical >= -1e-9 for n in ordered)
    critical = [n for n in ordered if n.is_critical]
    root = next(n for n in critical if n.depth == 0)
    assert sum(n.critical for n in critical) == pytest.approx(root.duration)


def test_a_very_deep_trace_is_no_trouble() -> None:
    deep = [node(str(n), str(n - 1) if n else None, n, 5000) for n in range(5000)]
    assert traces.tree(deep)[-1].depth == 4999


def test_only_spans_that_the_own_ones_led_to_belong_to_a_trace() -> None:
    own = [line("a", None, 1.0)]
    others = [line("b", "a", 1.1), line("c", "b", 1.2), line("x", "y", 1.0)]
    assert [each.id for each in traces.belonging(own, others)] == ["b", "c"]


def test_a_trace_counts_failures_and_names_services() -> None:
    own = [line("a", None, 1.0, duration_ms=100.0), line("b", "a", 1.01, status=503)]
    found = traces.trace("f" * 32, own, [line("c", "a", 1.05, service="auth")], 3)
    assert (found.errors, found.services, found.truncated) == (1, ["auth", "s"], False)
    assert found.duration_ms == 100.0
    assert [(s.span_id, s.parent_id) for s in found.spans] == [
        ("a", None),
        ("b", "a"),
        ("c", "a"),
    ]
    assert found.spans[0].children == ["b", "c"]
    assert traces.trace("f" * 32, own, [], 2).truncated
