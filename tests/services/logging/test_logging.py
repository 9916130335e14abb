"""What is sent is kept once, redacted, under its tenant, and found again."""

import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from chassis.testing import Mesh, until
from contracts.assistant.events import ConversationRemoved

LOGS = "/api/v1/logs"
AGENT: dict[str, Any] = {"tenant": "_platform", "roles": ("service",)}
Row = dict[str, Any]


def row(tenant: str | None, **more: Any) -> Row:
    told = {"time": time.time(), "level": "info", "service": "s", "message": "hello"}
    return told | {"tenant": tenant} | more


def span(trace: str, tenant: str | None, parent: str | None = None, **more: Any) -> Row:
    told = {"kind": "span", "operation": "work", "status": 200, "duration_ms": 10.0}
    ids = {"trace_id": trace, "span_id": secrets.token_hex(8), "parent_id": parent}
    return row(tenant, **({"start": time.time()} | told | ids | more))


def ship(mesh: Mesh, *rows: Row) -> Row:
    """Send as the log agent does."""
    body = "".join(json.dumps(each) + "\n" for each in rows)
    kind = {"Content-Type": "application/x-ndjson"}
    answer = mesh.post(LOGS, content=body, headers=kind, **AGENT)
    assert answer.status_code == 200, answer.text
    return answer.json()


def messages(mesh: Mesh, **params: Any) -> list[str]:
    answer = mesh.get(LOGS, params=params)
    assert answer.status_code == 200, answer.text
    return [item["message"] for item in answer.json()["items"]]


def errors(mesh: Mesh, **params: Any) -> list[Row]:
    return mesh.get("/api/v1/errors", params=params).json()["items"]


def test_each_line_is_kept_under_its_own_tenant(mesh: Mesh) -> None:
    other = f"{mesh.tenant}-other"
    mine, theirs = row(mesh.tenant, message="mine"), row(other, message="theirs")
    assert ship(mesh, mine, theirs, row(None))["accepted"] == 3
    assert messages(mesh) == ["mine"]
    answer = mesh.get(LOGS, tenant=other)
    assert [item["message"] for item in answer.json()["items"]] == ["theirs"]


def test_a_batch_sent_again_leaves_no_duplicates_and_counts_nothing_twice(
    mesh: Mesh,
) -> None:
    trace = secrets.token_hex(16)
    batch = [
        span(trace, mesh.tenant),
        row(mesh.tenant, level="error", message="broken"),
        row(mesh.tenant, message="hello"),
    ]
    ship(mesh, *batch)
    ship(mesh, *batch)
    assert len(messages(mesh)) == 3
    assert len(mesh.get(f"/api/v1/traces/{trace}").json()["spans"]) == 1
    assert [group["count"] for group in errors(mesh)] == [1]


def test_lines_are_found_by_level_service_trace_text_and_time(mesh: Mesh) -> None:
    now, trace = time.time(), secrets.token_hex(16)
    ship(
        mesh,
        row(mesh.tenant, message="old", time=now - 100),
        row(mesh.tenant, message="bad.thing", level="error", time=now - 50),
        row(mesh.tenant, message="traced", trace_id=trace, time=now - 40),
        row(mesh.tenant, message="elsewhere", service="x", time=now - 30),
    )
    assert messages(mesh) == ["elsewhere", "traced", "bad.thing", "old"]
    assert messages(mesh, level="warning") == ["bad.thing"]
    assert messages(mesh, service="x") == ["elsewhere"]
    assert messages(mesh, trace=trace) == ["traced"]
    assert messages(mesh, text="d.t") == ["bad.thing"]
    assert messages(mesh, text="BAD.Thing") == ["bad.thing"]
    # A long one is looked for as long as the deadline is, where a line repeats itself.
    assert mesh.get("/api/v1/logs", params={"text": "x" * 201}).status_code == 400
    assert messages(mesh, since=now - 60, until=now - 35) == ["traced", "bad.thing"]


