"""The store: a pool of connections, and sessions that see one tenant each.

A session is one transaction as ``filigree_app``, which neither owns a table nor
bypasses row-level security. The tenant and the deadline are set for it alone.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from docstore._beginning import (
    FAREWELL,
    FOR_VALUES,
    HAS_GROWN,
    UNUSABLE,
    Beginning,
    ended,
    transaction,
)
from docstore._pool import Maker, acquired
from docstore.errors import Away, Full, Unusable

log = logging.getLogger(__name__)
APP, KEEPER = "filigree_app", "filigree_keeper"
DEAD = (OSError, *UNUSABLE, asyncpg.PostgresConnectionError)
STATEMENT = 30.0  # seconds that any statement may take
AWAY = (
    *DEAD,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.TransactionTimeoutError,
    # Who was let in before: it is about to be another server, or another password.
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
# What is true of the server behind a connection, and so of the pool's others: it does
# not answer, or is no longer the one that writes. New ones may reach another.
ELSEWHERE = (asyncpg.ConnectionFailureError, asyncpg.ReadOnlySQLTransactionError)
CONNECT = 10.0  # seconds to reach a server
IDLE = 120.0  # seconds after which a connection that nobody needs is closed


@dataclass(frozen=True, slots=True)
class Session:
    """One tenant's transaction."""

    db: asyncpg.Connection
    tenant: str

    def root(self, collection: str) -> str:
        """The member below which the bodies of *collection* are stored."""
        return f"{self.tenant}/{collection}"

    async def plan(self, plans: str) -> None:
        """From here on, plan statements FOR_VALUES or ONCE."""
        await self.db.execute("SELECT set_config('plan_cache_mode', $1, true)", plans)


@dataclass
class Store:
    """An open database. ``waiting`` sessions have no connection yet."""

    pool: asyncpg.Pool
    dsn: str
    largest: int
    waiting: int = 0
    served: int = 0
    waited: float = 0.0
    has_grown: bool = False

    @asynccontextmanager
    async def session(
        self,
        tenant: str,
        seconds: float = 5.0,
        *,
        reading: bool = False,
        plans: str = FOR_VALUES,
    ) -> AsyncIterator[Session]:
        """One transaction for *tenant*, committed on leaving unless it raised.

        What runs longer than *seconds* is cancelled in the database and raises
        TimeoutError. With ``reading`` all statements see the same moment; *plans* says
        whether they are planned each time. Unusable when PostgreSQL refuses a value,
        Away when it is not there.
        """
        if not tenant:
            raise Unusable("a session needs a tenant")
        deadline = time.monotonic() + seconds
        with _translated():
            async with asyncio.timeout(seconds), AsyncExitStack() as stack:
                beginning = Beginning(tenant, deadline, reading, plans)
                yield Session(await self._begun(stack, beginning), tenant)

    async def _begun(
        self, stack: AsyncExitStack, beginning: Beginning
    ) -> asyncpg.Connection:
        """A connection with a transaction begun, both ended by *stack*.

        After a restart of PostgreSQL the pool is full of dead connections, and after a
        failover of such as never answer: nothing has been written yet, so trying the
        next one is safe.
        """
        for is_last in (*(False for _ in range(self.largest)), True):
            try:
                async with AsyncExitStack() as attempt:
                    reached = self._connection(beginning.deadline)
                    db = await attempt.enter_async_context(reached)
                    begin = beginning.statements(self.has_grown)
                    begun = transaction(db, begin, beginning.share())
                    said = await attempt.enter_async_context(begun)
                    self.has_grown = self.has_grown or said == HAS_GROWN
                    await stack.enter_async_context(attempt.pop_all())
                    return db
            except DEAD as exc:
                # A server that refuses connections has no other one to offer.
                if is_last or isinstance(exc, OSError):
                    raise
        raise Away("PostgreSQL closes every connection")

    @asynccontextmanager
    async def _connection(self, deadline: float) -> AsyncIterator[asyncpg.Connection]:
        started, self.waiting = time.monotonic(), self.waiting + 1
        try:
            db = await acquired(self.pool, deadline)
        finally:
            self.waiting -= 1
            self.waited += time.monotonic() - started
        try:
            self.served += 1
            yield db
        except (*DEAD, *ELSEWHERE) as exc:
            # Whatever state it is in, nobody shall get it from the pool again.
            ended(db)
            if isinstance(exc, ELSEWHERE):
                log.warning("PostgreSQL: %s; all connections are made anew", exc)
                await self.pool.expire_connections()
            raise
        finally:
            await self.pool.release(db, timeout=FAREWELL)

    def statistics(self) -> dict[str, float]:
        """Connections open, idle and allowed; sessions waiting, served, and waited."""
        return {
            "size": self.pool.get_size(),
            "idle": self.pool.get_idle_size(),
            "largest": self.largest,
            "waiting": self.waiting,
            "served": self.served,
            "waited_seconds": round(self.waited, 6),
        }


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except asyncpg.QueryCanceledError as exc:
        raise TimeoutError("the query ran past its deadline") from exc
    except (asyncpg.DataError, asyncpg.ProgramLimitExceededError) as exc:
        raise Unusable(f"PostgreSQL refuses a value: {exc}") from exc
    except asyncpg.DiskFullError as exc:
        full = "the database's disk is full: nothing is stored until it has room"
        raise Full(full) from exc
    except asyncpg.ReadOnlySQLTransactionError as exc:
        only = (
            "the database is read-only: nothing is stored until it takes writes again"
        )
        raise Full(only) from exc
    except AWAY as exc:
        if isinstance(exc, TimeoutError):
            raise
        raise Away(f"PostgreSQL is away: {exc}") from exc


