"""Any batch is taken apart, and any row becomes one line."""

import gzip
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import log_records
from contracts.infrastructure.database import Group
from contracts.operations.logs import ErrorGroup, Line, LogQuery

NOW = 1_790_000_000.0
SPAN = {
    "kind": "span",
    "time": NOW,
    "level": "info",
    "service": "faq-management",
    "message": "match 200",
    "tenant": "t1",
    "trace_id": "a" * 32,
    "span_id": "b" * 16,
    "parent_id": None,
    "operation": "match",
    "status": 200,
    "start": NOW - 0.05,
    "duration_ms": 50.0,
    "path": "/api/v1/faqs/match",
}
FAILURE = {"level": "error", "service": "s", "message": "no order 17 for 'Ann'"}


def accepted(row: dict[str, Any]) -> Line:
    return log_records.accept(row, NOW)


def test_an_array_and_lines_are_the_same_batch() -> None:
    rows = [SPAN, FAILURE]
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    as_lines = log_records.read(lines + b"\n\n", "application/x-ndjson")
    as_array = log_records.read(json.dumps(rows).encode(), "application/json")
    untold = log_records.read(lines)
    assert as_lines.rows == as_array.rows == untold.rows == rows
    assert log_records.read(gzip.compress(lines), "", "gzip").rows == rows


def test_a_bad_row_is_counted_and_the_others_are_taken() -> None:
    batch = log_records.read(
        b'{"a": 1}\nnonsense\n[2]\n{"b": 2}', "application/x-ndjson"
    )
    assert batch.rows == [{"a": 1}, {"b": 2}]
    assert batch.rejected == 2
    assert batch.faults == ["row 2: is not JSON", "row 3: is not a JSON object"]


@pytest.mark.parametrize("name", ["time", "timestamp"])
@pytest.mark.parametrize("moment", [NOW - 60, "2026-09-21T14:12:20+00:00"])
def test_a_line_is_of_the_moment_that_it_says(name: str, moment: object) -> None:
    line = accepted({"message": "m", name: moment})
    assert line.time == NOW - 60
    assert line.details == {}


@given(st.binary(max_size=200))
def test_whatever_says_that_it_is_protobuf_is_read_or_refused(body: bytes) -> None:
    with suppress(log_records.NotLines):
        assert log_records.read(body, log_records.PROTOBUF).protobuf


