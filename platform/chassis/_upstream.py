"""Upstreams: typed calls to other services, through the mesh.

Names and policies come from the callee's OpenAPI document in contracts/; retries,
ejection and who-may-call-whom are the mesh's. What is left here is the deadline, the
context, the idempotency key, and what a failure means.
"""

import asyncio
import hashlib
import json as jsonlib
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, from_json, to_json

from chassis import _context, _metrics, _policy, _runtime, errors
from chassis._asked import SEGMENT

T = TypeVar("T")
NOWHERE = frozenset(("", ".", ".."))  # what a path does not keep as a segment
PARTING = frozenset("/\\")  # what it is taken apart at, even escaped
END: Any = object()
GRACE = 0.25  # seconds that the mesh's own timeout is given to answer first


class Operation(NamedTuple):
    method: str
    path: str
    timeout: float
    retry: str
    streams: bool

    def at(self, given: Mapping[str, Any]) -> str:
        """Its path with these parameters; Invalid for one that is no segment."""
        return self.path.format(**{k: _placed(k, v) for k, v in given.items()})


def services() -> list[str]:
    """The names of all services that have a contract, in alphabetical order."""
    names = (file.name for file in files("contracts").joinpath("openapi").iterdir())
    return sorted(n.removesuffix(".json") for n in names if n.endswith(".json"))


def contracts() -> dict[str, dict[str, Any]]:
    """Every service's OpenAPI document, by service."""
    folder = files("contracts").joinpath("openapi")
    return {
        name: jsonlib.loads(folder.joinpath(f"{name}.json").read_text())
        for name in services()
    }


@cache
def operations(service: str) -> dict[str, Operation]:
    """The operations of *service* by id, from contracts/openapi/."""
    document = files("contracts").joinpath(f"openapi/{service}.json")
    try:
        paths = jsonlib.loads(document.read_text())["paths"]
    except FileNotFoundError as exc:
        raise errors.Misconfigured(
            f"contracts/openapi/{service}.json is missing: run `filigree generate`"
        ) from exc
    return {
        described["operationId"]: Operation(
            method.upper(),
            path,
            described.get("x-timeout", _policy.DEFAULT_TIMEOUT),
            described.get("x-retry", "never"),
            bool(described.get("x-stream")),
        )
        for path, methods in paths.items()
        for method, described in methods.items()
    }


@cache
def _adapter(answer: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer)


def _body(json: Any, headers: dict[str, str]) -> bytes | None:
    if json is None:
        return None
    headers["Content-Type"] = "application/json"
    try:
        return to_json(json)
    except PydanticSerializationError:  # half a surrogate pair, which JSON can spell
        return jsonlib.dumps(json).encode()


# Most calls go to an address of few; to parse one takes a tenth of a call's time.
_parsed_once = lru_cache(maxsize=256)(httpx.URL)
USUAL = 128  # characters of an address; longer ones are not worth keeping


def address(url: str) -> httpx.URL:
    """*url* parsed; one of a usual length at its first use alone."""
    return _parsed_once(url) if len(url) <= USUAL else httpx.URL(url)


