"""The candidates of a search: the best by words, the best by vector, and the filter.

A filter narrows what is searched, not what was found. Where it leaves few documents,
they are listed first and only they are scored. Where it leaves many, the best are taken
in order until enough of them pass; how far to look is told by how many passed so far.
"""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sieve
from docstore._store import Session

COUNT = 200  # candidates of each side, at least
FEW, SHARE = 500, 20  # documents that are listed; more in a large space: a 20th of it
FIRST_LOOK = 1000  # of the best
EF_SEARCH = 200  # candidates that HNSW keeps in mind

PASSING = """
SELECT count(*) FROM (SELECT FROM documents
  WHERE collection = $1 AND expires_at > now() AND body @@ $2::text::jsonpath LIMIT $3)
"""
NUMBERED = """
SELECT e.n FROM documents d JOIN entries e USING (collection, id)
WHERE d.collection = $1 AND d.expires_at > now() AND d.body @@ $2::text::jsonpath
  AND e.space = $3
"""
# $1 space, $2 terms, $3 idf × (k1 + 1), $4 and $5 what length adds to the frequency,
# $6 candidates, $7 those of the other side
BEST = """
WITH scored AS MATERIALIZED (
  SELECT (b.block << 12) | p.n AS n,
    sum(q.weight * p.tf / (p.tf + $4::float8 + $5::float8 * p.l)) AS score
  FROM unnest($2::text[], $3::float8[]) q(term, weight)
  JOIN blocks b ON b.space = $1 AND b.term = q.term,
    unnest(b.ns, b.tfs, b.ls) p(n, tf, l)
  {listed} GROUP BY 1),
best AS (SELECT c.n, c.score FROM {scored} c {passing}
  ORDER BY c.score DESC, c.n LIMIT $6)
SELECT n, score, true AS is_best FROM best
UNION SELECT n, score, false FROM scored WHERE n = ANY ($7::int[])
"""
# $1 space, $2 dimensions, $3 vector, $4 candidates
NEAREST = """
SELECT c.n, 1 - c.distance AS score, true AS is_best FROM (
  SELECT n, v <=> $3::halfvec AS distance FROM vectors
  WHERE space = $1 AND size = $2 {listed}
  ORDER BY v <=> $3::halfvec LIMIT {look}) c {passing}
ORDER BY c.distance, c.n LIMIT $4
"""
# The same through the space's own HNSW index, which scans on until enough pass.
REACHED = """
SELECT c.n, 1 - c.distance AS score, true AS is_best FROM (
  SELECT n, v::halfvec({size}) <=> $3::halfvec({size}) AS distance FROM vectors
  WHERE space = $1 AND size = $2
  ORDER BY v::halfvec({size}) <=> $3::halfvec({size}) LIMIT {look}) c {passing}
ORDER BY c.distance, c.n LIMIT $4
"""
# Only an index gives an order without sorting: the planner is not left to guess.
FOLLOW = """
SELECT set_config('hnsw.ef_search', $1, true), set_config('enable_sort', $2, true),
  set_config('hnsw.iterative_scan', 'strict_order', true)
"""
COMPARED = """
SELECT n, 1 - (v <=> $3::halfvec) AS score FROM vectors
WHERE space = $1 AND size = $2 AND n = ANY ($4::int[])
"""
PASSES = """
JOIN entries e ON e.space = $1 AND e.n = c.n
JOIN documents d ON d.collection = e.collection AND d.id = e.id
  AND d.expires_at > now() AND d.body @@ {path}::text::jsonpath
"""

