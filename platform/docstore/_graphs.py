"""Graphs: a space too large to be scanned gets an HNSW index of its own.

One index for all tenants would find the nearest of everybody, of which row-level
security then leaves one tenant next to none. An index of one space has nothing to
leave out. It is built while others write, by one replica at a time.
"""

from contextlib import suppress

import asyncpg

from docstore import _store
from docstore._forever import forever, tried

ABOVE = 100_000  # vectors; a scan of as many takes about 50 ms
PAUSE = 300.0  # seconds between two looks
LOCK = 802_802  # any number that nothing else of ours locks
OWNER = "filigree_owner"
# Half of the bound is left before an index goes, so that none comes and goes.
DUE = """
SELECT space, graph FROM spaces
WHERE (vectors > $1 AND graph = 0) OR (vectors < $1 / 2 AND graph > 0) ORDER BY space
"""
DIMENSIONS = """
SELECT size FROM vectors WHERE space = $1 GROUP BY size ORDER BY count(*) DESC LIMIT 1
"""


def index_name(space: int) -> str:
    return f"vectors_graph_{space}"


async def tend(dsn: str, above: int = ABOVE) -> int:
    """Build and drop what is due; how many indexes that were, 0 while another does."""
    async with _store.keeper(dsn) as db:
        if not await db.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            return 0
        due = await db.fetch(DUE, above)
        return sum([await _tended(dsn, db, **row) for row in due])


async def _tended(dsn: str, db: asyncpg.Connection, space: int, graph: int) -> bool:
    """Build or drop a space's index; whether that could be done, or is logged."""
    size = 0 if graph else await db.fetchval(DIMENSIONS, space)
    if not await tried(f"the graph of space {space}", _rebuild(dsn, space, size)):
        return False
    await db.execute("UPDATE spaces SET graph = $2 WHERE space = $1", space, size)
    return True


async def _rebuild(dsn: str, space: int, size: int) -> bool:
    """Drop the index, be it half-built, and build it for *size* dimensions if any; True
    once that is done."""
    db = await asyncpg.connect(
        dsn, server_settings={"role": OWNER, "search_path": "docstore, public"}
    )
    try:
        name = index_name(space)
        await db.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        if size:
            await db.execute(
                f"CREATE INDEX CONCURRENTLY {name} ON vectors "
                f"USING hnsw ((v::halfvec({size:d})) halfvec_cosine_ops) "
                f"WHERE space = {space:d} AND size = {size:d}"
            )
        return True
    finally:
        with suppress(Exception):
            await db.close(timeout=2.0)


async def tend_for_ever(dsn: str) -> None:
    """Look after the graphs every few minutes; cancel it to end it."""

    async def act() -> float:
        await tend(dsn)
        return PAUSE

    await forever("graphs are not tended", act, PAUSE)
