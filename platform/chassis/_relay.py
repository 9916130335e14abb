"""Relay: pass a request on to another service and its answer back, both streamed.

For the one service that stands at the edge. Credentials and hop-by-hop headers stay
behind; the signed context goes along. A failure of a service behind the answering one
(424) becomes what it is for somebody outside: 502, 503 or 504.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable

import httpx
from fastapi import Request, Response
from starlette.responses import StreamingResponse

from chassis import _context, _runtime, errors

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
        "x-request-timeout x-request-id traceparent"
    ).split()
)
SILENCE = 60.0  # seconds between two pieces of an answer


def end_to_end(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that are meant for the other end, not for the next hop."""
    pairs = [(name.lower(), value) for name, value in headers]
    named = {
        token.strip().lower()
        for name, value in pairs
        if name == "connection"
        for token in value.split(",")
    }
    return [(n, v) for n, v in pairs if n not in HOP_BY_HOP and n not in named]


def require_fair_framing(request: Request, most: int) -> None:
    """Refuse what two servers might cut into different requests (RFC 9112 §6.3)."""
    lengths = request.headers.getlist("content-length")
    if len(lengths) > 1 or (lengths and "transfer-encoding" in request.headers):
        raise errors.Invalid("the request says twice how long it is")
    if lengths and int(lengths[0]) > most:
        raise errors.TooLarge(f"at most {most} bytes are taken")


async def _bounded(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes, until it is larger than what is taken."""
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise errors.TooLarge(f"at most {most} bytes are taken")
        yield piece


async def relay(
    request: Request,
    service: str,
    *,
    seconds: float = 30.0,
    most: int = 2**20,
) -> Response:
    """The answer of *service* to *request*, whose body has at most *most* bytes.

    *seconds* is how long the answer may take to begin.
    """
    require_fair_framing(request, most)
    content = None if request.method in ("GET", "HEAD") else _bounded(request, most)
    runtime, context = _runtime.running(), _context.current()
    target = request.scope["raw_path"].decode("latin-1")
    if request.url.query:
        target += f"?{request.url.query}"
    sent = [
        pair
        for pair in end_to_end(request.headers.items())
        if pair[0] not in PRIVATE and not pair[0].startswith("x-filigree-")
    ]
    asked = runtime.client.build_request(
        request.method,
        runtime.address(service) + target,
        content=content,
        headers=[*sent, *_context.to_headers(context, seconds).items()],
    )
    try:
        async with asyncio.timeout(seconds + 1.0):
            answer = await runtime.client.send(asked, stream=True)
    except (TimeoutError, httpx.TransportError) as exc:
        raise _unreachable(service, exc) from exc
    if answer.status_code == 424:
        raise await _outside(answer, service)
    response = StreamingResponse(_pieces(answer), status_code=answer.status_code)
    response.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in end_to_end(answer.headers.multi_items())
        if name.lower() != "x-request-id"
    ]
    return response


def _unreachable(service: str, exc: Exception) -> errors.Problem:
    if isinstance(exc, TimeoutError | httpx.TimeoutException):
        return errors.Timeout(f"{service} did not answer in time", upstream=service)
    return errors.Unavailable(f"{service} cannot be reached", upstream=service)


async def _outside(answer: httpx.Response, service: str) -> errors.Problem:
    try:
        content = await answer.aread()
    finally:
        await answer.aclose()
    problem = errors.from_response(424, content, service)
    if problem.data.get("timed_out"):
        return errors.Timeout(problem.message, upstream=problem.data["upstream"])
    outside = errors.Unavailable(problem.message, upstream=problem.data["upstream"])
    outside.status = 502
    return outside


async def _pieces(answer: httpx.Response) -> AsyncIterator[bytes]:
    pieces = answer.aiter_raw()
    try:
        while True:
            async with asyncio.timeout(SILENCE):
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield piece
    finally:
        await answer.aclose()
