"""The sweep: what has expired or is left over is deleted, a bounded bit at a time.

Reads do not see what has expired, so nothing hurries; several replicas may sweep at
once. What to delete is found across the tenants, and documents are then deleted as one
of their own tenant's transactions would, with their index entries and keys.
"""

from collections import defaultdict

from docstore import _gone, _store
from docstore._documents import remove
from docstore._drafts import Indexing
from docstore._forever import forever
from docstore._index import reindex
from docstore._store import Session, Store

BATCH = 500
PAUSE = 30.0  # seconds between two sweeps that found nothing
UNUSED = 3600.0  # seconds that a blob's content outlives its last use
EXPIRED = "SELECT tenant, collection, id FROM documents ORDER BY expires_at LIMIT $1"
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


async def sweep(store: Store, *, unused: float = UNUSED) -> int:
    """Delete one batch of what has expired; how many rows that were."""
    async with _store.keeper(store.dsn) as db:
        expired = await db.fetch(EXPIRED, BATCH)
        swept = [
            await db.execute(WRITES, BATCH),
            await db.execute(CONTENTS, BATCH // 10, unused),
        ]
        cleared = await _gone.clear(store, db)
    tenants: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in expired:
        tenants[row["tenant"]].append((row["collection"], row["id"]))
    documents = [
        await _delete(store, tenant, places) for tenant, places in tenants.items()
    ]
    return cleared + sum(documents) + sum(int(s.split()[-1]) for s in swept)


async def _delete(store: Store, tenant: str, places: list[tuple[str, str]]) -> int:
    async with store.session(tenant, seconds=20.0) as session:
        gone = await _still_expired(session, places)
        if gone:
            await remove(session, gone)
            await reindex(session, {place: Indexing() for place in gone})
    return len(gone)


async def _still_expired(
    session: Session, places: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Those that nobody renewed or locked in between."""
    collections, ids = zip(*places, strict=True)
    rows = await session.db.fetch(STILL, collections, ids)
    return [(row["collection"], row["id"]) for row in rows]


async def sweep_for_ever(store: Store) -> None:
    """Sweep whenever there is something to sweep; cancel it to end it."""

    async def act() -> float:
        return 1.0 if await sweep(store) else PAUSE

    await forever("not swept", act, PAUSE)
