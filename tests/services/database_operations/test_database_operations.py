"""What callers see of database-operations: statuses, versions, grants, deadlines."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import nats as nats_client
import pytest

import chassis
from docstore import testing as engines

GRANTS = json.loads(files("contracts").joinpath("grants.json").read_text())
DOCUMENT = "/api/v1/collections/faqs/documents/{}"


@pytest.fixture(autouse=True)
def own_tenant(mesh: Any) -> None:
    mesh.tenant = f"t-{uuid.uuid4().hex[:12]}"


def put(mesh: Any, id: str, body: dict[str, Any], **more: Any) -> Any:
    headers = more.pop("headers", None)
    json = {"body": body, **more}
    return mesh.put(DOCUMENT.format(id), json=json, headers=headers)


def granted(kind: str) -> tuple[str, str, str]:
    """A service, a collection that it may write, and the first of its *kind*."""
    return next(
        (name, grant["write"][0], grant[kind][0])
        for name, grant in GRANTS.items()
        if grant[kind] and grant["write"]
    )


def change(collection: str, id: str = "a") -> dict[str, Any]:
    return {"op": "put", "collection": collection, "id": id, "document": {"body": {}}}


def as_service(name: str, tenant: str) -> dict[str, Any]:
    token = chassis.mint(chassis.Context(tenant, None, ("service",), name))
    return {"tenant": None, "headers": {"X-Internal-Token": token}}


def until(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("not in time")


def test_a_document_is_created_read_changed_and_deleted_by_its_version(
    mesh: Any,
) -> None:
    create = {"If-None-Match": "*"}
    made = put(mesh, "a", {"x": 1}, headers=create).json()
    read = mesh.get(DOCUMENT.format("a"))
    assert read.json() == {"id": "a", "version": made["version"], "body": {"x": 1}}
    assert read.headers["etag"] == f'"{made["version"]}"'
    assert put(mesh, "a", {"x": 2}, headers=create).status_code == 412
    right, wrong = (
        {"If-Match": read.headers["etag"]},
        {"If-Match": f'"{made["version"] + 9}"'},
    )
    patch = {"json": {"body": {"y": 2}}}
    stale = mesh.patch(DOCUMENT.format("a"), headers=wrong, **patch)
    assert (stale.status_code, stale.json()["error"]) == (412, "validation_error")
    assert mesh.patch(DOCUMENT.format("a"), headers=right, **patch).status_code == 200
    assert mesh.get(DOCUMENT.format("a")).json()["body"] == {"x": 1, "y": 2}
    assert mesh.delete(DOCUMENT.format("a"), headers=right).status_code == 412
    assert mesh.delete(DOCUMENT.format("a")).status_code == 204
    assert mesh.get(DOCUMENT.format("a")).status_code == 404
    assert mesh.patch(DOCUMENT.format("a"), **patch).status_code == 404


def test_an_id_may_hold_any_character(mesh: Any) -> None:
    for id in ("a%2Fb", "a%20b%3Fc", "%C3%A9"):
        assert put(mesh, id, {}).status_code == 200
        assert mesh.get(DOCUMENT.format(id)).status_code == 200
    page = mesh.post("/api/v1/collections/faqs/query", json={}).json()
    assert [item["id"] for item in page["items"]] == ["a b?c", "a/b", "é"]


def test_nothing_of_another_tenant_is_there(mesh: Any) -> None:
    put(mesh, "a", {"x": 1})
    assert mesh.get(DOCUMENT.format("a"), tenant="another").status_code == 404
    page = mesh.post("/api/v1/collections/faqs/query", json={}, tenant="another")
    assert page.json()["items"] == []
    assert mesh.get(DOCUMENT.format("a"), tenant=None).status_code == 401


def test_a_taken_key_is_a_conflict(mesh: Any) -> None:
    assert put(mesh, "a", {}, unique=["k"]).status_code == 200
    assert put(mesh, "b", {}, unique=["k"]).status_code == 409


@pytest.mark.parametrize(
    ("status", "verb", "asked", "said"),
    [
        (400, "query", {"filter": {"any": [{"a": {"like": 1}}]}}, "any[0].a.like"),
        (400, "query", {"cursor": "nonsense"}, "cursor"),
        (400, "query", {"sort": [{"path": ""}]}, "path"),
        (400, "search", {"space": "s"}, "text"),
        (400, "search", {"vector": "?"}, "vector"),
        (400, "explain", {"filter": {"not": 1}}, "not"),
        (422, "query", {"limit": 0}, "limit"),
        (422, "query", {"filters": {}}, "filters"),
        (422, "search", {"text": 1}, "text"),
    ],
)
def test_a_bad_question_is_refused_with_its_place(
    mesh: Any, status: int, verb: str, asked: dict[str, Any], said: str
) -> None:
    answer = mesh.post(f"/api/v1/collections/faqs/{verb}", json=asked)
    assert answer.status_code == status
    assert said in answer.text


def test_a_repeated_key_gets_the_first_answer(mesh: Any) -> None:
    key = {"Idempotency-Key": "w1"}
    first = put(mesh, "a", {"x": 1}, headers=key)
    assert put(mesh, "a", {"x": 1}, headers=key).json() == first.json()
    other = put(mesh, "a", {"x": 2}, headers=key)
    assert (other.status_code, other.json()["error"]) == (409, "validation_error")
    assert mesh.get(DOCUMENT.format("a")).json()["version"] == first.json()["version"]


def test_a_search_finds_by_words_and_says_how_rare_they_are(mesh: Any) -> None:
    for id, text in (("a", "water leaks"), ("b", "heating")):
        put(mesh, id, {"t": text}, index={"space": "s", "text": text})
    asked = {"space": "s", "text": "a leak", "k": 5}
    found = mesh.post("/api/v1/collections/faqs/search", json=asked).json()
    assert [hit["id"] for hit in found["hits"]] == ["a"]
    assert found["terms"][0]["term"] == "leak"
    assert (found["terms"][0]["documents"], found["documents"]) == (1, 2)
    assert 0 < found["hits"][0]["bm25"] < found["ideal"]


def test_explain_names_the_index(mesh: Any) -> None:
    put(mesh, "a", {"x": 1})
    plan = mesh.post("/api/v1/collections/faqs/explain", json={"filter": {"x": 1}})
    assert set(plan.json()["indexes"]) <= {"documents_body", "documents_pkey"}
    assert plan.json()["indexes"]


def test_a_transaction_stays_within_the_grants_of_its_service(mesh: Any) -> None:
    service, collection, type = granted("publishes")
    event = {"id": "e", "type": type, "source": service, "data": {}}
    whole = {"changes": [change(collection)], "events": [event]}
    path = f"/api/v1/transactions/{service}"
    done = mesh.post(path, json=whole)
    assert done.status_code == 200
    assert len(done.json()["versions"]) == 1
    for beyond in (
        {"changes": [change("undeclared")]},
        {"changes": [change(collection), {**change("undeclared"), "op": "assert"}]},
        {"events": [{**event, "type": "never.declared"}]},
    ):
        refused = mesh.post(path, json=beyond)
        assert (refused.status_code, refused.json()["error"]) == (
            403,
            "authorization_error",
        )
    refused = mesh.post("/api/v1/transactions/unknown", json=whole)
    assert refused.status_code == 403
    foreign = {"events": [{**event, "source": "another"}]}
    assert mesh.post(path, json=foreign).status_code == 400


def test_the_platform_tenant_is_for_those_who_declared_it(mesh: Any) -> None:
    service, _, collection = granted("platform")
    path = f"/api/v1/collections/{collection}/documents/{mesh.tenant}"
    body = {"json": {"body": {}}}
    declared = as_service(service, chassis.PLATFORM)
    assert mesh.put(path, **body, **declared).status_code == 200
    assert mesh.get(path, **declared).status_code == 200
    stranger = as_service("faq-management", chassis.PLATFORM)
    asked = {"json": {"changes": [change("faqs")]}}
    for refused in (
        mesh.get(path, **stranger),
        mesh.put(path, **body, **stranger),
        mesh.delete(path.replace("documents", "blobs"), **stranger),
        mesh.post(f"/api/v1/collections/{collection}/query", json={}, **stranger),
        mesh.post("/api/v1/transactions/faq-management", **asked, **stranger),
    ):
        assert refused.status_code == 403


def test_a_blob_streams_in_and_out(mesh: Any) -> None:
    path, content = "/api/v1/collections/faqs/blobs/f.pdf", bytes(range(256)) * 3000
    typed = {"Content-Type": "application/pdf"}
    assert mesh.put(path, content=content, headers=typed).status_code == 204
    answer = mesh.get(path)
    assert answer.content == content
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(content))
    assert mesh.delete(path).status_code == 204
    assert mesh.get(path).status_code == 404


def test_a_committed_event_reaches_the_bus(mesh: Any, nats: engines.Engine) -> None:
    service, _, type = granted("publishes")
    event = {"id": mesh.tenant, "type": type, "source": service, "data": {"n": 1}}
    mesh.post(f"/api/v1/transactions/{service}", json={"events": [event]})

    async def last() -> dict[str, Any]:
        bus = await nats_client.connect(nats.url)
        try:
            subject = f"events.{type}"
            found = await bus.jetstream().get_last_msg("EVENTS", subject)
            return json.loads(found.data)
        except nats_client.errors.Error:
            return {"id": None}
        finally:
            await bus.close()

    until(lambda: asyncio.run(last())["id"] == mesh.tenant)
    assert asyncio.run(last())["tenant"] == mesh.tenant


def test_a_callers_passed_deadline_is_no_failure_of_the_database(mesh: Any) -> None:
    answer = mesh.get(DOCUMENT.format("a"), headers={"X-Request-Timeout": "0.00001"})
    told = answer.json()["additional_data"]
    assert (answer.status_code, told["timed_out"]) == (424, True)


def test_the_pool_counts_its_connections(mesh: Any) -> None:
    usage = mesh.get("/api/v1/pool").json()
    assert 1 <= usage["size"] <= usage["largest"] == 8
    assert usage["waiting"] == 0


def test_a_dead_database_is_a_retryable_problem_and_comes_back(
    mesh: Any, postgres: engines.Engine
) -> None:
    put(mesh, "a", {"x": 1})
    postgres.kill()
    try:
        answer = mesh.get(DOCUMENT.format("a"))
        problem = answer.json()
        assert (answer.status_code, problem["error"]) == (503, "database_error")
        assert problem["retryable"] is True
        assert mesh.get("/health/live").status_code == 200
    finally:
        postgres.start()
    assert mesh.get(DOCUMENT.format("a")).json()["body"] == {"x": 1}
