"""A PostgreSQL and a NATS of their own for these tests, and a tenant for each."""

import base64
import struct
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

import asyncpg
import pytest

import docstore
from contracts.infrastructure.database import (
    Change,
    Committed,
    Document,
    Found,
    Page,
    Query,
    Search,
    Transaction,
)
from docstore import testing


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[testing.Engine]:
    with testing.postgres(*testing.TEST) as engine:
        yield engine


@pytest.fixture(scope="session")
def nats() -> Iterator[testing.Engine]:
    with testing.nats() as engine:
        yield engine


@pytest.fixture(scope="session")
async def store(
    postgres: testing.Engine, anyio_backend: str
) -> AsyncIterator[docstore.Store]:
    await docstore.migrate(postgres.url)
    async with docstore.opened(postgres.url) as opened:
        yield opened


@pytest.fixture
async def owner(
    postgres: testing.Engine, store: docstore.Store
) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees everything, as nobody does in production."""
    db = await asyncpg.connect(postgres.url)
    await db.execute("SET search_path = docstore, public")
    yield db
    await db.close()


class Tenant:
    """One tenant's view of the store, as short as a test wants it."""

    def __init__(self, store: docstore.Store, name: str | None = None) -> None:
        self.store = store
        self.name = name or f"t-{uuid.uuid4().hex[:10]}"

    async def commit(
        self, *changes: dict[str, Any], source: str = "tester", **rest: Any
    ) -> list[int | None]:
        write_id = rest.pop("write_id", None)
        asked = Transaction(
            changes=[Change.model_validate({"collection": "c"} | c) for c in changes],
            **rest,
        )
        done: Committed = await docstore.commit(
            self.store, self.name, asked, source=source, write_id=write_id
        )
        return done.versions

    async def put(self, id: str, body: dict[str, Any], **more: Any) -> int | None:
        version = more.pop("version", None)
        document = {"body": body, **more}
        change = {"op": "put", "id": id, "version": version, "document": document}
        return (await self.commit(change))[0]

    async def patch(self, id: str, body: dict[str, Any], **more: Any) -> int | None:
        version = more.pop("version", None)
        patch = {"body": body, **more}
        change = {"op": "patch", "id": id, "version": version, "patch": patch}
        return (await self.commit(change))[0]

    async def delete(self, id: str, version: int | None = None) -> None:
        await self.commit({"op": "delete", "id": id, "version": version})

    async def read(self, id: str, collection: str = "c") -> Document:
        return await self._reading(docstore.read, collection, id)

    async def query(self, collection: str = "c", **asked: Any) -> Page:
        return await self._reading(docstore.query, collection, Query(**asked))

    async def search(self, collection: str = "c", **asked: Any) -> Found:
        return await self._reading(docstore.search, collection, Search(**asked))

    async def explain(self, **asked: Any) -> dict[str, Any]:
        return await self._reading(docstore.explain, "c", Query(**asked))

    async def _reading(
        self, act: Callable[..., Awaitable[Any]], collection: str, asked: Any
    ) -> Any:
        async with self.store.session(self.name, reading=True) as session:
            return await act(session, collection, asked)


@pytest.fixture
def tenant(store: docstore.Store) -> Tenant:
    return Tenant(store)


@pytest.fixture
def other_tenant(store: docstore.Store) -> Tenant:
    return Tenant(store)


@pytest.fixture(scope="session")
def a_tenant_of() -> Callable[[docstore.Store], Tenant]:
    return Tenant


@pytest.fixture(scope="session")
def vector() -> Callable[[Sequence[float]], str]:
    """Numbers as they travel."""

    def encoded(numbers: Sequence[float]) -> str:
        raw = struct.pack(f"<{len(numbers)}f", *numbers)
        return base64.b64encode(raw).decode()

    return encoded
