"""The candidates of a search: the best by words and the best by vector.

A candidate of one side gets its exact score on the other side as well, so that the mix
is fair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from docstore import _vectors
from docstore._statement import Values
from docstore._store import Session

EF_SEARCH, EF_MOST = 200, 1000  # candidates that HNSW keeps in mind
FURTHEST = 2  # the cosine distance of opposite vectors
SKETCHED = 20_000  # vectors; of fewer, reading all is quicker than looking them up
# Times as many are near by their sketches as are wanted: the more there are, the closer
# they lie together. Where vectors are by chance, the worst case, answers then have 99 %
# of what exact ones have, among 10,000 and among 100,000.
WIDER, WIDER_FOR = 4, 8192

# One statement, for each further one would cost as much as it finds. Arrays unnested in
# a select list come row by row; in a FROM each would be stored first.
CANDIDATES = """
WITH near AS MATERIALIZED ({near}),
scored AS MATERIALIZED ({scored}),
best AS MATERIALIZED (SELECT n, score FROM scored ORDER BY score DESC, n LIMIT {look})
SELECT array_agg(n), array_agg(distance) FROM near
UNION ALL SELECT array_agg(n), array_agg(score) FROM best
UNION ALL SELECT array_agg(n), array_agg(score) FROM scored
  WHERE n IN (SELECT n FROM near)
UNION ALL {compared}
"""
NOBODY_NEAR = "SELECT 0 AS n, 0::float8 AS distance WHERE false"
NOBODY_SCORED = "SELECT 0 AS n, 0::float8 AS score WHERE false"
NOBODY_COMPARED = "SELECT '{}'::int[], '{}'::float8[]"
# Distance and number are one integer, which is sorted without a row around it. A vector
# of zeros is at no distance from anything (NaN): it comes last, beyond the opposite.
NEAREST = """
SELECT (spot & 4294967295)::int AS n, (spot >> 32) * 2.0::float8 ^ -29 AS distance
FROM (SELECT (least(v <=> {vector}, 3) * 2.0::float8 ^ 29)::bigint << 32 | n AS spot
  FROM vectors WHERE space = {space} AND size = {size} {among}
  ORDER BY spot LIMIT {look})
"""
# Those whose sketches are nearest.
AMONG_SKETCHED = """
AND n = ANY (ARRAY(
  SELECT (spot & 4294967295)::int FROM (
    SELECT (bits <~> (SELECT sketch({vector})))::bigint << 32 | base | low AS spot
    FROM (SELECT block << 5 AS base, unnest(ns) AS low, unnest(bits) AS bits
      FROM sketches WHERE space = {space} AND size = {size})
    ORDER BY spot LIMIT {wide})))
"""
# The same through the space's own HNSW index, of whose vectors it knows the dimension.
REACHED = """
SELECT n, v::halfvec({width}) <=> {vector}::halfvec({width}) AS distance FROM vectors
WHERE space = {space} AND size = {size} ORDER BY distance LIMIT {look}
"""
# Only an index gives an order without sorting: the planner is not left to guess.
FOLLOW = """
SELECT set_config('hnsw.ef_search', $1, true), set_config('enable_sort', 'off', true),
  set_config('hnsw.iterative_scan', 'strict_order', true)
"""
# The weights are idf × (k1 + 1); base and slope what length adds to the frequency.
SCORED = """
SELECT base | low AS n, sum(weight * tf / (tf + {level} + {slope} * l)) AS score
FROM (SELECT b.block << 12 AS base, q.weight,
    unnest(b.ns) AS low, unnest(b.tfs) AS tf, unnest(b.ls) AS l
  FROM unnest({terms}, {weights}) q(term, weight)
  JOIN blocks b ON b.space = {space} AND b.term = q.term)
{among} GROUP BY 1
"""
COMPARED = """
SELECT array_agg(n), array_agg(v <=> {vector}) FROM vectors
WHERE space = {space} AND size = {size} AND n = ANY (ARRAY(SELECT n FROM best))
"""

Scores = dict[int, float]


@dataclass(frozen=True, slots=True)
class Space:
    """What is known of a space before it is searched; 0 is one that is not there.

    ``gone`` are entries that are no more, but whose words are still posted.
    """

    number: int = 0
    texts: int = 0
    words: int = 0
    vectors: int = 0
    graph: int = 0
    gone: int = 0

    @property
    def posted(self) -> int:
        """Texts that the words' own numbers are counted in."""
        return self.texts + self.gone

    @property
    def mean_length(self) -> float:
        """Of its texts, in words; 1 where there are none."""
        return self.words / self.texts if self.words else 1.0

    @property
    def size(self) -> int:
        return max(self.posted, self.vectors)


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

    @property
    def size(self) -> int:
        """Dimensions of the vector; 0 without one."""
        return 0 if self.vector is None else _vectors.size(self.vector)


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
    is_reached = listed is None and wanted.size == wanted.space.graph > 0
    if is_reached:
        await session.db.execute(FOLLOW, str(min(EF_MOST, max(look, EF_SEARCH))))
    if wanted.vector is None and not wanted.terms:
        return Candidates({}, {})
    asked, values = _asked(wanted, look, listed, is_reached)
    near, best, also, compared = await session.db.fetch(asked, *values)
    return Candidates(
        bm25=_scores(also) | _scores(best), cosine=_cosines(compared) | _cosines(near)
    )


def _asked(
    wanted: Wanted, look: int, listed: list[int] | None, is_reached: bool
) -> tuple[str, list[Any]]:
    """The statement for what is wanted, and its values."""
    values = Values()
    about = {
        "space": values.bind(wanted.space.number, "bigint"),
        "look": values.bind(look, "int"),
    }
    some = None if listed is None else values.bind(listed, "int[]")
    near, scored, compared = NOBODY_NEAR, NOBODY_SCORED, NOBODY_COMPARED
    if wanted.vector is not None:
        about |= {
            "vector": values.bind(wanted.vector, "halfvec"),
            "size": values.bind(wanted.size, "int2"),
            "width": str(wanted.size),
        }
        near = REACHED if is_reached else _nearest(wanted, look, some, values)
        near, compared = near.format(**about), COMPARED.format(**about)
    if wanted.terms:
        level, slope = wanted.lengths
        scored = SCORED.format(
            space=about["space"],
            terms=values.bind(wanted.terms, "text[]"),
            weights=values.bind(wanted.weights, "float8[]"),
            level=values.bind(level, "float8"),
            slope=values.bind(slope, "float8"),
            among=f"WHERE base | low IN (SELECT unnest({some}))" if some else "",
        )
    parts = {"near": near, "scored": scored, "compared": compared}
    return CANDIDATES.format(look=about["look"], **parts), values.given


def _nearest(wanted: Wanted, look: int, some: str | None, values: Values) -> str:
    """The nearest of *some*, or of all: of many those whose sketches are."""
    if some:
        among = f"AND n = ANY ({some})"
    elif wanted.space.vectors > SKETCHED:
        wider = WIDER + wanted.space.vectors // WIDER_FOR
        among = AMONG_SKETCHED.replace("{wide}", values.bind(look * wider, "int"))
    else:
        among = ""
    return NEAREST.replace("{among}", among)


def _scores(row: asyncpg.Record) -> Scores:
    """From two arrays: as rows they would take longer to read than to find."""
    numbers, scores = row
    return dict(zip(numbers or (), scores or (), strict=True))


def _cosines(row: asyncpg.Record) -> Scores:
    """Without the vectors of zeros, which have no direction and so no cosine."""
    return {n: 1 - d for n, d in _scores(row).items() if d <= FURTHEST}
