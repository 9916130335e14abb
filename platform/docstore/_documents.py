"""Writing drafted documents and their unique keys, in bulk and in one order.

Rows are locked and written in the order of (collection, id), and keys in the order of
(collection, key): two transactions that meet wait for one another, never in a circle.
"""

from collections.abc import Iterable, Sequence, Sized

import asyncpg

from contracts.infrastructure.database import Change
from docstore._drafts import Draft, Drafts, Place
from docstore._store import Session, encoded
from docstore.errors import Taken, TooLarge, Unusable

BODY = 1 << 20  # bytes of JSON in one document
# The documents, and after them the versions that may be used up.
LOCK = """
WITH held AS (
  SELECT d.collection, d.id, d.version, d.expires_at > now() AS is_live,
    e.n IS NOT NULL AS is_indexed, CASE WHEN w.patched THEN d.body END AS body
  FROM unnest($1::text[], $2::text[], $3::boolean[]) w(collection, id, patched)
  JOIN documents d USING (collection, id) LEFT JOIN entries e USING (collection, id)
  ORDER BY d.collection, d.id FOR UPDATE OF d)
SELECT * FROM held UNION ALL
SELECT NULL, NULL, nextval('versions'), NULL, NULL, NULL FROM generate_series(1, $4)
"""
INSERT = """
INSERT INTO documents (collection, id, version, body, expires_at)
SELECT c, i, v, b::jsonb, now() + coalesce(t * interval '1 s', 'infinity')
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::float8[])
  w(c, i, v, b, t)
ORDER BY c, i ON CONFLICT DO NOTHING
"""
UPDATE = """
UPDATE documents d SET version = v, body = b::jsonb, expires_at = CASE WHEN kept
  THEN d.expires_at ELSE now() + coalesce(t * interval '1 s', 'infinity') END
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::float8[],
  $6::boolean[]) w(c, i, v, b, t, kept)
WHERE d.collection = c AND d.id = i
"""
DELETE = """
DELETE FROM documents d USING unnest($1::text[], $2::text[]) w(c, i)
WHERE d.collection = c AND d.id = i
"""
RELEASE = """
DELETE FROM keys k USING unnest($1::text[], $2::text[]) o(c, i)
WHERE k.collection = c AND k.id = i AND NOT EXISTS (
  SELECT FROM unnest($3::text[], $4::text[], $5::text[]) w(c, i, key)
  WHERE w.c = k.collection AND w.i = k.id AND w.key = k.key)
"""
EXPIRE = """
DELETE FROM keys k USING unnest($1::text[], $2::text[]) w(c, key), documents d
WHERE k.collection = w.c AND k.key = w.key
  AND d.collection = k.collection AND d.id = k.id AND d.expires_at <= now()
"""
CLAIM = """
INSERT INTO keys (collection, id, key)
SELECT c, i, key FROM unnest($1::text[], $2::text[], $3::text[]) w(c, i, key)
ORDER BY c, key ON CONFLICT DO NOTHING
"""
LOST = """
SELECT w.c AS collection, k.id AS owner
FROM unnest($1::text[], $2::text[], $3::text[]) w(c, i, key)
LEFT JOIN keys k ON k.collection = w.c AND k.key = w.key
WHERE k.id IS DISTINCT FROM w.i LIMIT 1
"""


class Raced(Exception):
    """Someone else wrote in between: roll back and look again."""


def columns(places: Iterable[Place]) -> tuple[list[str], list[str]]:
    """Collections and ids, side by side."""
    ordered = sorted(places)
    return [place[0] for place in ordered], [place[1] for place in ordered]


async def locked(session: Session, changes: Sequence[Change]) -> Drafts:
    """The documents that *changes* name, as they are, locked until the session ends."""
    patched: dict[Place, bool] = {}
    for change in changes:
        place = (change.collection, change.id)
        patched[place] = patched.get(place, False) or change.op == "patch"
    wanted = sum(change.op in ("put", "patch") for change in changes)
    bodies = [patched[place] for place in sorted(patched)]
    rows = await session.db.fetch(LOCK, *columns(patched), bodies, wanted)
    held, fresh = rows[: len(rows) - wanted], rows[len(rows) - wanted :]
    return Drafts(
        versions=iter([row["version"] for row in fresh]),
        at={(row["collection"], row["id"]): _as_is(row) for row in held},
    )


