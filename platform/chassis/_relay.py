"""Relay: pass a request on to another service and its answer back, both streamed.

For the one service that stands at the edge. Credentials and hop-by-hop headers stay
behind; the signed context goes along. A failure of a service behind the answering one
(424) becomes what it is for somebody outside: 502, 503, 504 or 507.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from urllib.parse import quote

import httpx
from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from chassis import _context, _page, _runtime, errors
from chassis._upstream import address, each_within

# RFC 9110 §7.6.1, and what the edge alone may see or say.
HOP_BY_HOP = frozenset(
    (
        "connection keep-alive proxy-authenticate proxy-authorization "
        "proxy-connection te trailer transfer-encoding upgrade host"
    ).split()
)
PRIVATE = frozenset(
    (
        "authorization cookie x-api-key x-csrf-token x-internal-token "
        "x-tenant x-request-timeout x-request-id traceparent server date"
    ).split()
)
# A client that could set these would steer the mesh, or speak for another caller.
OURS = ("x-filigree-", "x-envoy-")
# RFC 3986 §3.3. A sidecar knows nothing else as a path, and refuses it for itself.
IN_A_PATH = "/%:@!$&'()*+,;="
COOKIE = re.compile(r"[A-Za-z0-9._-]{1,200}")
SILENCE = 60.0  # seconds between two pieces of an answer
SMALL, ARRIVAL = 64 * 2**10, 20.0  # bytes of a body, and seconds that it may take


def end_to_end(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that are meant for the other end, not for the next hop or for us."""
    pairs = [(name.lower(), value) for name, value in headers]
    named = {
        token.strip().lower()
        for name, value in pairs
        if name == "connection"
        for token in value.split(",")
    }
    left = HOP_BY_HOP | PRIVATE | named
    return [(n, v) for n, v in pairs if n not in left and not n.startswith(OURS)]


def require_one_host(request: Request) -> None:
    """Refuse what two servers might take for different hosts' (RFC 9112 §3.2)."""
    hosts = request.headers.getlist("host")
    # A proxy may have joined two headers to one.
    if len(hosts) > 1 or any("," in host for host in hosts):
        raise errors.Invalid("the request has several Host headers: send one")


def require_fair_framing(request: Request, most: int) -> None:
    """Refuse what two servers might cut into different requests (RFC 9112 §6.3)."""
    lengths = request.headers.getlist("content-length")
    if len(lengths) > 1 or (lengths and "transfer-encoding" in request.headers):
        raise errors.Invalid(
            "Content-Length stands there twice, or beside Transfer-Encoding"
        )
    if lengths and not lengths[0].isdecimal():
        raise errors.Invalid("Content-Length is not a number")
    if lengths and int(lengths[0]) > most:
        raise errors.TooLarge(f"at most {most} bytes are taken")


async def arrived(request: Request) -> bool:
    """Whether the body is here now: a small one is waited for, TimeoutError."""
    lengths = request.headers.getlist("content-length")
    is_large = any(not n.isdecimal() or int(n) > SMALL for n in lengths)
    if is_large or "transfer-encoding" in request.headers:
        return False
    async with asyncio.timeout(ARRIVAL):
        await request.body()
    return True


async def enter(
    request: Request, sent: AsyncExitStack, turn: AbstractAsyncContextManager[None]
) -> None:
    """Enter *turn* on *sent*, for a request that has arrived; ClientDisconnect, and
    nobody waits for it any more, as soon as whoever sent the request leaves."""
    waiting = asyncio.ensure_future(sent.enter_async_context(turn))
    try:
        await asyncio.sleep(0)
        if not waiting.done():  # mostly it is: nobody else waits
            await _while_here(request, waiting)
        waiting.result()
    finally:
        waiting.cancel()


async def _while_here(request: Request, waiting: asyncio.Future[None]) -> None:
    """Until *waiting* is over; ClientDisconnect where whoever sent it leaves first."""
    # After all of a body nothing comes but the end of the connection.
    leaving = asyncio.ensure_future(request.receive())
    try:
        both = (waiting, leaving)
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            raise ClientDisconnect
    finally:
        leaving.cancel()


class _Body:
    """A request's body as it comes. ``failure`` is what ended it, if not its end.

    A client library may wrap whatever a body raises in an error of its own.
    """

    def __init__(self, request: Request, most: int) -> None:
        self._request, self._most = request, most
        self.failure: Exception | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._pieces():
                yield piece
        except Exception as exc:
            self.failure = exc
            raise

    async def _pieces(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._request.stream():
            size += len(piece)
            if size > self._most:
                raise errors.TooLarge(f"at most {self._most} bytes are taken")
            yield piece


async def relay(
    request: Request,
    service: str,
    *,
    seconds: float = 30.0,
    most: int = 2**20,
    cookies: Iterable[str] = (),
) -> Response:
    """The answer of *service* to *request*, whose body has at most *most* bytes.

    *seconds* is how long the answer may take to begin. A HEAD is asked as a GET, and
    the body of either goes no further; of its cookies only *cookies* do.
    """
    require_one_host(request)
    require_fair_framing(request, most)
    bodiless = request.method in ("GET", "HEAD")
    body = None if bodiless else await _body(request, most)
    asked = _asked(request, service, body, seconds)
    if sent := _kept(request, cookies):
        asked.headers["cookie"] = sent
    answer = await _answered(asked, body, seconds)
    if answer.status_code == 424 or _is_foreign(answer):
        raise await _outside(answer, service)
    if _is_problem(answer) and _page.is_asked(request.scope):
        return await _shown(answer)
    if answer.status_code == 401:
        await _require_known(answer, service)
    response = await _passed_on(answer, service)
    response.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in end_to_end(answer.headers.multi_items())
    ]
    return response


