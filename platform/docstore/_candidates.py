"""The candidates of a search: the best by words and the best by vector.

A candidate of one side gets its exact score on the other side as well, so that the mix
is fair.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from docstore import _vectors
from docstore._store import Session

EF_SEARCH, EF_MOST = 200, 1000  # candidates that HNSW keeps in mind

# $1 space, $2 terms, $3 idf × (k1 + 1), $4 and $5 what length adds to the frequency,
# $6 candidates, $7 those of the other side, $8 what is listed. Arrays unnested in a
# select list come row by row; in a FROM each would be stored first.
BEST = """
WITH posted AS (
  SELECT b.block << 12 AS base, q.weight,
    unnest(b.ns) AS low, unnest(b.tfs) AS tf, unnest(b.ls) AS l
  FROM unnest($2::text[], $3::float8[]) q(term, weight)
  JOIN blocks b ON b.space = $1 AND b.term = q.term),
scored AS MATERIALIZED (
  SELECT base | low AS n, sum(weight * tf / (tf + $4::float8 + $5::float8 * l)) AS score
  FROM posted WHERE $8::int[] IS NULL OR base | low = ANY ($8) GROUP BY 1),
best AS (SELECT n, score FROM scored ORDER BY score DESC, n LIMIT $6)
SELECT array_agg(n), array_agg(score) FROM best
UNION ALL SELECT array_agg(n), array_agg(score) FROM scored WHERE n = ANY ($7::int[])
"""
# $1 space, $2 dimensions, $3 vector, $4 candidates, $5 what is listed
NEAREST = """
SELECT array_agg(n), array_agg(distance) FROM (
  SELECT n, v <=> $3::halfvec AS distance FROM vectors
  WHERE space = $1 AND size = $2 AND ($5::int[] IS NULL OR n = ANY ($5))
  ORDER BY distance, n LIMIT $4)
"""
# The same through the space's own HNSW index.
REACHED = """
SELECT array_agg(n), array_agg(distance) FROM (
  SELECT n, v::halfvec({size:d}) <=> $3::halfvec({size:d}) AS distance FROM vectors
  WHERE space = $1 AND size = $2 ORDER BY distance LIMIT $4)
"""
# Only an index gives an order without sorting: the planner is not left to guess.
FOLLOW = """
SELECT set_config('hnsw.ef_search', $1, true), set_config('enable_sort', $2, true),
  set_config('hnsw.iterative_scan', 'strict_order', true)
"""
COMPARED = """
SELECT array_agg(n), array_agg(v <=> $3::halfvec) FROM vectors
WHERE space = $1 AND size = $2 AND n = ANY ($4::int[])
"""

Scores = dict[int, float]


@dataclass(frozen=True, slots=True)
class Space:
    """What is known of a space before it is searched; 0 is one that is not there."""

    number: int = 0
    texts: int = 0
    words: int = 0
    vectors: int = 0
    graph: int = 0

    @property
    def mean_length(self) -> float:
        """Of its texts, in words; 1 where there are none."""
        return self.words / self.texts if self.words else 1.0

    @property
    def size(self) -> int:
        return max(self.texts, self.vectors)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the known ``terms`` with their weights, a vector, or both.

    ``lengths``: what a text's length adds to a term's frequency, at 0 and for each
    word.
    """

    space: Space
    terms: Sequence[str] = ()
    weights: Sequence[float] = ()
    lengths: tuple[float, float] = (0.0, 0.0)
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """BM25 and cosine by number; what lacks words or a vector has no score there."""

    bm25: Scores
    cosine: Scores

    @property
    def numbers(self) -> set[int]:
        return self.bm25.keys() | self.cosine.keys()

    def __len__(self) -> int:
        return len(self.numbers)


async def found(
    session: Session, wanted: Wanted, look: int, listed: list[int] | None = None
) -> Candidates:
    """The best *look* of each side, of all or of the numbers that are *listed*."""
    cosine = await _nearest(session, wanted, look, listed)
    bm25, best = await _best(session, wanted, look, listed, list(cosine))
    cosine |= await _compared(session, wanted, [n for n in best if n not in cosine])
    return Candidates(bm25, cosine)


async def _best(
    session: Session,
    wanted: Wanted,
    look: int,
    listed: list[int] | None,
    others: Sequence[int],
) -> tuple[Scores, list[int]]:
    """BM25 of the best by words and of the *others* that have such words; the best."""
    if not wanted.terms:
        return {}, []
    lexical = (wanted.space.number, wanted.terms, wanted.weights, *wanted.lengths)
    best, rest = await session.db.fetch(BEST, *lexical, look, others, listed)
    return _scores(rest) | _scores(best), best[0] or []


async def _nearest(
    session: Session, wanted: Wanted, look: int, listed: list[int] | None
) -> Scores:
    """The nearest: exact, or through the space's graph of that dimension."""
    if wanted.vector is None:
        return {}
    size = _vectors.size(wanted.vector)
    asked = (wanted.space.number, size, wanted.vector, look)
    if listed is None and wanted.space.graph == size:
        return await _reached(session, size, *asked)
    return _cosines(await session.db.fetchrow(NEAREST, *asked, listed))


async def _reached(session: Session, size: int, *asked: Any) -> Scores:
    effort = str(min(EF_MOST, max(asked[-1], EF_SEARCH)))
    await session.db.execute(FOLLOW, effort, "off")
    row = await session.db.fetchrow(REACHED.format(size=size), *asked)
    await session.db.execute(FOLLOW, effort, "on")
    return _cosines(row)


async def _compared(session: Session, wanted: Wanted, numbers: list[int]) -> Scores:
    """The cosine of just these, where they have a vector."""
    if wanted.vector is None or not numbers:
        return {}
    size = _vectors.size(wanted.vector)
    asked = (wanted.space.number, size, wanted.vector, numbers)
    return _cosines(await session.db.fetchrow(COMPARED, *asked))


def _scores(row: asyncpg.Record) -> Scores:
    """From two arrays: as rows they would take longer to read than to find."""
    numbers, scores = row
    return dict(zip(numbers or (), scores or (), strict=True))


def _cosines(row: asyncpg.Record) -> Scores:
    """Without the vectors of zeros, which have no direction and so no cosine."""
    return {n: 1 - d for n, d in _scores(row).items() if not math.isnan(d)}
