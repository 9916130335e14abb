"""Passages: by what a document's chunk is found, and how a question looks for it."""

import langid
import normalization
from contracts.infrastructure.database import Index, Language
from contracts.knowledge.documents import Chunk, Settings
from contracts.knowledge.search import SearchRequest

STEMMED: dict[str, Language] = {
    "german": "german",
    "french": "french",
    "spanish": "spanish",
}
# Characters of a question: ligatures that are taken apart make it longer.
LONGEST = 4000


def wording(chunk: Chunk) -> str:
    """A passage means more under the headings that lead to it. Wide letters are narrow
    ones here, and stay as they are where they are quoted."""
    return normalization.narrow("\n".join([chunk.title, *chunk.section, chunk.text]))


def entry(chunk: Chunk, vector: str | None = None) -> Index:
    """Its place in the index of its knowledge base: the words, or just a *vector*."""
    text = wording(chunk) if vector is None else None
    language = STEMMED.get(chunk.language, "english")
    space = chunk.knowledge_base_id
    return Index(space=space, text=text, language=language, vector=vector)


def renamed(chunk: Chunk, title: str | None) -> Index | None:
    """Its place under another title; None where that stays, and so does its place."""
    return entry(chunk.model_copy(update={"title": title})) if title else None


def legibly(asked: SearchRequest) -> SearchRequest:
    """The request with its question as documents are kept and found.

    Words in wide letters follow as they are typed: where older documents have such
    ones, they are found by them alone.
    """
    if not asked.query:
        return asked
    seen = normalization.shown(asked.query)
    wide = (word for word in seen.split() if normalization.narrow(word) != word)
    query = " ".join([normalization.narrow(seen), *wide])
    return asked.model_copy(update={"query": query[:LONGEST]})


def wanted(asked: SearchRequest, its: Settings) -> SearchRequest:
    """The request with what it leaves open as its base has it; but words are sought in
    the language that they tell, and in the base's first one where they tell none."""
    spoken = langid.language(asked.query or "", its.languages[0])
    open_ = {
        "min_score": its.min_score,
        "weight": its.text_weight,
        "language": STEMMED.get(spoken, "english"),
    }
    given = asked.model_dump(include=set(open_), exclude_none=True)
    return asked.model_copy(update=open_ | given)
