"""A delivery outlasts an outage of what its handler calls; a defect uses it up."""

import asyncio
import errno
import json
import logging
import os
import threading
import uuid
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

import nats
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY
from pydantic import BaseModel

import chassis
from chassis import _consuming, _context, _runtime, errors, testing
from docstore import testing as engines

SERVICE, KIND = "faq-management", "faq.saved"


class Note(BaseModel):
    text: str


class Saved(BaseModel):
    type: Literal["faq.saved"] = "faq.saved"
    faq_id: str


NOTES = chassis.collection("faqs", Note)


@pytest.fixture(scope="session")
def bus() -> Iterator[str]:
    """The address of a NATS with the streams that the relay makes."""
    with engines.nats() as engine:
        asyncio.run(streams(engine.url))
        yield engine.url


async def streams(url: str) -> None:
    client = await nats.connect(url)
    await client.jetstream().add_stream(name="EVENTS", subjects=["events.>"])
    await client.jetstream().add_stream(name="DEAD", subjects=["dead.>"])
    await client.close()


@pytest.fixture
def consuming(
    bus: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> testing.Mesh:
    """The service under test with its consumer on the bus."""
    monkeypatch.setenv("NATS_URL", bus)
    return request.getfixturevalue("notes")


def publish(tenant: str, **data: Any) -> None:
    """What the relay would publish."""
    told = {"id": str(uuid.uuid4()), "type": KIND, "tenant": tenant, "data": data}
    send(json.dumps(told).encode())


def send(data: bytes) -> None:
    ask(lambda bus: bus.publish(f"events.{KIND}", data))


def ask(question: Any) -> Any:
    """What JetStream answers to *question*."""

    async def asked() -> Any:
        client = await nats.connect(os.environ["NATS_URL"])
        try:
            return await question(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(asked())


def redelivered() -> int:
    name = f"{SERVICE}-{KIND.replace('.', '_')}"
    info = ask(lambda bus: bus.consumer_info("EVENTS", name))
    return int(info.num_redelivered or 0)


def dead() -> int:
    return int(ask(lambda bus: bus.stream_info("DEAD")).state.messages)


def count(outcome: str) -> float:
    labels = {"service": SERVICE, "type": KIND, "outcome": outcome}
    return REGISTRY.get_sample_value("filigree_events_total", labels) or 0.0


def copied(notes: testing.Mesh, id: str = "a") -> str | None:
    answer = notes.get(f"/notes/copy-{id}")
    return answer.json()["text"] if answer.status_code == 200 else None


def test_an_outage_uses_up_no_delivery_and_the_event_takes_effect_after_it(
    consuming: testing.Mesh,
) -> None:
    before, store = count("held"), consuming.wire.upstreams.pop("database-operations")
    buried = dead()
    publish(consuming.tenant, faq_id="a", wording="x")
    testing.until(lambda: count("held") >= before + 3)
    assert redelivered() == 0
    consuming.wire.upstreams["database-operations"] = store
    assert testing.until(lambda: copied(consuming)) == "x"
    assert dead() == buried


def test_events_that_wait_for_the_end_of_an_outage_leave_room_for_others(
    consuming: testing.Mesh,
) -> None:
    before, store = count("held"), consuming.wire.upstreams.pop("database-operations")
    ids = [str(n) for n in range(_consuming.AT_ONCE * 2)]
    for id in ids:
        publish(consuming.tenant, faq_id=id, wording="x")
    testing.until(lambda: count("held") >= before + len(ids) * 2)
    consuming.wire.upstreams["database-operations"] = store
    for id in ids:
        testing.until(lambda id=id: copied(consuming, id) == "x")


@pytest.fixture
def passage(bus: str) -> Iterator[engines.Passage]:
    """A way to the bus that can be held."""
    address, loop = urlsplit(bus), asyncio.new_event_loop()
    made = engines.Passage((address.hostname or "", address.port or 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(one: Any) -> None:
        asyncio.run_coroutine_threadsafe(one, loop).result()

    opened = made.opened()
    run(opened.__aenter__())
    yield made
    run(opened.__aexit__(None, None, None))
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_bus_that_has_become_mute_is_left_for_one_that_answers(
    passage: engines.Passage,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setenv("NATS_URL", f"nats://127.0.0.1:{passage.port}")
    monkeypatch.setattr(_consuming, "PING", 0.2)
    notes = request.getfixturevalue("notes")
    publish(notes.tenant, faq_id="a", wording="x")
    testing.until(lambda: copied(notes))
    joined = passage.joined
    passage.hold()
    testing.until(lambda: passage.joined > joined)
    publish(notes.tenant, faq_id="b", wording="y")
    # It may have gone to who has left, and comes again.
    assert testing.until(lambda: copied(notes, "b"), 30) == "y"


def test_a_failure_that_is_the_events_own_uses_up_a_delivery(
    consuming: testing.Mesh,
) -> None:
    before = count("failed")
    publish(consuming.tenant, faq_id="a", wording="fails")
    testing.until(lambda: count("failed") >= before + 2)
    assert redelivered() >= 1
    assert copied(consuming) is None


def test_events_that_change_one_document_use_up_no_delivery(
    consuming: testing.Mesh,
) -> None:
    failed, again = count("failed"), redelivered()
    for _ in range(12):
        publish(consuming.tenant, faq_id="a", wording="x")
    assert testing.until(lambda: copied(consuming) == "x" * 12)
    assert (count("failed"), redelivered()) == (failed, again)


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[]", b'{"id": "e", "data": {}}'])
def test_what_is_no_event_is_a_dead_letter_at_once_and_holds_up_no_other(
    consuming: testing.Mesh, data: bytes
) -> None:
    before, buried = count("dead"), dead()
    send(data)
    publish(consuming.tenant, faq_id="a", wording="x")
    assert testing.until(lambda: copied(consuming)) == "x"
    testing.until(lambda: count("dead") == before + 1)
    assert dead() == buried + 1


def test_what_is_being_handled_when_the_service_stops_takes_effect(
    bus: str, database: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NATS_URL", bus)
    begun = threading.Event()

    @chassis.on(Saved)
    async def handle(event: Saved) -> None:
        if event.faq_id == "long":
            begun.set()
            stopping = _runtime.running()
            await asyncio.to_thread(testing.until, lambda: stopping.draining)
            NOTES.put("long", Note(text="done"))

    app = chassis.create_app(SERVICE, handle)
    with testing.mesh(app, upstreams={"database-operations": database}) as stopping:
        publish(stopping.tenant, faq_id="long")
        testing.until(begun.is_set)
    assert [call.status for call in stopping.calls("database-operations")] == [200]


def test_what_waits_for_the_end_of_an_outage_holds_up_no_end(
    bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NATS_URL", bus)
    monkeypatch.setattr(_consuming, "FAREWELL", 600.0)
    monkeypatch.setattr(_consuming, "FIRST_HOLD", 600.0)
    before = count("held")

    @chassis.on(Saved)
    async def fail(event: Saved) -> None:
        raise AWAY

    with testing.mesh(chassis.create_app(SERVICE, fail)) as stopping:
        publish(stopping.tenant, faq_id="away", wording="x")
        testing.until(lambda: count("held") > before)


def test_what_a_handler_calls_is_within_the_events_span(
    consuming: testing.Mesh, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "chassis.span")
    spans: dict[str, str] = {}

    def noted(record: logging.LogRecord) -> bool:
        spans[record.getMessage()] = _context.current().span_id
        return True

    caplog.handler.addFilter(noted)
    publish(consuming.tenant, faq_id="a", wording="x")
    span = testing.until(lambda: spans.get(f"on {KIND} 200"))
    (called, *_) = consuming.calls("database-operations", "transact")
    assert called.request.headers["traceparent"].split("-")[2] == span


AWAY = errors.UpstreamFailed("away", upstream="x")


FULL = (errors.NoRoom("full"), OSError(errno.ENOSPC, "full"))


@pytest.mark.parametrize(
    "failure",
    [
        *(AWAY, errors.Unavailable("away"), errors.DatabaseFailed("away")),
        errors.Misconfigured("a wrong key"),
        *FULL,
    ],
)
def test_what_somebody_else_is_to_blame_for_is_an_outage(failure: Exception) -> None:
    assert _consuming.is_outage(failure)


@pytest.mark.parametrize(
    "failure",
    [errors.Stale("moved"), errors.NotFound("gone"), TimeoutError(), ValueError()],
)
def test_what_may_be_the_events_doing_is_no_outage(failure: Exception) -> None:
    assert not _consuming.is_outage(failure)


def test_an_outage_is_waited_for_often_and_for_hours() -> None:
    pauses = list(_consuming.holds())
    assert max(pauses) <= 15.0
    assert sum(pauses) * _consuming.LAST_DELIVERY >= 5 * 3600.0
    assert pauses[0] < 1.0
