"""Search: BM25 over blocked postings, exact nearest neighbours, or both in one score.

BM25 (Robertson and Zaragoza 2009, with Lucene's idf, which is never negative) has
k1 = 1.2 and b = 0.75. Its statistics are those of one space, so that one knowledge
base's words do not make another's rare.

A filter narrows what is searched, not what was found: the answer is the first of the
ranked candidates that pass. Where those are too far down, it looks further; where that
leads too far, the filter leaves little, and only what passes is searched.
"""

import math
from collections.abc import Sequence

import asyncpg

import json_filters
import normalization
from contracts.infrastructure.database import Found, Hit, Search, Term
from docstore import _candidates, _fusion, _passing, _vectors
from docstore._candidates import Candidates, Space, Wanted
from docstore._passing import Filter
from docstore._store import Session
from docstore.errors import Unusable

# Of a space that is not there, the terms of the question all the same.
SPACE = """
SELECT s.space, s.texts, s.words, s.vectors, s.graph,
  (SELECT count(*) FROM gone g WHERE g.space = s.space) AS gone, t.terms, t.documents
FROM (VALUES ($1, $2)) asked(collection, name)
LEFT JOIN spaces s ON s.collection = asked.collection AND s.name = asked.name
LEFT JOIN LATERAL (
  SELECT array_agg(term) AS terms, array_agg(documents) AS documents FROM (
    SELECT q.term, coalesce(sum(b.size), 0)::bigint AS documents
    FROM unnest(tsvector_to_array(to_tsvector($3::text::regconfig, $4))) q(term)
    LEFT JOIN blocks b ON b.space = s.space AND b.term = q.term
    GROUP BY q.term ORDER BY documents, q.term)) t ON true
"""
# Candidates of each side. Where words and vectors know nothing of one another, which is
# the worst case, their mix has its first ten among 150 of each, and not among 100.
COUNT = 150
DEPTH = 4  # as many more for each that is in the answer
FURTHEST = 3000  # candidates of each side; beyond, only what passes is searched


async def search(session: Session, collection: str, asked: Search) -> Found:
    """The *k* best documents of the space, best first.

    Unusable without text and vector, json_filters.BadFilter. A space that does not
    exist is an empty one.
    """
    if asked.text is None and asked.vector is None:
        raise Unusable("search for a text, a vector, or both")
    path = json_filters.jsonpath(asked.filter, session.root(collection))
    asking = (collection, asked.space, asked.language, asked.text)
    *about, words, documents = await session.db.fetchrow(SPACE, *asking)
    space = Space(*about) if about[0] else Space()
    filter = Filter(
        collection, space.number, path if path != json_filters.EVERYTHING else None
    )
    terms = _terms(space, words or (), documents or ())
    return Found(
        hits=await _hits(session, filter, space, terms, asked),
        terms=terms,
        ideal=_ideal(terms),
        documents=space.posted if asked.text is not None else space.vectors,
    )


async def _hits(
    session: Session, filter: Filter, space: Space, terms: list[Term], asked: Search
) -> list[Hit]:
    """The *k* best that pass, best first."""
    wanted, look = _wanted(space, terms, asked), COUNT + DEPTH * asked.k
    if look < space.size and await _passing.are_few(session, filter, space.size):
        look = FURTHEST + 1
    while look <= FURTHEST:
        found = await _candidates.found(session, wanted, look)
        is_all = look >= space.size or len(found) < look
        depth = 1 if is_all or filter.path is None else DEPTH
        hits = await _first(session, filter, found, terms, asked, depth)
        if is_all or len(hits) == asked.k:
            return hits
        look = wider(look, len(hits), asked.k)
    numbers = await _passing.listed(session, filter)
    found = await _candidates.found(session, wanted, COUNT + DEPTH * asked.k, numbers)
    return await _first(session, filter, found, terms, asked)


def wider(look: int, found: int, wanted: int) -> int:
    """How far to look where *look* found too few; where it found none, too far."""
    if not found:
        return FURTHEST + 1
    return math.ceil(look * max(2.0, 1.5 * wanted / found))


async def _first(
    session: Session,
    filter: Filter,
    found: Candidates,
    terms: list[Term],
    asked: Search,
    depth: int = 1,
) -> list[Hit]:
    """The best that pass, *k* at most, of the first *depth*-th of the candidates."""
    scores = _fused(found, asked, _ideal(terms))
    # Twice in order, the second time by what counts: quicker than by pairs.
    ranked = sorted(sorted(scores), key=scores.__getitem__, reverse=True)
    ranked = ranked[: len(ranked) // depth]
    rows = await _passing.first(session, filter, ranked, asked.k, asked.with_vectors)
    return [_hit(row, found, scores[row["n"]], asked) for row in rows]


def _terms(space: Space, words: Sequence[str], documents: Sequence[int]) -> list[Term]:
    """Of a word that is asked for in letters of several widths, the ways in which it is
    written; one of them where it is in none."""
    ways: dict[str, list[Term]] = {}
    for word, count in zip(words, documents, strict=True):
        term = Term(term=word, documents=count, idf=_fusion.idf(count, space.posted))
        ways.setdefault(normalization.narrow(word), []).append(term)
    return [term for each in ways.values() for term in _written(each)]


def _written(ways: list[Term]) -> list[Term]:
    return [way for way in ways if way.documents] or ways[:1]


def _ideal(terms: Sequence[Term]) -> float:
    """A word counts once, at its rarest, however many ways of writing it there are."""
    rarest: dict[str, float] = {}
    for term in terms:
        word = normalization.narrow(term.term)
        rarest[word] = max(term.idf, rarest.get(word, 0.0))
    return _fusion.ideal(rarest.values())


def _wanted(space: Space, terms: Sequence[Term], asked: Search) -> Wanted:
    """Unusable for a vector that is none."""
    known = [term for term in terms if term.documents]
    return Wanted(
        space=space,
        terms=[term.term for term in known],
        weights=[term.idf * (_fusion.K1 + 1) for term in known],
        lengths=(
            _fusion.K1 * (1 - _fusion.B),
            _fusion.K1 * _fusion.B / space.mean_length,
        ),
        vector=None if asked.vector is None else _vectors.halfvec(asked.vector),
    )


def _fused(found: Candidates, asked: Search, ideal: float) -> dict[int, float]:
    """One score for each candidate, on the scale that is asked for."""
    weight = float(asked.vector is None)
    if asked.text is not None and asked.vector is not None:
        weight = asked.weight
    if asked.scale == "ideal":
        return _fusion.measured(found.bm25, found.cosine, ideal, weight)
    # Whoever has none of the words has a BM25 of 0; without a vector, no cosine.
    bm25 = {n: found.bm25.get(n, 0.0) for n in found.numbers}
    cosine = {n: found.cosine.get(n) for n in found.numbers}
    return _fusion.fused(bm25, cosine, weight)


def _hit(row: asyncpg.Record, found: Candidates, score: float, asked: Search) -> Hit:
    is_scored = asked.text is not None and row["has_text"]
    return Hit(
        id=row["id"],
        version=row["version"],
        body=row["body"],
        bm25=found.bm25.get(row["n"], 0.0) if is_scored else None,
        cosine=found.cosine.get(row["n"]),
        score=min(1.0, score),
        vector=_vectors.text(row["vector"]) if row["vector"] else None,
    )
