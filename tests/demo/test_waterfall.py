"""A trace is drawn whole and within its width, whatever its spans say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from filigree.demo import trace_tree
from filigree.demo.waterfall import MAX_ROWS, duration, waterfall

Row = dict[str, Any]
BEGAN = 1_790_000_000.0


def span(
    id: str,
    parent: str | None,
    start_ms: float,
    duration_ms: float,
    status: int | str = 200,
    operation: str = "work",
) -> Row:
    return {
        "span_id": id,
        "parent_id": parent,
        "service": f"svc-{id}",
        "operation": operation,
        "start": BEGAN + start_ms / 1000,
        "duration_ms": duration_ms,
        "status": status,
    }


CHAT = [
    span("root", None, 0, 100),
    span("first", "root", 5, 30),
    span("slow", "root", 36, 60),
    span("quick", "root", 36, 20, 503),
    span("inner", "slow", 40, 50),
]


def line_of(drawing: str, id: str) -> str:
    (line,) = [line for line in drawing.splitlines() if f"svc-{id} " in line]
    return line


def bar(line: str) -> tuple[int, int]:
    """First and last column of a row's bar."""
    at = [column for column, sign in enumerate(line) if sign in "█░"]
    return at[0], at[-1]


def by_id(rows: list[Row]) -> dict[str, trace_tree.Span]:
    return {span.id: span for span in trace_tree.spans(rows)}


def critical(rows: list[Row]) -> set[str]:
    return {id for id, span in by_id(rows).items() if span.is_critical}


def test_no_spans_are_said_to_be_none() -> None:
    assert waterfall([], 80) == "no spans"


def test_children_stand_below_their_parent_and_further_in() -> None:
    drawing = waterfall(CHAT, 100)
    order = [line.split()[0] for line in drawing.splitlines()[1:-1]]
    assert order == ["svc-root", "svc-first", "svc-slow", "svc-inner", "svc-quick"]
    indents = [len(line) - len(line.lstrip()) for line in drawing.splitlines()[1:-1]]
    assert indents == [0, 2, 2, 4, 2]


def test_bars_are_to_scale() -> None:
    drawing = waterfall(CHAT, 130)
    root, slow = bar(line_of(drawing, "root")), bar(line_of(drawing, "slow"))
    length = root[1] - root[0] + 1
    assert slow[0] - root[0] == pytest.approx(0.36 * length, abs=1)
    assert slow[1] - slow[0] + 1 == pytest.approx(0.60 * length, abs=1)


def test_the_headline_says_time_spans_and_failures() -> None:
    assert waterfall(CHAT, 80).splitlines()[0] == "100 ms, 5 spans, 1 failed"


def test_the_critical_path_is_what_the_answer_waited_for() -> None:
    assert critical(CHAT) == {"root", "first", "slow", "inner"}


def test_critical_bars_are_solid_and_others_light() -> None:
    drawing = waterfall(CHAT, 100)
    assert "█" in line_of(drawing, "slow")
    assert "░" not in line_of(drawing, "slow")
    assert "░" in line_of(drawing, "quick")
    assert "█" not in line_of(drawing, "quick")


def test_work_after_the_answer_is_not_on_the_critical_path() -> None:
    rows = [*CHAT, span("event", "root", 90, 400)]
    assert "event" not in critical(rows)
    assert by_id(rows)["event"].start == pytest.approx(0.09, abs=1e-5)


@pytest.mark.parametrize("status", [500, 424, "error", "503"])
def test_a_failure_is_marked_with_its_status(status: int | str) -> None:
    drawing = waterfall([span("root", None, 0, 10, status)], 80)
    assert f"✗{status}" in line_of(drawing, "root")


@pytest.mark.parametrize("status", [200, 304, 404, "409", "ok", "OK", "unset", "204"])
def test_a_success_is_not_marked_nor_an_answer_that_says_no(status: int | str) -> None:
    assert "✗" not in waterfall([span("root", None, 0, 10, status)], 80)


def test_a_span_that_began_before_its_caller_is_moved_into_it_and_marked() -> None:
    rows = [span("root", None, 0, 100), span("early", "root", -5000, 20)]
    early, root = by_id(rows)["early"], by_id(rows)["root"]
    assert early.is_shifted
    assert root.start <= early.start
    assert early.end <= root.end
    assert line_of(waterfall(rows, 80), "early").endswith("~")


def test_a_wrong_clock_does_not_move_calls_to_right_ones() -> None:
    rows = [
        span("root", None, 0, 100),
        span("wrong", "root", -5000, 60),
        span("right", "wrong", 40, 10),
    ]
    spans = by_id(rows)
    assert not spans["right"].is_shifted
    assert spans["right"].start == pytest.approx(spans["root"].start + 0.04, abs=1e-5)


def test_a_whole_service_with_a_wrong_clock_moves_together() -> None:
    rows = [
        span("root", None, 0, 100),
        span("wrong", "root", -5000, 60),
        span("inner", "wrong", -4990, 10),
    ]
    spans = by_id(rows)
    assert spans["inner"].start - spans["wrong"].start == pytest.approx(0.01, abs=1e-5)


