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
from pydantic import BaseModel

import chassis
import citing
import completions
import evidence
import vectors
from contracts.knowledge import answers
from contracts.knowledge.answers import Answer, AnswerRequest, Completion
from contracts.knowledge.search import Embeddings


class Settings(BaseModel):
    """OPENAI_* variables; with an API key, or a base URL, OpenAI's protocol is used."""

    api_key: str = ""
    base_url: str | None = None
    model: str = "gpt-4o-mini"


RESPONDS = {"timeout": 14.0, "stream": True, "action": "pipeline.respond"}
GENERATES = chassis.policy(retry="read", **RESPONDS)
COMPLETES = chassis.policy(retry="never", timeout=12.0)
SHAPES = chassis.policy(retry="read")
ENHANCES = chassis.policy(retry="read", timeout=0.5, action="pipeline.enhance")
MEANINGS = {completions.BadSchema: chassis.Invalid}

embedding = chassis.upstream("embedding-generation")
openai = chassis.provider("OpenAI", timeout=12.0)
router = chassis.router("/api/v1", tags=["response-generation"])


class Remote:
    """An OpenAI-compatible endpoint; the SDK is imported where one is configured."""

    def __init__(self, given: Settings) -> None:
        from openai import AsyncOpenAI, OpenAIError

        key, url = given.api_key or "none", given.base_url
        client = AsyncOpenAI(api_key=key, base_url=url, max_retries=0)
        self.create, self.name = client.chat.completions.create, given.model
        self.unusable = (OpenAIError, ValueError)

    async def complete(self, asked: answers.CompletionRequest) -> Completion:
        """One completion; UpstreamFailed without a usable one."""
        create = partial(self.create, **completions.request(asked, self.name))
        try:
            answer = await openai.call("POST /chat/completions", create)
            return completions.read(answer, asked)
        except self.unusable as exc:
            raise chassis.UpstreamFailed("unusable output", upstream="OpenAI") from exc


@asynccontextmanager
async def model(app: FastAPI) -> AsyncIterator[None]:
    given = chassis.settings(Settings, prefix="OPENAI_")
    app.state.model = Remote(given) if given.api_key or given.base_url else None
    yield


def embed(texts: list[str]) -> vectors.Rows:
    """Unit rows for sentences, asked for from the thread that weighs them."""
    ask = partial(embedding.call, "embed", Embeddings, json={"texts": texts})
    return vectors.unpack(anyio.from_thread.run(ask).vectors)


async def quoted(asked: AnswerRequest, given: answers.Evidence) -> Answer:
    """The local provider: sentences of the documents, cited."""
    weigh = partial(evidence.answer, asked.question, *citing.weighable(given))
    try:
        found = await anyio.to_thread.run_sync(partial(weigh, embed=embed))
        missing = None
    except chassis.Problem:
        found = await anyio.to_thread.run_sync(weigh)
        missing = "embedding-generation is away: weighed by words alone"
    return citing.quoted(asked, given, found, given.degraded or missing)


async def answered(asked: AnswerRequest) -> Answer:
    """The model's answer where there is one and it can be verified, else the quotes."""
    given = asked.evidence or citing.gathered(asked.results)
    local = await quoted(asked, given)
    if not app.state.model or local.reason == "no-evidence" or local.clarify:
        return local
    messages = citing.messages(asked, given.results)
    ask = answers.CompletionRequest(messages=messages, schema=citing.CLAIMS)
    try:
        claims = (await app.state.model.complete(ask)).parsed["claims"]
    except chassis.Problem as problem:
        why = f"the language model is away: {problem.message}"
        return local.model_copy(update={"degraded": local.degraded or why})
    return citing.claimed(asked, given, claims, local)


@router.post("/responses", response_model=Answer, **GENERATES)
async def respond(asked: AnswerRequest, request: Request) -> Any:
    """Answer from the evidence; as server-sent events when those are accepted.

    A sentence is sent only once its citation is verified.
    """
    answer = await answered(asked)
    streamed = chassis.wants_events(request)
    return chassis.event_stream(citing.events(answer)) if streamed else answer


@router.post("/sources", **SHAPES)
async def extract_sources(asked: answers.SourcesRequest) -> answers.Sources:
    """The citations in raw results of actions, each once, in their order."""
    return citing.sources(asked.results)


@router.post("/format", **SHAPES)
async def format_answer(asked: answers.FormatRequest) -> answers.Formatted:
    """An answer with numbered sources, for a channel."""
    return citing.formatted(asked.answer, asked.channel)


@router.post("/enhance", **ENHANCES)
async def enhance(asked: answers.EnhanceRequest) -> answers.Enhanced:
    """The answer with metadata: time, complexity, pipeline."""
    return citing.enhanced(asked, chassis.utc(chassis.now()))


@router.post("/completions", **COMPLETES)
async def complete(asked: answers.CompletionRequest) -> Completion:
    """One completion; UpstreamFailed where there is no model or it fails."""
    if app.state.model:
        return await app.state.model.complete(asked)
    raise chassis.UpstreamFailed("no language model is configured", upstream="OpenAI")


name = "response-generation"
app = chassis.create_app(name, router, resources=(model,), meanings=MEANINGS)
