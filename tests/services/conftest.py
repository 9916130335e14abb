"""One PostgreSQL for all services' tests, and database-operations on it."""

import asyncio
import importlib
import json
import os
import queue
import socket
import struct
import sys
import threading
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from chassis import Consumer, Context, _consuming, _runtime, current, mint
from chassis.testing import Mesh, mesh, scope, standing
from docstore import testing

# Before any service is imported: its providers are asked again at once.
os.environ.setdefault("PROVIDER_WAIT", "0.01")
_collected: dict[str, str] = {}
_imported: set[str] = set()
_area = Path()
# database-operations, which runs from one test of a service to the next.
_standing = ExitStack()


def pytest_collection_finish() -> None:
    _collected.update(os.environ)
    _imported.update(sys.modules)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A service's tests import services with settings of their own, once each.

    So what the tests of the one before have set and imported is gone by then.
    """
    global _area
    if item.path.parent == _area:
        return
    _area = item.path.parent
    _standing.close()
    os.environ.clear()
    os.environ.update(_collected)
    for name in {*sys.modules} - _imported:
        if name.partition(".")[0] == "services":
            del sys.modules[name]


@pytest.fixture(scope="session")
def documents_url() -> Iterator[str]:
    """The address of a PostgreSQL; tests are kept apart by their tenants."""
    with testing.postgres(*testing.TEST) as engine, _standing:
        yield engine.url


@pytest.fixture(scope="module")
def database(documents_url: str) -> FastAPI:
    """The application of database-operations, for ``chassis.testing.mesh``."""
    os.environ.setdefault("DATABASE_URL", documents_url)
    from services.infrastructure.database_operations import app as service

    if service.database.store is None:
        # Another test may have led it to a database of its own.
        service.database.dsn, service.database.bus = documents_url, None
        _standing.enter_context(standing(service.app))
    return service.app


@pytest.fixture
def ended_database(database: FastAPI) -> FastAPI:
    """The same, not running: whoever has it upstream runs it, for a test alone."""
    _standing.close()
    return database


class Stream:
    """Server-sent events of an endless answer, as they come."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.status = 0
        self._pieces: queue.Queue[bytes] = queue.Queue()
        self._text = ""

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            pairs = ((k.decode(), v.decode()) for k, v in message["headers"])
            self.headers = dict(pairs)
        else:
            self._pieces.put(message.get("body", b""))

    def next(self, seconds: float = 10.0) -> dict[str, Any]:
        """The next event's ``event``, ``id`` and parsed ``data``; queue.Empty."""
        while "\n\n" not in self._text:
            self._text += self._pieces.get(timeout=seconds).decode()
        block, _, self._text = self._text.partition("\n\n")
        lines = (line.partition(": ") for line in block.split("\n"))
        made: dict[str, Any] = {name: value for name, _, value in lines if name}
        return made | {"data": json.loads(made["data"])} if made else self.next(seconds)

    def body(self, seconds: float = 10.0) -> Any:
        return json.loads(self._pieces.get(timeout=seconds))


@pytest.fixture
def watch() -> Callable[..., Any]:
    """``with watch(mesh, path, last=…) as stream``: leaving is what a client does."""

    @contextmanager
    def watching(
        mesh: Any, path: str, last: str | None = None, tenant: str | None = None
    ) -> Iterator[Stream]:
        stream, gone = Stream(), anyio.Event()
        token = mint(Context(tenant or mesh.tenant, "u1", ("owner",), "api-gateway"))
        headers = {"x-internal-token": token}
        headers |= {"last-event-id": last} if last else {}
        asked = scope("GET", path, headers)
        sent = False

        async def receive() -> Any:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        done = mesh.portal.start_task_soon(mesh.app, asked, receive, stream.send)
        try:
            yield stream
        finally:
            mesh.portal.call(gone.set)
            done.result(10.0)

    return watching