@dataclass(frozen=True, slots=True)
class Upstream:
    """One service that this one calls. Obtained from ``chassis.upstream``."""

    service: str

    async def call(
        self,
        operation: str,
        answer: type[T] | Any = None,
        *,
        json: Any = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = None,
        timeout: float | None = None,
        **path: Any,
    ) -> Any:
        """Call *operation*; its body as *answer*, or as plain JSON without one.

        ``key`` is the idempotency key; a keyed operation gets one derived from this
        request's own, so that a repeated request repeats its calls. Without one it
        gets a new one, for the mesh to send it again, unless it streams: the mesh
        repeats no stream, and whoever gets a key has to look for it. ``timeout`` is in
        seconds, at most the operation's and what is left of the request's. Raises the
        taxonomy's errors: NotFound, Conflict… as the upstream meant them, and
        UpstreamFailed for whatever is not the caller's doing.
        """
        known = self.operation(operation)
        limit = min(timeout or known.timeout, _context.current().patience())
        head = dict(headers or {})
        body = content if content is not None else _body(json, head)
        url = known.at(path)
        head |= self._keyed(known, url, body, key)
        response = await self.send(
            known.method, url, body, params, head, limit, operation=operation
        )
        return self._parsed(response, answer)

    async def send(
        self,
        method: str,
        path: str,
        content: bytes | AsyncIterator[bytes] | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = _policy.DEFAULT_TIMEOUT,
        operation: str = "-",
    ) -> httpx.Response:
        """One request by path; a failure, or a status of 400 and above, raises."""
        asked = self._request(method, path, content, params, headers, timeout)
        try:
            if timeout <= 0:
                raise TimeoutError  # nobody could answer, and would be blamed for it
            patience = _context.current().patience()
            async with asyncio.timeout(min(timeout + GRACE, patience)):
                response = await _runtime.running().answered(asked)
        except (TimeoutError, httpx.TransportError) as exc:
            self._count(operation, "unreachable")
            raise self._unreachable(exc) from exc
        self._count(operation, str(response.status_code))
        if response.status_code >= 400:
            raise errors.from_response(
                response.status_code, response.content, self.service
            )
        return response

    async def download(self, operation: str, **path: Any) -> AsyncIterator[bytes]:
        """The body that *operation* answers with, piece by piece, each within the
        operation's time."""
        known = self.operation(operation)
        url, seconds = known.at(path), known.timeout
        asked = self._request(known.method, url, None, None, None, seconds)
        async with self._opened(asked, seconds) as response:
            async for piece in each_within(seconds, response.aiter_bytes()):
                yield piece

    @asynccontextmanager
    async def _opened(
        self, asked: httpx.Request, timeout: float
    ) -> AsyncIterator[httpx.Response]:
        """A response whose body is still to come; its failures as problems."""
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(timeout + GRACE):
                response = await _runtime.running().send(asked)
            if response.status_code >= 400:
                content = await response.aread()
                raise errors.from_response(response.status_code, content, self.service)
            yield response
        except (TimeoutError, httpx.TransportError) as exc:
            raise self._unreachable(exc) from exc
        finally:
            if response is not None:
                await response.aclose()

    async def stream(
        self, operation: str, *, json: Any = None, timeout: float = 30.0, **path: Any
    ) -> AsyncIterator[tuple[str, Any]]:
        """The (event name, data) pairs of a server-sent event stream, as they come.

        *timeout* bounds the pause between two events. The data is parsed JSON. A keyed
        operation gets a key where this request has one to derive it from.
        """
        known = self.operation(operation)
        head = {"Accept": "text/event-stream"}
        body = _body(json, head)
        url = known.at(path)
        head |= self._keyed(known, url, body)
        asked = self._request(known.method, url, body, None, head, timeout)
        async with self._opened(asked, timeout) as response:
            async for event in _sse(response, timeout):
                yield event

    def operation(self, operation: str) -> Operation:
        """The policy of one operation; Misconfigured when there is none."""
        try:
            return operations(self.service)[operation]
        except KeyError as exc:
            raise errors.Misconfigured(
                f"{self.service} has no operation {operation}"
            ) from exc

    def _keyed(
        self, known: Operation, url: str, body: object, key: str | None = None
    ) -> dict[str, str]:
        if known.retry != "keyed":
            return {}
        key = key or derived_key(self.service, url, body)
        if key is None and known.streams:
            return {}
        return {"Idempotency-Key": key or str(uuid.uuid4())}

    def _request(
        self,
        method: str,
        path: str,
        content: Any,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        timeout: float,
    ) -> httpx.Request:
        runtime = _runtime.running()
        sent = {name: v for name, v in (params or {}).items() if v is not None}
        return httpx.Request(
            method,
            address(runtime.address(self.service) + path),
            content=content,
            params=sent or None,
            headers={
                **_context.to_headers(_context.current(), timeout, runtime.service),
                **(headers or {}),
            },
        )

    def _parsed(self, response: httpx.Response, answer: Any) -> Any:
        if not response.content:
            return None
        try:
            if answer is None:
                return from_json(response.content)
            return _adapter(answer).validate_json(response.content)
        except (ValidationError, ValueError) as exc:
            raise errors.UpstreamFailed(
                f"{self.service} answered in another shape than its contract",
                upstream=self.service,
            ) from exc

    def _unreachable(self, exc: Exception) -> errors.Problem:
        timed_out = isinstance(exc, TimeoutError | httpx.TimeoutException)
        what = "did not answer in time" if timed_out else "could not be reached"
        return errors.UpstreamFailed(
            f"{self.service} {what}", upstream=self.service, timed_out=timed_out
        )

    def _count(self, operation: str, outcome: str) -> None:
        service = _runtime.running().service
        _metrics.CALLS.labels(service, self.service, operation, outcome).inc()


async def each_within(seconds: float, pieces: AsyncIterator[T]) -> AsyncIterator[T]:
    """Each of *pieces*; TimeoutError when the next one takes longer than that."""
    while True:
        async with asyncio.timeout(seconds):
            piece = await anext(pieces, END)
        if piece is END:
            return
        yield piece


async def _sse(
    response: httpx.Response, timeout: float
) -> AsyncIterator[tuple[str, Any]]:
    """Parse an event stream (WHATWG HTML §9.2.6), comments and ids left out."""
    name, data = "message", []
    async for line in each_within(timeout, response.aiter_lines()):
        field, _, value = line.partition(":")
        if not line and data:
            yield name, jsonlib.loads("\n".join(data))
            name, data = "message", []
        elif field == "data":
            data.append(value.removeprefix(" "))
        elif field == "event":
            name = value.removeprefix(" ")


def _placed(name: str, value: Any) -> str:
    """A value as it stands in a path; Invalid for what is the name of nothing."""
    text = str(value)
    if len(text) > SEGMENT:
        raise errors.Invalid(f"{name} has at most {SEGMENT} characters")
    if text in NOWHERE or PARTING & set(text):
        raise errors.Invalid(f"{name} is {text!r}, which names nothing")
    return quote(text, safe="")


def derived_key(service: str, url: str, body: object) -> str | None:
    """An idempotency key that is the same when this request is repeated; None where
    it has none to derive from."""
    context = _context.current()
    if context.idempotency_key is None:
        return None
    digest = hashlib.sha256(repr((context.tenant, context.idempotency_key)).encode())
    digest.update(f"{service}{url}".encode())
    digest.update(body if isinstance(body, bytes) else b"")
    return digest.hexdigest()


def upstream(service: str) -> Upstream:
    """The service of that name; it must be declared under ``calls``."""
    return Upstream(service)
