"""The transport into the mesh, against a server that writes its own bytes."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from chassis import _runtime

WITHIN = 10.0  # seconds that one test may take
FINE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
Act = Callable[[_runtime.Runtime], Awaitable[None]]


class Server:
    """Answers every request with ``answer``; keeps what it was sent.

    ``leaves``: it closes the connection after that. ``gone`` is set when a client did.
    """

    def __init__(self, answer: bytes = FINE, *, leaves: bool = False) -> None:
        self.answer, self.leaves = answer, leaves
        self.heads: list[str] = []
        self.connections = 0
        self.gone = asyncio.Event()

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head.decode("latin-1"))
                writer.write(self.answer)
                await writer.drain()
                if self.leaves:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            self.gone.set()
        finally:
            writer.close()


def run(server: Server, act: Act) -> None:
    """*act* with a client of *server*, on a socket of its own."""

    async def served(socket: Path) -> None:
        listening = await asyncio.start_unix_server(server.serve, str(socket))
        transport = _runtime.mesh_transport(str(socket))
        try:
            async with asyncio.timeout(WITHIN):
                await act(_runtime.Runtime("caller", transport))
        finally:
            await transport.aclose()
            listening.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(served(Path(folder) / "s"))


def asked(path: str = "/", method: str = "GET", **more: object) -> httpx.Request:
    return httpx.Request(method, f"http://callee{path}", **more)


def test_a_cookie_of_one_answer_is_not_sent_with_the_next_request() -> None:
    server = Server(FINE.replace(b"\r\n\r\n", b"\r\nset-cookie: session=of-a\r\n\r\n"))

    async def act(caller: _runtime.Runtime) -> None:
        first = await caller.answered(asked())
        assert first.headers["set-cookie"] == "session=of-a"
        await caller.answered(asked())

    run(server, act)
    assert "cookie" not in server.heads[1].lower()


def test_what_is_asked_is_sent_and_no_more() -> None:
    server = Server()

    async def act(caller: _runtime.Runtime) -> None:
        await caller.answered(asked(headers={"X-Request-Id": "r-1"}))

    run(server, act)
    lines = server.heads[0].strip().lower().split("\r\n")
    assert sorted(lines) == ["get / http/1.1", "host: callee", "x-request-id: r-1"]


@pytest.mark.parametrize("path", ["/a/%2e%2e/b", "/a%2Fb", "/%61", "/q?x=%2B+a%20b"])
def test_a_path_is_sent_as_it_was_written(path: str) -> None:
    server = Server()

    async def act(caller: _runtime.Runtime) -> None:
        await caller.answered(asked(path))

    run(server, act)
    assert server.heads[0].startswith(f"GET {path} HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
        b"nonsense\r\n\r\n",
    ],
)
def test_a_broken_answer_is_a_failure_but_not_a_timeout(answer: bytes) -> None:
    async def act(caller: _runtime.Runtime) -> None:
        with pytest.raises(httpx.TransportError) as raised:
            await caller.answered(asked(method="POST"))
        assert not isinstance(raised.value, httpx.TimeoutException)

    run(Server(answer, leaves=True), act)


def test_a_header_that_is_not_ascii_is_sent() -> None:
    server = Server()

    async def act(caller: _runtime.Runtime) -> None:
        await caller.answered(asked(headers=[(b"X-Title", "café".encode())]))

    run(server, act)
    assert "café".encode() in server.heads[0].encode("latin-1")


@pytest.mark.parametrize("length", [None, 5])
def test_a_body_is_sent_piece_by_piece(length: int | None) -> None:
    server = Server()
    headers = {} if length is None else {"Content-Length": str(length)}

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"\r\n"

    async def act(caller: _runtime.Runtime) -> None:
        await caller.answered(asked("/", "POST", headers=headers, content=pieces()))

    run(server, act)
    framing = "transfer-encoding: chunked" if length is None else "content-length: 5"
    assert server.heads[0].lower().count(framing) == 1
    assert ("chunked" in server.heads[0].lower()) == (length is None)


def test_a_mesh_that_is_not_there_cannot_be_connected_to(tmp_path: Path) -> None:
    async def act() -> None:
        transport = _runtime.mesh_transport(str(tmp_path / "nobody"))
        with pytest.raises(httpx.ConnectError):
            await _runtime.Runtime("caller", transport).answered(asked())
        await transport.aclose()

    asyncio.run(act())


def test_an_answer_that_is_given_up_on_frees_its_connection() -> None:
    server = Server(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}")

    async def act(caller: _runtime.Runtime) -> None:
        with pytest.raises(TimeoutError) as raised:
            async with asyncio.timeout(0.2):
                await caller.answered(asked())
        # Held on to, as by whoever logs it: nothing is left to the collector.
        assert raised.value
        await server.gone.wait()

    run(server, act)


def test_a_connection_is_used_again() -> None:
    server = Server()

    async def act(caller: _runtime.Runtime) -> None:
        for _ in range(3):
            assert (await caller.answered(asked())).json() == {}

    run(server, act)
    assert (len(server.heads), server.connections) == (3, 1)
