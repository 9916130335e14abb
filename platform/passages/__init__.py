"""Passages: by what a document's chunk is found, by its words and by its meaning."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import legible
import tongues
from contracts.infrastructure.database import Index, Language
from contracts.knowledge.documents import Chunk, Document, Settings
from contracts.knowledge.search import SearchRequest

STEMMED: dict[str, Language] = {
    "german": "german",
    "french": "french",
    "spanish": "spanish",
}
# Characters of a question: ligatures that are taken apart make it longer.
LONGEST = 4000
AT_ONCE = 1000  # passages that one transaction changes or deletes, within its time
TOGETHER = 50  # documents, with an event for each of their files
Changes = dict[str, Any]


def wording(chunk: Chunk) -> str:
    """A passage means more under the headings that lead to it. Wide letters are narrow
    ones here, and stay as they are where they are quoted."""
    return legible.narrow("\n".join([chunk.title, *chunk.section, chunk.text]))


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
    seen = legible.shown(asked.query)
    wide = (word for word in seen.split() if legible.narrow(word) != word)
    query = " ".join([legible.narrow(seen), *wide])
    return asked.model_copy(update={"query": query[:LONGEST]})


async def described(
    documents: Any, chunks: Any, at: tuple[str, int], changes: Changes, now: datetime
) -> bool:
    """Change a document *at* an id and version, and its passages as that says; False
    where they are so many that they go instead, and its file is to be read again.

    Joins the unit of work. What is being stored meanwhile as it was described before
    is none of it: its document is at another version then.
    """
    (id, version), mine = at, {"document_id": at[0]}
    is_small = await chunks.count(mine) <= AT_ONCE
    documents.patch(id, changes | ({} if is_small else unread(now)), version=version)
    if not is_small:
        chunks.delete_all(mine)
        return False
    async for each in chunks.each(mine):
        index = renamed(each.value, changes.get("title"))
        chunks.patch(each.id, changes, index=index)
    return True


def batches(every: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents, as many at a time as one transaction deletes with their passages."""
    some: list[Document] = []
    held = 0
    for each in every:
        # How many it has is known once they are stored.
        size = each.chunks if each.status == "ready" else AT_ONCE
        if some and (held + size > AT_ONCE or len(some) == TOGETHER):
            yield some
            some, held = [], 0
        some.append(each)
        held += size
    if some:
        yield some


def delete(documents: Any, chunks: Any, contents: Any, some: list[Document]) -> None:
    """Delete documents with their texts, with the unit of work.

    First the documents: whoever is storing a text does so beside a change to its
    document, and finds none from then on. What is stored by then is seen, and goes.
    """
    for each in some:
        documents.delete(each.id)
        contents.delete(each.id)
    for text in (chunks, contents):
        text.delete_all({"document_id": {"in": [each.id for each in some]}})


def revisions(some: Iterable[Document]) -> Iterator[Document]:
    """Each of *some*, and as it stands while another is read: all that have a file."""
    for each in some:
        yield each
        if each.standing:
            yield each.model_copy(update={"revision": each.standing.revision})


def unread(now: datetime) -> Changes:
    """The changes to a document whose file is to be read anew."""
    begun = {"status": "processing", "stage": "received", "progress": 0.0}
    return begun | {"attempts": 0, "reason": None, "updated_at": now}


def wanted(asked: SearchRequest, its: Settings) -> SearchRequest:
    """The request with what it leaves open as its base has it; but words are sought in
    the language that they tell, and in the base's first one where they tell none."""
    spoken = tongues.language(asked.query or "", its.languages[0])
    open_ = {
        "min_score": its.min_score,
        "weight": its.text_weight,
        "language": STEMMED.get(spoken, "english"),
    }
    given = asked.model_dump(include=set(open_), exclude_none=True)
    return asked.model_copy(update=open_ | given)
