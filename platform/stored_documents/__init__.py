"""Holdings: a document with all that is stored of it, changed and deleted as one.

What is changed here joins the unit of work of whoever asks. Its collections are
*documents*, their *chunks* (the passages) and *contents* (the texts).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

import passages
from contracts.knowledge.documents import EVERYONE, Document

AT_ONCE = 1000  # passages that one transaction changes or deletes, within its time
FOLLOWING = 200  # of more, at a time
TOGETHER = 50  # documents, with an event for each of their files
DESCRIBED = {"title", "tags", "roles"}  # of a document, and so of its passages
# What becomes of its passages: they are as it is described, will be, or will be read.
Fate = Literal["changed", "follows", "unread"]
Changes = dict[str, Any]


async def describe(
    documents: Any,
    chunks: Any,
    found: Any,
    changes: Changes,
    now: datetime,
    at: int | None = None,
) -> Fate:
    """Change a document that was *found*, if it is *at* that version, and its passages
    as that says, if they are not too many for it: those follow, or where fewer may read
    them from now on they go, and the file is to be read again.

    What is being stored meanwhile as it was described before is none of it: its
    document is at another version then.
    """
    mine, roles = {"document_id": found.id}, found.value.roles
    fate: Fate = "changed"
    if await chunks.count(mine) > AT_ONCE:
        stays = strictest(roles, changes.get("roles", roles)) == roles
        fate = "follows" if stays else "unread"
    again = unread(now) if fate == "unread" else {}
    documents.patch(found.id, changes | again, version=found.at(at))
    if fate == "unread":
        chunks.delete_all(mine)
    elif fate == "changed":
        async for each in chunks.each(mine):
            _describe(chunks, each, changes)
    return fate


async def follow(documents: Any, chunks: Any, found: Any, host: Any) -> bool:
    """Bring the passages of a document that was *found* up to how it is described, a
    bounded number in a transaction; whether they have another title by that.

    Stale where it, or one of them, is changed meanwhile: whoever did has it followed.
    *host* is the unit of work.
    """
    told = found.value.model_dump(include=DESCRIBED)
    is_renamed, waiting = False, 0
    async for each in chunks.each({"document_id": found.id}):
        was = each.value.model_dump(include=DESCRIBED)
        changes = {name: value for name, value in told.items() if value != was[name]}
        if not changes:
            continue
        if waiting == FOLLOWING:
            documents.expect(found.id, found.version)
            await host.commit()
            waiting = 0
        _describe(chunks, each, changes, version=each.version)
        is_renamed, waiting = is_renamed or "title" in changes, waiting + 1
    documents.expect(found.id, found.version)
    return is_renamed


def _describe(chunks: Any, each: Any, changes: Changes, **at: Any) -> None:
    index = passages.renamed(each.value, changes.get("title"))
    chunks.patch(each.id, changes, index=index, **at)


def strictest(some: list[str], others: list[str]) -> list[str]:
    """The roles that both admit, in the first one's order."""
    if EVERYONE in others:
        return some
    if EVERYONE in some:
        return others
    return [role for role in some if role in others]


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
