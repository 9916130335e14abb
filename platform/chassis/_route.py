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
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import BaseModel

from chassis import _context, _fields, _policy, _runtime, _unit, _upload, errors
from chassis._asked import Arriving, Asked, require_known, require_readable
from contracts.infrastructure import database

REMEMBERED = 86_400  # seconds that an idempotent answer is kept
VERSION = re.compile("[0-9]{1,18}")  # a positive bigint
FAIR = 0.9  # of its declared time an operation has to have, to be late itself
BLAMED = 1 - FAIR  # of that time: who takes so much to send is who was late
BARELY = 0.1  # seconds that are as good as none
TAG = r'(?:W/)?"[^"]*"'  # an entity tag (RFC 9110, 8.8.3)
PRECONDITIONS = ("if-match", "if-none-match")
ELSEWHERE = (params.Cookie, params.Header, params.Path)  # what stands in no query

Handler = Callable[[Request], Awaitable[Response]]


class Route(APIRoute):
    """FastAPI's route, with the chassis' order of things around the handler."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        wanted = [each.call for each in self.dependant.dependencies]
        declared = dict(self.openapi_extra or {})
        self.beside: type[BaseModel] | None = declared.pop("x-fields", None)
        if _upload.received in wanted:
            body = _fields.described(_upload.BODY, self.beside)
            self.openapi_extra = {"requestBody": body} | declared

    def get_route_handler(self) -> Handler:
        return Order(self, super().get_route_handler()).serve


class Order:
    """The order of things around the handler of one route."""

    def __init__(self, route: Route, handle: Handler) -> None:
        declared = route.openapi_extra or {}
        retry, is_get = declared.get("x-retry"), "GET" in route.methods
        heeds = _if_match in [each.call for each in route.dependant.dependencies]
        self._handle, self._declared, self._is_get = handle, declared, is_get
        self._known = parameters(route)
        self._name, self._template = route.name, route.path
        self._replays = "x-replays" in declared
        self._takes_key = retry == "keyed"
        self._journalled = self._takes_key and not self._replays
        self._takes_json = route.body_field is not None
        self._watches = is_get and "x-stream" in declared
        is_one = "{" in route.path and ":path}" not in route.path
        self._names_one = is_one and not heeds
        self._shows_one = is_get and route.path.endswith("}")
        self._seconds = declared.get("x-timeout", _policy.DEFAULT_TIMEOUT)

    async def serve(self, sent: Request) -> Response:
        """The answer to a request, within its time and to whom it is open."""
        arriving = Arriving(sent.receive)
        request = Asked(sent.scope, arriving)
        request.scope["chassis.operation"] = self._name
        request.scope["chassis.path"] = path_of(request, self._template, self._declared)
        context = _context.current()
        require_identity(context, self._declared)
        _context.hush("x-quiet" in self._declared)
        work = self._answer(request, context)
        try:
            return await _in_time(work, context, self._name, self._seconds)
        except errors.Timeout as exc:
            if arriving.seconds < BLAMED * self._seconds:
                raise
            raise errors.Slow("not all of the request came in time") from exc
        finally:
            if self._watches:
                _context.take_time()

    async def _answer(self, request: Asked, context: _context.Context) -> Response:
        try:
            return await self._done(request, context)
        except errors.Stale as exc:
            if any(name in request.headers for name in PRECONDITIONS):
                raise
            raise overtaken(is_repeat=self._replays and is_keyed(context)) from exc

    async def _done(self, request: Asked, context: _context.Context) -> Response:
        require_known(request, self._known)
        if self._takes_key:
            require_key(request)
        await require_readable(request, takes_json=self._takes_json)
        if self._names_one:
            _unit.unit().seen = await _seen(request)
        if self._journalled and is_keyed(context):
            try:
                return await _once(request, context, self._name, self._handle)
            finally:
                # Of a form that is replayed nobody else has a hold.
                await request.close()
        response = await _committed(request, self._handle)
        if self._shows_one and (seen := _unit.unit().seen) and seen.found:
            response.headers.setdefault("ETag", f'"{seen.found}"')
        return _unless_known(request, response) if self._is_get else response


def _unless_known(request: Request, response: Response) -> Response:
    """*response*, or 304 where the caller has it already (RFC 9110, 13.1.2); always the
    former where it is streamed."""
    known, tag = request.headers.get("if-none-match"), response.headers.get("etag", "")
    is_whole = response.status_code == 200 and hasattr(response, "body")
    if not known or not tag or not is_whole:
        return response
    tags = [each.removeprefix("W/") for each in re.findall(TAG, known)]
    if known.strip() != "*" and tag.removeprefix("W/") not in tags:
        return response
    return Response(status_code=304, headers={"ETag": tag})


def parameters(route: APIRoute) -> frozenset[str]:
    """What a query may name; empty where it may name anything.

    Whoever comes without a credential was sent by somebody else, who adds what they
    like: a provider that calls back, a shop's link with its campaign.
    """
    if "x-anonymous" in (route.openapi_extra or {}):
        return frozenset()
    # The members of a query's model are no parameters of a kind.
    given = get_flat_params(route.dependant)
    asked = [one for one in given if not isinstance(one.field_info, ELSEWHERE)]
    return frozenset(one.alias for one in asked)


async def _in_time(
    work: Awaitable[Response], context: _context.Context, operation: str, own: float
) -> Response:
    """What *work* answers within the caller's time, or else its *own* seconds."""
    given = context.remaining() if context.deadline else own
    try:
        async with asyncio.timeout(given):
            return await work
    except TimeoutError as exc:
        fair = FAIR * _context.in_time_for(own)
        in_haste = given < fair and context.remaining() < BARELY
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
    return template if "x-anonymous" in declared else request.scope["path"]


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


