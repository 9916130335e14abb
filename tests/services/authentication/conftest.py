"""The service on real documents, with one external issuer's host admitted."""

import asyncio
import importlib
import json
import os
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from chassis import testing


class Issuer(ThreadingHTTPServer):
    """An OpenID provider on a loopback port, which answers with ``documents``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.host = f"127.0.0.1:{self.server_address[1]}"
        self.url = f"http://{self.host}"
        self.documents: dict[str, Any] = {}
        self.asked: list[str] = []


class Answers(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        found = self.server.documents.get(self.path)
        self.send_response(404 if found is None else 200)
        body = json.dumps(found).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with testing.answering(Issuer()) as server:
        yield server


@pytest.fixture(scope="session")
def service(issuer: Issuer) -> FastAPI:
    os.environ["AUTHENTICATION_SECRET"] = "a-secret-for-tests-only"
    os.environ["AUTHENTICATION_ISSUER_HOSTS"] = issuer.host
    os.environ["AUTHENTICATION_LOCKED"] = "900"
    # Read again: whoever has imported it before had set other things.
    module = importlib.import_module("services.infrastructure.authentication.app")
    return importlib.reload(module).app


@pytest.fixture
def mesh(service: FastAPI, database: FastAPI) -> Iterator[testing.Mesh]:
    with testing.mesh(service, upstreams={"database-operations": database}) as running:
        yield running


FORGET = """
UPDATE docstore.documents SET expires_at = now() - interval '1 s'
WHERE collection = 'attempts'
"""


@pytest.fixture
def forget(documents_url: str) -> Callable[[], None]:
    """Let the time pass after which wrong passwords are forgotten."""

    async def passed() -> None:
        db = await asyncpg.connect(documents_url)
        try:
            await db.execute(FORGET)
        finally:
            await db.close()

    return lambda: asyncio.run(passed())