Scores = dict[int, float]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a filter leaves of a space: ``listed``, or by ``path`` what is too many."""

    collection: str
    space: int
    size: int
    path: str | None = None
    listed: list[int] | None = None


Ask = Callable[[Narrowing, int | None], Awaitable[Sequence[Any]]]


async def narrowed(
    session: Session, collection: str, space: int, size: int, filter: dict[str, Any]
) -> Narrowing:
    """What *filter* leaves of a space of *size* documents. sieve.BadFilter."""
    if not filter:
        return Narrowing(collection, space, size)
    path = sieve.jsonpath(filter, session.root(collection))
    few = max(FEW, size // SHARE)
    many = Narrowing(collection, space, size, path)
    if await session.db.fetchval(PASSING, collection, path, few + 1) > few:
        return many
    return await _listed(session, many)


async def _listed(session: Session, many: Narrowing) -> Narrowing:
    values = (many.collection, many.path, many.space)
    rows = await session.db.fetch(NUMBERED, *values)
    numbers = [row["n"] for row in rows]
    return Narrowing(many.collection, many.space, many.size, listed=numbers)


def wider(look: int, found: int, count: int) -> int | None:
    """How far to look when *found* of *count* passed so far; None: do not bother."""
    if not found:
        return None
    return math.ceil(look * max(2.0, 1.5 * count / found))


async def _enough(
    session: Session, narrowing: Narrowing, count: int, ask: Ask
) -> Sequence[Any]:
    """Rows of the *count* best that pass, looking further as long as that pays."""
    if narrowing.path is None:
        return await ask(narrowing, None)
    look: int | None = FIRST_LOOK
    while look is not None:
        rows = await ask(narrowing, look)
        found = sum(row["is_best"] for row in rows)
        if found >= count or look >= narrowing.size:
            return rows
        look = wider(look, found, count)
        if look is not None and FIRST_LOOK < narrowing.size // 4 < look:
            look = None
    return await ask(await _listed(session, narrowing), None)


async def best(
    session: Session,
    lexical: tuple[int, list[str], list[float], float, float],
    narrowing: Narrowing,
    count: int,
    others: Sequence[int],
) -> Scores:
    """BM25 of the *count* best by words, and of the *others* that have such words."""

    async def ask(narrowing: Narrowing, look: int | None) -> Sequence[Any]:
        values: list[Any] = [*lexical, count, others]
        listed, passing = _conditions(values, narrowing, "(b.block << 12) | p.n")
        scored = "scored"
        if look:
            scored = f"(SELECT * FROM scored ORDER BY score DESC, n LIMIT {look:d})"
        text = BEST.format(
            listed=f"WHERE true {listed}", scored=scored, passing=passing
        )
        return await session.db.fetch(text, *values)

    rows = await _enough(session, narrowing, count, ask)
    return {row["n"]: row["score"] for row in rows}


async def nearest(
    session: Session,
    vector: tuple[int, int, bytes],
    narrowing: Narrowing,
    count: int,
    graph: int,
) -> Scores:
    """Cosine of the *count* nearest: exact, or through a *graph* of that dimension."""

    async def ask(narrowing: Narrowing, look: int | None) -> Sequence[Any]:
        values: list[Any] = [*vector, count]
        listed, passing = _conditions(values, narrowing, "n")
        rows = look or count
        if graph == vector[1] and not listed:
            text = REACHED.format(passing=passing, look=rows, size=graph)
            return await _followed(session, text, values, count)
        text = NEAREST.format(listed=listed, passing=passing, look=rows)
        return await session.db.fetch(text, *values)

    return _directed(await _enough(session, narrowing, count, ask))


async def _followed(
    session: Session, text: str, values: Sequence[Any], count: int
) -> Sequence[Any]:
    effort = str(max(count, EF_SEARCH))
    await session.db.execute(FOLLOW, effort, "off")
    rows = await session.db.fetch(text, *values)
    await session.db.execute(FOLLOW, effort, "on")
    return rows


async def compared(
    session: Session, vector: tuple[int, int, bytes], numbers: Sequence[int]
) -> Scores:
    """Cosine of just these, where they have a vector."""
    if not numbers:
        return {}
    return _directed(await session.db.fetch(COMPARED, *vector, numbers))


def _conditions(
    values: list[Any], narrowing: Narrowing, number: str
) -> tuple[str, str]:
    """The SQL of a narrowing, its values bound behind those there are."""
    if narrowing.listed is not None:
        values.append(narrowing.listed)
        return f"AND {number} = ANY (${len(values)}::int[])", ""
    if narrowing.path is not None:
        values.append(narrowing.path)
        return "", PASSES.format(path=f"${len(values)}")
    return "", ""


def _directed(rows: Sequence[Any]) -> Scores:
    """Without the vectors of zeros, which have no direction and so no cosine."""
    return {row["n"]: row["score"] for row in rows if not math.isnan(row["score"])}
