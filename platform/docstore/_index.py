"""The search index: words in blocked postings, vectors in a table, statistics exact.

Whoever changes entries of a space holds the row of that space until the commit, and
takes the rows of several spaces in the order of their numbers. So postings and
statistics change one transaction at a time in each space: none is lost, and no two
transactions wait in a circle.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from contracts.infrastructure.database import Index
from docstore import _gone, _vectors
from docstore._documents import Raced, columns
from docstore._drafts import Indexing, Place
from docstore._store import Session

OLD = """
SELECT e.collection, e.id, e.space, e.n, s.name
FROM unnest($1::text[], $2::text[]) w(collection, id)
JOIN entries e USING (collection, id) JOIN spaces s ON s.space = e.space
"""
ENSURE = """
INSERT INTO spaces (collection, name)
SELECT DISTINCT c, s FROM unnest($1::text[], $2::text[]) w(c, s) ORDER BY c, s
ON CONFLICT DO NOTHING
"""
HOLD = """
SELECT space, collection, name, next FROM spaces
WHERE space = ANY ($1) OR (collection, name) IN (
  SELECT c, s FROM unnest($2::text[], $3::text[]) w(c, s))
ORDER BY space FOR UPDATE
"""
UNPLACE = """
DELETE FROM vectors v USING unnest($1::bigint[], $2::int[]) w(s, n)
WHERE v.space = w.s AND v.n = w.n RETURNING v.space
"""
POST = """
WITH sized AS MATERIALIZED (
  SELECT w.space, w.n, w.collection, w.id, w.text, t.* FROM unnest($1::bigint[],
    $2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
    w(space, n, collection, id, language, text),
  LATERAL (
    SELECT coalesce(sum(cardinality(positions)), 0)::int AS length,
      coalesce(array_agg(lexeme), '{}') AS terms,
      coalesce(array_agg(cardinality(positions)::int2), '{}') AS tfs
    FROM unnest(to_tsvector(w.language::regconfig, w.text))) t),
posted AS (
  INSERT INTO blocks AS b (space, term, block, size, ns, tfs, ls)
  SELECT s.space, t.term, s.n >> 12, count(*), array_agg((s.n & 4095)::int2),
    array_agg(t.tf), array_agg(least(s.length, 32767)::int2)
  FROM sized s, unnest(s.terms, s.tfs) t(term, tf) GROUP BY 1, 2, 3
  ON CONFLICT (space, term, block) DO UPDATE SET size = b.size + EXCLUDED.size,
    ns = b.ns || EXCLUDED.ns, tfs = b.tfs || EXCLUDED.tfs, ls = b.ls || EXCLUDED.ls)
INSERT INTO entries (space, n, collection, id, length, terms, tfs)
SELECT space, n, collection, id, CASE WHEN text IS NOT NULL THEN length END, terms, tfs
FROM sized RETURNING space, length
"""
PLACE = """
INSERT INTO vectors (space, n, size, v)
SELECT * FROM unnest($1::bigint[], $2::int[], $3::int2[], $4::halfvec[])
"""
COUNT = """
UPDATE spaces s SET texts = s.texts + t, words = s.words + w, vectors = s.vectors + v,
  next = greatest(s.next, x)
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[])
  d(space, t, w, v, x)