def _settings(role: str) -> dict[str, str]:
    return {
        "role": role,
        "search_path": "docstore, public",
        # A table holds everybody's rows. One tenant's are found by an index, or a plan
        # that is made for all would read all.
        "enable_seqscan": "off",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "idle_in_transaction_session_timeout": "60000",
        "application_name": f"filigree {role}",
    }


def encoded(value: Any) -> str:
    """JSON as short as it gets; ValueError for what JSON has not, such as NaN."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


async def _speak_json(db: asyncpg.Connection) -> None:
    await db.set_type_codec(
        "jsonb", encoder=encoded, decoder=json.loads, schema="pg_catalog"
    )
    await db.set_type_codec(
        "halfvec", encoder=bytes, decoder=bytes, schema="public", format="binary"
    )


async def _keep(_: asyncpg.Connection) -> None:
    """Nothing to reset: what a session sets ends with its transaction."""


@asynccontextmanager
async def opened(dsn: str, *, largest: int = 8) -> AsyncIterator[Store]:
    """The migrated database at *dsn*, with at most *largest* connections.

    The login must be a member of ``filigree_app``.
    """
    pool = asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=largest,
        connect=Maker(),
        init=_speak_json,
        reset=_keep,
        command_timeout=STATEMENT,
        max_inactive_connection_lifetime=IDLE,
        server_settings=_settings(APP),
    )
    await pool
    try:
        yield Store(pool, dsn, largest)
    finally:
        try:
            async with asyncio.timeout(FAREWELL):
                await pool.close()
        except (TimeoutError, *DEAD):
            pool.terminate()


async def _farewell(db: asyncpg.Connection) -> None:
    try:
        await db.close(timeout=FAREWELL)
    except (TimeoutError, *DEAD):
        db.terminate()


@asynccontextmanager
async def keeper(
    dsn: str, seconds: float = STATEMENT
) -> AsyncIterator[asyncpg.Connection]:
    """One connection that sees what is due or expired, of every tenant."""
    db = await asyncpg.connect(
        dsn,
        timeout=CONNECT,
        command_timeout=seconds,
        server_settings=_settings(KEEPER),
    )
    try:
        await _speak_json(db)
        yield db
    finally:
        await _farewell(db)
