"""Entries that go, and the postings of their words.

A posting is in a block with thousands of others, all of which are rewritten for it. So
where few go their postings go with them; where many do, as with a long document, only
the entries go, which is enough for no search to find them, and their postings are
cleared later by whoever sweeps.
"""

from collections.abc import Sequence

import asyncpg

from docstore._forever import tried
from docstore._store import Session, Store

SECONDS = 20.0  # that a transaction of clearing, or of sweeping, may take
FEW = 200  # entries whose postings are cleared with them
BATCH = 2000  # entries whose postings are cleared in one transaction
# Blocks that lose all their documents go; the others are rewritten without them. Who
# goes is the same for every term of a block: one bit for each.
UNPOST = """
WITH going AS MATERIALIZED (
  SELECT e.space, e.n, e.terms
  FROM unnest($1::bigint[], $2::int[]) w(space, n) JOIN {table} e USING (space, n)),
bits AS MATERIALIZED (
  SELECT space, n >> 12 AS block,
    bit_or(set_bit(repeat('0', 4096)::bit varying, n & 4095, 1)) AS marked
  FROM going GROUP BY 1, 2),
touched AS MATERIALIZED (
  SELECT space, t.term, n >> 12 AS block, count(*) AS size
  FROM going, unnest(terms) t(term) GROUP BY 1, 2, 3),
emptied AS (
  DELETE FROM blocks b USING touched t WHERE b.space = t.space AND b.term = t.term
  AND b.block = t.block AND b.size = t.size)
UPDATE blocks b SET (size, ns, tfs, ls) = (
  SELECT count(*), array_agg(p.n), array_agg(p.tf), array_agg(p.l)
  FROM unnest(b.ns, b.tfs, b.ls) p(n, tf, l) WHERE get_bit(bits.marked, p.n) = 0)
FROM touched t JOIN bits USING (space, block)
WHERE b.space = t.space AND b.term = t.term AND b.block = t.block AND b.size > t.size
"""
NOW, LATER = UNPOST.format(table="entries"), UNPOST.format(table="gone")
FORGET = """
DELETE FROM entries e USING unnest($1::bigint[], $2::int[]) w(s, n)
WHERE e.space = w.s AND e.n = w.n RETURNING e.space, e.length
"""
LEAVE = """
WITH going AS (
  DELETE FROM entries e USING unnest($1::bigint[], $2::int[]) w(s, n)
  WHERE e.space = w.s AND e.n = w.n RETURNING e.space, e.n, e.length, e.terms),
kept AS (
  INSERT INTO gone (space, n, terms)
  SELECT space, n, terms FROM going WHERE length IS NOT NULL)
SELECT space, length FROM going
"""
SPACES = "SELECT DISTINCT tenant, space FROM gone ORDER BY tenant, space"
HOLD = "SELECT FROM spaces WHERE space = $1 FOR UPDATE"
SOME = "SELECT n FROM gone WHERE space = $1 ORDER BY n LIMIT $2"
CLEARED = "DELETE FROM gone WHERE space = $1 AND n = ANY ($2::int[])"
# Whoever puts something into a space that is gone makes it anew, under another number.
# One with a graph stays until that is dropped, or nobody would know of it.
EMPTY = """
SELECT tenant, space FROM spaces WHERE texts = 0 AND vectors = 0 AND graph = 0
ORDER BY tenant, space
"""
CLOSE = """
DELETE FROM spaces s WHERE s.space = ANY ($1::bigint[]) AND s.graph = 0
AND NOT EXISTS (SELECT FROM entries e WHERE e.space = s.space)
AND NOT EXISTS (SELECT FROM gone g WHERE g.space = s.space)
"""

Gone = Sequence[asyncpg.Record]  # space and length of each


async def forget(session: Session, spaces: list[int], ns: list[int]) -> Gone:
    """Delete entries of spaces that are held, with their postings."""
    await session.db.execute(NOW, spaces, ns)
    return await session.db.fetch(FORGET, spaces, ns)


async def leave(session: Session, spaces: list[int], ns: list[int]) -> Gone:
    """Delete entries of spaces that are held, whose numbers nobody takes again, and the
    postings of few at once."""
    if len(ns) <= FEW:
        return await forget(session, spaces, ns)
    return await session.db.fetch(LEAVE, spaces, ns)


async def close(session: Session, spaces: list[int]) -> int:
    """Delete those of the spaces, which are held, that nothing is in any more; how many
    these were."""
    done = await session.db.execute(CLOSE, spaces)
    return int(done.split()[-1])


async def close_empty(store: Store, keeper: asyncpg.Connection) -> int:
    """Delete the spaces that were left with nothing in them; how many. Away, Full."""
    count = 0
    for row in await keeper.fetch(EMPTY):
        tenant, space = row
        count += await tried(f"space {space} of {tenant}", _close(store, *row)) or 0
    return count


async def _close(store: Store, tenant: str, space: int) -> int:
    async with store.session(tenant, seconds=SECONDS) as session:
        await session.db.execute(HOLD, space)
        return await close(session, [space])


async def clear(store: Store, keeper: asyncpg.Connection) -> int:
    """Clear a batch of the postings of each space that has some left; how many.

    A space that cannot be cleared is logged, and holds up no other. Away, Full.
    """
    count = 0
    for row in await keeper.fetch(SPACES):
        tenant, space = row
        what = f"postings of {tenant} in space {space}"
        count += await tried(what, _clear(store, tenant, space)) or 0
    return count


async def _clear(store: Store, tenant: str, space: int) -> int:
    async with store.session(tenant, seconds=SECONDS) as session:
        await session.db.execute(HOLD, space)
        ns = [row["n"] for row in await session.db.fetch(SOME, space, BATCH)]
        await session.db.execute(LATER, [space] * len(ns), ns)
        await session.db.execute(CLEARED, space, ns)
        await close(session, [space])
    return len(ns)
