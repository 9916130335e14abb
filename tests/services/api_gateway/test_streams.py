"""Bodies over real sockets: both ways piece by piece, cut where they must be."""

import asyncio
import contextlib
import importlib
import json
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from chassis import testing
from credentials._tokens import Ring

Bearer = Callable[..., dict[str, str]]


class Upstream:
    """Every service, on one socket: what is asked of it is seen as it comes."""

    def __init__(self, ring: Ring) -> None:
        self.ring, self.received, self.paths = ring, b"", list[str]()
        self.go, self.gone = threading.Event(), threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope["raw_path"].decode())
        if scope["path"] == "/.well-known/jwks.json":
            return await answer(send, json.dumps(self.ring.public()).encode())
        if scope["path"].startswith("/api/v1/documents"):
            return await self._taken(receive, send)
        return await self._told(receive, send)

    async def _taken(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone.set()
                return
            self.received += message.get("body", b"")
            if not message.get("more_body"):
                return await answer(send, b"{}", 201)

    async def _told(self, receive: Any, send: Any) -> None:
        head = [(b"content-type", b"text/event-stream")]
        start = {"type": "http.response.start", "status": 200, "headers": head}
        await send(start)
        body = {"type": "http.response.body", "more_body": True}
        await send(body | {"body": b"data: 1\n\n"})
        leaving = asyncio.ensure_future(left(receive))
        while not self.go.is_set():
            if leaving.done():
                self.gone.set()
                return
            await asyncio.sleep(0.01)
        await send(body | {"body": b"data: 2\n\n", "more_body": False})


async def left(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer(send: Any, body: bytes, status: int = 200) -> None:
    head = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def served(app: Any, path: Path) -> Iterator[None]:
    config = uvicorn.Config(app, uds=str(path), log_config=None, loop="asyncio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        testing.until(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        thread.join(10.0)


class Switch:
    """Leads each request to the upstream of the test that runs."""

    def __init__(self) -> None:
        self.upstream: Upstream | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert self.upstream
        await self.upstream(scope, receive, send)


@pytest.fixture(scope="module")
def switch() -> Switch:
    return Switch()


@pytest.fixture
def upstream(ring: Ring, switch: Switch) -> Upstream:
    switch.upstream = Upstream(ring)
    return switch.upstream


@pytest.fixture(scope="module")
def gateway(service: FastAPI, switch: Switch) -> Iterator[Path]:
    with (
        tempfile.TemporaryDirectory(prefix="gw-", dir="/tmp") as folder,
        pytest.MonkeyPatch.context() as environment,
    ):
        egress, edge = Path(folder, "egress"), Path(folder, "edge")
        environment.setenv("FILIGREE_EGRESS", str(egress))
        with served(switch, egress), served(service, edge):
            yield edge


class Client:
    """One connection, on which bytes are written and read as they are."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10.0)
        self.socket.connect(str(path))
        self.seen = b""

    def send(self, method: str, path: str, headers: Any, body: bytes = b"") -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: gateway"]
        lines += [f"{name}: {value}" for name, value in headers]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    def until(self, wanted: bytes) -> bytes:
        while wanted not in self.seen:
            piece = self.socket.recv(65536)
            assert piece, f"closed before {wanted!r}: {self.seen!r}"
            self.seen += piece
        return self.seen

    def status(self) -> int:
        return int(self.until(b"\r\n\r\n").split()[1])


@pytest.fixture
def clients(gateway: Path, upstream: Upstream) -> Iterator[list[Client]]:
    made = [Client(gateway) for _ in range(4)]
    yield made
    for each in made:
        each.socket.close()


@pytest.fixture
def client(clients: list[Client]) -> Client:
    return clients[0]


UPLOAD = "/api/v1/documents"
CHUNKED = [("Transfer-Encoding", "chunked")]


def test_an_answer_comes_piece_by_piece(
    client: Client, upstream: Upstream, bearer: Bearer
) -> None:
    client.send("GET", "/api/v1/faqs", bearer().items())
    client.until(b"data: 1")
    assert b"data: 2" not in client.seen
    upstream.go.set()
    client.until(b"data: 2")


def test_an_upload_goes_on_piece_by_piece(
    client: Client, upstream: Upstream, bearer: Bearer
) -> None:
    client.send("POST", UPLOAD, [*bearer().items(), *CHUNKED], b"3\r\nabc\r\n")
    testing.until(lambda: upstream.received == b"abc")
    client.socket.sendall(b"3\r\ndef\r\n0\r\n\r\n")
    assert client.status() == 201
    assert upstream.received == b"abcdef"


def test_who_leaves_a_stream_ends_it_behind_the_gateway(
    client: Client, upstream: Upstream, bearer: Bearer
) -> None:
    client.send("GET", "/api/v1/faqs", bearer().items())
    client.until(b"data: 1")
    client.socket.close()
    assert upstream.gone.wait(10.0)


def test_beyond_so_many_at_once_others_wait_until_an_answer_is_sent(
    clients: list[Client], upstream: Upstream, bearer: Bearer
) -> None:
    first, second, third, watcher = clients
    for each in (first, second):
        each.send("GET", "/api/v1/faqs", bearer().items())
        each.until(b"data: 1")
    third.send("GET", "/api/v1/faqs?third", bearer().items())
    # Who watches, as it may for hours, takes nobody's turn and needs none.
    watched = "/api/v1/conversations/c1/messages/watch"
    watcher.send("GET", watched, bearer().items())
    watcher.until(b"data: 1")
    assert upstream.paths.count("/api/v1/faqs") == 2
    first.socket.close()
    third.until(b"data: 1")
    assert upstream.paths.count("/api/v1/faqs") == 3


def test_who_leaves_while_it_waits_takes_nobodys_turn(
    clients: list[Client], upstream: Upstream, bearer: Bearer
) -> None:
    app = importlib.import_module("services.infrastructure.api_gateway.app")
    first, second, third, fourth = clients
    for each in (first, second):
        each.send("GET", "/api/v1/faqs", bearer().items())
        each.until(b"data: 1")
    body = b'{"message": "Hello"}'
    length = [("Content-Length", str(len(body)))]
    third.send("POST", "/v1/api/chat", [*bearer().items(), *length], body)
    testing.until(lambda: app.gate.waiting == 1)
    third.socket.close()
    testing.until(lambda: app.gate.waiting == 0, 5.0)
    fourth.send("GET", "/api/v1/faqs", bearer().items())
    testing.until(lambda: app.gate.waiting == 1)
    first.socket.close()
    fourth.until(b"data: 1")
    assert "/v1/api/chat" not in upstream.paths


def test_who_leaves_an_upload_ends_it_behind_the_gateway(
    client: Client, upstream: Upstream, bearer: Bearer
) -> None:
    client.send("POST", UPLOAD, [*bearer().items(), *CHUNKED], b"3\r\nabc\r\n")
    testing.until(lambda: upstream.received == b"abc")
    client.socket.close()
    assert upstream.gone.wait(10.0)


def test_an_upload_without_a_length_is_cut_at_the_limit(
    client: Client, upstream: Upstream, bearer: Bearer
) -> None:
    piece = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    client.send("POST", UPLOAD, [*bearer().items(), *CHUNKED], piece)
    for _ in range(8):
        client.socket.sendall(piece)
    assert client.status() == 413
    # Cut behind the gateway too, and before the next test has an upstream of its own.
    assert upstream.gone.wait(10.0)
    assert len(upstream.received) <= 100_000


def test_an_upload_that_says_it_is_too_large_is_not_begun(
    client: Client, upstream: Upstream, bearer: Bearer
) -> None:
    before = len(upstream.paths)
    length = [("Content-Length", "100001")]
    client.send("POST", UPLOAD, [*bearer().items(), *length])
    assert client.status() == 413
    assert UPLOAD not in upstream.paths[before:]


@pytest.mark.parametrize(
    "framing",
    [
        [("Content-Length", "3"), ("Transfer-Encoding", "chunked")],
        [("Content-Length", "3"), ("Content-Length", "4")],
        [("Content-Length", "+3")],
        [("Transfer-Encoding", "gzip, chunked"), ("Content-Length", "3")],
    ],
)
def test_a_request_that_can_be_cut_two_ways_is_refused(
    client: Client, upstream: Upstream, bearer: Bearer, framing: Any
) -> None:
    client.send("POST", UPLOAD, [*bearer().items(), *framing], b"3\r\nabc\r\n0\r\n\r\n")
    assert client.status() == 400
    assert UPLOAD not in upstream.paths


def test_head_is_answered_without_a_body(
    client: Client, upstream: Upstream, bearer: Bearer
) -> None:
    upstream.go.set()
    client.send("HEAD", "/api/v1/faqs", [*bearer().items(), ("Connection", "close")])
    assert client.status() == 200
    while piece := client.socket.recv(65536):
        client.seen += piece
    assert client.seen.endswith(b"\r\n\r\n")
    assert b"data" not in client.seen


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/faqs/../auth/introspect",
        "/api/v1/faqs/%2e%2e/auth/introspect",
        "/api/v1/faqs/x%2f..%2f..%2fauth%2fintrospect",
        "/api/v1/faqs/./export",
        "//api/v1/faqs",
        "/api/v1/faqs/%",
    ],
)
def test_a_path_that_can_be_read_two_ways_is_no_path(
    client: Client, upstream: Upstream, bearer: Bearer, path: str
) -> None:
    client.send("GET", path, bearer().items())
    assert client.status() in (400, 404)
    assert [each for each in upstream.paths if "jwks" not in each] == []


@pytest.mark.parametrize("second", ["other", "gateway"])
def test_a_request_for_two_hosts_is_refused(
    client: Client, bearer: Bearer, second: str
) -> None:
    client.send("GET", "/api/v1/faqs", [*bearer().items(), ("Host", second)])
    assert client.status() == 400
