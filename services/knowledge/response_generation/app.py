"""Response generation: answers with citations from evidence, or an honest abstention.

Calls      embedding-generation (optional)
Provider   any OpenAI-compatible endpoint, or quoting sentences in this process

Every quote stands word for word in the passage that it cites; a model's sentence whose
quote does not is dropped. What a passage says is data, never an instruction.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
from fastapi import FastAPI, Request

import chassis
import cited_answers
import completions
import vectors
from contracts.knowledge import answers
from contracts.knowledge.answers import Answer, AnswerRequest, Completion
from contracts.knowledge.search import Embeddings

RESPONDS = {"timeout": 14.0, "stream": True, "action": "pipeline.respond"}
GENERATES = chassis.policy(retry="read", **RESPONDS)
COMPLETES = chassis.policy(retry="never", timeout=12.0)
READS = chassis.policy(retry="read")
SOURCES = chassis.policy(retry="read", action="pipeline.sources")
FORMATS = chassis.policy(retry="read", action="pipeline.format")
ENHANCES = chassis.policy(retry="read", timeout=0.5, action="pipeline.enhance")
# Who asks for a completion has less time than an answer: what is too slow for them
# opens a breaker of theirs, and answers go on being asked for.
HURRIED = {"apart": "completions"}
FAILED = partial(chassis.UpstreamFailed, upstream="OpenAI")
MEANINGS = {completions.BadSchema: chassis.Invalid, completions.Unusable: FAILED}
NO_MODEL = ("no-evidence", "not-searched")  # reasons for which a model is no use
FAILURES = (chassis.Problem, completions.Unusable)

embedding = chassis.upstream("embedding-generation")
openai = chassis.provider("OpenAI", timeout=12.0)
router = chassis.router("/api/v1", tags=["response-generation"])


@asynccontextmanager
async def models(app: FastAPI) -> AsyncIterator[None]:
    given = chassis.settings(completions.Settings, prefix="OPENAI_")
    app.state.known = vectors.Borrowed(size=2**21, batch=512)
    app.state.model = completions.endpoint(given, openai.call)
    yield


async def made(texts: list[str]) -> vectors.Made:
    given = await embedding.call("embed", Embeddings, json={"texts": texts})
    return vectors.Made(given.model, vectors.unpack(given.vectors), given.chance)


def embed(texts: list[str]) -> vectors.Rows:
    """Unit rows for sentences and words, from the thread that weighs them.

    Those of a business recur from question to question.
    """
    return anyio.from_thread.run(app.state.known.rows, texts, made)


async def quoted(asked: AnswerRequest, given: answers.Evidence) -> Answer:
    """The local provider: sentences of the documents, cited."""
    weigh = partial(cited_answers.weighed, asked, given)
    try:
        chance = await app.state.known.chance(asked.question, made)
        weigh_all = partial(weigh, embed=embed, chance=chance)
        found = await anyio.to_thread.run_sync(weigh_all)
        missing = None
    except (chassis.Problem, vectors.BadVector):
        found = await anyio.to_thread.run_sync(weigh)
        missing = "embedding-generation is away: weighed by words alone"
    return cited_answers.quoted(asked, given, found, given.degraded or missing)


async def answered(asked: AnswerRequest) -> Answer:
    """The model's answer where there is one and it can be verified, else the quotes."""
    given = asked.evidence or cited_answers.gathered(asked.question, asked.results)
    local = await quoted(asked, given)
    if not app.state.model or local.reason in NO_MODEL or local.clarify:
        return local
    messages = cited_answers.messages(asked, given.results)
    ask = answers.CompletionRequest(messages=messages, schema=cited_answers.CLAIMS)
    try:
        claims = (await app.state.model.complete(ask)).parsed["claims"]
    except FAILURES as failure:
        why = f"the language model is away: {failure}"
        return local.model_copy(update={"degraded": local.degraded or why})
    return cited_answers.claimed(asked, given, claims, local)


@router.post("/responses", response_model=Answer, **GENERATES)
async def respond(asked: AnswerRequest, request: Request) -> Any:
    """Answer from the evidence; as server-sent events when those are accepted.

    A sentence is sent only once its citation is verified. Where an action leads a
    dialogue, its reply is the answer, or reminds of what is open there.
    """
    answer = cited_answers.led(asked) or cited_answers.reminding(
        asked, await answered(asked)
    )
    streamed = chassis.wants_events(request)
    return chassis.event_stream(cited_answers.events(answer)) if streamed else answer


@router.post("/sources", **SOURCES)
async def extract_sources(asked: answers.SourcesRequest) -> answers.Sources:
    """The citations in raw results of actions, each once, in their order."""
    return cited_answers.sources(asked.results)


@router.post("/format", **FORMATS)
async def format_answer(asked: answers.FormatRequest) -> answers.Formatted:
    """An answer with numbered sources, for a channel."""
    return cited_answers.formatted(asked.answer, asked.channel)


@router.post("/enhance", **ENHANCES)
async def enhance(asked: answers.EnhanceRequest) -> answers.Enhanced:
    """The answer with metadata: time, complexity, pipeline."""
    return cited_answers.enhanced(asked, chassis.utc(chassis.now()))


@router.get("/model", **READS)
async def get_model() -> answers.LanguageModel:
    """Which model completions come from, if there is one."""
    return answers.LanguageModel(model=app.state.model and app.state.model.model)


@router.post("/completions", **COMPLETES)
async def complete(asked: answers.CompletionRequest) -> Completion:
    """One completion; UpstreamFailed where there is no model or it fails."""
    if app.state.model:
        return await app.state.model.complete(asked, **HURRIED)
    raise FAILED("no language model is configured", code="NO_MODEL")


name = "response-generation"
app = chassis.create_app(name, router, resources=(models,), meanings=MEANINGS)
