"""Transactions: all the changes and all the events, or none of them."""

import hashlib
import json
import time
from collections.abc import Sequence

import asyncpg

import json_filters
from contracts.infrastructure.database import Change, Committed, Transaction
from docstore import _outbox
from docstore._beginning import FOR_VALUES, ONCE
from docstore._documents import Raced, locked, remove, write
from docstore._drafts import Draft, Indexing, Place, required, segments
from docstore._index import reindex
from docstore._store import Session, Store
from docstore.errors import Contended, Reused

ATTEMPTS = 5
WRITE_ID_AGE = 86_400.0  # seconds for which a repeated write gets its first result
# Waits for the same id in flight elsewhere: its result is there then, or nothing.
FIRST = """
INSERT INTO writes AS w (key, digest, expires_at)
VALUES ($1, $2, now() + $3 * interval '1 s')
ON CONFLICT (tenant, key) DO UPDATE SET digest = EXCLUDED.digest, result = NULL,
  expires_at = EXCLUDED.expires_at WHERE w.expires_at <= now()
"""
MATCHING = """
SELECT id FROM documents
WHERE collection = $1 AND ($2::text IS NULL OR body @@ $2::text::jsonpath)
ORDER BY id FOR UPDATE
"""


async def commit(
    store: Store,
    tenant: str,
    asked: Transaction,
    *,
    source: str,
    write_id: str | None = None,
    seconds: float = 5.0,
) -> Committed:
    """Make all the changes and publish all the events of *source*, or none.

    A repeated *write_id* gets the first result, without effect; with another
    transaction it is Reused. Otherwise Stale, Missing, Taken, Unusable, TooLarge;
    TimeoutError after *seconds*; Contended when others kept getting in between.
    """
    deadline = time.monotonic() + seconds
    for _ in range(ATTEMPTS):
        left = max(0.001, deadline - time.monotonic())
        try:
            async with store.session(tenant, left, plans=ONCE) as session:
                return await _once(session, asked, source, write_id)
        except (Raced, asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            continue
    raise Contended("others keep changing the same documents")


async def _once(
    session: Session, asked: Transaction, source: str, write_id: str | None
) -> Committed:
    key = write_id and f"{source}/{write_id}"
    if key and (known := await _first_result(session, key, asked)):
        return known
    done = Committed(versions=await _apply(session, asked.changes))
    await _outbox.announce(session, asked.events, asked.cancel, source)
    if key:
        await session.db.execute(
            "UPDATE writes SET result = $2 WHERE key = $1", key, done.model_dump()
        )
    return done


async def _first_result(
    session: Session, key: str, asked: Transaction
) -> Committed | None:
    text = json.dumps(asked.model_dump(mode="json"), sort_keys=True)
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    status = await session.db.execute(FIRST, key, digest, WRITE_ID_AGE)
    if status == "INSERT 0 1":
        return None
    row = await session.db.fetchrow(
        "SELECT digest, result FROM writes WHERE key = $1", key
    )
    if row is None:
        raise Raced
    if row["digest"] != digest:
        raise Reused("this write id was used for another transaction")
    return Committed.model_validate(row["result"])


async def _apply(session: Session, changes: Sequence[Change]) -> list[int | None]:
    versions: list[int | None] = [None] * len(changes)
    indexing: dict[Place, Indexing] = {}
    for segment in segments(enumerate(changes)):
        first = segment[0][1]
        if first.op == "delete-all":
            places = await _delete_all(session, first)
            indexing |= {place: Indexing() for place in places}
            continue
        drafts = await locked(session, [change for _, change in segment])
        for position, change in segment:
            versions[position] = drafts.apply(change)
        await write(session, drafts.at)
        _note(indexing, drafts.at)
    if indexing:
        await reindex(session, indexing)
    return versions


def _note(indexing: dict[Place, Indexing], drafts: dict[Place, Draft]) -> None:
    """Add what *drafts* do to the index to what was done before."""
    for place, draft in drafts.items():
        if draft.indexing and (draft.changes_index or place in indexing):
            indexing[place] = draft.indexing.over(indexing.get(place))


async def _delete_all(session: Session, change: Change) -> list[Place]:
    filter = required(change.filter, "a delete-all needs a filter, be it empty")
    path = (
        json_filters.jsonpath(filter, session.root(change.collection))
        if filter
        else None
    )
    await session.plan(FOR_VALUES)
    rows = await session.db.fetch(MATCHING, change.collection, path)
    places = [(change.collection, row["id"]) for row in rows]
    if places:
        await remove(session, places)
    return places
