"""Calling another service: what is sent, and what a failure means here."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import Request, Response
from pydantic import BaseModel

import chassis
from chassis import _upstream, errors, testing


class Vectors(BaseModel):
    vectors: list[str]


EMBEDDED = {"vectors": ["AAAA"], "model": "m", "dimensions": 1}


def app() -> Any:
    embedding = chassis.upstream("embedding-generation")
    faqs = chassis.upstream("faq-management")
    files = chassis.collection("uploads", Vectors)
    router = chassis.router("/calls")
    reads, writes = chassis.policy(), chassis.policy(replays=True, retry="keyed")

    @router.get("/embed", **reads)
    async def embed() -> list[str]:
        found = await embedding.call("embed", Vectors, json={"texts": ["x"]})
        return found.vectors

    @router.get("/late", **reads)
    async def late() -> None:
        await embedding.call("embed", json={"texts": []}, timeout=-0.1)

    @router.get("/unknown", **reads)
    async def unknown() -> None:
        await embedding.call("no_such_operation")

    @router.post("/create", **writes)
    async def create(text: str) -> None:
        await faqs.call("create_faq", json={"question": text})

    @router.get("/read", **reads)
    async def read(id: str) -> Any:
        return await faqs.call("get_faq", id=id)

    @router.get("/sums", **reads)
    async def sums() -> Any:
        return await files.tally("kind", of="price")

    @router.get("/file", **chassis.policy(timeout=5.0))
    async def file(id: str) -> str:
        return b"".join([piece async for piece in files.blob(id)]).decode()

    @router.post("/edge/{path:path}", **chassis.policy(timeout=60.0))
    async def edge(request: Request) -> Response:
        request.scope["raw_path"] = b"/api/v1/faqs"
        return await chassis.relay(request, "faq-management", most=10)

    return chassis.create_app("calls", router)


class Stub:
    """Answers every call with ``answer``."""

    def __init__(self) -> None:
        self.answer: Any = EMBEDDED

    def __call__(self, _: httpx.Request) -> Any:
        return self.answer


@pytest.fixture
def stub() -> Stub:
    return Stub()


@pytest.fixture
def mesh(stub: Stub) -> Any:
    upstreams = {
        "embedding-generation": {"embed": stub},
        "faq-management": {"create_faq": stub, "get_faq": stub},
        "database-operations": {"get_blob": stub, "query": stub},
    }
    with testing.mesh(app(), upstreams=upstreams) as running:
        yield running


def patient() -> Any:
    router = chassis.router("/calls")
    embedding = chassis.upstream("embedding-generation")

    @router.get("/patient", **chassis.policy(timeout=0.3))
    async def patient() -> str:
        try:
            return str(await embedding.call("embed", json={"texts": ["x"]}))
        except chassis.UpstreamFailed as exc:
            return f"without it: {exc}"

    return chassis.create_app("calls", router)


def silent() -> Any:
    router = chassis.router("/api/v1")

    @router.post("/embeddings", **chassis.policy())
    async def embed() -> None:
        await asyncio.Event().wait()

    return chassis.create_app("embedding-generation", router)


@pytest.mark.parametrize("who", ["X-Request-Timeout", "X-Filigree-Timeout"])
def test_there_is_time_left_to_do_without_one_that_is_slow(who: str) -> None:
    slow = {"embedding-generation": silent()}
    with testing.mesh(patient(), upstreams=slow) as running:
        waits = "0.3s" if who == "X-Filigree-Timeout" else "0.3"
        told = running.get("/calls/patient", headers={who: waits})
    assert told.status_code == 200
    assert told.json().startswith("without it: ")


def test_an_answer_is_read_as_what_was_wanted(mesh: testing.Mesh) -> None:
    assert mesh.get("/calls/embed").json() == ["AAAA"]


def test_a_sum_keeps_its_decimals_and_its_last_digit(
    mesh: testing.Mesh, stub: Stub
) -> None:
    sums = {"a": 1.25, "b": 2**53 + 1, "c": None}
    groups = [{"keys": [k], "measures": {"of": v}} for k, v in sums.items()]
    stub.answer = {"groups": groups}
    assert mesh.get("/calls/sums").json() == sums | {"c": 0}


def test_a_call_carries_the_callers_context_and_trace(mesh: testing.Mesh) -> None:
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    sent = {"traceparent": parent, "X-Request-Id": "r-1", "X-Request-Timeout": "3"}
    mesh.get("/calls/embed", headers=sent)
    headers = mesh.calls("embedding-generation")[0].request.headers
    assert headers["traceparent"].split("-")[1] == "a" * 32
    assert headers["traceparent"].split("-")[2] != "b" * 16
    assert headers["x-request-id"] == "r-1"
    assert float(headers["x-request-timeout"]) <= 3.0
    assert headers["x-internal-token"]


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (chassis.NotFound("no"), 404, "not_found_error"),
        (chassis.Conflict("no"), 409, "validation_error"),
        (chassis.RateLimited("no"), 429, "rate_limit_error"),
        (chassis.Unauthenticated("no"), 500, "configuration_error"),
        (chassis.Forbidden("no"), 500, "configuration_error"),
        (chassis.Unavailable("no"), 424, "external_service_error"),
        (httpx.Response(500, text="secret"), 424, "external_service_error"),
        (httpx.ConnectError("no"), 424, "external_service_error"),
        (httpx.ReadTimeout("no"), 424, "external_service_error"),
        ({"vectors": "none"}, 424, "external_service_error"),
        (httpx.Response(200, text="<html>"), 424, "external_service_error"),
    ],
)
def test_a_failure_means_what_it_means_to_the_caller(
    mesh: testing.Mesh, stub: Stub, answer: Any, status: int, error: str
) -> None:
    stub.answer = answer
    told = mesh.get("/calls/embed")
    assert (told.status_code, told.json()["error"]) == (status, error)
    assert "secret" not in told.text
    if status == 424:
        data = told.json()["additional_data"]
        assert data["upstream"] == "embedding-generation"


def test_the_service_that_failed_first_keeps_its_name(
    mesh: testing.Mesh, stub: Stub
) -> None:
    stub.answer = chassis.UpstreamFailed("away", upstream="database-operations")
    told = mesh.get("/calls/embed").json()
    assert told["additional_data"]["upstream"] == "database-operations"


def test_nobody_is_asked_when_no_time_is_left(mesh: testing.Mesh) -> None:
    told = mesh.get("/calls/late")
    assert (told.status_code, told.json()["additional_data"]["timed_out"]) == (
        424,
        True,
    )
    assert mesh.calls("embedding-generation", "embed") == []


def test_an_operation_that_no_contract_has_is_our_own_mistake(
    mesh: testing.Mesh,
) -> None:
    told = mesh.get("/calls/unknown")
    assert (told.status_code, told.json()["error"]) == (500, "configuration_error")


@pytest.mark.parametrize("id", ["a:b", "a?b", "a b", "é", "%2F"])
def test_a_path_parameter_stays_one_segment(
    mesh: testing.Mesh, stub: Stub, id: str
) -> None:
    stub.answer = {}
    mesh.get("/calls/read", params={"id": id})
    [call] = mesh.calls("faq-management", "get_faq")
    target = call.request.url.raw_path.decode()
    assert target.startswith("/api/v1/faqs/")
    assert target.count("/") == 4
    assert "?" not in target


@pytest.mark.parametrize("id", ["a?b", "a#b", "%2F"])
def test_the_id_of_a_blob_stays_one_segment(
    mesh: testing.Mesh, stub: Stub, id: str
) -> None:
    stub.answer = httpx.Response(200, text="what was stored")
    assert mesh.get("/calls/file", params={"id": id}).json() == "what was stored"
    [call] = mesh.calls("database-operations", "get_blob")
    target = call.request.url.raw_path.decode()
    assert target == f"/api/v1/collections/uploads/blobs/{quote(id, safe='')}"


class Stalled(httpx.AsyncBaseTransport, httpx.AsyncByteStream):
    """Answers with the first piece of a body whose second one never comes."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=self)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.Event().wait()