def require_key(request: Request) -> None:
    """Invalid for an Idempotency-Key of nothing, whose sender counts on it."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not key.strip():
        raise errors.Invalid("the Idempotency-Key is empty: give one, or none")


def is_keyed(context: _context.Context) -> bool:
    return context.idempotency_key is not None and context.tenant is not None


def overtaken(*, is_repeat: bool) -> errors.Problem:
    """Conflict: 412 is for who said which version they had seen. Who did not may send
    the same again."""
    if is_repeat:
        return errors.KeyInUse()
    return errors.Conflict(
        "somebody else changed it meanwhile: read it again", code="OVERTAKEN"
    )


async def _committed(request: Request, handle: Handler) -> Response:
    response = await handle(request)
    versions = await _unit.commit()
    _locate(request, response)
    _tag(request, response, versions)
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
    _locate(request, response)
    body = getattr(response, "body", b"").decode()
    entry = {"digest": digest, "status": response.status_code, "body": body}
    if "Location" in response.headers:
        entry["location"] = response.headers["Location"]
    _unit.remember(id, entry, REMEMBERED)
    try:
        versions = await _unit.commit()
    except errors.Stale as exc:
        if await _unit.remembered(id) is None:
            raise
        raise errors.KeyInUse from exc
    _tag(request, response, versions[:-1])
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
    if "location" in known:
        response.headers["Location"] = known["location"]
    return response


def _tag(request: Request, response: Response, versions: list[int | None]) -> None:
    """ETag of the document that was written."""
    if (version := _told(request, versions)) is not None:
        response.headers.setdefault("ETag", f'"{version}"')


def _locate(request: Request, response: Response) -> None:
    """Location of what was created, or accepted, in the list that the path is."""
    body = getattr(response, "body", None)
    accepted = response.status_code == 202 and not request.path_params
    if not body or not (accepted or response.status_code == 201):
        return
    made = json.loads(body) if "Location" not in response.headers else None
    if isinstance(made, dict) and "id" in made:
        path = request.scope["raw_path"].decode("latin-1")
        response.headers["Location"] = f"{path}/{quote(str(made['id']), safe='')}"


def _told(request: Request, versions: list[int | None]) -> int | None:
    """The version of the only document written, or of the first that the answer is."""
    if versions and request.scope.get("chassis.first", False):
        return versions[0]
    # What was deleted beside it has no version.
    written = [version for version in versions if version is not None]
    return written[0] if len(written) == 1 else None


def router(prefix: str, **options: Any) -> APIRouter:
    """A router below *prefix* whose routes behave as this module says."""
    return APIRouter(
        prefix=prefix,
        route_class=Route,
        generate_unique_id_function=lambda route: route.name,
        **options,
    )


# RFC 9110, 13.1.1; a version may go without its quotes.
SEEN = re.compile(rf"^(\*|[0-9]{{1,18}}|{TAG}(?:[ \t]*,[ \t]*{TAG})*)$")
Sent = Annotated[str | None, Header(pattern=SEEN.pattern)]
New = Annotated[str | None, Header(pattern=r"^\*$")]


async def _if_match(
    if_match: Sent = None, if_none_match: New = None
) -> database.Version | None:
    """The version to write at: 0 where there must be nothing yet, ANY where there must
    be something; Stale where nothing can be so."""
    if if_match is None:
        return 0 if if_none_match == "*" else None
    if if_none_match == "*":
        raise errors.Stale("If-Match wants it to be there, If-None-Match not to be")
    if not SEEN.fullmatch(if_match):
        raise errors.Invalid('If-Match has entity tags, as ETag: "3" tells one, or *')
    if if_match == "*":
        return database.ANY
    return _version(if_match)


def _version(if_match: str) -> database.Version:
    """That of an entity tag, or those of several; Stale where none is a version. A weak
    one matches none (RFC 9110, 8.8.3.2)."""
    tags = re.findall(TAG, if_match) or [f'"{if_match}"']
    told = [each.strip('"') for each in tags]
    known = [int(each) for each in told if VERSION.fullmatch(each)]
    if not known:
        raise errors.Stale(f"{if_match} is not a version of this document")
    return known if len(known) > 1 else known[0]


IfMatch = Annotated[database.Version | None, Depends(_if_match)]


async def _seen(request: Request) -> _unit.Seen:
    """The document that the path names, at the version of If-Match: for handlers that
    leave it to the unit of work."""
    named = [str(value) for value in request.path_params.values()]
    # Of what is only read If-None-Match asks whether it is another.
    new = None if request.method == "GET" else request.headers.get("if-none-match")
    version = await _if_match(request.headers.get("if-match"), new)
    return _unit.Seen(frozenset([*named, ".".join(named)]), version)


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
