"""Holdings: a document with all that is stored of it, changed and deleted as one.

What is changed here joins the unit of work of whoever asks. Its collections are
*documents*, their *chunks* (the passages) and *contents* (the texts).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import passages
from contracts.knowledge.documents import Document

AT_ONCE = 1000  # passages that one transaction changes or deletes, within its time
TOGETHER = 50  # documents, with an event for each of their files
Changes = dict[str, Any]


async def describe(
    documents: Any, chunks: Any, at: tuple[str, int], changes: Changes, now: datetime
) -> bool:
    """Change a document *at* an id and version, and its passages as that says; False
    where they are so many that they go instead, and its file is to be read again.

    What is being stored meanwhile as it was described before is none of it: its
    document is at another version then.
    """
    (id, version), mine = at, {"document_id": at[0]}
    is_small = await chunks.count(mine) <= AT_ONCE
    documents.patch(id, changes | ({} if is_small else unread(now)), version=version)
    if not is_small:
        chunks.delete_all(mine)
        return False
    async for each in chunks.each(mine):
        index = passages.renamed(each.value, changes.get("title"))
        chunks.patch(each.id, changes, index=index)
    return True


def delete(documents: Any, chunks: Any, contents: Any, some: list[Document]) -> None:
    """Delete documents with their texts.

    First the documents: whoever is storing a text does so beside a change to its
    document, and finds none from then on. What is stored by then is seen, and goes.
    """
    for each in some:
        documents.delete(each.id)
        contents.delete(each.id)
    for text in (chunks, contents):
        text.delete_all({"document_id": {"in": [each.id for each in some]}})


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


def with_files(some: Iterable[Document]) -> Iterator[Document]:
    """Each of *some*, and as it stands while another is read: all that have a file."""
    for each in some:
        yield each
        if each.standing:
            yield each.model_copy(update={"revision": each.standing.revision})


def unread(now: datetime) -> Changes:
    """The changes to a document whose file is to be read anew."""
    begun = {"status": "processing", "stage": "received", "progress": 0.0}
    return begun | {"attempts": 0, "reason": None, "updated_at": now}
