"""What happens around a handler: the deadline, the key, the one commit."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import Any

import httpx
import pytest
from fastapi import Request, Response
from pydantic import BaseModel
from starlette import formparsers

import chassis
from chassis import testing

NOTE = {"id": "a", "text": "hello"}


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def test_a_write_is_committed_before_it_is_answered(notes: testing.Mesh) -> None:
    made = notes.post("/notes", json=NOTE)
    assert made.status_code == 201
    assert made.headers["location"] == "/notes/a"
    read = notes.get("/notes/a")
    assert read.json() == NOTE
    assert read.headers["etag"] == made.headers["etag"]


def test_a_location_leads_to_what_was_made_whatever_its_name(
    notes: testing.Mesh,
) -> None:
    made = notes.post("/notes", json={"id": "日 a?b", "text": "x"})
    assert made.status_code == 201
    assert notes.get(made.headers["location"]).json()["id"] == "日 a?b"


def test_state_and_event_commit_together(notes: testing.Mesh) -> None:
    notes.post("/notes", json=NOTE)
    assert len(notes.calls("database-operations", "transact")) == 1
    [event] = notes.published("faq.saved")
    assert event["data"] == {"faq_id": "a", "wording": "hello"}


def test_who_remembers_a_collection_hears_of_its_changes(notes: testing.Mesh) -> None:
    heard: list[str] = []
    chassis.collection("faqs", BaseModel).watch(heard.append)
    notes.get("/notes")
    assert heard == []
    notes.post("/notes", json=NOTE)
    assert heard == [notes.tenant]


def test_of_changes_that_conflict_none_is_made(notes: testing.Mesh) -> None:
    notes.post("/notes", json=NOTE)
    pair = notes.post("/notes/pair", json=NOTE)
    # 412 would speak of a version that the caller said.
    assert (pair.status_code, pair.json()["error_code"]) == (409, "OVERTAKEN")
    assert notes.get("/notes/pair").status_code == 404


def test_a_handler_that_fails_writes_nothing(notes: testing.Mesh) -> None:
    assert notes.post("/notes/then-fail", json=NOTE).status_code == 400
    assert notes.get("/notes/a").status_code == 404


@pytest.mark.parametrize("path", ["text", "closing"])
def test_what_the_caller_saw_counts_though_a_handler_does_not_ask_for_it(
    notes: testing.Mesh, path: str
) -> None:
    seen = notes.post("/notes", json=NOTE).headers["etag"]
    notes.put("/notes/a", json=NOTE | {"text": "x"})
    method = notes.put if path == "text" else notes.post
    stale = method(f"/notes/a/{path}", json=NOTE, headers={"If-Match": seen})
    assert stale.status_code == 412
    assert notes.get("/notes/a").json()["text"] == "x"
    assert notes.get("/notes/closed").status_code == 404
    now = notes.get("/notes/a").headers["etag"]
    fresh = method(f"/notes/a/{path}", json=NOTE, headers={"If-Match": now})
    assert fresh.status_code == 200


def test_a_version_that_cannot_be_heeded_is_not_passed_over(
    notes: testing.Mesh,
) -> None:
    seen = notes.post("/notes", json=NOTE).headers["etag"]
    refused = notes.post("/notes/a/nothing-of-it", headers={"If-Match": seen})
    assert refused.status_code == 412
    assert "leave it out" in refused.json()["message"]
    assert notes.get("/notes/another").status_code == 404
    assert notes.post("/notes/a/nothing-of-it").status_code == 200


def test_if_match_admits_only_the_version_that_was_seen(notes: testing.Mesh) -> None:
    etag = notes.post("/notes", json=NOTE).headers["etag"]
    changed = {"json": NOTE | {"text": "x"}, "headers": {"If-Match": etag}}
    assert notes.put("/notes/a", **changed).status_code == 200
    assert notes.put("/notes/a", **changed).status_code == 412
    changed["headers"] = {"If-Match": '"another"'}
    assert notes.put("/notes/a", **changed).status_code == 412
    changed["headers"] = {"If-Match": "nonsense"}
    assert notes.put("/notes/a", **changed).status_code == 400


@pytest.mark.parametrize("path", ["/notes/a", "/notes/a/text"])
def test_what_is_there_is_replaced_and_nothing_created_where_any_version_will_do(
    notes: testing.Mesh, path: str
) -> None:
    any_version = {"json": NOTE, "headers": {"If-Match": "*"}}
    assert notes.put(path, **any_version).status_code == 412
    assert notes.get("/notes/a").status_code == 404
    notes.post("/notes", json=NOTE)
    assert notes.put(path, **any_version).status_code == 200


@pytest.mark.parametrize("path", ["/notes/a", "/notes/a/text"])
def test_of_several_versions_one_must_be_there_and_a_weak_one_is_none(
    notes: testing.Mesh, path: str
) -> None:
    first = notes.post("/notes", json=NOTE).headers["etag"]

    def put(if_match: str, **also: str) -> int:
        wanted = {"If-Match": if_match, **also}
        return notes.put(path, json=NOTE, headers=wanted).status_code

    assert put(f"W/{first}") == put(f'W/{first}, "another"') == 412
    assert put(first, **{"If-None-Match": "*"}) == 412
    assert put(f'"another", {first},"999999"') == 200
    assert put(f'{first} , "999999"') == 412


@pytest.mark.parametrize(
    ("known", "status"),
    [("{}", 304), ('"x", W/{}', 304), ("*", 304), ('"x"', 200), ("nonsense", 200)],
)
def test_what_the_caller_has_is_not_sent_again(
    notes: testing.Mesh, known: str, status: int
) -> None:
    tag = notes.post("/notes", json=NOTE).headers["etag"]
    known = known.format(tag)
    answer = notes.get("/notes/a", headers={"If-None-Match": known})
    assert (answer.status_code, answer.headers["etag"]) == (status, tag)
    assert bool(answer.content) == (status == 200)


@pytest.mark.parametrize("path", ["/notes/a", "/notes/a/text"])
def test_what_is_there_is_not_replaced_by_what_is_only_to_be_created(
    notes: testing.Mesh, path: str
) -> None:
    only_new = {"headers": {"If-None-Match": "*"}}
    assert notes.put(path, json=NOTE, **only_new).status_code == 200
    again = notes.put(path, json=NOTE | {"text": "x"}, **only_new)
    assert again.status_code == 412
    assert notes.get("/notes/a").json() == NOTE


def test_a_repeat_gets_the_first_answer_and_does_nothing(notes: testing.Mesh) -> None:
    first = notes.post("/notes", json=NOTE, headers=keyed("k"))
    again = notes.post("/notes", json=NOTE, headers=keyed("k"))
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert len(notes.published("faq.saved")) == 1


def test_a_key_with_another_body_is_a_conflict(notes: testing.Mesh) -> None:
    notes.post("/notes", json=NOTE, headers=keyed("k"))
    other = notes.post("/notes", json=NOTE | {"id": "b"}, headers=keyed("k"))
    assert (other.status_code, other.json()["error_code"]) == (409, "KEY_REUSED")
    assert notes.get("/notes/b").status_code == 404


def test_an_upload_is_repeated_by_what_it_says(notes: testing.Mesh) -> None:
    def sent(text: str) -> httpx.Response:
        # Each request has a boundary of its own between its parts.
        file = {"file": ("a.txt", text)}
        return notes.post("/notes/file", files=file, headers=keyed("k"))

    first, again, other = sent("one"), sent("one"), sent("two")
    assert first.json() == again.json() == {"id": "a.txt", "text": "one"}
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["error_code"]) == (409, "KEY_REUSED")


def test_a_file_that_is_replayed_is_closed(
    notes: testing.Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []

    class Kept(SpooledTemporaryFile[bytes]):
        def __init__(self, *args: int, **options: int) -> None:
            super().__init__(*args, **options)
            kept.append(self)

    monkeypatch.setattr(formparsers, "SpooledTemporaryFile", Kept)
    for text in ("one", "one", "two"):
        file = {"file": ("a.txt", text)}
        notes.post("/notes/file", files=file, headers=keyed("k"))
    assert [each.closed for each in kept] == [True, True, True]


def test_a_key_is_the_callers_own(notes: testing.Mesh) -> None:
    notes.post("/notes", json=NOTE, headers=keyed("k"))
    body = {"json": NOTE | {"id": "b"}, "headers": keyed("k")}
    assert notes.post("/notes", subject="another", **body).status_code == 201
    assert notes.post("/notes", tenant="t-another", **body).status_code == 201


def test_a_failure_is_not_remembered(notes: testing.Mesh) -> None:
    notes.post("/notes", json=NOTE)
    refused = notes.post("/notes", json=NOTE, headers=keyed("k"))
    assert refused.status_code == 409
    again = notes.post("/notes", json=NOTE, headers=keyed("k"))
    assert (again.status_code, again.json()["error_code"]) == (409, "OVERTAKEN")


def test_of_duplicates_at_once_one_acts(notes: testing.Mesh) -> None:
    def send(_: int) -> httpx.Response:
        return notes.post("/notes/pair", json=NOTE, headers=keyed("k"))

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    acted = [
        answer
        for answer in answers
        if answer.status_code == 200 and "idempotency-replayed" not in answer.headers
    ]
    assert len(acted) == 1
    assert {answer.status_code for answer in answers} <= {200, 409}
    transacted = notes.calls("database-operations", "transact")
    assert [call.status < 300 for call in transacted].count(True) == 1


def test_a_key_that_is_in_use_is_told_to_be(notes: testing.Mesh) -> None:
    def send(_: int) -> httpx.Response:
        return notes.post("/notes/together", json=NOTE, headers=keyed("k"))

    with ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(send, range(2)), key=lambda a: a.status_code)
    assert first.status_code == 200
    assert (second.status_code, second.json()["error_code"]) == (409, "KEY_IN_USE")


def test_a_list_is_paged(notes: testing.Mesh) -> None:
    for id in "abc":
        notes.post("/notes", json=NOTE | {"id": id})
    first = notes.get("/notes?limit=2").json()
    rest = notes.get("/notes", params={"limit": 2, "cursor": first["cursor"]}).json()
    assert [len(first["items"]), len(rest["items"])] == [2, 1]
    assert rest["cursor"] is None
    for limit in ("0", "201", "x"):
        assert notes.get(f"/notes?limit={limit}").status_code == 400


def test_another_tenant_sees_nothing(notes: testing.Mesh) -> None:
    notes.post("/notes", json=NOTE)
    assert notes.get("/notes/a", tenant="t-other").status_code == 404
    assert notes.get("/notes", tenant="t-other").json()["items"] == []


@pytest.fixture
def slow() -> Any:
    router = chassis.router("/slow")

    @router.get("/declared", **chassis.policy(timeout=0.05))
    async def declared() -> None:
        await asyncio.sleep(60.0)

    @router.get("/asked", **chassis.policy(timeout=60.0))
    async def asked() -> None:
        await asyncio.sleep(60.0)

    @router.post("/sent", **chassis.policy(timeout=0.05))
    async def sent(request: Request) -> None:
        await request.body()

    async def failing() -> AsyncIterator[tuple[str, Any]]:
        yield "delta", {"text": "a\nb"}
        raise RuntimeError("secret")

    @router.get("/stream", **chassis.policy(stream=True))
    async def stream(request: Request) -> Response:
        return chassis.event_stream(failing())

    async def endless() -> AsyncIterator[tuple[str, Any]]:
        yield "left", {"is_over": chassis.current().deadline is not None}

    @router.get("/endless", **chassis.policy(stream=True))
    async def watch() -> Response:
        return chassis.event_stream(endless())

    with testing.mesh(chassis.create_app("slow", router)) as running:
        yield running


def test_past_its_own_deadline_the_answer_is_504(slow: testing.Mesh) -> None:
    answer = slow.get("/slow/declared", headers={"X-Request-Timeout": ""})
    assert (answer.status_code, answer.json()["error"]) == (504, "timeout_error")


async def never_whole() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.Event().wait()


def test_a_sender_who_takes_the_time_is_told_so_and_no_service_is_blamed(
    slow: testing.Mesh,
) -> None:
    sent = {"headers": {"X-Request-Timeout": ""}, "content": never_whole()}
    answer = slow.post("/slow/sent", **sent)
    assert (answer.status_code, answer.json()["error_code"]) == (408, "SLOW")


def test_past_the_deadline_of_a_caller_in_haste_it_is_nobodys_fault_here(
    slow: testing.Mesh,
) -> None:
    answer = slow.get("/slow/asked", headers={"X-Request-Timeout": "0.05"})
    told = answer.json()["additional_data"]
    assert (answer.status_code, told["timed_out"]) == (424, True)


def test_an_answer_without_an_end_has_no_deadline(slow: testing.Mesh) -> None:
    text = slow.get("/slow/endless", headers={"X-Request-Timeout": "0.5"}).text
    assert text == 'event: left\ndata: {"is_over": false}\n\n'


def test_a_stream_that_fails_midway_ends_with_the_problem(slow: testing.Mesh) -> None:
    text = slow.get("/slow/stream").text
    first, second = text.strip().split("\n\n")
    assert first == 'event: delta\ndata: {"text": "a\\nb"}'
    assert second.startswith("event: error\ndata: ")
    assert "internal_error" in second
    assert "secret" not in text