def test_lists_are_paged(mesh: Mesh) -> None:
    ship(mesh, *(row(mesh.tenant, message=str(n), time=1e9 + n) for n in range(5)))
    first = mesh.get(LOGS, params={"limit": 3}).json()
    rest = mesh.get(LOGS, params={"limit": 3, "cursor": first["cursor"]}).json()
    found = [item["message"] for item in first["items"] + rest["items"]]
    assert found == ["4", "3", "2", "1", "0"]
    assert rest["cursor"] is None


def test_secrets_are_not_kept_anywhere(mesh: Mesh) -> None:
    told = {"message": "card 4111 1111 1111 1111", "headers": {"Cookie": "c00kie"}}
    ship(
        mesh,
        row(mesh.tenant, level="error", exception="E: password=hunter2", **told),
    )
    found = mesh.get(LOGS).text + mesh.get("/api/v1/errors").text
    sent = "".join(
        call.request.content.decode()
        for call in mesh.calls("database-operations", "transact")
    )
    for secret in ("4111", "hunter2", "c00kie"):
        assert secret not in found
        assert secret not in sent


def test_the_spans_of_a_request_that_was_just_answered_are_waited_for(
    mesh: Mesh,
) -> None:
    trace = secrets.token_hex(16)
    root = span(trace, mesh.tenant, service="gateway")
    ship(mesh, span(trace, mesh.tenant, root["span_id"]))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(mesh.get, f"/api/v1/traces/{trace}")
        until(lambda: len(mesh.calls("database-operations", "query")) > 1)
        ship(mesh, root)
        found = asked.result(10).json()["spans"]
    assert len(found) == 2


def test_an_old_trace_without_its_root_is_what_it_is(mesh: Mesh) -> None:
    trace, then = secrets.token_hex(16), time.time() - 60
    parent = secrets.token_hex(8)
    ship(mesh, span(trace, mesh.tenant, parent, start=then, time=then))
    before = len(mesh.calls("database-operations", "query"))
    assert len(mesh.get(f"/api/v1/traces/{trace}").json()["spans"]) == 1
    assert len(mesh.calls("database-operations", "query")) == before + 2


def test_a_trace_is_a_tree_with_its_critical_path(mesh: Mesh) -> None:
    trace, now = secrets.token_hex(16), time.time()
    root = span(trace, mesh.tenant, start=now, duration_ms=100.0, service="gateway")
    child = span(
        trace, mesh.tenant, root["span_id"], start=now + 0.01, duration_ms=80.0
    )
    ship(mesh, child, root)
    found = mesh.get(f"/api/v1/traces/{trace}").json()
    assert found["critical_path"] == [root["span_id"], child["span_id"]]
    first, second = found["spans"]
    assert first["parent_id"] is None
    assert first["children"] == [second["span_id"]]
    assert (second["parent_id"], second["depth"]) == (root["span_id"], 1)
    for name in ("span_id", "service", "operation", "start", "duration_ms", "status"):
        assert first[name] == root[name]


def test_a_trace_shows_what_it_led_to_without_a_tenant_and_no_other_tenants(
    mesh: Mesh,
) -> None:
    trace = secrets.token_hex(16)
    root = span(trace, mesh.tenant)
    lookup = span(trace, None, root["span_id"], service="authentication")
    stray = span(trace, None, secrets.token_hex(8))
    theirs = span(trace, f"{mesh.tenant}-other", root["span_id"])
    ship(mesh, root, lookup, stray, theirs)
    found = mesh.get(f"/api/v1/traces/{trace}").json()["spans"]
    assert {each["span_id"] for each in found} == {root["span_id"], lookup["span_id"]}
    assert mesh.get(f"/api/v1/traces/{'0' * 32}").status_code == 404