@pytest.mark.parametrize(
    ("body", "media_type", "encoding", "refusal"),
    [
        (b"nonsense", "application/json", "", log_records.NotLines),
        (b"\x0a\xff", "application/x-protobuf", "", log_records.NotLines),
        (b"[]", "application/json", "br", log_records.NotTaken),
        (b"[]", "application/json", "gzip", log_records.NotLines),
        (gzip.compress(b"[" + b" " * (5 << 20)), "", "gzip", log_records.TooMuch),
        (gzip.compress(b"{}\n") * 2, "", "gzip", log_records.NotLines),
        (json.dumps([{}] * 1001).encode(), "", "", log_records.TooMuch),
        (b'{"resourceLogs": [3]}', "application/json", "", log_records.NotLines),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(
    body: bytes, media_type: str, encoding: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        log_records.read(body, media_type, encoding)


def test_a_span_keeps_its_id_however_often_it_is_sent() -> None:
    line = accepted(SPAN)
    again = accepted(SPAN | {"message": "other"})
    assert line.id == again.id != accepted(SPAN | {"service": "x"}).id
    assert (line.kind, line.operation, line.status) == ("span", "match", 200)
    assert line.details == {"path": "/api/v1/faqs/match"}


def test_equal_lines_of_a_batch_are_all_kept_and_only_once_each() -> None:
    first = log_records.owned([FAILURE, FAILURE], "t1", "_platform", NOW)["t1"]
    again = log_records.owned([FAILURE, FAILURE], "t1", "_platform", NOW + 9)["t1"]
    assert len({line.id for line in first}) == 2
    assert {line.id for line in first} == {line.id for line in again}


def test_only_the_platform_says_whose_a_line_is() -> None:
    rows = [
        {"tenant": "t1"},
        {"tenant": None},
        {"tenant": "no name!"},
        {"tenant": "t2"},
    ]
    owned = log_records.owned(rows, "_platform", "_platform", NOW)
    assert {tenant: len(lines) for tenant, lines in owned.items()} == {
        "t1": 1,
        "_platform": 2,
        "t2": 1,
    }
    assert set(log_records.owned(rows, "t3", "_platform", NOW)) == {"t3"}


def test_nothing_secret_is_left_in_a_line() -> None:
    line = accepted(
        {
            "message": "card 4111 1111 1111 1111",
            "request_id": "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
            "trace_id": "password=hunter2",
            "exception": "Boom: password=hunter2",
            "body": {"password": "hunter2"},
        }
    )
    shown = line.model_dump_json()
    assert not [s for s in ("4111", "hunter2", "4eC39") if s in shown]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
NAMES = st.sampled_from(
    "time level service message tenant trace_id span_id parent_id request_id kind "
    "operation status start duration_ms exception other".split()
)


@given(st.dictionaries(NAMES, JSON), st.booleans())
def test_any_row_becomes_a_line_that_can_be_stored(
    row: dict[str, Any], is_span: bool
) -> None:
    line = accepted(row | ({"kind": "span"} if is_span else {}))
    text = json.dumps(line.model_dump(), allow_nan=False)
    text.encode()
    assert "\\u0000" not in text
    assert 0 < line.time <= NOW + 300


def test_long_text_and_wide_details_are_cut() -> None:
    line = accepted({"message": "x" * 10**6, "many": list(range(10**4))})
    assert len(line.model_dump_json()) < 20_000


def test_errors_that_differ_in_what_varies_are_one() -> None:
    same = accepted(FAILURE | {"message": 'no order 99 for "Bob"'})
    other = accepted(FAILURE | {"message": "no invoice 17 for 'Ann'"})
    assert accepted(FAILURE).fingerprint == same.fingerprint != other.fingerprint
    assert accepted(FAILURE | {"level": "warning"}).fingerprint is None


def test_a_traceback_is_known_by_where_it_came_from_not_by_its_lines() -> None:
    def trace(line: int, where: str) -> str:
        return f'  File "/a/app.py", line {line}, in {where}\nValueError: bad {line}'

    prints = [
        log_records.fingerprint("s", "m", trace(*at))
        for at in ((1, "pay"), (2, "pay"), (1, "ship"))
    ]
    assert prints[0] == prints[1] != prints[2]


def test_a_resolved_error_that_recurs_is_open_again() -> None:
    line = accepted(FAILURE)
    ((group, version),) = log_records.tally([line], [], {})
    assert (group.count, version) == (1, 0)
    known: dict[str, tuple[ErrorGroup | None, int]] = {
        group.id: (log_records.changed(group, "resolved"), 7)
    }
    ((back, at),) = log_records.tally([line, line], [], known)
    assert (back.state, back.regressed, back.count, at) == ("open", True, 3, 7)
    known = {group.id: (log_records.changed(group, "ignored"), 7)}
    assert log_records.tally([line], [], known)[0][0].state == "ignored"
    assert log_records.tally([line], [line], known) == []


def test_levels_are_asked_for_from_one_upwards() -> None:
    found = log_records.matching(LogQuery(level="warning", text="x"))
    assert found["level"] == {"in": ["warning", "error", "critical"]}
    assert found["message"] == {"icontains": "x"}


def test_a_segment_is_full_after_2000_lines_or_an_hour() -> None:
    segments = log_records.Segments()
    first, is_new = segments.add("t", 1500, NOW)
    assert is_new
    assert segments.add("t", 500, NOW + 1) == (first, False)
    second, is_new = segments.add("t", 1, NOW + 2)
    assert is_new
    assert second > first
    assert segments.add("t", 1, NOW + 4000)[1]


@given(st.lists(st.integers(0, 100), max_size=12), st.integers(0, 600))
def test_the_oldest_segments_go_until_the_rest_has_room(
    sizes: list[int], room: int
) -> None:
    groups = [
        Group(keys=[f"{n:02}"], measures={"bytes": s}) for n, s in enumerate(sizes)
    ]
    gone = log_records.surplus(reversed(groups), room)
    assert gone == [f"{n:02}" for n in range(len(gone))]
    left = sizes[len(gone) :]
    assert sum(left) <= room or len(left) == 1
    if gone:
        assert sum(sizes[len(gone) - 1 :]) > room


def test_what_goes_out_as_otlp_comes_in_as_the_same_lines() -> None:
    lines = [accepted(SPAN), accepted(FAILURE | {"time": NOW, "extra": [1, True, 1.5]})]
    sent = log_records.to_otlp(("t1", line) for line in lines)
    assert {path: held for path, (_, held) in sent.items()} == {
        "/v1/logs": 1,
        "/v1/traces": 1,
    }
    rows = [row for body, _ in sent.values() for row in log_records.from_otlp(body)]
    back = log_records.owned(rows, "_platform", "_platform", NOW)["t1"]
    log, span = back
    assert (span.id, span.status, span.operation) == (lines[0].id, 200, "match")
    assert span.duration_ms == pytest.approx(50.0, abs=0.01)
    assert (log.level, log.message) == ("error", FAILURE["message"])
    assert log.details == {"extra": [1, True, 1.5]}
    assert log.fingerprint == lines[1].fingerprint
