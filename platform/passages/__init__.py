"""Passages: by what a document's chunk is found, by its words and by its meaning."""

import glosses
from contracts.infrastructure.database import Index, Language
from contracts.knowledge.documents import Chunk

STEMMED: dict[str, Language] = {
    "german": "german",
    "french": "french",
    "spanish": "spanish",
}


def wording(chunk: Chunk) -> str:
    """A passage means more under the headings that lead to it."""
    return "\n".join([chunk.title, *chunk.section, chunk.text])


def entry(chunk: Chunk, vector: str | None = None) -> Index:
    """Its place in the index of its knowledge base: the words, or just a *vector*."""
    text = wording(chunk) if vector is None else None
    language = STEMMED.get(chunk.language, "english")
    space = chunk.knowledge_base_id
    return Index(space=space, text=text, language=language, vector=vector)


def asked_in(question: str, languages: list[str]) -> Language:
    """The language whose words are sought; that of the base where it does not tell."""
    return STEMMED.get(glosses.language(question, languages[0]), "english")


def renamed(chunk: Chunk, title: str | None) -> Index | None:
    """Its place under another title; None where that stays, and so does its place."""
    return entry(chunk.model_copy(update={"title": title})) if title else None
