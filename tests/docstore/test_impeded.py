"""A PostgreSQL that is there and impeded: mute, full of others, read-only, closed."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest

import docstore
from docstore import _pool, _relay, testing
from docstore._beginning import ONCE, Beginning, transaction

pytestmark = pytest.mark.anyio
BETWEEN = "SELECT id FROM documents WHERE id = 'a' FOR UPDATE"


@pytest.fixture
async def passage(
    postgres: testing.Engine, store: docstore.Store
) -> AsyncIterator[testing.Passage]:
    folder = postgres.url.partition("host=")[2]
    async with testing.Passage(f"{folder}/.s.PGSQL.5432").opened() as opened:
        yield opened


@pytest.fixture
def dsn(passage: testing.Passage) -> str:
    return f"postgresql://postgres@127.0.0.1:{passage.port}/postgres"


@pytest.fixture
async def behind(dsn: str, a_tenant_of: Any) -> AsyncIterator[Any]:
    """A tenant of a store that reaches PostgreSQL through the passage."""
    async with docstore.opened(dsn, largest=4) as store:
        yield a_tenant_of(store)


async def busy(tenant: Any, name: str, times: int = 6) -> None:
    """So many writes at once."""
    await asyncio.gather(*(tenant.put(f"{name}{n}", {}) for n in range(times)))


async def test_a_pool_of_mute_connections_is_nobodys_problem(
    behind: Any, passage: testing.Passage
) -> None:
    await busy(behind, "a")
    passage.hold()
    await busy(behind, "b")
    assert (await behind.read("b0")).body == {}


class Failing:
    """A connection that is asked to roll back while it reads of its query's failure."""

    is_over = False

    async def execute(self, query: str) -> str:
        if query == "ROLLBACK":
            raise asyncpg.InternalClientError("cannot switch to state 15")
        return query

    def is_closed(self) -> bool:
        return False

    def terminate(self) -> None:
        self.is_over = True


async def test_what_failed_is_told_where_it_cannot_be_rolled_back() -> None:
    db: Any = Failing()
    with pytest.raises(asyncpg.QueryCanceledError):
        async with transaction(db):
            raise asyncpg.QueryCanceledError("too late")
    assert db.is_over


async def goes_mute(tenant: Any, passage: testing.Passage) -> None:
    async with tenant.store.session(tenant.name, 0.3) as session:
        await session.db.fetch(BETWEEN)
        passage.hold()
        await session.db.fetch("SELECT 1")


async def test_who_goes_mute_in_a_transaction_holds_up_nobody_for_long(
    behind: Any, tenant: Any, passage: testing.Passage, a_tenant_of: Any
) -> None:
    await behind.put("a", {"x": 1})
    with pytest.raises(TimeoutError):
        await goes_mute(behind, passage)
    same = a_tenant_of(tenant.store, behind.name)
    await same.put("a", {"x": 2})
    assert (await behind.read("a")).body == {"x": 2}


async def test_the_relay_leaves_a_mute_database_for_one_that_answers(
    dsn: str,
    passage: testing.Passage,
    tenant: Any,
    nats: testing.Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_relay, "TURN", 0.3)
    running = asyncio.create_task(docstore.relay(dsn, nats.url))
    try:
        await tenant.commit(events=[event("before")])
        await until_sent(tenant)
        passage.hold()
        await tenant.commit(events=[event("after")])
        await until_sent(tenant)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def event(id: str) -> dict[str, Any]:
    return {"id": id, "type": "thing.made", "source": "tester", "data": {}}


async def until_sent(tenant: Any) -> None:
    """Until nothing of the tenant waits in the outbox."""
    async with asyncio.timeout(20):
        while True:
            async with tenant.store.session(tenant.name) as session:
                if not await session.db.fetchval("SELECT count(*) FROM outbox"):
                    return
            await asyncio.sleep(0.02)


@pytest.fixture
def small() -> Iterator[testing.Engine]:
    """A server with room for few connections."""
    few = ("max_connections=12", "superuser_reserved_connections=0")
    with testing.postgres(*testing.TEST, *few) as engine:
        yield engine


async def all_taken(dsn: str) -> list[asyncpg.Connection]:
    """Every connection that the server had left."""
    taken = []
    with contextlib.suppress(asyncpg.TooManyConnectionsError):
        for _ in range(100):
            taken.append(await asyncpg.connect(dsn))
    return taken


async def test_one_connection_serves_all_where_the_server_gives_no_other(
    small: testing.Engine, a_tenant_of: Any
) -> None:
    await docstore.migrate(small.url)
    async with docstore.opened(small.url, largest=8) as store:
        tenant = a_tenant_of(store)
        await tenant.put("a", {})
        taken = await all_taken(small.url)
        await busy(tenant, "b", 16)
        for n in range(8):
            await tenant.put(f"c{n}", {})
        assert store.statistics()["size"] == 1
        for one in taken:
            await one.close()


class Bare:
    """A pool without a connection, of a server that gives none."""

    def get_size(self) -> int:
        return 0

    async def acquire(self, timeout: float) -> None:
        raise asyncpg.TooManyConnectionsError


async def test_nobody_waits_for_connections_that_there_are_not() -> None:
    pool: Any = Bare()
    with pytest.raises(asyncpg.TooManyConnectionsError):
        await _pool.acquired(pool, time.monotonic() + 60)


async def test_what_a_read_only_server_has_is_read_until_it_writes_again(
    behind: Any, owner: asyncpg.Connection
) -> None:
    await behind.put("a", {"x": 1})
    name = "default_transaction_read_only"
    await owner.execute(f"ALTER DATABASE postgres SET {name} = on")
    try:
        await behind.store.pool.expire_connections()
        with pytest.raises(docstore.Full, match="read-only"):
            await behind.put("a", {"x": 2})
        assert (await behind.read("a")).body == {"x": 1}
    finally:
        await owner.execute(f"ALTER DATABASE postgres RESET {name}")
    # It was connected to what only reads: that connection is not used for it again.
    with contextlib.suppress(docstore.Full):
        await behind.put("a", {"x": 3})
    await behind.put("a", {"x": 4})
    assert (await behind.read("a")).body == {"x": 4}


async def test_who_is_not_let_in_any_more_finds_the_database_away(
    behind: Any, owner: asyncpg.Connection
) -> None:
    await behind.put("a", {"x": 1})
    await owner.execute("ALTER ROLE postgres NOLOGIN")
    try:
        await behind.store.pool.expire_connections()
        with pytest.raises(docstore.Away):
            await behind.read("a")
    finally:
        await owner.execute("ALTER ROLE postgres LOGIN")
    assert (await behind.read("a")).body == {"x": 1}


@pytest.mark.parametrize(
    ("seconds", "tells"), [(6.0, True), (0.9, False), (0.0, False)]
)
def test_the_silence_of_a_moment_is_held_against_no_connection(
    seconds: float, tells: bool
) -> None:
    deadline = time.monotonic() + seconds
    share = Beginning("t", deadline, reading=True, plans=ONCE).share()
    assert (share is not None) is tells
