"""How a session's transaction begins: with all its settings in one round trip.

They are set for the transaction alone, so that the connection goes back to the pool
with nothing left to reset.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

# A filter's path decides which index is best: such a statement is planned anew for the
# values it comes with. Others know their way, and planning would cost a third of them.
FOR_VALUES, ONCE = "force_custom_plan", "force_generic_plan"
BEGIN = """
BEGIN ISOLATION LEVEL {kind}; SET LOCAL app.tenant = {tenant};
SET LOCAL statement_timeout = {left}; SET LOCAL plan_cache_mode = {plans}
"""
# A plan made once is for tables as they are then: while they are new, none is kept.
IF_GROWN = f"""
; SELECT set_config('plan_cache_mode', '{ONCE}', true) FROM pg_class
WHERE oid = 'docstore.documents'::regclass AND reltuples >= 1000
"""
HAS_GROWN = "SELECT 1"  # what PostgreSQL says to that
READING, WRITING = "REPEATABLE READ READ ONLY", "READ COMMITTED"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a session is begun for. ``deadline`` is of the monotonic clock."""

    tenant: str
    deadline: float
    reading: bool
    plans: str

    def statements(self, has_grown: bool) -> str:
        """The statements that begin it, whose last tells whether tables have grown."""
        left = max(1, int((self.deadline - time.monotonic()) * 1000))
        asks = self.plans == ONCE and not has_grown
        begin = BEGIN.format(
            kind=READING if self.reading else WRITING,
            tenant=literal(self.tenant),
            left=left,
            plans=FOR_VALUES if asks else self.plans,
        )
        return begin + IF_GROWN if asks else begin


def literal(text: str) -> str:
    """*text* in SQL where nothing can be bound: byte by byte, so that none of it is
    ever read as SQL. PostgreSQL refuses bytes that are no text."""
    coded = text.encode(errors="surrogatepass")
    return "E'" + "".join(f"\\x{byte:02x}" for byte in coded) + "'"


@asynccontextmanager
async def transaction(db: asyncpg.Connection, begin: str) -> AsyncIterator[str]:
    """What the last statement of *begin* said; committed on leaving, unless it raised.

    asyncpg's own takes a round trip for BEGIN alone.
    """
    try:
        yield await db.execute(begin)
    except BaseException:
        # A connection that broke has nothing to roll back, and keeps what it raised.
        if not db.is_closed():
            await db.execute("ROLLBACK")
        raise
    await db.execute("COMMIT")
