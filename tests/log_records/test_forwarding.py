"""Lines go on to a collector, and a collector that is away costs nothing but them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import log_records
from chassis import testing
from contracts.operations.logs import Line

LINE = Line(id="1", time=1.0, service="s", message="hello")


Told = list[tuple[str, str | None, Any]]


class Collector(ThreadingHTTPServer):
    """Takes what is posted: path, the header X-Key, body."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: Told = []


class Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = (self.path, self.headers["X-Key"], json.loads(body))
        self.server.received.append(told)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with testing.answering(Collector()) as server:
        yield server


async def call(_: str, send: Callable[[], Awaitable[None]]) -> None:
    await send()


def test_lines_go_on_as_otlp_with_their_tenant(collector: Collector) -> None:
    async def run() -> None:
        where = f"http://127.0.0.1:{collector.server_port}/otlp"
        terms = log_records.Terms(otlp_endpoint=where, otlp_headers="X-Key=k1, X-B=2")
        forwarder = log_records.Forwarder(terms, call)
        async with forwarder.serving():
            forwarder.take("t1", [LINE])
            await asyncio.to_thread(testing.until, lambda: collector.received)

    asyncio.run(run())
    ((path, key, body),) = collector.received
    assert (path, key) == ("/otlp/v1/logs", "k1")
    (row,) = log_records.from_otlp(body)
    assert (row["tenant"], row["message"]) == ("t1", "hello")


def test_what_a_collector_does_not_take_is_dropped_and_counted() -> None:
    async def run() -> int:
        terms = log_records.Terms(otlp_endpoint="http://127.0.0.1:1")
        forwarder = log_records.Forwarder(terms, call)
        async with forwarder.serving():
            forwarder.take("t1", [LINE, LINE])
            await asyncio.to_thread(testing.until, lambda: forwarder.dropped)
        return forwarder.dropped

    assert asyncio.run(run()) == 2


def test_nothing_goes_on_once_it_no_longer_serves() -> None:
    async def run() -> int:
        terms = log_records.Terms(otlp_endpoint="http://127.0.0.1:1")
        async with asyncio.timeout(10.0), log_records.Forwarder(terms, call).serving():
            pass
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1


def test_the_oldest_lines_make_room_when_nothing_takes_them() -> None:
    terms = log_records.Terms(otlp_endpoint="http://127.0.0.1:1")
    forwarder = log_records.Forwarder(terms, call)
    forwarder.take("t1", [LINE] * 10_003)
    assert forwarder.dropped == 3


def test_without_an_endpoint_nothing_waits() -> None:
    forwarder = log_records.Forwarder(log_records.Terms(), call)
    forwarder.take("t1", [LINE] * 20_000)
    assert forwarder.dropped == 0
