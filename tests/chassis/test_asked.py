"""What is refused before any handler sees it."""

import asyncio
import gzip
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import Query, Request
from pydantic import BaseModel, Field

import chassis
from chassis import testing
from chassis._asked import DEPTH, QUERY, SEGMENT, Arriving

router = chassis.router("/things")
OPEN = chassis.policy(anonymous=True)


class Thing(BaseModel):
    value: Any = None


@router.post("/{id}", **OPEN)
async def take(id: str, given: Thing, note: str = "") -> Thing:
    return given


@router.post("", **OPEN)
async def upload(file: chassis.Uploaded) -> str:
    return file.name


class Wanted(BaseModel):
    since: Annotated[str, Field(alias="from")] = ""
    state: str = ""


@router.get("", **chassis.policy(retry="read"))
async def list_things(paging: chassis.Paged, wanted: Annotated[Wanted, Query()]) -> str:
    return wanted.state


@router.get("/{id}", **chassis.policy(retry="read"))
async def get_thing(id: str) -> str:
    return id


@router.get("/{id}/page", **OPEN)
async def show(id: str, paid: bool = False) -> str:
    return id


app = chassis.create_app("things", router, describe=False)


@pytest.fixture(scope="module")
def mesh() -> Iterator[testing.Mesh]:
    with testing.mesh(app) as running:
        yield running


def refused(mesh: testing.Mesh, body: bytes | str, path: str = "/things/1") -> Any:
    content = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": "application/json"}
    answer = mesh.post(path, content=content, headers=headers)
    told = answer.json()
    assert (answer.status_code, told["error_code"]) == (422, "MALFORMED")
    return told["additional_data"]["errors"][0]["place"]


