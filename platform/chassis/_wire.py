"""The wire: httpx's requests and answers, over connections of the chassis' own.

httpx's own transport takes most of a hop's time in its pool and in its parser; its
interface is made for another one to be put in. This one sends what it is given and
nothing else: no cookie is kept, no header is added, no path is normalised, nothing is
decompressed or redirected. Times are the caller's to bound.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterable
from typing import cast

import httpx

from chassis._connection import Ask, Connection, Unanswered

# May be sent again where a connection that was kept ended at that moment (RFC 9110,
# 9.2.2): the server had closed it before it saw the request.
REPEATABLE = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
PORTS = {"http": 80, "https": 443}
Place = tuple[str, str, int]


class Wire(httpx.AsyncBaseTransport):
    """Connections to the *socket*, or to whatever host a request names.

    At most *most* requests are under way; a connection is kept for *idle* seconds.
    """

    def __init__(self, socket: str | None, most: int, idle: float) -> None:
        self._socket, self._idle = socket, idle
        self._free = asyncio.Semaphore(most)
        self._kept: dict[Place, deque[Connection]] = defaultdict(deque)
        self._places: dict[Connection, Place] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, its body still to be read; httpx's TransportError otherwise."""
        asked, place = _asked(request), self._place(request.url)
        is_repeatable = request.method in REPEATABLE and isinstance(asked.body, bytes)
        await self._free.acquire()
        kept = self._used(place)
        if kept is None:
            return await _answered(await self._made(place), asked)
        try:
            return await _answered(kept, asked)
        except Unanswered:
            if not is_repeatable:
                raise
        await self._free.acquire()
        return await _answered(await self._made(place), asked)

    def _place(self, url: httpx.URL) -> Place:
        if self._socket is not None:
            return "unix", self._socket, 0
        return url.scheme, url.host, url.port or PORTS[url.scheme]

    def _used(self, place: Place) -> Connection | None:
        """The one that was used last, if any was lately."""
        kept, oldest = self._kept[place], time.monotonic() - self._idle
        while kept and kept[0].since < oldest:
            kept.popleft().close()
        while kept:
            connection = kept.pop()
            if connection.is_open:
                return connection
        return None

    async def _made(self, place: Place) -> Connection:
        """A new one; ConnectError where there is nobody."""
        loop, (scheme, host, port) = asyncio.get_running_loop(), place
        try:
            if scheme == "unix":
                _, made = await loop.create_unix_connection(self._new, host)
            else:
                secured = scheme == "https" or None
                _, made = await loop.create_connection(
                    self._new, host, port, ssl=secured
                )
        except BaseException as exc:
            self._free.release()
            if isinstance(exc, OSError):
                raise httpx.ConnectError(str(exc)) from exc
            raise
        self._places[made] = place
        return made

    def _new(self) -> Connection:
        return Connection(self._left, self._lost)

    def _left(self, connection: Connection) -> None:
        self._free.release()
        if connection.is_open:
            connection.since = time.monotonic()
            self._kept[self._places[connection]].append(connection)

    def _lost(self, connection: Connection) -> None:
        place = self._places.pop(connection, None)
        if place and connection in self._kept[place]:
            self._kept[place].remove(connection)

    async def aclose(self) -> None:
        for connection in [*self._places]:
            connection.close()


async def _answered(connection: Connection, asked: Ask) -> httpx.Response:
    answer = connection.ask(asked)
    try:
        status, headers = await answer.head
    except BaseException:
        await answer.aclose()
        raise
    return httpx.Response(status, headers=headers, stream=answer)


def _asked(request: httpx.Request) -> Ask:
    """LocalProtocolError for what would be read as more than one request."""
    target, headers = request.url.raw_path, request.headers.raw
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), target)]
    lines += [b"%b: %b" % header for header in headers]
    head = b"\r\n".join(lines)
    ends = len(lines) - 1
    if (head.count(b"\r"), head.count(b"\n"), head.count(b"\0")) != (ends, ends, 0):
        raise httpx.LocalProtocolError("a header is one line")
    body, length = _body(request), _length(request)
    if isinstance(body, bytes) and len(body) != length:
        raise httpx.LocalProtocolError("a body is as long as its content-length")
    return Ask(head + b"\r\n\r\n", body, length, request.method == "HEAD")


def _body(request: httpx.Request) -> bytes | AsyncIterable[bytes]:
    try:
        return request.content
    except httpx.RequestNotRead:
        return cast(AsyncIterable[bytes], request.stream)


def _length(request: httpx.Request) -> int | None:
    """Of the body in bytes; None where it is sent in chunks."""
    if "transfer-encoding" in request.headers:
        return None
    return int(request.headers.get("content-length", 0))
