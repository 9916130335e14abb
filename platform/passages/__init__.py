"""Passages: by what a document's chunk is found, by its words and by its meaning."""

from contracts.infrastructure.database import Index
from contracts.knowledge.documents import Chunk


def wording(chunk: Chunk) -> str:
    """A passage means more under the headings that lead to it."""
    return "\n".join([chunk.title, *chunk.section, chunk.text])


def entry(chunk: Chunk, vector: str | None = None) -> Index:
    """Its place in the index of its knowledge base: the words, or just a *vector*."""
    text = wording(chunk) if vector is None else None
    return Index(space=chunk.knowledge_base_id, text=text, vector=vector)


def renamed(chunk: Chunk, title: str | None) -> Index | None:
    """Its place under another title; None where that stays, and so does its place."""
    return entry(chunk.model_copy(update={"title": title})) if title else None
