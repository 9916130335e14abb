"""Response generation: answers with citations from evidence, or an honest abstention.

Calls      embedding-generation (optional)
Provider   any OpenAI-compatible endpoint, or quoting sentences in this process

Every quote stands word for word in the passage that it cites; a model's sentence whose
quote does not is dropped. What a passage says is data, never an instruction.
"""

from collections.abc import AsyncIterator
from typing import Any

import anyio
from fastapi import Request

import chassis
import evidence
import vectors
from contracts.knowledge import answers
from contracts.knowledge.answers import (
    Answer,
    AnswerRequest,
    Citation,
    Completion,
    Evidence,
)
from contracts.knowledge.search import Embeddings, Result
from services.knowledge.response_generation import model, prose

FAQ_SURE = 0.55  # score from which an entry is evidence
GENERATES = chassis.policy(
    retry="read", timeout=14.0, stream=True, action="pipeline.respond"
)
COMPLETES = chassis.policy(retry="never", timeout=12.0)
SHAPES = chassis.policy(retry="read")
ENHANCES = chassis.policy(retry="read", timeout=0.5, action="pipeline.enhance")

embedding = chassis.upstream("embedding-generation")
router = chassis.router("/api/v1", tags=["response-generation"])


def passage(result: Result) -> evidence.Passage:
    return evidence.Passage(
        id=result.chunk_id,
        document_id=result.document_id,
        title=result.title,
        section=result.section,
        text=result.text,
        score=result.score,
        bm25=result.bm25 or 0.0,
        cosine=result.cosine or 0.0,
    )


def cited(quote: evidence.Quote, results: list[Result]) -> Citation:
    source = next(each for each in results if each.chunk_id == quote.passage_id)
    return Citation(quote=quote.text, **source.model_dump())


def embed(texts: list[str]) -> vectors.Rows:
    """Unit rows for sentences, asked for from the thread that weighs them."""

    async def ask() -> Embeddings:
        return await embedding.call("embed", Embeddings, json={"texts": texts})

    return vectors.unpack(anyio.from_thread.run(ask).vectors)


def gathered(results: list[dict[str, Any]]) -> Evidence:
    """The evidence in what actions found: passages of a search, entries of the FAQ."""
    outputs = {each["name"]: each.get("output") or {} for each in results}
    found = Evidence.model_validate(outputs.get("search", {}))
    faqs = [
        Result(
            chunk_id=f"faq-{entry['id']}",
            document_id=f"faq-{entry['id']}",
            title=entry["question"],
            section="FAQ",
            text=entry["answer"],
            score=entry["score"],
        )
        for entry in outputs.get("match_faqs", {}).get("matches", ())
        if entry["score"] >= FAQ_SURE
    ]
    failed = [each["name"] for each in results if each.get("status") == "failed"]
    degraded = found.degraded or (f"{', '.join(failed)} failed" if failed else None)
    merged = [*faqs, *found.results]
    return found.model_copy(update={"results": merged, "degraded": degraded})


async def weighed(asked: AnswerRequest) -> tuple[evidence.Answer, str | None]:
    """What the evidence says, and what was missing while it was weighed."""
    given = asked.evidence
    facts = evidence.Statistics(
        documents=given.documents,
        terms={term.term: (term.documents, term.idf) for term in given.terms},
        ideal=given.ideal,
    )
    passages = [passage(result) for result in given.results[:12]]

    def weigh(embedder: Any) -> evidence.Answer:
        return evidence.answer(asked.question, passages, facts, embed=embedder)

    try:
        found = await anyio.to_thread.run_sync(weigh, embed)
        return found, given.degraded
    except chassis.Problem:
        found = await anyio.to_thread.run_sync(weigh, None)
        missing = "embedding-generation is away: weighed by words alone"
        return found, given.degraded or missing


async def quoted(asked: AnswerRequest) -> Answer:
    """The local provider: sentences of the documents, cited."""
    found, degraded = await weighed(asked)
    about = {"confidence": found.confidence, "degraded": degraded}
    if found.abstained:
        text = found.clarify or prose.unknown(asked.language, asked.tone)
        refusal = {"abstained": True, "reason": found.reason}
        return Answer(answer=text, clarify=bool(found.clarify), **refusal, **about)
    citations = [cited(quote, asked.evidence.results) for quote in found.quotes]
    text = prose.joined([c.quote for c in citations], found.unanswered)
    return Answer(answer=text, citations=citations, **about)


async def answered(asked: AnswerRequest) -> Answer:
    """The model's answer where there is one and it can be verified, else the quotes."""
    found = asked.evidence or gathered(asked.results)
    asked = asked.model_copy(update={"evidence": found})
    local = await quoted(asked)
    if not model.REMOTE or local.reason == "no-evidence" or local.clarify:
        return local
    try:
        return await model.phrased(asked, local)
    except chassis.Problem as problem:
        why = f"the language model is away: {problem.message}"
        return local.model_copy(update={"degraded": local.degraded or why})


@router.post("/responses", response_model=Answer, **GENERATES)
async def respond(asked: AnswerRequest, request: Request) -> Any:
    """Answer from the evidence; as server-sent events when those are accepted.

    A sentence is sent only once its citation is verified.
    """
    answer = await answered(asked)
    if not chassis.wants_events(request):
        return answer

    async def events() -> AsyncIterator[tuple[str, Any]]:
        for piece in prose.pieces(answer.answer):
            yield "delta", {"text": piece}
        yield "answer", answer

    return chassis.event_stream(events())


@router.post("/sources", **SHAPES)
async def extract_sources(asked: answers.SourcesRequest) -> answers.Sources:
    """The citations in raw results of actions, each once, best first."""
    return prose.sources(asked.results)


@router.post("/format", **SHAPES)
async def format_answer(asked: answers.FormatRequest) -> answers.Formatted:
    """An answer with numbered sources, for a channel."""
    return prose.formatted(asked.answer, asked.channel)


@router.post("/enhance", **ENHANCES)
async def enhance(asked: answers.EnhanceRequest) -> answers.Enhanced:
    """The answer with metadata: time, complexity, pipeline."""
    return prose.enhanced(asked, chassis.utc(chassis.now()))


@router.post("/completions", **COMPLETES)
async def complete(asked: answers.CompletionRequest) -> Completion:
    """One completion; AIServiceFailed where there is no model or it fails."""
    return await model.complete(asked)


app = chassis.create_app("response-generation", router)
