"""The candidates of a search: the best by words, the best by vector, and the filter.

A filter narrows what is searched, not what was found. Where it leaves few documents,
they are listed first and only they are scored. Where it leaves many, the best are taken
in order until enough of them pass, among ever more of the best.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sieve
from docstore._store import Session

COUNT = 200  # candidates of each side, at least
FEW, SHARE = 500, 20  # documents that are listed; more in a large space: a 20th of it
LOOKS = (400, 6000, None)  # of the best, one try after the other; None is all
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
SELECT c.n, 1 - c.distance AS score FROM (
  SELECT n, v <=> $3::halfvec AS distance FROM vectors
  WHERE space = $1 AND size = $2 {listed}
  ORDER BY v <=> $3::halfvec LIMIT {look}) c {passing}
ORDER BY c.distance, c.n LIMIT $4
"""
# The same through the space's own HNSW index, which scans on until enough pass.
REACHED = """
SELECT c.n, 1 - c.distance AS score FROM (
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
    """What a filter leaves: ``listed`` numbers, or too many to list by ``path``."""

    path: str | None = None
    listed: list[int] | None = None

    @property
    def looks(self) -> Sequence[int | None]:
        """How many of the best to look at, one try after the other; None is all."""
        return LOOKS if self.path else (None,)


async def narrowed(
    session: Session, collection: str, space: int, size: int, filter: dict[str, Any]
) -> Narrowing:
    """What *filter* leaves of a space of *size* documents. sieve.BadFilter."""
    if not filter:
        return Narrowing()
    path = sieve.jsonpath(filter, session.root(collection))
    few = max(FEW, size // SHARE)
    if await session.db.fetchval(PASSING, collection, path, few + 1) > few:
        return Narrowing(path=path)
    rows = await session.db.fetch(NUMBERED, collection, path, space)
    return Narrowing(listed=[row["n"] for row in rows])


async def best(
    session: Session,
    lexical: tuple[int, list[str], list[float], float, float],
    narrowing: Narrowing,
    count: int,
    others: Sequence[int],
) -> Scores:
    """BM25 of the *count* best by words, and of the *others* that have such words."""
    rows: Sequence[Any] = ()
    for look in narrowing.looks:
        values: list[Any] = [*lexical, count, others]
        listed, passing = _conditions(values, narrowing, "(b.block << 12) | p.n")
        scored = "scored"
        if look:
            scored = f"(SELECT * FROM scored ORDER BY score DESC, n LIMIT {look})"
        statement = BEST.format(
            listed=f"WHERE true {listed}", scored=scored, passing=passing
        )
        rows = await session.db.fetch(statement, *values)
        if sum(row["is_best"] for row in rows) == count:
            break
    return {row["n"]: row["score"] for row in rows}


async def nearest(
    session: Session,
    vector: tuple[int, int, bytes],
    narrowing: Narrowing,
    count: int,
    graph: int,
) -> Scores:
    """Cosine of the *count* nearest: exact, or through a *graph* of that dimension."""
    rows: Sequence[Any] = ()
    for look in narrowing.looks:
        values: list[Any] = [*vector, count]
        listed, passing = _conditions(values, narrowing, "n")
        how_many = look or (count if narrowing.path is None else "ALL")
        if graph == vector[1] and not listed and how_many != "ALL":
            text = REACHED.format(passing=passing, look=how_many, size=graph)
            rows = await _followed(session, text, values, count)
        else:
            text = NEAREST.format(listed=listed, passing=passing, look=how_many)
            rows = await session.db.fetch(text, *values)
        if len(rows) == count:
            break
    return _directed(rows)


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