def test_a_blob_that_stalls_is_its_upstreams_failure(
    mesh: testing.Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh.app.state.runtime.transport = Stalled()
    known = _upstream.operations("database-operations")
    hurried = known["get_blob"]._replace(timeout=0.05)
    monkeypatch.setitem(known, "get_blob", hurried)
    told = mesh.get("/calls/file", params={"id": "a"})
    data = told.json()["additional_data"]
    assert (told.status_code, data["upstream"]) == (424, "database-operations")


@pytest.mark.parametrize("id", ["", ".", "..", "a/b", "../x", "a\\b"])
def test_what_no_path_keeps_is_nobody_s_id(mesh: testing.Mesh, id: str) -> None:
    told = mesh.get("/calls/read", params={"id": id})
    assert (told.status_code, told.json()["error"]) == (400, "validation_error")
    assert mesh.calls("faq-management", "get_faq") == []


def key_of(mesh: testing.Mesh, text: str, key: str | None, **more: Any) -> str:
    headers = {"Idempotency-Key": key} if key else {}
    mesh.post(f"/calls/create?text={text}", headers=headers, **more)
    call = mesh.calls("faq-management", "create_faq")[-1]
    return call.request.headers["idempotency-key"]


def test_a_repeated_request_repeats_its_calls_under_the_same_keys(
    mesh: testing.Mesh, stub: Stub
) -> None:
    first = key_of(mesh, "x", "k")
    assert key_of(mesh, "x", "k") == first
    others = [
        key_of(mesh, "y", "k"),
        key_of(mesh, "x", "l"),
        key_of(mesh, "x", "k", tenant="t-other"),
        key_of(mesh, "x", None),
        key_of(mesh, "x", None),
    ]
    assert len({first, *others}) == 6


def test_a_relayed_body_has_its_limit(mesh: testing.Mesh, stub: Stub) -> None:
    stub.answer = httpx.Response(201, json={"id": "a"}, headers={"X-Kept": "1"})
    answer = mesh.post("/calls/edge/x?q=1", content=b"x" * 10)
    assert (answer.status_code, answer.json()) == (201, {"id": "a"})
    assert answer.headers["x-kept"] == "1"
    [call] = mesh.calls("faq-management", "create_faq")
    assert call.request.content == b"x" * 10
    assert call.request.url.query == b"q=1"
    assert mesh.post("/calls/edge/x", content=b"x" * 11).status_code == 413


class Broken(httpx.AsyncByteStream):
    """Half of an answer."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"half"
        raise httpx.ReadError("gone")


def test_half_of_a_small_answer_is_none(mesh: testing.Mesh, stub: Stub) -> None:
    told = {"Content-Length": "8", "Content-Type": "text/plain"}
    stub.answer = httpx.Response(200, headers=told, stream=Broken())
    answer = mesh.post("/calls/edge/x", content=b"x")
    assert answer.status_code == 503
    assert answer.json()["message"] == "faq-management cannot be reached"


@pytest.mark.parametrize("size", [1, 64 * 2**10, 64 * 2**10 + 1, 10**6])
def test_an_answer_is_relayed_as_it_is(
    mesh: testing.Mesh, stub: Stub, size: int
) -> None:
    stub.answer = httpx.Response(200, content=b"x" * size, headers={"X-Kept": "1"})
    answer = mesh.post("/calls/edge/x", content=b"x")
    assert (answer.content, answer.headers["x-kept"]) == (b"x" * size, "1")
    assert answer.headers["content-length"] == str(size)


@pytest.mark.parametrize(("timed_out", "status"), [(True, 504), (False, 502)])
def test_a_relayed_424_is_told_as_what_it_is_outside(
    mesh: testing.Mesh, stub: Stub, timed_out: bool, status: int
) -> None:
    stub.answer = chassis.UpstreamFailed("x", upstream="y", timed_out=timed_out)
    assert mesh.post("/calls/edge/x", content=b"x").status_code == status


def test_that_there_is_no_room_is_told_outside_as_such(
    mesh: testing.Mesh, stub: Stub
) -> None:
    stub.answer = chassis.NoRoom("the disk is full")
    said = mesh.post("/calls/edge/x", content=b"x")
    assert (said.status_code, said.json()["error"]) == (507, "storage_error")
    assert said.json()["message"] == "the disk is full"


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("status", [503, 404])
def test_a_problem_is_relayed_to_a_browser_as_a_page(
    mesh: testing.Mesh, stub: Stub, status: int
) -> None:
    absent = chassis.NotFound("there is no <b>7</b>")
    crowded = chassis.Unavailable("it is full", retry_after=7.0)
    stub.answer = absent if status == 404 else crowded
    as_data = mesh.post("/calls/edge/x", content=b"x")
    assert as_data.headers["content-type"] == "application/problem+json"
    page = mesh.post("/calls/edge/x", content=b"x", headers=BROWSER)
    assert page.status_code == as_data.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    said = "there is no &lt;b&gt;7&lt;/b&gt;" if status == 404 else "in 7 seconds"
    assert said in page.text


def test_a_browser_is_told_when_to_come_back(mesh: testing.Mesh, stub: Stub) -> None:
    full = chassis.Unavailable("it is full")
    body = errors.body(full, service="s", operation="o", request_id="r")
    head = {"Content-Type": "application/problem+json", "Retry-After": "7"}
    stub.answer = httpx.Response(503, json=body, headers=head)
    page = mesh.post("/calls/edge/x", content=b"x", headers=BROWSER)
    assert page.headers["retry-after"] == "7"


def test_a_failure_of_our_own_is_a_page_for_a_browser(mesh: testing.Mesh) -> None:
    page = mesh.post("/calls/edge/x", content=b"x" * 11, headers=BROWSER)
    assert page.status_code == 413
    assert "<p>at most 10 bytes are taken</p>" in page.text
    assert "script-src 'none'" in page.headers["content-security-policy"]


def test_a_header_that_is_not_ascii_is_relayed(mesh: testing.Mesh, stub: Stub) -> None:
    stub.answer = {}
    answer = mesh.post("/calls/edge/x", headers={"X-Title": "café".encode()})
    assert answer.status_code == 200
    [call] = mesh.calls("faq-management", "create_faq")
    assert call.request.headers["x-title"] == "café"


def test_who_asked_is_not_told_that_a_service_does_not_know_us(
    mesh: testing.Mesh, stub: Stub
) -> None:
    """Keys that are replaced in the wrong order, or clocks that differ: a 401 would
    sign out whoever asked."""
    stub.answer = chassis.Unauthenticated("no", code="BAD_INTERNAL_TOKEN")
    told = mesh.post("/calls/edge/x", content=b"{}")
    assert (told.status_code, told.json()["error"]) == (500, "configuration_error")
    assert "keys or clocks differ" in told.json()["message"]


def test_who_asked_is_told_that_their_own_credential_is_wrong(
    mesh: testing.Mesh, stub: Stub
) -> None:
    stub.answer = chassis.Unauthenticated("the password is wrong")
    told = mesh.post("/calls/edge/x", content=b"{}")
    assert told.status_code == 401
    assert told.json()["message"] == "the password is wrong"
