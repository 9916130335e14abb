"""Embedding generation: texts to unit vectors, and the vectors of processed documents.

Calls      database-operations
Provider   any OpenAI-compatible endpoint, or static embeddings in this process
Publishes  document.embedded, vectors.outdated
Consumes   document.processed, vectors.outdated

The same text has the same vector until the model changes; then a tenant's vectors are
made anew once it asks for one. A document is announced as embedded only when all of its
chunks are.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

import admission
import chassis
import embeddings
import passages
import vectors
from contracts.infrastructure.database import Sort
from contracts.knowledge import events, search
from contracts.knowledge.documents import Chunk


class Settings(BaseModel):
    """OPENAI_* variables; with an API key, or a base URL, OpenAI's protocol is used."""

    api_key: str = ""
    base_url: str | None = None
    embedding_model: str = "text-embedding-3-small"


CURRENT = "current"
PATIENCE = 0.25  # seconds for a question that another request can ask as well
BATCH = 128  # texts of one request to a provider, chunks of one transaction

openai = chassis.provider("OpenAI", timeout=10.0)
chunks = chassis.collection("chunks", Chunk)
uses = chassis.collection("embedding-uses", search.EmbeddingUse)
router = chassis.router("/api/v1/embeddings", tags=["embedding-generation"])
recent = vectors.Recent(size=2**22, batch=BATCH)
noticed = chassis.Remembered(seconds=3600.0, most=10_000)
# One document of each tenant at a time: a thousand of one hold up nobody else's.
turn = admission.Admission(4, each=1, most=1000, seconds=None).turn


class Local:
    """Static embeddings: microseconds a text, no network."""

    provider, chance = "local", 0.0  # what reads cosines was fitted on these

    def __init__(self) -> None:
        self.model = embeddings.load()
        self.name = self.model.name

    async def encode(self, texts: list[str]) -> vectors.Rows:
        return self.model.encode(texts)


@asynccontextmanager
async def chosen(app: FastAPI) -> AsyncIterator[None]:
    given = chassis.settings(Settings, prefix="OPENAI_")
    where = given.api_key, given.base_url, given.embedding_model
    is_remote = given.api_key or given.base_url
    app.state.model = vectors.Provided(*where, openai.call) if is_remote else Local()
    yield


@router.post("", **chassis.policy(retry="read", public=True, timeout=15.0))
async def embed(asked: search.EmbeddingRequest) -> search.Embeddings:
    """A unit vector for each text, in their order."""
    if asked.model not in (None, app.state.model.name):
        raise chassis.Malformed(f"the only model here is {app.state.model.name}")
    model = app.state.model
    rows = await recent.rows(model.name, asked.texts, model.encode)
    with suppress(chassis.UpstreamFailed, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await noticed.get((chassis.current().tenant, model.name), notice)
    about = {"model": model.name, "dimensions": rows.shape[1], "chance": model.chance}
    return search.Embeddings(vectors=[vectors.pack(row) for row in rows], **about)


@router.get("/model", **chassis.policy(retry="read", public=True))
async def get_model() -> search.EmbeddingModel:
    """The model in use, and where it runs."""
    model = app.state.model
    [row] = await recent.rows(model.name, ["dimensions"], model.encode)
    told = {"model": model.name, "provider": model.provider}
    return search.EmbeddingModel(dimensions=len(row), **told)


async def notice() -> None:
    """Order the tenant's vectors anew if not all are known to be of this model."""
    use, model = await uses.find(CURRENT), app.state.model.name
    if use is None or use.model != model:
        chassis.publish(events.VectorsOutdated(model=model))
        await chassis.commit()


async def give_vectors(found: list[chassis.Stored[Chunk]]) -> None:
    """Embed these chunks and store their vectors, all of them or none."""
    model = app.state.model
    texts = [passages.wording(one.value) for one in found]
    rows = await recent.rows(model.name, texts, model.encode) if texts else ()
    for one, row in zip(found, rows, strict=True):
        index = passages.entry(one.value, vectors.pack(row))
        change = {"embedding": model.name}
        chunks.patch(one.id, change, version=one.version, index=index)
    await chassis.commit()


async def give_all(which: dict[str, Any]) -> None:
    """Embed every chunk that matches, a bounded number at a time."""
    batch: list[chassis.Stored[Chunk]] = []
    async for one in chunks.each(which, [Sort(path="position")]):
        batch.append(one)
        if len(batch) == BATCH:
            await give_vectors(batch)
            batch = []
    await give_vectors(batch)


@chassis.on(events.DocumentProcessed, deadline=300.0, turn=turn)
async def embed_document(event: events.DocumentProcessed) -> None:
    """Give every chunk of a document its vector."""
    await give_all({"document_id": event.document_id, "revision": event.revision})
    about = event.model_dump(exclude={"type", "chunks"})
    chassis.publish(events.DocumentEmbedded(**about, model=app.state.model.name))


@chassis.on(events.VectorsOutdated, deadline=900.0)
async def renew_vectors(event: events.VectorsOutdated) -> None:
    """Give every chunk with a vector of another model one of this model."""
    model = app.state.model.name
    await give_all({"embedding": {"ne": model}})
    uses.put(CURRENT, search.EmbeddingUse(model=model))


parts = (router, embed_document, renew_vectors)
meanings = {vectors.BadVector: partial(chassis.UpstreamFailed, upstream="OpenAI")}
name, resources = "embedding-generation", (chosen,)
app = chassis.create_app(name, *parts, resources=resources, meanings=meanings)