WHERE s.space = d.space
"""

Spot = tuple[int, int]  # space, n


@dataclass(slots=True)
class Plan:
    """What to take out of the index and what to put in; ``gone`` are whole entries."""

    gone: list[Spot] = field(default_factory=list)
    texts_out: list[Spot] = field(default_factory=list)
    vectors_out: list[Spot] = field(default_factory=list)
    texts_in: list[tuple[int, int, str, str, str, str | None]] = field(
        default_factory=list
    )
    vectors_in: list[tuple[int, int, int, bytes]] = field(default_factory=list)

    def drop(self, spot: Spot) -> None:
        self.gone.append(spot)
        self.vectors_out.append(spot)

    def add(self, place: Place, spot: Spot, given: Index) -> None:
        self.texts_in.append((*spot, *place, given.language, given.text))
        self._add_vector(spot, given)

    def renew(self, place: Place, spot: Spot, given: Index, keeps: bool) -> None:
        """Replace both sides, or with *keeps* only those that are given."""
        if given.text is not None or not keeps:
            self.texts_out.append(spot)
            self.texts_in.append((*spot, *place, given.language, given.text))
        if given.vector is not None or not keeps:
            self.vectors_out.append(spot)
            self._add_vector(spot, given)

    def _add_vector(self, spot: Spot, given: Index) -> None:
        if given.vector is not None:
            wire = _vectors.halfvec(given.vector)
            self.vectors_in.append((*spot, _vectors.size(wire), wire))


@dataclass(slots=True)
class Space:
    """A held space; ``take`` numbers its next entry."""

    space: int
    next: int

    def take(self) -> Spot:
        self.next += 1
        return self.space, self.next - 1


async def reindex(session: Session, wanted: Mapping[Place, Indexing]) -> None:
    """Bring the index entries of documents that the session has locked up to date.

    Raced where a space that they go to was closed meanwhile.
    """
    rows = await session.db.fetch(OLD, *columns(wanted))
    old = {(row["collection"], row["id"]): row for row in rows}
    if not old and all(indexing.given is None for indexing in wanted.values()):
        return
    spaces = await _held(session, old.values(), wanted)
    plan = Plan()
    for place, indexing in sorted(wanted.items()):
        _decide(plan, place, indexing, old.get(place), spaces)
    counted = await _write(session, plan)
    await session.db.execute(COUNT, *_deltas(counted, spaces.values()))
    if plan.gone:
        await _gone.close(session, sorted({space for space, _ in plan.gone}))


async def _held(
    session: Session, old: Iterable[asyncpg.Record], wanted: Mapping[Place, Indexing]
) -> dict[tuple[str, str], Space]:
    names = sorted(
        {
            (collection, indexing.given.space)
            for (collection, _), indexing in wanted.items()
            if indexing.given is not None
        }
    )
    if names:
        await session.db.execute(ENSURE, *columns(names))
    rows = await session.db.fetch(
        HOLD, sorted({row["space"] for row in old}), *columns(names)
    )
    held = {
        (row["collection"], row["name"]): Space(row["space"], row["next"])
        for row in rows
    }
    # Whoever had the last of its entries out was waited for, and the row is no more.
    if not held.keys() >= set(names):
        raise Raced("a space was closed")
    return held


def _decide(
    plan: Plan,
    place: Place,
    indexing: Indexing,
    old: asyncpg.Record | None,
    spaces: Mapping[tuple[str, str], Space],
) -> None:
    given = indexing.given
    if old and (given is None or old["name"] != given.space):
        plan.drop((old["space"], old["n"]))
        old = None
    if given is None:
        return
    if old is None:
        plan.add(place, spaces[place[0], given.space].take(), given)
    else:
        plan.renew(place, (old["space"], old["n"]), given, indexing.keeps)


async def _write(session: Session, plan: Plan) -> tuple[Counter[int], ...]:
    """Carry out the plan; how many texts, words, vectors each space gained by it."""
    texts, words, vectors = Counter[int](), Counter[int](), Counter[int]()
    gone: list[asyncpg.Record] = []
    for spots, take_out in ((plan.texts_out, _gone.forget), (plan.gone, _gone.leave)):
        if spots:
            gone += await take_out(session, *_transposed(spots, 2))
    come = await _run(session, POST, plan.texts_in, 6)
    for sign, row in [*((-1, row) for row in gone), *((1, row) for row in come)]:
        texts[row["space"]] += sign * (row["length"] is not None)
        words[row["space"]] += sign * (row["length"] or 0)
    gone = await _run(session, UNPLACE, plan.vectors_out, 2)
    vectors.subtract(row["space"] for row in gone)
    await _run(session, PLACE, plan.vectors_in, 4)
    vectors.update(spot[0] for spot in plan.vectors_in)
    return texts, words, vectors


async def _run(
    session: Session, statement: str, rows: Sequence[tuple], width: int
) -> Sequence[asyncpg.Record]:
    if not rows:
        return ()
    return await session.db.fetch(statement, *_transposed(rows, width))


def _transposed(rows: Sequence[tuple], width: int) -> list[list]:
    return [[row[column] for row in rows] for column in range(width)]


def _deltas(
    counted: Sequence[Counter[int]], spaces: Iterable[Space]
) -> tuple[list[int], ...]:
    held = list(spaces)
    return (
        [space.space for space in held],
        *([counter[space.space] for space in held] for counter in counted),
        [space.next for space in held],
    )
