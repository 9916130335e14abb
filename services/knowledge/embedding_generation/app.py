"""Embedding generation: texts to unit vectors, and the vectors of processed documents.

Calls      database-operations
Provider   any OpenAI-compatible endpoint, or static embeddings in this process
Publishes  document.embedded
Consumes   document.processed

The same text has the same vector until the model changes; a document is announced as
embedded only when all of its chunks are.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

import chassis
import embeddings
import vectors
from contracts.infrastructure.database import Index, Sort
from contracts.knowledge.documents import Chunk
from contracts.knowledge.events import DocumentEmbedded, DocumentProcessed
from contracts.knowledge.search import EmbeddingModel, EmbeddingRequest, Embeddings


class Settings(BaseModel):
    """OPENAI_* variables; with an API key, or a base URL, OpenAI's protocol is used."""

    api_key: str = ""
    base_url: str | None = None
    embedding_model: str = "text-embedding-3-small"


UNUSABLE = "the endpoint gave no vector for each text"
BATCH = 128  # texts of one request to a provider, chunks of one transaction

openai = chassis.provider("OpenAI", timeout=10.0)
chunks = chassis.collection("chunks", Chunk)
router = chassis.router("/api/v1/embeddings", tags=["embedding-generation"])
recent = vectors.Recent(most=4096, batch=BATCH)


class Local:
    """Static embeddings: microseconds a text, no network."""

    provider = "local"

    def __init__(self) -> None:
        self.model = embeddings.load()
        self.name = self.model.name

    async def encode(self, texts: list[str]) -> np.ndarray:
        return self.model.encode(texts)


class Remote:
    """An OpenAI-compatible endpoint; the SDK's own retries are off."""

    provider = "openai"

    def __init__(self, given: Settings) -> None:
        from openai import AsyncOpenAI, OpenAIError

        key, url = given.api_key or "none", given.base_url
        self.client = AsyncOpenAI(api_key=key, base_url=url, max_retries=0)
        self.name, self.refusal = given.embedding_model, OpenAIError

    async def encode(self, texts: list[str]) -> np.ndarray:
        asked = {"model": self.name, "input": texts, "encoding_format": "float"}
        create = partial(self.client.embeddings.create, **asked)
        try:
            answer = await openai.call("POST /embeddings", create)
            rows = np.array([each.embedding for each in answer.data], np.float32)
        except (self.refusal, AttributeError, TypeError, ValueError) as exc:
            raise chassis.UpstreamFailed(UNUSABLE, upstream="OpenAI") from exc
        if rows.ndim != 2 or len(rows) != len(texts):
            raise chassis.UpstreamFailed(UNUSABLE, upstream="OpenAI")
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


@asynccontextmanager
async def chosen(app: FastAPI) -> AsyncIterator[None]:
    given = chassis.settings(Settings, prefix="OPENAI_")
    is_remote = given.api_key or given.base_url
    app.state.model = Remote(given) if is_remote else Local()
    yield


@router.post("", **chassis.policy(retry="read", public=True, timeout=15.0))
async def embed(asked: EmbeddingRequest) -> Embeddings:
    """A unit vector for each text, in their order."""
    if asked.model not in (None, app.state.model.name):
        raise chassis.Invalid(f"the model here is {app.state.model.name}")
    model = app.state.model
    rows = await recent.rows(model.name, asked.texts, model.encode)
    wire = [vectors.pack(row) for row in rows]
    return Embeddings(model=model.name, dimensions=rows.shape[1], vectors=wire)


@router.get("/model", **chassis.policy(retry="read", public=True))
async def get_model() -> EmbeddingModel:
    """The model in use, and where it runs."""
    model = app.state.model
    [row] = await recent.rows(model.name, ["dimensions"], model.encode)
    told = {"model": model.name, "provider": model.provider}
    return EmbeddingModel(dimensions=len(row), **told)


@chassis.on(DocumentProcessed, deadline=120.0)
async def embed_document(event: DocumentProcessed) -> None:
    """Give every chunk of a document its vector."""
    mine = {"document_id": event.document_id, "revision": event.revision}
    model = app.state.model
    found = [one async for one in chunks.each(mine, [Sort(path="position")])]
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        texts = [wording(one.value) for one in batch]
        rows = await recent.rows(model.name, texts, model.encode)
        for one, row in zip(batch, rows, strict=True):
            index = Index(space=event.knowledge_base_id, vector=vectors.pack(row))
            change = {"embedding": model.name}
            chunks.patch(one.id, change, version=one.version, index=index)
        await chassis.commit()
    about = event.model_dump(exclude={"type", "chunks"})
    chassis.publish(DocumentEmbedded(**about, model=model.name))


def wording(chunk: Chunk) -> str:
    """A passage means more under the headings that lead to it."""
    return "\n".join([chunk.title, *chunk.section, chunk.text])


app = chassis.create_app(
    "embedding-generation", router, embed_document, resources=(chosen,)
)