HUGE = 8 * 2**20  # bytes, more than any answer is
ROW = b"[" + b" " * 65_534 + b"\n"


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP answer as it is sent."""
    about = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    about |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in about.items())
    return f"HTTP/1.1 {status} -\r\n{lines}Connection: close\r\n\r\n".encode() + body


HTML = answer(200, b"<html>Please sign in</html>", Content_Type="text/html")
INSTEAD = {  # of an answer; who is behind hears nothing
    "401": answer(401, b'{"error": {"message": "no"}}'),
    "403": answer(403, b'{"error": {"message": "no"}}'),
    "409": answer(409, b'{"error": {"type": "idempotency_error"}}'),
    "429": answer(429, b'{"error": {"message": "slow"}}'),
    "429, later": answer(429, b'{"error": {"message": "slow"}}', Retry_After="30"),
    "500": answer(500, b'{"error": {"message": "down"}}'),
    "503": answer(503, b"<html>maintenance</html>", Content_Type="text/html"),
    "a page": HTML,
    "no JSON object": answer(200, b"[1, 2]"),
    "null": answer(200, b"null"),
    "another shape": answer(200, b'{"id": 7, "value": {}, "items": 3, "url": null}'),
    "an empty object": answer(200, b"{}"),
    "nothing": answer(200),
}


class Outage:
    """A server before another's *netloc*, which lets all through until it ``fails``.

    What it can fail by: an answer, or a key of INSTEAD; "refused", "reset", "silent",
    "a loop" and "huge", of which who is behind hears nothing either; and of an answer
    that was made: "lost", "half" (as if it were whole), "torn", "stalls" and "drips".
    """

    def __init__(self, netloc: str) -> None:
        host, _, port = netloc.rpartition(":")
        self._behind, self.asked = (host, int(port)), 0
        self._how: str | bytes = ""
        self._only = b""
        self.hanging: set[socket.socket] = set()
        self._over = threading.Event()
        self._listen(0)
        self.netloc = f"127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    @contextmanager
    def fails(self, how: str | bytes, only: bytes = b"") -> Iterator[None]:
        """Inside the block each answer is such a failure; *only* of what has that."""
        self._over.clear()
        self._how, self._only = how, only
        if how == "refused":
            self._deafen()
        try:
            yield
        finally:
            self._how = ""
            self._over.set()
            if how == "refused":
                self._listen(int(self.netloc.rpartition(":")[2]))

    def stop(self) -> None:
        self._over.set()
        self._deafen()

    def _listen(self, port: int) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(self._socket,), daemon=True).start()

    def _deafen(self) -> None:
        with suppress(OSError):  # it wakes who waits for a connection
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client = listening.accept()[0]
                threading.Thread(
                    target=self._serve, args=(client,), daemon=True
                ).start()

    def _serve(self, client: socket.socket) -> None:
        with closing(client), suppress(OSError):
            self.asked += 1
            asked = _message(client)
            how = self._how if self._only in asked else ""
            match how:
                case "reset":
                    return _cut(client)
                case "silent":
                    return self._wait(client)
                case "a loop":
                    path = asked.split(b" ", 2)[1].decode()
                    return client.sendall(answer(307, Location=self.url + path))
                case "huge":
                    return _pour(client)
            if isinstance(how, bytes) or how in INSTEAD:
                return client.sendall(how if isinstance(how, bytes) else INSTEAD[how])
            self._pass_on(client, self._answered(asked), how)

    def _answered(self, asked: bytes) -> bytes:
        head, _, body = asked.partition(b"\r\n\r\n")
        lines = [one for one in head.split(b"\r\n") if b"onnection:" not in one]
        with socket.create_connection(self._behind) as there:
            once = b"\r\n".join([*lines, b"Connection: close", b"", body])
            there.sendall(once)
            whole = b"".join(iter(lambda: there.recv(65_536), b""))
        # A connection is for one answer; who is not told so may ask again as it ends.
        return whole.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)

    def _pass_on(self, client: socket.socket, whole: bytes, how: str) -> None:
        head, _, body = whole.partition(b"\r\n\r\n")
        begun = head + b"\r\n\r\n" + body[: len(body) // 2]
        match how:
            case "lost":
                return
            case "half":
                lines = head.split(b"\r\n")
                kept = [one for one in lines if b"length:" not in one.lower()]
                head = b"\r\n".join([*kept, b"", b""])
                return client.sendall(head + body[: len(body) // 2])
            case "torn":
                client.sendall(begun)
                return _cut(client)
            case "stalls":
                client.sendall(begun)
                return self._wait(client)
            case "drips":
                client.sendall(head + b"\r\n")
                while not self._over.wait(0.05):
                    client.sendall(b"X-More: 1\r\n")
                return
        client.sendall(whole)

    def _wait(self, client: socket.socket) -> None:
        """Until it is over, or nobody waits there any more."""
        self.hanging.add(client)
        client.settimeout(0.05)
        while not self._over.is_set():
            with suppress(TimeoutError):
                if not client.recv(1):
                    break
        self.hanging.discard(client)


def _message(client: socket.socket) -> bytes:
    """A request, whose body has the length that it says."""
    read = b""
    while b"\r\n\r\n" not in read:
        if not (some := client.recv(65_536)):
            raise ConnectionAbortedError
        read += some
    head, _, body = read.partition(b"\r\n\r\n")
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    lengths = [int(value) for name, _, value in lines if name == b"content-length"]
    while len(body) < sum(lengths):
        body += client.recv(65_536)
    return head + b"\r\n\r\n" + body


def _cut(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _pour(client: socket.socket) -> None:
    client.sendall(answer(200, Content_Length=str(HUGE)))
    for _ in range(HUGE // len(ROW)):
        client.sendall(ROW)


@pytest.fixture
def outage() -> Iterator[Callable[[str], Outage]]:
    """``outage(netloc)``: an Outage before what is there."""
    made: list[Outage] = []

    def make(netloc: str) -> Outage:
        made.append(Outage(netloc))
        return made[-1]

    yield make
    for each in made:
        each.stop()


@pytest.fixture
def answering() -> Callable[[Any], bytes]:
    """An answer of JSON, as it is sent; an Outage can fail by it."""
    return lambda value: answer(200, json.dumps(value).encode())


@dataclass
class Told:
    """An event as the bus delivers it to a consumer of *tenant*."""

    event: BaseModel
    tenant: str
    answered: asyncio.Event

    @property
    def data(self) -> bytes:
        told = {"id": uuid.uuid4().hex, "tenant": self.tenant}
        return json.dumps(told | {"data": self.event.model_dump(mode="json")}).encode()

    @property
    def metadata(self) -> Any:
        return SimpleNamespace(num_delivered=1)

    async def ack(self) -> None:
        self.answered.set()

    async def in_progress(self) -> None:
        pass


class Delivered:
    """A subscription that has these for its consumer, and nothing else ever."""

    def __init__(self, told: list[Told]) -> None:
        self.told = told

    async def fetch(self, most: int, timeout: float) -> list[Told]:
        if not self.told:
            await asyncio.Event().wait()
        batch, self.told = self.told[:most], self.told[most:]
        return batch


@pytest.fixture
def begun() -> Callable[..., list[str]]:
    """``begun(mesh, consumer, event, sent)``: whose events are begun, in which order,
    where one is *sent* of each of these tenants, and those of "slow" never end.

    It ends when all of the others' have.
    """

    def delivered(
        mesh: Mesh, consumer: Consumer[Any], event: BaseModel, sent: list[str]
    ) -> list[str]:
        order: list[str] = []

        async def handle(_: BaseModel) -> None:
            order.append(current().tenant or "")
            if order[-1] == "slow":
                await asyncio.Event().wait()

        async def scenario() -> None:
            told = [Told(event, tenant, asyncio.Event()) for tenant in sent]
            handled = replace(consumer, handler=handle)
            worker = _consuming.Worker(mesh.app.state.runtime.service, handled, None)
            with _runtime.inside(mesh.app.state.runtime):
                working = asyncio.create_task(worker.work(Delivered(list(told))))
                async with asyncio.timeout(10):
                    for one in told:
                        if one.tenant != "slow":
                            await one.answered.wait()
                working.cancel()
                await asyncio.wait([working])

        mesh.portal.call(scenario)
        return order

    return delivered


class Library:
    """The services of the knowledge domain on one database, joined by their events.

    Each is an attribute: a mesh of the same tenant. Whoever is ``away`` is not reached.
    """

    def __init__(self, first: Mesh, apps: dict[str, FastAPI]) -> None:
        self.wire, self.tenant = first.wire, first.tenant
        self.documents = self._of(first, apps["document-processing"])
        self.embeddings = self._of(first, apps["embedding-generation"])
        self.search = self._of(first, apps["similarity-search"])
        self.bases = self._of(first, apps["knowledge-base"])
        self.faqs = self._of(first, apps["faq-management"])
        self.members = [
            *(self.documents, self.embeddings, self.search, self.bases, self.faqs)
        ]
        self.delivered: set[str] = set()
        self.away: dict[str, Any] = {}

    def _of(self, first: Mesh, app: FastAPI) -> Mesh:
        return Mesh(app, first.wire, first.portal, first.tenant)

    def pump(self, *, without: Collection[str] = (), delayed: bool = False) -> None:
        """Deliver what was published, and what that publishes, to whoever consumes it.

        Delayed events only where they are asked for, once.
        """
        while waiting := [
            each
            for each in self.documents.published()
            if each["id"] not in self.delivered
        ]:
            for event in waiting:
                self.delivered.add(event["id"])
                if event["type"] not in without and bool(event["deliver_at"]) in (
                    False,
                    delayed,
                ):
                    self._deliver(event)
            delayed = False

    def _deliver(self, event: dict[str, Any]) -> None:
        for member in self.members:
            for consumer in member.app.state.consumers:
                if consumer.type == event["type"]:
                    member.deliver(consumer.event(**event["data"]), id=event["id"])

    def add(self, text: str, **fields: Any) -> str:
        """The id of a document with this text, which is ready."""
        given = {"name": "notice.md", "text": text} | fields
        accepted = self.documents.post("/api/v1/documents", json=given)
        assert accepted.status_code == 202, accepted.text
        self.pump()
        return accepted.json()["id"]

    def found(self, query: str, **more: Any) -> list[dict[str, Any]]:
        """The results of a search; ``roles`` are the searcher's."""
        roles = more.pop("roles", ("customer",))
        asked = {"query": query} | more
        answer = self.search.post("/api/v1/search", json=asked, roles=roles)
        assert answer.status_code == 200, answer.text
        return answer.json()["results"]

    def leave(self, service: str) -> None:
        """From now on nobody reaches that service."""
        self.away[service] = self.wire.upstreams.pop(service)


@pytest.fixture
def library(database: FastAPI) -> Iterator[Library]:
    apps = {
        name: importlib.import_module(
            f"services.knowledge.{name.replace('-', '_')}.app"
        ).app
        for name in (
            "document-processing",
            "embedding-generation",
            "similarity-search",
            "knowledge-base",
            "faq-management",
        )
    }
    known = apps | {"database-operations": database}
    first = known.pop("document-processing")
    with mesh(first, upstreams=known) as running:
        yield Library(running, apps)
