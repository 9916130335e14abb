"""Server-sent events: an answer in pieces, which fails as any other does."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse

from chassis import _context, _runtime, errors

QUALITY = re.compile(r"[01](\.[0-9]{0,3})?")
HEARTBEAT = 15.0  # seconds of silence after which an event stream says it is alive


def wants_events(request: Request) -> bool:
    """Whether the caller asked for server-sent events, and not rather for JSON."""
    accept = ",".join(request.headers.getlist("accept"))
    wanted = _quality(accept, "text/event-stream")
    return wanted > 0 and wanted >= _quality(accept, "application/json")


def _quality(accept: str, kind: str) -> float:
    """How much *kind* is wanted under its own name (RFC 9110, 12.5.1), 0 if not."""
    for each in accept.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        if name == kind:
            said = next((p for p in parameters if p.startswith("q=")), "q=1")
            return float(said[2:]) if QUALITY.fullmatch(said[2:]) else 1.0
    return 0.0


def event_stream(events: AsyncIterator[tuple[Any, ...]]) -> StreamingResponse:
    """(event name, JSON data) pairs as server-sent events (WHATWG HTML §9.2).

    A third member is the event's id, from which a client resumes. A failure midway
    becomes an ``error`` event with the problem as its data; silence is filled with
    comments, so that a vanished client is noticed.
    """
    return StreamingResponse(
        _framed(events),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def _framed(events: AsyncIterator[tuple[Any, ...]]) -> AsyncIterator[bytes]:
    pending: asyncio.Task[Any] | None = None
    try:
        while True:
            pending = pending or asyncio.ensure_future(anext(events, None))
            done, _ = await asyncio.wait([pending], timeout=HEARTBEAT)
            if not done:
                yield b": still here\n\n"
                continue
            found, pending = pending.result(), None
            if found is None:
                return
            yield frame(*found)
    except Exception as exc:
        problem = errors.from_exception(exc)
        service = _runtime.running().service
        body = errors.body(
            problem,
            service=service,
            operation="stream",
            request_id=_context.current().request_id,
        )
        yield frame("error", body)
    finally:
        # A generator that is at work cannot be closed; cancelling its step ends it.
        if pending is None or not pending.cancel():
            await _closed(events)


async def _closed(events: AsyncIterator[Any]) -> None:
    close = getattr(events, "aclose", None)
    if close is not None:
        await close()


def frame(name: str, data: Any, id: str | None = None) -> bytes:
    """One server-sent event."""
    text = data.model_dump_json() if hasattr(data, "model_dump_json") else None
    resumed = "" if id is None else f"id: {id}\n"
    return f"{resumed}event: {name}\ndata: {text or json.dumps(data)}\n\n".encode()