def test_only_staff_reads(mesh: Mesh) -> None:
    ship(mesh, row(mesh.tenant))
    for path in (LOGS, f"/api/v1/traces/{'0' * 32}", "/api/v1/errors"):
        assert mesh.get(path, roles=("customer",)).status_code == 403
        assert mesh.get(path, tenant=None).status_code == 401
    other = {"tenant": f"{mesh.tenant}-other"}
    assert mesh.get(LOGS, params=other).status_code == 403
    theirs = mesh.get(LOGS, params={"tenant": mesh.tenant}, tenant="_platform")
    assert [item["message"] for item in theirs.json()["items"]] == ["hello"]


def test_a_tenant_can_only_send_its_own_lines(mesh: Mesh) -> None:
    sent = [row("somebody-else", message="forged")]
    assert mesh.post(LOGS, json=sent, roles=("agent",)).status_code == 403
    assert mesh.post(LOGS, json=sent).json()["accepted"] == 1
    assert messages(mesh) == ["forged"]


def test_otlp_is_taken(mesh: Mesh) -> None:
    trace, now = secrets.token_hex(16), time.time_ns()
    name = {"key": "service.name", "value": {"stringValue": "checkout"}}
    resource = {"attributes": [name]}
    spans = [
        {
            "traceId": trace,
            "spanId": "c" * 16,
            "name": "GET /cart",
            "startTimeUnixNano": str(now - 10**9),
            "endTimeUnixNano": str(now),
            "status": {"code": 2},
        }
    ]
    scoped = [{"resource": resource, "scopeSpans": [{"spans": spans}]}]
    answer = mesh.post(LOGS, json={"resourceSpans": scoped})
    assert answer.json()["partialSuccess"] == {}
    (found,) = mesh.get(f"/api/v1/traces/{trace}").json()["spans"]
    assert (found["service"], found["operation"]) == ("checkout", "GET /cart")
    assert (found["duration_ms"], found["status"]) == (pytest.approx(1000), "error")


def protobuf(mesh: Mesh, request: Any) -> None:
    kind = {"Content-Type": "application/x-protobuf"}
    answer = mesh.post(LOGS, content=request.SerializeToString(), headers=kind)
    assert (answer.status_code, answer.content) == (200, b""), answer.text
    assert answer.headers["content-type"] == kind["Content-Type"]


def test_spans_are_taken_as_protobuf(mesh: Mesh) -> None:
    trace, now = secrets.token_bytes(16), time.time_ns()
    request = trace_service_pb2.ExportTraceServiceRequest()
    spans = request.resource_spans.add().scope_spans.add().spans
    times = {"start_time_unix_nano": now - 10**9, "end_time_unix_nano": now}
    root = spans.add(trace_id=trace, span_id=b"r" * 8, name="GET /cart", **times)
    spans.add(
        trace_id=trace, span_id=b"c" * 8, parent_span_id=root.span_id, name="SELECT"
    )
    protobuf(mesh, request)
    found = mesh.get(f"/api/v1/traces/{trace.hex()}").json()["spans"]
    told = {span["operation"]: span for span in found}
    assert told["SELECT"]["parent_id"] == told["GET /cart"]["span_id"]
    assert told["GET /cart"]["duration_ms"] == pytest.approx(1000)


def test_log_records_are_taken_as_protobuf(mesh: Mesh) -> None:
    trace = secrets.token_bytes(16)
    request = logs_service_pb2.ExportLogsServiceRequest()
    records = request.resource_logs.add().scope_logs.add().log_records
    record = records.add(trace_id=trace, time_unix_nano=time.time_ns())
    record.body.string_value = "sold out"
    record.severity_number = 17
    protobuf(mesh, request)
    (line,) = mesh.get(LOGS, params={"trace": trace.hex()}).json()["items"]
    assert (line["message"], line["level"]) == ("sold out", "error")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"nonsense", "application/json", 422),
        (b"\x00", "application/x-protobuf", 422),
        (b" " * (5 << 20), "application/json", 413),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused(
    mesh: Mesh, content: bytes, kind: str, status: int
) -> None:
    answer = mesh.post(LOGS, content=content, headers={"Content-Type": kind})
    assert answer.status_code == status