def test_clocks_that_differ_by_a_rounding_are_not_marked() -> None:
    rows = [span("root", None, 0, 100), span("near", "root", -0.4, 20)]
    near, root = by_id(rows)["near"], by_id(rows)["root"]
    assert not near.is_shifted
    assert near.start == root.start


def test_an_orphan_is_drawn_and_marked() -> None:
    drawing = waterfall([*CHAT, span("lost", "gone", 50, 10)], 100)
    assert line_of(drawing, "lost").endswith("?")
    assert "parent missing" in drawing


def test_a_circle_of_parents_is_drawn_once_each() -> None:
    rows = [span("a", "b", 0, 10), span("b", "a", 1, 5), span("self", "self", 2, 1)]
    drawing = waterfall(rows, 80)
    assert all(line_of(drawing, id) for id in ("a", "b", "self"))


def test_a_span_given_twice_is_drawn_once() -> None:
    assert waterfall([*CHAT, *CHAT], 100) == waterfall(CHAT, 100)


def test_of_many_spans_failures_and_the_critical_path_are_kept() -> None:
    many = [span(f"n{i}", "root", 10, 1) for i in range(3000)]
    drawing = waterfall([*CHAT, *many, span("bad", "root", 10, 0.1, 500)], 100)
    assert len(drawing.splitlines()) == MAX_ROWS + 3
    assert f"{3006 - MAX_ROWS} shorter spans are not shown" in drawing
    assert all(line_of(drawing, id) for id in ("bad", "first", "inner", "quick"))


def test_a_very_deep_chain_is_drawn() -> None:
    chain = [span("0", None, 0, 5000)]
    chain += [span(str(i), str(i - 1), i, 5000 - 2 * i) for i in range(1, 2000)]
    drawing = waterfall(chain, 80)
    assert max(map(cell_len, drawing.splitlines())) <= 80
    assert " +199 svc-199 " in drawing


def test_without_room_for_bars_the_critical_path_is_still_told() -> None:
    drawing = waterfall(CHAT, 24)
    assert drawing.count("█") == len(critical(CHAT)) + 1  # one is in the legend
    assert "60 ms" in drawing


def test_too_narrow_a_terminal_is_refused() -> None:
    with pytest.raises(ValueError, match="24 columns"):
        waterfall(CHAT, 23)


def test_a_span_without_a_start_is_refused_by_name() -> None:
    lacking = {key: value for key, value in CHAT[0].items() if key != "start"}
    with pytest.raises(KeyError, match="start"):
        waterfall([lacking], 80)


@pytest.mark.parametrize("time", [float("nan"), float("inf")])
def test_a_time_that_is_no_number_is_refused(time: float) -> None:
    with pytest.raises(ValueError, match="time"):
        waterfall([{**CHAT[0], "start": time}], 80)


def test_control_sequences_do_not_reach_the_terminal() -> None:
    drawing = waterfall([span("x", None, 0, 1, operation="\x1b[2J\n\r\u202egone")], 80)
    assert all(sign.isprintable() for sign in drawing.replace("\n", ""))
    assert len(drawing.splitlines()) == 3


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "0.0 ms"),
        (9.96, "10 ms"),
        (184.4, "184 ms"),
        (29_500, "29.5 s"),
        (1_800_000, "1800 s"),
        (999_999_499, "999999 s"),
        (999_999_500, "12 d"),
        (1e15, "for ever"),
    ],
)
def test_durations_are_said_in_eight_columns(ms: float, said: str) -> None:
    assert duration(ms) == said
    assert len(said) <= 8


ROWS = st.lists(
    st.builds(
        lambda id, parent, start, duration, status, operation: span(
            str(id), parent and str(parent), start, duration, status, operation
        ),
        st.integers(0, 30),
        st.none() | st.integers(0, 30),
        st.floats(-1e4, 1e4),
        st.floats(-1, 1e300),
        st.sampled_from([200, 404, 503, "ok", "error"]),
        st.text(max_size=30),
    ),
    max_size=40,
)


@given(ROWS, st.integers(24, 160))
def test_every_span_has_one_line_and_no_line_is_too_wide(
    rows: list[Row], width: int
) -> None:
    lines = waterfall(rows, width).splitlines()
    assert max(map(cell_len, lines)) <= width
    if rows:
        assert len(lines) == len({row["span_id"] for row in rows}) + 2


@given(ROWS)
def test_no_span_begins_before_its_caller(rows: list[Row]) -> None:
    for parent in trace_tree.spans(rows):
        assert all(child.start >= parent.start for child in parent.children)


@given(ROWS)
def test_the_critical_path_is_connected_and_has_one_root(rows: list[Row]) -> None:
    spans = trace_tree.spans(rows)
    assert sum(span.is_critical and not span.depth for span in spans) == bool(spans)
    for parent in spans:
        assert parent.is_critical or not any(c.is_critical for c in parent.children)
