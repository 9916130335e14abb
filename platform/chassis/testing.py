"""Testing a service: its application in this process, its upstreams at the wire.

    with testing.mesh(app, upstreams={"database-operations": database.app}) as mesh:
        mesh.post("/api/v1/faqs", json={...}, tenant="t1")

An upstream is another application, or the answers of its operations. Nothing of the
service under test is replaced.
"""

import json
import os
import re
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from socketserver import BaseServer
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from pydantic import BaseModel

os.environ.setdefault("FILIGREE_INTERNAL_KEYS", "a-key-for-tests-only")

from chassis import _context, _events, _runtime, _upstream, errors

# Seconds for each request and each call, unless a test says otherwise: what is declared
# is for machines that serve; one that is busy with tests may stand still for longer.
PATIENCE = 60.0
Answer = Callable[[httpx.Request], Any]
Stub = FastAPI | Mapping[str, Any]
Operations = Callable[[str], dict[str, _upstream.Operation]]
Server = TypeVar("Server", bound=BaseServer)


def scope(method: str, target: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """A request's ASGI scope, for what a client library would not send, or not leave.

    *target* is the path and, if there is one, the query, escaped.
    """
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in headers.items()
        ],
    }


@dataclass(frozen=True)
class Call:
    """One call that the service made: to whom, what, and the status it got."""

    service: str
    operation: str
    request: httpx.Request
    status: int

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """What it published, if it was a transaction that was committed."""
        if self.operation != "transact" or self.status >= 300:
            return []
        return json.loads(self.request.content)["events"]


def _patient(declared: Operations) -> Operations:
    @cache
    def operations(service: str) -> dict[str, _upstream.Operation]:
        return {
            name: known._replace(timeout=max(PATIENCE, known.timeout))
            for name, known in declared(service).items()
        }

    return operations


_upstream.operations = _patient(_upstream.operations)


def _operation_of(service: str, request: httpx.Request) -> str:
    for name, known in _upstream.operations(service).items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", known.path)
        if known.method == request.method and re.fullmatch(
            pattern, request.url.raw_path.decode().partition("?")[0]
        ):
            return name
    return f"{request.method} {request.url.path}"


def _as_response(answer: Any, request: httpx.Request, service: str) -> httpx.Response:
    if callable(answer):
        answer = answer(request)
    if isinstance(answer, httpx.Response):
        return answer
    if isinstance(answer, errors.Problem):
        body = errors.body(answer, service=service, operation="stub", request_id="stub")
        head = {"Content-Type": "application/problem+json"}
        return httpx.Response(body["status"], json=body, headers=head)
    if isinstance(answer, Exception):
        raise answer
    if isinstance(answer, BaseModel):
        return httpx.Response(200, text=answer.model_dump_json())
    return httpx.Response(200, json=answer)