def test_errors_are_grouped_resolved_and_reopened(mesh: Mesh) -> None:
    for number in (17, 18):
        ship(mesh, row(mesh.tenant, level="error", message=f"order {number} is lost"))
    ship(mesh, row(mesh.tenant, level="error", message="no paper", service="printer"))
    latest, lost = errors(mesh)
    assert (lost["count"], lost["state"], latest["service"]) == (2, "open", "printer")
    assert lost["first_seen"] < lost["last_seen"]
    assert lost["sample"]["message"] == "order 18 is lost"
    place = f"/api/v1/errors/{lost['id']}"
    assert mesh.patch(place, json={"state": "resolved"}).json()["state"] == "resolved"
    assert [group["id"] for group in errors(mesh, state="resolved")] == [lost["id"]]
    ship(mesh, row(mesh.tenant, level="error", message="order 19 is lost"))
    again = mesh.get(place).json()
    assert (again["count"], again["state"], again["regressed"]) == (3, "open", True)


def test_an_ignored_error_stays_ignored(mesh: Mesh) -> None:
    ship(mesh, row(mesh.tenant, level="error", message="flaky"))
    (group,) = errors(mesh)
    place = f"/api/v1/errors/{group['id']}"
    version = mesh.get(place).headers["ETag"]
    ignored = {"json": {"state": "ignored"}, "headers": {"If-Match": version}}
    assert mesh.patch(place, **ignored).status_code == 200
    assert mesh.patch(place, **ignored).status_code == 412
    ship(mesh, row(mesh.tenant, level="error", message="flaky"))
    after = mesh.get(place).json()
    assert (after["state"], after["count"]) == ("ignored", 2)
    assert mesh.patch(place, json={"state": "gone"}).status_code == 422


def test_a_record_goes_with_its_conversation(mesh: Mesh) -> None:
    said = {"user_message": "where do I park?"}
    for run, conversation in (("run-1", "c1"), ("run-2", "c2"), ("run-3", None)):
        record = said | {"pipeline_id": run, "conversation_id": conversation}
        assert mesh.post("/api/v1/pipeline-logs", json=record).status_code == 201
    mesh.deliver(ConversationRemoved(conversation_id="c1"))
    left = mesh.get("/api/v1/pipeline-logs").json()["items"]
    assert {each["pipeline_id"] for each in left} == {"run-2", "run-3"}


def test_a_record_that_need_not_be_stored_at_once_is_found_at_once(mesh: Mesh) -> None:
    said = {"user_message": "my card is 4111111111111111", "soon": True}
    for run in ("run-1", "run-2"):
        about = {"pipeline_id": run, "conversation_id": run}
        made = mesh.post("/api/v1/pipeline-logs", json=said | about)
        assert made.status_code == 202
    found = mesh.get(made.headers["location"]).json()
    assert found["user_message"] == "my card is [redacted card]"
    mesh.deliver(ConversationRemoved(conversation_id="run-2"))
    listed = until(lambda: mesh.get("/api/v1/pipeline-logs").json()["items"])
    assert [each["pipeline_id"] for each in listed] == ["run-1"]
    assert mesh.get("/api/v1/pipeline-logs/run-2").status_code == 404


def test_a_pipelines_record_is_kept_redacted(mesh: Mesh) -> None:
    record = {
        "pipeline_id": "run-1",
        "conversation_id": "c1",
        "user_message": "my card is 4111111111111111",
        "analysis": {"word_count": 4},
        "final_response": {"answer": "ok", "token": "abc"},
        "execution_time_ms": 41.5,
        "status": "SUCCEEDED",
    }
    made = mesh.post("/api/v1/pipeline-logs", json=record, roles=("customer",))
    assert made.status_code == 201
    place = "/api/v1/pipeline-logs/run-1"
    assert made.headers["location"] == place
    found = mesh.get(place).json()
    assert found.pop("timestamp")
    assert found == record | {
        "user_message": "my card is [redacted card]",
        "final_response": {"answer": "ok", "token": "[redacted]"},
    }
    listed = mesh.get("/api/v1/pipeline-logs").json()["items"]
    assert [each["pipeline_id"] for each in listed] == ["run-1"]
    assert mesh.get(place, roles=("customer",)).status_code == 403
    assert mesh.get(place, tenant=f"{mesh.tenant}-other").status_code == 404


