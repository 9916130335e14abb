"""Routes: what happens around every handler.

Identity and roles are checked, the deadline is kept, a repeated idempotency key gets
its first answer, and the unit of work commits before the answer leaves.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute

from chassis import _context, _fields, _policy, _runtime, _unit, _upload, errors
from chassis._asked import Asked, require_readable

REMEMBERED = 86_400  # seconds that an idempotent answer is kept
VERSION = re.compile("[0-9]{1,18}")  # a positive bigint
FAIR = 0.9  # of its declared time an operation has to have, to be late itself
BARELY = 0.1  # seconds that are as good as none
HEARTBEAT = 15.0  # seconds of silence after which an event stream says it is alive

Handler = Callable[[Request], Awaitable[Response]]


class Route(APIRoute):
    """FastAPI's route, with the chassis' order of things around the handler."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        wanted = [each.call for each in self.dependant.dependencies]
        if _upload.received in wanted:
            declared = dict(self.openapi_extra or {})
            beside = declared.pop("x-fields", None)
            body = _fields.described(_upload.BODY, beside) if beside else _upload.BODY
            self.openapi_extra = {"requestBody": body} | declared

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        declared = self.openapi_extra or {}
        name, template = self.name, self.path
        journalled = declared.get("x-retry") == "keyed" and "x-replays" not in declared
        takes_json = self.body_field is not None
        watches = "x-stream" in declared and "GET" in self.methods
        own = declared.get("x-timeout", _policy.DEFAULT_TIMEOUT)

        async def answer(request: Asked, context: _context.Context) -> Response:
            await require_readable(request, takes_json=takes_json)
            if journalled and is_keyed(context):
                return await _once(request, context, name, handle)
            return await _committed(request, handle)

        async def serve(sent: Request) -> Response:
            request = Asked(sent.scope, sent.receive)
            request.scope["chassis.operation"] = name
            request.scope["chassis.path"] = path_of(request, template, declared)
            context = _context.current()
            require_identity(context, declared)
            _context.hush("x-quiet" in declared)
            try:
                return await _in_time(answer(request, context), context, name, own)
            finally:
                if watches:
                    _context.take_time()

        return serve


async def _in_time(
    work: Awaitable[Response], context: _context.Context, operation: str, own: float
) -> Response:
    """What *work* answers within the caller's time, or else its *own* seconds."""
    given = context.remaining() if context.deadline else own
    try:
        async with asyncio.timeout(given):
            return await work
    except TimeoutError as exc:
        in_haste = given < FAIR * own and context.remaining() < BARELY
        raise late(operation, given, in_haste=in_haste) from exc


def late(operation: str, given: float, *, in_haste: bool) -> errors.Problem:
    """Timeout; or UpstreamFailed, which nobody counts, where the caller gave less time
    than the operation is declared to need: callers in haste shall eject nobody."""
    if not in_haste:
        return errors.Timeout(f"{operation} did not end in time")
    service = _runtime.running().service
    why = f"{operation} did not end in the {given:.2f} s that it was given"
    return errors.UpstreamFailed(why, upstream=service, timed_out=True)


def path_of(request: Request, template: str, declared: dict[str, Any]) -> str:
    """What access lines say of the path: where no credential is asked for, what stands
    in it may be one, and only the template is told."""
    return template if "x-anonymous" in declared else request.url.path


def require_identity(context: _context.Context, declared: dict[str, Any]) -> None:
    """Unauthenticated without a tenant, Forbidden without one of the roles."""
    if declared.get("x-anonymous"):
        return
    if context.tenant is None:
        raise errors.Unauthenticated("this needs a credential")
    if declared.get("x-outside") and not context.is_outside:
        return
    roles = declared.get("x-roles")
    if roles and not context.is_service and not set(roles) & set(context.roles):
        raise errors.Forbidden(f"this needs one of the roles {', '.join(roles)}")


