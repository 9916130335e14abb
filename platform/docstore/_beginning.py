"""How a session's transaction begins: with all its settings in one round trip.

They are set for the transaction alone, so that the connection goes back to the pool
with nothing left to reset.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg

# A filter's path decides which index is best: such a statement is planned anew for the
# values it comes with. Others know their way, and planning would cost a third of them.
FOR_VALUES, ONCE = "force_custom_plan", "force_generic_plan"
BEGIN = """
BEGIN ISOLATION LEVEL {kind}; SET LOCAL app.tenant = {tenant};
SET LOCAL statement_timeout = {left}; SET LOCAL transaction_timeout = {longest};
SET LOCAL plan_cache_mode = {plans}
"""
# A plan made once is for tables as they are then: while they are new, none is kept.
IF_GROWN = f"""
; SELECT set_config('plan_cache_mode', '{ONCE}', true) FROM pg_class
WHERE oid = 'docstore.documents'::regclass AND reltuples >= 1000
"""
HAS_GROWN = "SELECT 1"  # what PostgreSQL says to that
READING, WRITING = "REPEATABLE READ READ ONLY", "READ COMMITTED"
FAREWELL = 2.0  # seconds for a connection to end in order; a dead server never answers
# Of the time that is left, what a transaction may take to begin: with the rest it is
# begun on another connection, where the server of this one does not hear any more.
SHARE = 1 / 3
# InternalClientError is what asyncpg raises, of all things, when a connection breaks
# while nobody uses it (asyncpg issue 1069), or has to roll back while it reads of a
# failure (784); it has no relation to the other.
UNUSABLE = (asyncpg.InterfaceError, asyncpg.InternalClientError)
FAIR = 0.5  # seconds below which a silence tells nothing of a server


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a session is begun for. ``deadline`` is of the monotonic clock."""

    tenant: str
    deadline: float
    reading: bool
    plans: str

    def left(self) -> float:
        """Seconds until the deadline; a little where it is over."""
        return max(0.001, self.deadline - time.monotonic())

    def share(self) -> float | None:
        """Seconds in which it has to begin; None where there are too few to tell."""
        share = self.left() * SHARE
        return share if share >= FAIR else None

    def statements(self, has_grown: bool) -> str:
        """The statements that begin it, whose last tells whether tables have grown."""
        left = int(self.left() * 1000)
        asks = self.plans == ONCE and not has_grown
        begin = BEGIN.format(
            kind=READING if self.reading else WRITING,
            tenant=literal(self.tenant),
            left=left,
            # Whoever is cut off in the middle holds its locks no longer than this.
            longest=left + int(FAREWELL * 1000),
            plans=FOR_VALUES if asks else self.plans,
        )
        return begin + IF_GROWN if asks else begin


def literal(text: str) -> str:
    """*text* in SQL where nothing can be bound: byte by byte, so that none of it is
    ever read as SQL. PostgreSQL refuses bytes that are no text."""
    coded = text.encode(errors="surrogatepass")
    return "E'" + "".join(f"\\x{byte:02x}" for byte in coded) + "'"


@asynccontextmanager
async def transaction(
    db: asyncpg.Connection, begin: str = "BEGIN", within: float | None = None
) -> AsyncIterator[str]:
    """What the last statement of *begin* said; committed on leaving, unless it raised.

    asyncpg's own takes a round trip for BEGIN alone. ConnectionFailureError where it
    does not begin *within* so many seconds.
    """
    try:
        yield await _begun(db, begin, within)
    except BaseException:
        await _rolled_back(db)
        raise
    await db.execute("COMMIT")


async def _begun(db: asyncpg.Connection, begin: str, within: float | None) -> str:
    try:
        async with asyncio.timeout(within):
            return await db.execute(begin)
    except TimeoutError as exc:
        ended(db)
        raise asyncpg.ConnectionFailureError("it does not answer") from exc


async def _rolled_back(db: asyncpg.Connection) -> None:
    """Its transaction is over, or the connection is.

    One that broke has nothing to roll back; one whose server does not answer would keep
    whoever waits far beyond their deadline. Nor is what failed to be told as this.
    """
    try:
        if not db.is_closed():
            async with asyncio.timeout(FAREWELL):
                await db.execute("ROLLBACK")
    except (TimeoutError, asyncpg.PostgresError, *UNUSABLE):
        ended(db)


def ended(db: asyncpg.Connection) -> None:
    """Nobody gets this connection again; the pool may have taken it back already."""
    with suppress(asyncpg.InterfaceError):
        db.terminate()
