"""The wire: httpx's requests and answers, carried by aiohttp's connections.

httpx's own transport takes most of a hop's time in its pool and in its parser; its
interface is made for another one to be put in. This one sends what it is given and
nothing else: no cookie is kept, no header is added, no path is normalised, nothing is
decompressed or redirected. Times are the caller's to bound.
"""

from collections.abc import AsyncIterable, AsyncIterator
from typing import cast

import aiohttp
import httpx
import yarl

# aiohttp adds these to a request that has none.
UNASKED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
# The first that fits. What httpx' own transport raises for the same.
MEANINGS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ClientOSError, httpx.ReadError),
    (aiohttp.ClientError, httpx.RemoteProtocolError),
)


def meaning(exc: aiohttp.ClientError) -> httpx.TransportError:
    """aiohttp's exception as httpx would tell it."""
    meant = next(meant for kind, meant in MEANINGS if isinstance(exc, kind))
    return meant(str(exc))


class Wire(httpx.AsyncBaseTransport):
    """Connections to the *socket*, or to whatever host a request names.

    At most *most* requests are under way; a connection is kept for *idle* seconds.
    """

    def __init__(self, socket: str | None, most: int, idle: float) -> None:
        self._socket, self._most, self._idle = socket, most, idle
        self._session: aiohttp.ClientSession | None = None

    def _opened(self) -> aiohttp.ClientSession:
        """Made with the first request: it belongs to the loop that runs then."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector(),
                # One session sends everybody's requests: a cookie that one answer
                # sets would be sent with the next one's.
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=UNASKED,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(),
            )
        return self._session

    def _connector(self) -> aiohttp.BaseConnector:
        most, idle = self._most, self._idle
        if self._socket is None:
            return aiohttp.TCPConnector(limit=most, keepalive_timeout=idle)
        return aiohttp.UnixConnector(self._socket, limit=most, keepalive_timeout=idle)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, its body still to be read; httpx's TransportError otherwise."""
        try:
            answer = await self._opened().request(
                request.method,
                yarl.URL(str(request.url), encoded=True),
                headers=_headers(request),
                data=_body(request),
                allow_redirects=False,
            )
        except aiohttp.ClientError as exc:
            raise meaning(exc) from exc
        return httpx.Response(
            answer.status, headers=answer.raw_headers, stream=_Pieces(answer)
        )

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _headers(request: httpx.Request) -> list[tuple[str, str]]:
    """As they are; aiohttp itself says that it sends a body in chunks."""
    known = request.headers.multi_items()
    return [(name, value) for name, value in known if name != "transfer-encoding"]


def _body(request: httpx.Request) -> bytes | AsyncIterable[bytes] | None:
    try:
        return request.content or None
    except httpx.RequestNotRead:
        return cast(AsyncIterable[bytes], request.stream)


class _Pieces(httpx.AsyncByteStream):
    """The body as it arrives. Left early, its connection ends with it."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._answer.content.iter_any():
                yield piece
        except aiohttp.ClientError as exc:
            raise meaning(exc) from exc

    async def aclose(self) -> None:
        self._answer.close()