def is_keyed(context: _context.Context) -> bool:
    return context.idempotency_key is not None and context.tenant is not None


async def _committed(request: Request, handle: Handler) -> Response:
    response = await handle(request)
    versions = await _unit.commit()
    _describe(request, response, versions)
    return response


async def _once(
    request: Request, context: _context.Context, name: str, handle: Handler
) -> Response:
    """The first answer to this key, made now or remembered."""
    id, digest = _unit.answer_id(context, name), await _digest(request)
    known = await _unit.remembered(id)
    if known is not None:
        return _replayed(known, digest)
    response = await handle(request)
    body = getattr(response, "body", b"").decode()
    entry = {"digest": digest, "status": response.status_code, "body": body}
    _unit.remember(id, entry, REMEMBERED)
    try:
        versions = await _unit.commit()
    except errors.Stale as exc:
        if await _unit.remembered(id) is None:
            raise
        raise errors.Conflict(
            "a request with this Idempotency-Key is being answered", code="KEY_IN_USE"
        ) from exc
    _describe(request, response, versions[:-1])
    return response


async def _digest(request: Request) -> str:
    """A hash of what was asked."""
    head = f"{request.method} {request.url.path}?{request.url.query}\n"
    if request.headers.get("content-type", "").startswith(_fields.FORM):
        body = await _upload.fingerprint(request)
    else:
        body = await request.body()
    return hashlib.sha256(head.encode() + body).hexdigest()


def _replayed(known: dict[str, Any], digest: str) -> Response:
    if known["digest"] != digest:
        raise errors.Conflict(
            "this Idempotency-Key was used with another request", code="KEY_REUSED"
        )
    response = Response(
        known["body"] or None,
        status_code=known["status"],
        media_type="application/json" if known["body"] else None,
    )
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _describe(request: Request, response: Response, versions: list[int | None]) -> None:
    """ETag of the document that was written, Location of the one created."""
    if (version := _told(request, versions)) is not None:
        response.headers.setdefault("ETag", f'"{version}"')
    body = getattr(response, "body", None)
    if body and response.status_code == 201 and "Location" not in response.headers:
        made = json.loads(body)
        if isinstance(made, dict) and "id" in made:
            response.headers["Location"] = f"{request.url.path}/{made['id']}"


def _told(request: Request, versions: list[int | None]) -> int | None:
    """The version of the only document written, or of the first that the answer is."""
    is_one = len(versions) == 1 or request.scope.get("chassis.first", False)
    return versions[0] if versions and is_one else None


def router(prefix: str, **options: Any) -> APIRouter:
    """A router below *prefix* whose routes behave as this module says."""
    return APIRouter(prefix=prefix, route_class=Route, **options)


async def _if_match(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    text = if_match.removeprefix("W/").strip('"')
    if not VERSION.fullmatch(text):
        raise errors.Stale(f"{if_match} is not a version of this document")
    return int(text)


IfMatch = Annotated[int | None, Depends(_if_match)]


async def _until_sent() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as held:
        yield held


# What is entered on it lasts until the answer is sent, or nobody is there to get it.
UntilSent = Annotated[AsyncExitStack, Depends(_until_sent)]


def tag(response: Response, version: int) -> None:
    """Say at which version the document was read."""
    response.headers["ETag"] = f'"{version}"'


def about_the_first(request: Request) -> None:
    """The answer is the first document that is written; the others belong to it."""
    request.scope["chassis.first"] = True


def announce(request: Request, **headers: object) -> None:
    """Say so in the answer to *request*, whatever becomes of it: ``Rate_Limit=5``."""
    known = request.scope.setdefault("chassis.headers", {})
    for name, value in headers.items():
        known[name.replace("_", "-").lower().encode()] = str(value).encode()


def wants_events(request: Request) -> bool:
    """Whether the caller asked for server-sent events."""
    return "text/event-stream" in request.headers.get("accept", "")


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