def _as_is(row: asyncpg.Record) -> Draft:
    is_live = row["is_live"]
    return Draft(
        is_row=True,
        is_indexed=row["is_indexed"],
        version=row["version"] if is_live else 0,
        body=opened(row["body"]) if is_live and row["body"] else None,
    )


def opened(body: dict) -> dict:
    """A body without the member that names its tenant and collection."""
    return next(iter(body.values()))


async def write(session: Session, drafts: dict[Place, Draft]) -> None:
    """Write the drafts that changed. Taken, TooLarge; Raced when one came to be."""
    made, kept, gone = _parted(drafts)
    if gone:
        await remove(session, gone)
    if made:
        status = await session.db.execute(INSERT, *_rows(session, made))
        if status != _all(made):
            raise Raced
    if kept:
        expiries = [draft.keeps_expiry for draft in kept.values()]
        await session.db.execute(UPDATE, *_rows(session, kept), expiries)
    await _release(session, kept)
    await _claim(session, made | kept)


def _parted(
    drafts: dict[Place, Draft],
) -> tuple[dict[Place, Draft], dict[Place, Draft], list[Place]]:
    """Those to insert, those to update, those to delete; all in the one order."""
    made, kept, gone = dict[Place, Draft](), dict[Place, Draft](), list[Place]()
    for place, draft in sorted(drafts.items(), key=lambda item: item[0]):
        match (draft.is_changed, draft.is_row, draft.version > 0):
            case (True, True, False):
                gone.append(place)
            case (True, True, True):
                kept[place] = draft
            case (True, False, True):
                made[place] = draft
    return made, kept, gone


async def remove(session: Session, places: Sequence[Place]) -> None:
    """Delete documents that the session has locked, with their keys."""
    await session.db.execute(DELETE, *columns(places))


def _all(rows: Sized) -> str:
    """What PostgreSQL says when it has inserted every one."""
    return f"INSERT 0 {len(rows)}"


def _rows(session: Session, drafts: dict[Place, Draft]) -> tuple[list, ...]:
    bodies = [
        _bounded({session.root(collection): draft.body}, f"{collection}/{id}")
        for (collection, id), draft in drafts.items()
    ]
    return (
        *columns(drafts),
        [draft.version for draft in drafts.values()],
        bodies,
        [draft.ttl for draft in drafts.values()],
    )


def _bounded(body: dict, name: str) -> str:
    """The JSON of a body, if it is such and not too long."""
    try:
        text = encoded(body)
        size = len(text.encode())
    except ValueError as exc:
        raise Unusable(f"{name}: {exc}") from exc
    if size > BODY:
        raise TooLarge(f"{name} has {size} bytes of JSON, at most {BODY} are allowed")
    return text


def _wanted(drafts: dict[Place, Draft]) -> list[list[str]]:
    """Collections, ids and keys, side by side."""
    rows = sorted(
        (*place, key)
        for place, draft in drafts.items()
        for key in set(draft.unique or ())
    )
    return [[row[column] for row in rows] for column in range(3)]


async def _release(session: Session, kept: dict[Place, Draft]) -> None:
    """Give up the keys that their documents no longer want."""
    owners = [place for place, draft in kept.items() if draft.unique is not None]
    if owners:
        await session.db.execute(RELEASE, *columns(owners), *_wanted(kept))


async def _claim(session: Session, drafts: dict[Place, Draft]) -> None:
    """Take the keys that are wanted, from documents that have expired too; Taken."""
    collections, ids, keys = _wanted(drafts)
    if not keys:
        return
    if await session.db.execute(CLAIM, collections, ids, keys) == _all(keys):
        return
    await session.db.execute(EXPIRE, collections, keys)
    await session.db.execute(CLAIM, collections, ids, keys)
    lost = await session.db.fetchrow(LOST, collections, ids, keys)
    if lost is None:
        return
    if lost["owner"] is None:
        raise Raced
    raise Taken(f"{lost['collection']} has the same already: {lost['owner']}")
