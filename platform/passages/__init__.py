"""Passages: by what a document's chunk is found, by its words and by its meaning."""

import re
import unicodedata

import tongues
from contracts.infrastructure.database import Index, Language
from contracts.knowledge.documents import Chunk, Settings
from contracts.knowledge.search import SearchRequest

STEMMED: dict[str, Language] = {
    "german": "german",
    "french": "french",
    "spanish": "spanish",
}
# What extraction takes out of a document, for nobody sees it.
UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def legible(text: str) -> str:
    """A question as documents are kept: composed (NFC), without what nobody sees."""
    return unicodedata.normalize("NFC", UNSEEN.sub("", text))


def wording(chunk: Chunk) -> str:
    """A passage means more under the headings that lead to it."""
    return "\n".join([chunk.title, *chunk.section, chunk.text])


def entry(chunk: Chunk, vector: str | None = None) -> Index:
    """Its place in the index of its knowledge base: the words, or just a *vector*."""
    text = wording(chunk) if vector is None else None
    language = STEMMED.get(chunk.language, "english")
    space = chunk.knowledge_base_id
    return Index(space=space, text=text, language=language, vector=vector)


def renamed(chunk: Chunk, title: str | None) -> Index | None:
    """Its place under another title; None where that stays, and so does its place."""
    return entry(chunk.model_copy(update={"title": title})) if title else None


def wanted(asked: SearchRequest, its: Settings) -> SearchRequest:
    """The request with what it leaves open as its base has it, and legible; but words
    are sought in the language that they tell, and in the base's first one where they
    tell none."""
    query = asked.query and legible(asked.query)
    spoken = tongues.language(query or "", its.languages[0])
    open_ = {
        "min_score": its.min_score,
        "weight": its.text_weight,
        "language": STEMMED.get(spoken, "english"),
    }
    given = asked.model_dump(include=set(open_), exclude_none=True)
    return asked.model_copy(update=open_ | given | {"query": query})
