"""Search: BM25 over blocked postings, exact nearest neighbours, or both in one score.

BM25 (Robertson and Zaragoza 2009, with Lucene's idf, which is never negative) has
k1 = 1.2 and b = 0.75. Its statistics are those of one space, so that one knowledge
base's words do not make another's rare. A candidate of one side gets its exact score on
the other side as well, so that the mix is fair.
"""

from collections.abc import Sequence

import asyncpg

import sieve
from contracts.infrastructure.database import Found, Hit, Search, Term
from docstore import _candidates, _fusion, _vectors
from docstore._candidates import Space
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
    ideal = sum(term.idf for term in terms) * (_fusion.K1 + 1)
    wanted = _wanted(session, collection, space, terms, asked)
    candidates = await _candidates.found(session, wanted)
    scores = _fused(candidates, asked, ideal)
    ranked = sorted(scores, key=lambda n: (-scores[n], n))[: asked.k]
    rows = await session.db.fetch(
        FETCH, space.number, ranked, session.root(collection), asked.with_vectors
    )
    rows.sort(key=lambda row: ranked.index(row["n"]))
    return Found(
        hits=[_hit(row, candidates, scores[row["n"]], asked) for row in rows],
        terms=terms,
        ideal=ideal,
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


def _wanted(
    session: Session,
    collection: str,
    space: Space,
    terms: Sequence[Term],
    asked: Search,
) -> _candidates.Wanted:
    """sieve.BadFilter; Unusable for a vector that is none."""
    known = [term for term in terms if term.documents]
    path = sieve.jsonpath(asked.filter, session.root(collection))
    return _candidates.Wanted(
        space=space,
        collection=collection,
        count=max(_candidates.COUNT, 2 * asked.k),
        terms=[term.term for term in known],
        weights=[term.idf * (_fusion.K1 + 1) for term in known],
        lengths=(
            _fusion.K1 * (1 - _fusion.B),
            _fusion.K1 * _fusion.B / space.mean_length,
        ),
        vector=None if asked.vector is None else _vectors.halfvec(asked.vector),
        path=None if path == sieve.EVERYTHING else path,
    )


def _fused(
    found: _candidates.Candidates, asked: Search, ideal: float
) -> dict[int, float]:
    """One score for each candidate, on the scale that is asked for."""
    everyone = found.bm25.keys() | found.cosine.keys()
    # Whoever has none of the words has a BM25 of 0; without a vector, no cosine.
    bm25 = {n: found.bm25.get(n, 0.0) for n in everyone}
    cosine = {n: found.cosine.get(n) for n in everyone}
    weight = float(asked.vector is None)
    if asked.text is not None and asked.vector is not None:
        weight = asked.weight
    if asked.scale == "ideal":
        return _fusion.measured(bm25, cosine, ideal, weight)
    return _fusion.fused(bm25, cosine, weight)


def _hit(
    row: asyncpg.Record, found: _candidates.Candidates, score: float, asked: Search
) -> Hit:
    is_scored = asked.text is not None and row["has_text"]
    return Hit(
        id=row["id"],
        version=row["version"],
        body=row["body"],
        bm25=found.bm25.get(row["n"], 0.0) if is_scored else None,
        cosine=found.cosine.get(row["n"]),
        score=score,
        vector=_vectors.text(row["vector"]) if row["vector"] else None,
    )
