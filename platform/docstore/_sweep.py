"""The sweep: what has expired or is left over is deleted, a bounded bit at once.

Reads do not see what has expired, so nothing hurries; several replicas may sweep at
once. What to delete is found across the tenants, and documents are then deleted as one
of their own tenant's transactions would, with their index entries and keys.
"""

from collections import defaultdict
from datetime import UTC, datetime

import asyncpg

from docstore import _gone, _store
from docstore._documents import remove
from docstore._drafts import Indexing, Place
from docstore._forever import forever, tried
from docstore._index import reindex
from docstore._store import Session, Store

BATCH = 500  # rows of each kind that are deleted at a time
CONTENTS_BATCH = 50  # of them, blobs' contents, which are large
PAUSE = 30.0  # seconds between two sweeps that found nothing
UNUSED = 3600.0  # seconds that a blob's content outlives its last use
BEGINNING = (datetime(1970, 1, 1, tzinfo=UTC), "", "", "")
EXPIRED = """
SELECT expires_at, tenant, collection, id FROM documents
WHERE (expires_at, tenant, collection, id) > ($2, $3, $4, $5)
ORDER BY expires_at, tenant, collection, id LIMIT $1
"""
STILL = """
SELECT d.collection, d.id
FROM unnest($1::text[], $2::text[]) w(collection, id) JOIN documents d
USING (collection, id) WHERE d.expires_at <= now()
ORDER BY d.collection, d.id FOR UPDATE OF d SKIP LOCKED
"""
WRITES = """
DELETE FROM writes WHERE (tenant, key) IN (
  SELECT tenant, key FROM writes ORDER BY expires_at LIMIT $1)
"""
CONTENTS = """
DELETE FROM contents WHERE content IN (
  SELECT content FROM contents WHERE changed_at < now() - $2 * interval '1 s'
  ORDER BY changed_at LIMIT $1 FOR UPDATE SKIP LOCKED)
"""


async def sweep(store: Store, *, unused: float = UNUSED, batch: int = BATCH) -> int:
    """Delete what has expired; how many rows that were.

    What cannot be deleted is logged, and holds up nothing else.
    """
    async with _store.keeper(store.dsn) as db:
        swept = [
            await db.execute(WRITES, BATCH),
            await db.execute(CONTENTS, CONTENTS_BATCH, unused),
        ]
        documents = await _documents(store, db, batch)
        cleared = await _gone.clear(store, db)
        closed = await _gone.close_empty(store, db)
    return documents + cleared + closed + sum(int(s.split()[-1]) for s in swept)


async def _documents(store: Store, db: asyncpg.Connection, batch: int) -> int:
    """Delete the documents that have expired, a batch after the other.

    Each begins behind the one before: those that stay would fill it for ever.
    """
    count, after = 0, BEGINNING
    while expired := await db.fetch(EXPIRED, batch, *after):
        tenants: dict[str, list[Place]] = defaultdict(list)
        for row in expired:
            tenants[row["tenant"]].append((row["collection"], row["id"]))
        for tenant, places in tenants.items():
            count += await _delete(store, tenant, places)
        after = tuple(expired[-1])
    return count


async def _delete(store: Store, tenant: str, places: list[Place]) -> int:
    """Delete those of a tenant's documents that can be; how many. Away, Full."""
    what = f"{places[0]} of {tenant}, {len(places)} in all"
    done = await tried(what, _delete_all(store, tenant, places))
    if done is not None or len(places) == 1:
        return done or 0
    middle = len(places) // 2
    halves = (places[:middle], places[middle:])
    return sum([await _delete(store, tenant, half) for half in halves])


async def _delete_all(store: Store, tenant: str, places: list[Place]) -> int:
    async with store.session(tenant, seconds=_gone.SECONDS) as session:
        gone = await _still_expired(session, places)
        if gone:
            await remove(session, gone)
            await reindex(session, {place: Indexing() for place in gone})
    return len(gone)


async def _still_expired(session: Session, places: list[Place]) -> list[Place]:
    """Those that nobody renewed or locked in between."""
    collections, ids = zip(*places, strict=True)
    rows = await session.db.fetch(STILL, collections, ids)
    return [(row["collection"], row["id"]) for row in rows]


async def sweep_for_ever(store: Store) -> None:
    """Sweep whenever there is something to sweep; cancel it to end it."""

    async def act() -> float:
        return 1.0 if await sweep(store) else PAUSE

    await forever("not swept", act, PAUSE)
