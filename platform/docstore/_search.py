"""Search: BM25 over blocked postings, exact nearest neighbours, or both in one score.

BM25 (Robertson and Zaragoza 2009, with Lucene's idf, which is never negative) has
k1 = 1.2 and b = 0.75. Its statistics are those of one space, so that one knowledge
base's words do not make another's rare. A candidate of one side gets its exact score on
the other side as well, so that the mix is fair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from contracts.infrastructure.database import Found, Hit, Search, Term
from docstore import _candidates, _fusion, _vectors
from docstore._store import Session
from docstore.errors import Unusable

SPACE = """
SELECT space, texts, words, vectors, graph FROM spaces
WHERE collection = $1 AND name = $2
"""
TERMS = """
SELECT t.term, coalesce(sum(b.size), 0)::bigint AS documents
FROM unnest(tsvector_to_array(to_tsvector($2::text::regconfig, $3))) t(term)
LEFT JOIN blocks b ON b.space = $1 AND b.term = t.term
GROUP BY t.term ORDER BY documents, t.term
"""
FETCH = """
SELECT e.n, d.id, d.version, d.body -> $3 AS body, e.length IS NOT NULL AS has_text,
  CASE WHEN $4 THEN v.v END AS vector
FROM entries e JOIN documents d ON d.collection = e.collection AND d.id = e.id
LEFT JOIN vectors v ON $4 AND v.space = e.space AND v.n = e.n
WHERE e.space = $1 AND e.n = ANY ($2::int[]) AND d.expires_at > now()
"""


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


@dataclass(frozen=True, slots=True)
class Side:
    """What one side of a search found: raw scores by number."""

    bm25: _candidates.Scores
    cosine: _candidates.Scores


async def search(session: Session, collection: str, asked: Search) -> Found:
    """The *k* best documents of the space, best first.

    Unusable without text and vector, sieve.BadFilter. A space that does not exist is
    an empty one.
    """
    if asked.text is None and asked.vector is None:
        raise Unusable("search for a text, a vector, or both")
    row = await session.db.fetchrow(SPACE, collection, asked.space)
    space = Space(*row) if row else Space()
    terms = await _terms(session, space, asked)
    size = max(space.texts, space.vectors)
    narrowing = await _candidates.narrowed(
        session, collection, space.number, size, asked.filter
    )
    side = await _sides(session, space, terms, narrowing, asked)
    scores = _fused(side, asked)
    ranked = sorted(scores, key=lambda n: (-scores[n], n))
    rows = await _fetched(session, space.number, collection, ranked, asked)
    return Found(
        hits=[_hit(row, side, scores[row["n"]], asked) for row in rows],
        terms=terms,
        ideal=sum(term.idf for term in terms) * (_fusion.K1 + 1),
        documents=space.texts if asked.text is not None else space.vectors,
    )


async def _terms(session: Session, space: Space, asked: Search) -> list[Term]:
    if asked.text is None:
        return []
    rows = await session.db.fetch(TERMS, space.number, asked.language, asked.text)
    return [
        Term(
            term=row["term"],
            documents=row["documents"],
            idf=_fusion.idf(row["documents"], space.texts),
        )
        for row in rows
    ]


async def _sides(
    session: Session,
    space: Space,
    terms: Sequence[Term],
    narrowing: _candidates.Narrowing,
    asked: Search,
) -> Side:
    count = max(_candidates.COUNT, 2 * asked.k)
    bm25, cosine = _candidates.Scores(), _candidates.Scores()
    vector = None
    if asked.vector is not None:
        wire = _vectors.halfvec(asked.vector)
        vector = (space.number, _vectors.size(wire), wire)
        cosine = await _candidates.nearest(
            session, vector, narrowing, count, space.graph
        )
    known = [term for term in terms if term.documents]
    if known:
        weights = [term.idf * (_fusion.K1 + 1) for term in known]
        at_zero = _fusion.K1 * (1 - _fusion.B)
        slope = _fusion.K1 * _fusion.B / space.mean_length
        lexical = (
            *(space.number, [term.term for term in known]),
            *(weights, at_zero, slope),
        )
        bm25 = await _candidates.best(
            session, lexical, narrowing, count, sorted(cosine)
        )
    if vector:
        lacking = sorted(bm25.keys() - cosine.keys())
        cosine |= await _candidates.compared(session, vector, lacking)
    return Side(bm25, cosine)


def _fused(side: Side, asked: Search) -> dict[int, float]:
    everyone = side.bm25.keys() | side.cosine.keys()
    if asked.vector is None:
        return _fusion.scaled(side.bm25)
    if asked.text is None:
        return _fusion.scaled(side.cosine)
    # Whoever has none of the words has a BM25 of 0; without a vector, no cosine.
    bm25 = {n: side.bm25.get(n, 0.0) for n in everyone}
    cosine = {n: side.cosine.get(n) for n in everyone}
    return _fusion.fused(bm25, cosine, asked.weight)


def _hit(row: asyncpg.Record, side: Side, score: float, asked: Search) -> Hit:
    is_scored = asked.text is not None and row["has_text"]
    return Hit(
        id=row["id"],
        version=row["version"],
        body=row["body"],
        bm25=side.bm25.get(row["n"], 0.0) if is_scored else None,
        cosine=side.cosine.get(row["n"]),
        score=score,
        vector=_vectors.text(row["vector"]) if row["vector"] else None,
    )


async def _fetched(
    session: Session,
    number: int,
    collection: str,
    ranked: Sequence[int],
    asked: Search,
) -> list[asyncpg.Record]:
    """The first *k* of *ranked* that have not expired, in that order."""
    found: list[asyncpg.Record] = []
    for start in range(0, len(ranked), asked.k):
        batch = ranked[start : start + asked.k]
        rows = await session.db.fetch(
            FETCH, number, batch, session.root(collection), asked.with_vectors
        )
        found += sorted(rows, key=lambda row: batch.index(row["n"]))
        if len(found) >= asked.k:
            break
    return found[: asked.k]
