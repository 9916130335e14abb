"""One PostgreSQL for all services' tests, and database-operations on it."""

import json
import os
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from chassis import Context, mint
from docstore import testing


@pytest.fixture(scope="session")
def documents_url() -> Iterator[str]:
    """The address of a PostgreSQL; tests are kept apart by their tenants."""
    with testing.postgres(*testing.TEST) as engine:
        yield engine.url


@pytest.fixture
def database(documents_url: str) -> FastAPI:
    """The application of database-operations, for ``chassis.testing.mesh``."""
    os.environ.setdefault("DATABASE_URL", documents_url)
    from services.infrastructure.database_operations import app as service

    # Another test module may have led it to a database of its own.
    service.database.dsn, service.database.bus = documents_url, None
    return service.app


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
        headers = [(b"x-internal-token", token.encode())]
        headers += [(b"last-event-id", last.encode())] if last else []
        asked = httpx.Request("GET", f"http://service{path}")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": asked.url.path,
            "raw_path": asked.url.raw_path,
            "query_string": asked.url.query,
            "root_path": "",
            "headers": headers,
        }
        sent = False

        async def receive() -> Any:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        done = mesh.portal.start_task_soon(mesh.app, scope, receive, stream.send)
        try:
            yield stream
        finally:
            mesh.portal.call(gone.set)
            done.result(10.0)

    return watching