async def _body(request: Request, most: int) -> bytes | _Body:
    """What has arrived as a whole goes on as a whole, with its head in one piece."""
    return await request.body() if await arrived(request) else _Body(request, most)


def _asked(
    request: Request, service: str, body: bytes | _Body | None, seconds: float
) -> httpx.Request:
    runtime = _runtime.running()
    target = quote(request.scope["raw_path"], safe=IN_A_PATH)
    if query := request.scope["query_string"].decode("latin-1"):
        target += f"?{query}"
    own = _context.to_headers(_context.current(), seconds, runtime.service)
    headers = end_to_end(request.headers.items())
    if body is None:
        # What a GET carries means nothing (RFC 9110 §9.3.1) and stays here, its length
        # with it: the next server would wait for it.
        headers = [each for each in headers if each[0] != "content-length"]
    passed = [*headers, *own.items()]
    return httpx.Request(
        "GET" if request.method == "HEAD" else request.method,
        address(runtime.address(service) + target),
        content=body,
        # httpx takes text in ASCII only; a browser's name for itself may be in any.
        headers=[(n.encode("latin-1"), v.encode("latin-1")) for n, v in passed],
        extensions={"service": service},
    )


def _kept(request: Request, names: Iterable[str]) -> str:
    """The cookies of these *names*, but for values that could be more than one."""
    sent = {name: request.cookies.get(name, "") for name in names}
    return "; ".join(f"{n}={v}" for n, v in sent.items() if COOKIE.fullmatch(v))


async def _answered(
    asked: httpx.Request, body: bytes | _Body | None, seconds: float
) -> httpx.Response:
    service = asked.extensions["service"]
    try:
        async with asyncio.timeout(seconds + 1.0):
            return await _runtime.running().send(asked)
    except (TimeoutError, httpx.TransportError) as exc:
        if isinstance(body, _Body) and body.failure is not None:
            raise body.failure from exc
        raise _unreachable(service, exc) from exc


async def _require_known(answer: httpx.Response, service: str) -> None:
    """Misconfigured where the service does not know us. Passed on it would say that of
    whoever asked, and sign out everybody."""
    if _context.BAD_TOKEN.encode() in await answer.aread():
        await answer.aclose()
        why = (
            f"{service} does not take the token of this service: keys or clocks differ"
        )
        raise errors.Misconfigured(why, upstream=service)


def _is_foreign(answer: httpx.Response) -> bool:
    """Whether a failure is none of a service's own words, such as a proxy's page."""
    return answer.status_code >= 500 and not _is_problem(answer)


def _is_problem(answer: httpx.Response) -> bool:
    kind = answer.headers.get("content-type", "")
    return answer.status_code >= 400 and kind.startswith("application/problem+json")


async def _shown(answer: httpx.Response) -> Response:
    """The mesh's own words, which come as JSON alone, to the person who is to read."""
    html = _page.failure(json.loads(await _content(answer)))
    kept = {n: v for n, v in answer.headers.items() if n == "retry-after"}
    return _page.page(html, kept, answer.status_code)


def _unreachable(service: str, exc: Exception) -> errors.Problem:
    if isinstance(exc, TimeoutError | httpx.TimeoutException):
        return errors.Timeout(f"{service} did not answer in time", upstream=service)
    return errors.Unavailable(f"{service} cannot be reached", upstream=service)


async def _outside(answer: httpx.Response, service: str) -> errors.Problem:
    content = await _content(answer)
    return _told_outside(errors.from_response(answer.status_code, content, service))


async def _content(answer: httpx.Response) -> bytes:
    try:
        return await answer.aread()
    finally:
        await answer.aclose()


def _told_outside(problem: errors.Problem) -> errors.Problem:
    """504 for what took too long, 503 where it is known when to come back, 507 where
    there is no room, else 502."""
    data = dict(problem.data)
    if data.pop("timed_out", False):
        return errors.Timeout(problem.message, **data)
    if isinstance(problem, errors.NoRoom):
        return errors.StorageFailed(problem.message, **data)
    outside = errors.Unavailable(problem.message, code=problem.code, **data)
    outside.status = None if "retry_after" in data else 502
    return outside


async def _passed_on(answer: httpx.Response, service: str) -> Response:
    """A small answer as a whole, so that half of one is a failure; others in pieces."""
    length = answer.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > SMALL:
        return StreamingResponse(_pieces(answer), answer.status_code)
    try:
        content = b"".join([piece async for piece in _pieces(answer)])
    except (TimeoutError, httpx.TransportError) as exc:
        raise _unreachable(service, exc) from exc
    return Response(content, answer.status_code)


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        if answer.is_stream_consumed:
            yield answer.content
            return
        async for piece in each_within(SILENCE, answer.aiter_raw()):
            yield piece
    finally:
        await answer.aclose()