class _Content(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


def _unread(response: httpx.Response) -> httpx.Response:
    """The response as it comes from a wire: its body is still to be read."""
    if not response.is_closed:
        return response
    stream = _Content(response.content)
    return httpx.Response(response.status_code, headers=response.headers, stream=stream)


class Wire(httpx.AsyncBaseTransport):
    """Sends each request to the application or the stub of the service it names."""

    def __init__(self, upstreams: Mapping[str, Stub]) -> None:
        self.upstreams = dict(upstreams)
        self.calls: list[Call] = []
        self._apps: dict[int, httpx.ASGITransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        service = request.url.host
        stub = self.upstreams.get(service)
        operation = _operation_of(service, request)
        await request.aread()
        if stub is None:
            raise httpx.ConnectError(f"{service} is not part of this test")
        if isinstance(stub, FastAPI):
            transport = self._apps.setdefault(
                id(stub), httpx.ASGITransport(stub, raise_app_exceptions=False)
            )
            response = await transport.handle_async_request(request)
        else:
            missing = errors.NotFound(f"no stub of {service} {operation}")
            response = _unread(
                _as_response(stub.get(operation, missing), request, service)
            )
        self.calls.append(Call(service, operation, request, response.status_code))
        return response


@dataclass
class Mesh:
    """A running application, called as the gateway would call it.

    Every method takes ``tenant``, ``roles`` and ``subject`` beside httpx's own
    arguments; ``tenant=None`` sends no token.
    """

    app: FastAPI
    wire: Wire
    portal: Any
    tenant: str = field(default_factory=lambda: f"t-{uuid.uuid4().hex[:12]}")

    def request(
        self,
        method: str,
        path: str,
        *,
        tenant: str | None = "",
        roles: tuple[str, ...] = ("owner",),
        subject: str | None = "u1",
        actor: str = _context.GATEWAY,
        headers: Mapping[str, str] | None = None,
        **rest: Any,
    ) -> httpx.Response:
        whose = self.tenant if tenant == "" else tenant
        sent = {"X-Request-Timeout": f"{PATIENCE}"} | dict(headers or {})
        if whose is not None:
            context = _context.Context(whose, subject, roles, actor)
            sent[_context.TOKEN_HEADER] = _context.mint(context)

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://service", timeout=None
            ) as client:
                return await client.request(method, path, headers=sent, **rest)

        return self.portal.call(send)

    def get(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("GET", path, **rest)

    def post(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("POST", path, **rest)

    def put(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("PUT", path, **rest)

    def patch(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("PATCH", path, **rest)

    def delete(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("DELETE", path, **rest)

    def deliver(
        self, event: BaseModel, *, id: str | None = None, is_first: bool = False
    ) -> None:
        """Hand *event* to its consumer, as the bus would; the same id is a repeat."""
        data = event.model_dump(mode="json")
        envelope = {
            "specversion": "1.0",
            "id": id or str(uuid.uuid4()),
            "type": data.pop("type"),
            "source": "test",
            "tenant": self.tenant,
            "data": data,
        }
        consumer = next(
            one for one in self.app.state.consumers if one.type == envelope["type"]
        )

        async def handle() -> None:
            inside = _runtime.inside(self.app.state.runtime)
            with inside, _events.as_event(envelope):
                await _events.deliver(consumer, envelope, is_first=is_first)

        self.portal.call(handle)

    def published(self, type: str | None = None) -> list[dict[str, Any]]:
        """The events that committed transactions carried, oldest first."""
        found = (event for call in self.wire.calls for event in call.events)
        return [event for event in found if type in (None, event["type"])]

    def calls(self, service: str, operation: str | None = None) -> list[Call]:
        """The calls made to *service*, oldest first."""
        return [
            call
            for call in self.wire.calls
            if call.service == service and operation in (None, call.operation)
        ]


@contextmanager
def mesh(
    app: FastAPI, *, upstreams: Mapping[str, Stub] | None = None
) -> Iterator[Mesh]:
    """Run *app* and the applications among its *upstreams* until the block ends."""
    wire = Wire(upstreams or {})
    apps = [stub for stub in wire.upstreams.values() if isinstance(stub, FastAPI)]
    with _portal([*apps, app]) as portal:
        running = _running([*apps, app], wire)
        with portal.wrap_async_context_manager(running):
            yield Mesh(app, wire, portal)


@contextmanager
def standing(app: FastAPI) -> Iterator[None]:
    """Let *app* run for every mesh that has it inside the block, started only once.

    For what takes long to start, such as a database: one at a time in a process.
    """
    with start_blocking_portal() as portal:
        lifespan = app.router.lifespan_context(app)
        with portal.wrap_async_context_manager(lifespan):
            _standing[app] = portal
            try:
                yield
            finally:
                del _standing[app]


_standing: dict[FastAPI, BlockingPortal] = {}


@contextmanager
def _portal(apps: list[FastAPI]) -> Iterator[BlockingPortal]:
    """The event loop of the one among *apps* that stands, or else a new one."""
    if shared := next((_standing[app] for app in apps if app in _standing), None):
        yield shared
    else:
        with start_blocking_portal() as portal:
            yield portal


@asynccontextmanager
async def _running(apps: list[FastAPI], wire: Wire) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for app in apps:
            app.state.runtime.transport = wire
            if app not in _standing:
                await stack.enter_async_context(app.router.lifespan_context(app))
        yield


@contextmanager
def answering(server: Server) -> Iterator[Server]:
    """Let *server* answer in a thread of its own until the block ends, then close it.

    By itself it would look only twice a second whether it is to end.
    """
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def until(
    condition: Callable[[], Any], seconds: float = 10.0, every: float = 0.02
) -> Any:
    """Wait until *condition* is true and return its value; AssertionError if never.

    It is looked at *every* so many seconds: seldom, where looking is work for others.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {condition}")
