"""Connections that are kept, shared, left and broken, against a server of raw bytes."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from chassis._connection import Ask, Connection
from chassis._wire import Wire

WITHIN = 60.0  # seconds after which a test is taken to hang
LARGE = 16 * 1024 * 1024  # bytes
FINE = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def run(serve: Serve, act: Callable[[Wire], Awaitable[None]], most: int = 4) -> None:
    """*act* with a client of *serve*, which gets each connection."""

    held: list[asyncio.StreamWriter] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)  # One that nobody holds ends its connection (Python 3.13).
        await serve(reader, writer)

    async def all_of_it(socket: Path) -> None:
        listening = await asyncio.start_unix_server(hold, str(socket))
        wire = Wire(str(socket), most, 60.0)
        try:
            async with asyncio.timeout(WITHIN):
                await act(wire)
        finally:
            await wire.aclose()
            listening.close()
            for writer in held:
                writer.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(all_of_it(Path(folder) / "s"))


def test_nothing_empty_is_written() -> None:
    """Python 3.12's own transport would write it over and over."""
    written: list[bytes] = []

    async def asked() -> None:
        connection = Connection(lambda _: None, lambda _: None)
        connection.connection_made(SimpleNamespace(writelines=written.extend))
        connection.ask(Ask(b"GET / HTTP/1.1\r\n\r\n", b"", None, False))

    asyncio.run(asked())
    assert written == [b"GET / HTTP/1.1\r\n\r\n"]


def answering(*answers: bytes, leaves: bool = False) -> Serve:
    """Each request gets the next answer; after the last one the connection ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if not await head_of(reader):
                break
            writer.write(answer)
        if leaves:
            writer.close()

    return serve


async def head_of(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def whole(wire: Wire, method: str = "GET", **more: object) -> httpx.Response:
    asked = httpx.Request(method, "http://callee/", **more)
    response = await wire.handle_async_request(asked)
    try:
        await response.aread()
    finally:
        await response.aclose()
    return response


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nup to the end", b"up to the end"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + FINE, b"{}"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n",
            b"onetwo",
        ),
    ],
)
def test_a_body_ends_where_its_head_says(answer: bytes, body: bytes) -> None:
    async def act(wire: Wire) -> None:
        assert (await whole(wire)).content == body

    run(answering(answer, leaves=True), act)


def test_an_answer_to_head_has_no_body() -> None:
    async def act(wire: Wire) -> None:
        for _ in range(2):
            answer = await whole(wire, "HEAD")
            assert (answer.headers["content-length"], answer.content) == ("9", b"")

    run(answering(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"), act)


def test_a_chunked_answer_that_breaks_off_is_no_answer() -> None:
    async def act(wire: Wire) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            await whole(wire)

    begun = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\none"
    run(answering(begun, leaves=True), act)


@pytest.mark.parametrize("value", [b"a\r\nx-admin: 1", b"a\nb", b"a\0b"])
def test_a_header_of_two_lines_is_not_sent(value: bytes) -> None:
    heads = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await head_of(reader))

    async def act(wire: Wire) -> None:
        with pytest.raises(httpx.LocalProtocolError):
            await whole(wire, headers=[(b"x-title", value)])

    run(serve, act)
    assert not heads


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece


@pytest.mark.parametrize("body", [b"GET /", b"12"])
@pytest.mark.parametrize("make", [pieces, lambda body: body])
def test_a_body_of_another_length_than_told_is_no_second_request(
    make: Callable[[bytes], object], body: bytes
) -> None:
    sent = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        sent.append(await reader.read())
        writer.close()

    async def act(wire: Wire) -> None:
        about = {"content": make(body), "headers": {"content-length": "3"}}
        with pytest.raises(httpx.LocalProtocolError):
            await whole(wire, "POST", **about)

    run(serve, act)
    assert all(len(each) <= 3 for each in sent)


def test_what_fails_in_a_body_is_what_the_caller_hears() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"one"
        raise LookupError("the file is gone")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def act(wire: Wire) -> None:
        with pytest.raises(LookupError, match="the file is gone"):
            await whole(wire, "POST", content=broken())

    run(serve, act)


async def endless() -> AsyncIterator[bytes]:
    """A body that never waits; who takes all of it has heeded nothing."""
    for _ in range(10_000):
        yield b"x" * 65_536
    raise AssertionError("the body was sent on")


@pytest.mark.parametrize("leaves", [False, True])
def test_a_refusal_comes_before_the_body_is_sent(leaves: bool) -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n"

    async def act(wire: Wire) -> None:
        for _ in range(3):
            response = await whole(wire, "POST", content=endless())
            assert response.status_code == 413

    run(answering(refusal, leaves=leaves), act, most=1)


@pytest.mark.parametrize(("method", "is_repeated"), [("GET", True), ("POST", False)])
def test_a_kept_connection_that_just_ended_is_replaced_where_that_repeats_nothing(
    method: str, is_repeated: bool
) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await head_of(reader)
        writer.write(FINE)
        await head_of(reader)
        writer.close()

    async def act(wire: Wire) -> None:
        await whole(wire, method)
        if is_repeated:
            assert (await whole(wire, method)).content == b"{}"
        else:
            with pytest.raises(httpx.RemoteProtocolError):
                await whole(wire, method)

    run(serve, act)
    assert connections == (2 if is_repeated else 1)


def test_what_nobody_asked_for_is_no_answer() -> None:
    async def act(wire: Wire) -> None:
        assert (await whole(wire)).content == b"{}"
        assert (await whole(wire)).content == b"{}"

    forged = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged"
    run(answering(FINE + forged), act)


def test_requests_beyond_the_most_wait_for_their_turn() -> None:
    now = highest = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, highest
        while await head_of(reader):
            now += 1
            highest = max(highest, now)
            await asyncio.sleep(0)
            now -= 1
            writer.write(FINE)

    async def act(wire: Wire) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(40):
                group.create_task(whole(wire))

    run(serve, act, most=3)
    assert highest == 3


def test_whatever_becomes_of_a_request_its_place_is_free_again() -> None:
    ways = [b"", b"nonsense", FINE[:-1]]
    answers = iter([*ways, *ways, FINE])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head_of(reader)
        writer.write(next(answers))
        writer.close()

    async def act(wire: Wire) -> None:
        for _ in range(2 * len(ways)):
            with pytest.raises(httpx.TransportError):
                await whole(wire)
        assert (await whole(wire)).content == b"{}"

    run(serve, act, most=1)


def test_nobody_there_takes_no_place(tmp_path: Path) -> None:
    async def act() -> None:
        wire = Wire(str(tmp_path / "nobody"), 1, 60.0)
        for _ in range(2):
            async with asyncio.timeout(WITHIN):
                with pytest.raises(httpx.ConnectError):
                    await whole(wire)

    asyncio.run(act())


def test_an_answer_is_read_no_faster_than_it_is_wanted() -> None:
    sent = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while b"/small" in await head_of(reader):
            writer.write(FINE)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % LARGE)
        while sent < LARGE:
            writer.write(b"x" * 65_536)
            sent += 65_536
            await writer.drain()

    async def act(wire: Wire) -> None:
        large = await wire.handle_async_request(httpx.Request("GET", "http://c/large"))
        for _ in range(500):
            small = httpx.Request("GET", "http://c/small")
            await (await wire.handle_async_request(small)).aread()
        assert sent < LARGE / 2
        assert len(await large.aread()) == LARGE

    run(serve, act)