@pytest.mark.parametrize(
    ("accept", "wants"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream; charset=utf-8", True),
        ("application/json, text/event-stream", True),
        ("*/*, text/event-stream;q=0.1", True),
        ("application/json;q=0.5, text/event-stream;q=0.9", True),
        ("application/json, text/event-stream;q=0.9", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream; q=0.000, */*", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_events_are_for_whoever_prefers_them(accept: str, wants: bool) -> None:
    scope = {"type": "http", "headers": [(b"accept", accept.encode())]}
    assert chassis.wants_events(Request(scope)) is wants


@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, gzip"])
def test_a_compressed_body_is_told_to_be_sent_plain(
    mesh: testing.Mesh, coding: str
) -> None:
    """Read as it is, its bytes would be called malformed JSON, or an odd document."""
    squeezed = {"Content-Encoding": coding, "Content-Type": "application/json"}
    for path in ("/things/1", "/things"):
        answer = mesh.post(path, content=gzip.compress(b"{}"), headers=squeezed)
        assert (answer.status_code, answer.json()["error_code"]) == (415, "UNSUPPORTED")
        assert "Content-Encoding" in answer.json()["message"]
    plain = {"Content-Encoding": "identity"}
    assert mesh.post("/things/1", json={}, headers=plain).status_code == 200


def test_a_method_that_is_not_taken_is_told_those_that_are(mesh: testing.Mesh) -> None:
    answer = mesh.patch("/things/1/page", json={})
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET"}


@pytest.mark.parametrize("path", ["/things/1", "/things"])
@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"value": {"a": ["", "\\u0000"]}}', "body/value/a/1"),
        ('{"value": "x \\ud800 y"}', "body/value"),
        ('{"value": {"\\udfff": 1}}', "body/value"),
        ('{"value": {"\\udfff": "\\udfff"}}', "body/value"),
        (b'{"value": "\xed\xa0\x80"}', "body/11"),
        (b"\xff\xfe{\x00}\x00", "body/0"),
        ('{"value": NaN}', "body/0"),
        ('{"value": -Infinity}', "body/0"),
        ('{"value": 1e999}', "body"),
        ('{"value": ' + "7" * 400 + "}", "body"),
        ("[" * 100_000, "body"),
        ('{"value": ' + "[" * (DEPTH + 1) + "]" * (DEPTH + 1) + "}", "body/value/0/0"),
        ("{bad", "body/1"),
    ],
)
def test_what_cannot_be_stored_is_malformed_and_its_place_is_told(
    mesh: testing.Mesh, path: str, body: bytes | str, place: str
) -> None:
    assert refused(mesh, body, path) == place


@pytest.mark.parametrize(
    "value",
    [
        '"\\ud83d\\ude00"',
        '"\\u00e9 \\u4e2d \U0001f600"',
        '"\\\\u0000"',
        "1e300",
        "[[]]",
    ],
)
def test_what_can_be_stored_is_taken(mesh: testing.Mesh, value: str) -> None:
    body = f'{{"value": {value}}}'
    headers = {"Content-Type": "application/vnd.things+json; charset=utf-8"}
    answer = mesh.post("/things/1", content=body.encode(), headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data", b"{bad"),
        ("multipart/form-data; boundary=x", b"{bad"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\0b"'
            b"\r\n\r\ntext\r\n--x--\r\n",
        ),
    ],
)
def test_a_form_that_is_none_is_malformed(
    mesh: testing.Mesh, kind: str, content: bytes
) -> None:
    answer = mesh.post("/things", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "", "a/\xff"])
def test_a_body_that_does_not_say_that_it_is_json_is_not_read(
    mesh: testing.Mesh, kind: str
) -> None:
    headers: Any = {"Content-Type": kind.encode("latin-1")}
    answer = mesh.post("/things/1", content=b'{"value": 1}', headers=headers)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["message"]


@pytest.mark.parametrize(
    "target",
    [
        "/things/a%00b",
        "/things/" + "a" * (SEGMENT + 1),
        "/things/1?note=%00",
        "/things/1?note=" + "a" * QUERY,
    ],
)
def test_a_path_or_a_query_that_names_nothing_is_invalid(
    mesh: testing.Mesh, target: str
) -> None:
    answer = mesh.post(target, json={"value": 1})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID")


def test_a_faulty_part_of_a_query_is_told_by_its_name(mesh: testing.Mesh) -> None:
    told = mesh.post("/things/1?a=1&note=x%00", json={"value": 1}).json()
    assert told["additional_data"]["errors"][0]["place"] == "query/note"


@pytest.mark.parametrize("query", ["statsu=a", "limt=5", "from=x&since=x", "%00x=1"])
def test_a_parameter_that_a_list_has_not_is_refused_with_those_it_has(
    mesh: testing.Mesh, query: str
) -> None:
    """Ignored, a filter that is misspelt would answer with everything."""
    answer = mesh.get(f"/things?{query}")
    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")
    [fault] = answer.json()["additional_data"]["errors"]
    assert fault["place"].startswith("query/")
    assert fault["message"] == "there is only cursor, from, limit, state"


@pytest.mark.parametrize(
    "target",
    [
        "/things?limit=5&from=x&state=open",
        "/things?_=1763780000",
        "/things/1?utm_source=letter",
        "/things/1/page?utm_source=letter",
    ],
)
def test_what_selects_nothing_in_a_query_is_let_through(
    mesh: testing.Mesh, target: str
) -> None:
    """Of an operation without parameters, of one that is open to all, of caches."""
    assert mesh.get(target).status_code == 200


def test_only_the_time_until_all_of_a_body_is_here_is_its_senders() -> None:
    clock, took = [0.0], iter([(2.0, True), (3.0, False), (50.0, False)])

    async def receive() -> dict[str, Any]:
        seconds, is_more = next(took)
        clock[0] += seconds
        return {"type": "http.request", "body": b"x", "more_body": is_more}

    async def received(times: int) -> float:
        for _ in range(times):
            await arriving()
            clock[0] += 10.0  # in which the handler does something else
        return arriving.seconds

    arriving = Arriving(receive, lambda: clock[0])
    assert [asyncio.run(received(times)) for times in (1, 1, 1)] == [2.0, 5.0, 5.0]