def test_a_pipelines_duration_is_the_time_since_its_start(mesh: Mesh) -> None:
    began = (datetime.now(UTC) - timedelta(seconds=2)).isoformat()
    record = {"pipeline_id": "r", "user_message": "", "started_at": began}
    made = mesh.post("/api/v1/pipeline-logs", json=record).json()
    assert 2000 <= made["execution_time_ms"] < 60_000


def test_ingest_writes_no_access_lines_here_nor_where_it_calls(
    mesh: Mesh, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "chassis.span"):
        ship(mesh, row(mesh.tenant))
        assert [r for r in caplog.records if r.name == "chassis.span"] == []
        messages(mesh)
    spans = [r.operation for r in caplog.records if r.name == "chassis.span"]
    assert sorted(spans) == ["list_logs", "query"]


def test_the_oldest_lines_make_room_for_new_ones(mesh: Mesh) -> None:
    filler = "words " * 60
    for batch in range(8):
        ship(
            mesh,
            *(row(mesh.tenant, message=f"{batch} {n} {filler}") for n in range(1000)),
        )
    newest = messages(mesh, limit=1)[0]
    assert newest.startswith("7 ")
    assert messages(mesh, text="0 0 words") == []
    assert messages(mesh, text="7 0 words") != []


def test_while_the_database_is_away_nothing_is_acknowledged() -> None:
    from chassis import Unavailable, testing
    from services.operations.logging.app import app

    away = {"transact": Unavailable("down")}
    with testing.mesh(app, upstreams={"database-operations": away}) as alone:
        answer = alone.post(LOGS, json=[row(None)])
    assert answer.status_code == 424


AGENTS = f"{LOGS}/agents"
POD = "s-1_filigree-operations_s-" + "b" * 64
KEY = "of the agents"


def agent_ships(mesh: Mesh, *rows: Row, key: str = KEY) -> int:
    """As Fluent Bit sends what it has read: its own wrapping, and no signed context."""
    told = {"date": time.time(), "stream": "stdout", "_p": "F"}
    file = {"file": f"/var/log/containers/{POD}.log"}
    wrapped = (told | {"log": json.dumps(each)} | file for each in rows)
    body = "".join(json.dumps(each) + "\n" for each in wrapped)
    headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {key}"}
    return mesh.post(AGENTS, content=body, headers=headers, tenant=None).status_code


def test_what_an_agent_read_is_kept_under_its_tenant_once(mesh: Mesh) -> None:
    given = row("shipped", message="from a pod"), row(None, message="nobody's")
    assert agent_ships(mesh, *given) == agent_ships(mesh, *given) == 204
    found = mesh.get(LOGS, params={"tenant": "shipped"}, **AGENT).json()["items"]
    assert [each["message"] for each in found] == ["from a pod"]
    assert found[0]["details"]["pod"] == "s-1"


@pytest.mark.parametrize("key", ["", "another"])
def test_no_other_key_is_an_agents(mesh: Mesh, key: str) -> None:
    assert agent_ships(mesh, row("refused"), key=key) == 401
    found = mesh.get(LOGS, params={"tenant": "refused"}, **AGENT).json()["items"]
    assert found == []


def test_an_agents_key_opens_nothing_else(mesh: Mesh) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    assert mesh.get(LOGS, headers=headers, tenant=None).status_code == 401
    body = json.dumps(row("refused"))
    answer = mesh.post(LOGS, content=body, headers=headers, tenant=None)
    assert answer.status_code == 401
