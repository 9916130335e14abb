"""The candidates of a search: the best by words, the best by vector, and the filter.

A filter narrows what is searched, not what was found. The best are taken in order, and
more of them as long as too few pass. Where that leads too far, the filter leaves
little: then what passes is listed, and only that is scored.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from docstore import _vectors
from docstore._store import Session

COUNT = 100  # candidates of each side, at least
MARGIN = 1.5  # more are looked at where a filter may drop some
FURTHEST = 3000  # of the best are looked at; beyond, what passes is listed
EF_SEARCH, EF_MOST = 200, 1000  # candidates that HNSW keeps in mind

NUMBERED = """
SELECT e.n FROM documents d JOIN entries e USING (collection, id)
WHERE d.collection = $1 AND d.expires_at > now() AND d.body @@ $2::text::jsonpath
  AND e.space = $3
"""
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
  FROM posted WHERE $8::int[] IS NULL OR base | low = ANY ($8) GROUP BY 1)
(SELECT n, score, true AS is_best FROM scored ORDER BY score DESC, n LIMIT $6)
UNION ALL SELECT n, score, false FROM scored WHERE n = ANY ($7::int[])
"""
# $1 space, $2 dimensions, $3 vector, $4 candidates, $5 what is listed
NEAREST = """
SELECT n, v <=> $3::halfvec AS distance FROM vectors
WHERE space = $1 AND size = $2 AND ($5::int[] IS NULL OR n = ANY ($5))
ORDER BY distance, n LIMIT $4
"""
# The same through the space's own HNSW index.
REACHED = """
SELECT n, v::halfvec({size:d}) <=> $3::halfvec({size:d}) AS distance FROM vectors
WHERE space = $1 AND size = $2 ORDER BY distance LIMIT $4
"""
# Only an index gives an order without sorting: the planner is not left to guess.
FOLLOW = """
SELECT set_config('hnsw.ef_search', $1, true), set_config('enable_sort', $2, true),
  set_config('hnsw.iterative_scan', 'strict_order', true)
"""
# Which of $2 are alive and pass, and how far the vector $4 is from them. Without one
# there is nothing to join; $5 is the filter, null where all pass.
PASSING = """
SELECT e.n, v.v <=> $4::halfvec AS distance
FROM entries e JOIN documents d ON d.collection = e.collection AND d.id = e.id
LEFT JOIN vectors v ON $4::halfvec IS NOT NULL AND v.space = e.space AND v.n = e.n
  AND v.size = $3
WHERE e.space = $1 AND e.n = ANY ($2::int[]) AND d.expires_at > now()
  AND ($5::text IS NULL OR d.body @@ $5::text::jsonpath)
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
    word. ``path`` is the filter, None where everything passes. ``count`` candidates of
    each side are enough.
    """

    space: Space
    collection: str
    count: int
    terms: Sequence[str] = ()
    weights: Sequence[float] = ()
    lengths: tuple[float, float] = (0.0, 0.0)
    vector: bytes | None = None
    path: str | None = None

    @property
    def dimensions(self) -> int:
        return _vectors.size(self.vector) if self.vector else 0


@dataclass(slots=True)
class Side:
    """Raw scores by number, and the numbers that the side itself found, best first."""

    scores: Scores = field(default_factory=dict)
    best: list[int] = field(default_factory=list)
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Candidates:
    """BM25 and cosine of the candidates; one that lacks a side has no score there."""

    bm25: Scores
    cosine: Scores


async def found(session: Session, wanted: Wanted) -> Candidates:
    """The candidates that pass: the best of each side, with their scores on both."""
    filtered, look = wanted.path is not None, wanted.count
    if filtered:
        look = math.ceil(MARGIN * wanted.count)
    while look <= FURTHEST:
        candidates, passed = await _looked(session, wanted, look)
        if not filtered or passed >= wanted.count or look >= wanted.space.size:
            return candidates
        look = wider(look, passed, wanted.count)
    rows = await session.db.fetch(
        NUMBERED, wanted.collection, wanted.path, wanted.space.number
    )
    listed = [row["n"] for row in rows]
    return (await _looked(session, wanted, wanted.count, listed))[0]


def wider(look: int, passed: int, count: int) -> int:
    """How far to look when *passed* of *count* passed so far; too far after none."""
    if not passed:
        return FURTHEST + 1
    return math.ceil(look * max(2.0, MARGIN * count / passed))


async def _looked(
    session: Session, wanted: Wanted, look: int, listed: list[int] | None = None
) -> tuple[Candidates, int]:
    """The candidates among the best *look* of each side, and how many passed of the
    side with the fewest; a side that has no more to give is not short of any."""
    near = await _nearest(session, wanted, look, listed)
    words = await _best(session, wanted, look, listed, near.best)
    distances = await _passing(session, wanted, sorted({*near.best, *words.best}))
    for side in (near, words):
        side.has_more = len(side.best) >= look
        side.best = [n for n in side.best if n in distances]
    # The vector of zeros has no direction and so no cosine.
    near.scores = {
        n: 1 - distance
        for n, distance in distances.items()
        if distance is not None and not math.isnan(distance)
    }
    passed = [len(side.best) for side in (near, words) if side.has_more]
    return _chosen(words, near, wanted.count), min(passed, default=wanted.count)


def _chosen(words: Side, near: Side, count: int) -> Candidates:
    """The best *count* of each side with their scores on both."""
    chosen = {*words.best[:count], *near.best[:count]}
    bm25, cosine = (
        {n: side.scores[n] for n in chosen & side.scores.keys()}
        for side in (words, near)
    )
    return Candidates(bm25, cosine)


async def _best(
    session: Session,
    wanted: Wanted,
    look: int,
    listed: list[int] | None,
    others: Sequence[int],
) -> Side:
    """The best by words; also what the *others* that have such words score."""
    if not wanted.terms:
        return Side()
    lexical = (wanted.space.number, wanted.terms, wanted.weights, *wanted.lengths)
    rows = await session.db.fetch(BEST, *lexical, look, others, listed)
    scores = {row["n"]: row["score"] for row in rows}
    return Side(scores, [row["n"] for row in rows if row["is_best"]])


async def _nearest(
    session: Session, wanted: Wanted, look: int, listed: list[int] | None
) -> Side:
    """The nearest: exact, or through the space's graph of that dimension."""
    if wanted.vector is None:
        return Side()
    asked = (wanted.space.number, wanted.dimensions, wanted.vector, look)
    if listed is None and wanted.space.graph == wanted.dimensions:
        rows = await _followed(session, REACHED.format(size=wanted.dimensions), *asked)
    else:
        rows = await session.db.fetch(NEAREST, *asked, listed)
    return Side(best=[row["n"] for row in rows if not math.isnan(row["distance"])])


async def _followed(
    session: Session, statement: str, *asked: Any
) -> Sequence[asyncpg.Record]:
    effort = str(min(EF_MOST, max(asked[-1], EF_SEARCH)))
    await session.db.execute(FOLLOW, effort, "off")
    rows = await session.db.fetch(statement, *asked)
    await session.db.execute(FOLLOW, effort, "on")
    return rows


async def _passing(
    session: Session, wanted: Wanted, numbers: list[int]
) -> dict[int, float | None]:
    """The distance of those of *numbers* that pass, None of one without a vector."""
    about = (wanted.space.number, numbers, wanted.dimensions, wanted.vector)
    rows = await session.db.fetch(PASSING, *about, wanted.path)
    return {row["n"]: row["distance"] for row in rows}
