"""Similarity search: the passages of a tenant's documents nearest to a question.

Calls      embedding-generation (optional), database-operations
Consumes   document.removed|described, knowledge-base.removed

Full text and vectors are asked together and fused; the threshold applies to the very
score that is returned. Without vectors it answers from full text, without the database
from its last good results, and says so. What was removed is forgotten at once.
"""

import asyncio
from typing import Annotated

from fastapi import Query

import chassis
import passages
import ranking
import similarity
from contracts.infrastructure.database import Hit
from contracts.knowledge import events as news
from contracts.knowledge.documents import DEFAULT_BASE, Chunk, KnowledgeBase, Settings
from contracts.knowledge.search import (
    STATISTICS,
    Embeddings,
    Ranked,
    Ranking,
    RankRequest,
    Result,
    SearchQuery,
    SearchRequest,
    SearchResults,
)

CANDIDATES = 60  # among which a diverse answer chooses, at least
SEARCH = chassis.policy(retry="read", public=True, timeout=4.0, action="search")
READS = chassis.policy(retry="read", public=True, timeout=4.0)
Wanted = Annotated[SearchQuery, Query()]

embedding = chassis.upstream("embedding-generation")
bases = chassis.collection("knowledge-bases", KnowledgeBase)
chunks = chassis.collection("chunks", Chunk)
last_good = chassis.LastGood(most=500)
written = chassis.Remembered(seconds=2.0, most=500)
router = chassis.router("", tags=["similarity-search"])


def as_result(hit: Hit, score: float) -> Result:
    about = {"chunk_id": hit.id, "bm25": hit.bm25, "cosine": hit.cosine, "score": score}
    return Result(**hit.body | about | {"section": " › ".join(hit.body["section"])})


async def decided(asked: SearchRequest) -> SearchRequest:
    """What it leaves open as its base, or the default one, has it; else NotFound."""
    name = asked.knowledge_base_id
    ask = bases.find if name == DEFAULT_BASE else bases.get
    known = await written.get((chassis.current().tenant, name), ask, name)
    return passages.wanted(asked, known.settings if known else Settings())


async def meant(asked: SearchRequest) -> tuple[SearchRequest, str | None]:
    """With the question's vector, or why there is none."""
    if asked.vector or not asked.query:
        return asked, None
    try:
        given = await embedding.call("embed", Embeddings, json={"texts": [asked.query]})
    except chassis.UpstreamFailed:
        return asked, "embedding-generation is away: found by words alone"
    told = {"vector": given.vectors[0], "chance": given.chance}
    return asked.model_copy(update=told), None


@router.post("/api/v1/search", **SEARCH)
async def search(asked: SearchRequest, caller: chassis.Caller) -> SearchResults:
    """The passages nearest to a question, with scores in 0..1; NotFound for no base."""
    asked = passages.legibly(asked)
    key = (caller.tenant, sorted(caller.roles), caller.actor, asked.model_dump_json())
    since = last_good.forgotten
    try:
        both = decided(asked), meant(asked)
        wanted, (given, degraded) = await asyncio.gather(*both)
        share = ranking.text_share(bool(asked.query), bool(given.vector), wanted.weight)
        found = await chunks.search(
            text=wanted.query,
            language=wanted.language,
            vector=given.vector,
            space=asked.knowledge_base_id,
            filter={"all": [asked.filters, chassis.visible(*caller.roles)]},
            k=min(200, max(CANDIDATES, 3 * asked.k)) if asked.diversity else asked.k,
            weight=ranking.plain_share(share, given.chance),
            scale="ideal",
            with_vectors=asked.diversity > 0,
        )
    except chassis.UpstreamFailed:
        if kept := last_good.get(key):
            old = "database-operations is away: from the last good results"
            return kept.model_copy(update={"degraded": old})
        raise
    best = ranking.ranked(found, share, wanted.min_score or 0.0, given.chance)
    chosen = ranking.diverse(best, asked.k, asked.diversity)
    results = [as_result(hit, score) for score, hit in chosen]
    # Counted in all documents: for staff, and for the services that answer.
    is_shown = caller.is_staff or not caller.is_outside
    stats = found.model_dump(include=STATISTICS if is_shown else set())
    answer = SearchResults(results=results, degraded=degraded, **stats)
    if degraded is None:
        last_good.keep(key, answer, since)
    return answer


@router.get("/v1/api/search", **READS)
async def search_by_query(asked: Wanted, caller: chassis.Caller) -> SearchResults:
    """The same, by query string."""
    base = {"knowledge_base_id": asked.base or asked.knowledge_base_id}
    given = {"query": asked.q, "k": asked.k, "min_score": asked.min_score}
    return await search(SearchRequest(**base | given), caller)


@router.post("/api/v1/rank", **READS)
async def rank(asked: RankRequest) -> Ranking:
    """Candidates by their cosine with the query, best first."""
    cosines = similarity.cosines(asked.query, list(asked.candidates.values()))
    pairs = zip(asked.candidates, cosines, strict=True)
    scored = [Ranked(id=id, score=cosine) for id, cosine in pairs]
    return Ranking(ranking=sorted(scored, key=lambda each: (-each.score, each.id)))


@chassis.heard(news.DocumentRemoved, lost=last_good.forget)
async def forget_text(event: news.DocumentRemoved | news.DocumentDescribed) -> None:
    """Forget every answer that quotes the document."""
    gone = event.document_id
    last_good.forget(lambda kept: gone in {r.document_id for r in kept.results})


@chassis.heard(news.DocumentDescribed, lost=last_good.forget)
async def forget_readers(event: news.DocumentDescribed) -> None:
    """Who may read a document may have changed."""
    await forget_text(event)


@chassis.heard(news.KnowledgeBaseRemoved, lost=last_good.forget)
async def forget_base(event: news.KnowledgeBaseRemoved) -> None:
    last_good.forget()


meanings = {similarity.BadVector: chassis.Malformed}
parts = (router, forget_text, forget_readers, forget_base)
app = chassis.create_app("similarity-search", *parts, meanings=meanings)
