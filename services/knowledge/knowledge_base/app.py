"""Knowledge base: named sets of documents, their settings, and what is in them.

Calls      database-operations
Publishes  document.processed (to embed again), document.described|removed,
           knowledge-base.removed

Every tenant has one base, ``default``, without creating it. Deleting a base removes
every document, chunk and vector of it in one transaction.
"""

import uuid
from typing import Any

from fastapi import Response

import chassis
from contracts.infrastructure.database import Measure, Sort
from contracts.knowledge.bases import Metadata, NewBase, Statistics
from contracts.knowledge.documents import (
    DEFAULT_BASE,
    Chunk,
    Content,
    Document,
    KnowledgeBase,
)
from contracts.knowledge.events import (
    DocumentDescribed,
    DocumentProcessed,
    DocumentRemoved,
    KnowledgeBaseRemoved,
)

STAFF = ("owner", "admin", "agent")
READS = chassis.policy(retry="read", public=True)
WRITES = chassis.policy(retry="keyed", public=True, roles=STAFF)
AT_ONCE = 90  # events of one commit

bases = chassis.collection("knowledge-bases", KnowledgeBase)
documents = chassis.collection("documents", Document)
chunks = chassis.collection("chunks", Chunk)
contents = chassis.collection("contents", Content)
router = chassis.router("/api/v1/knowledge-bases", tags=["knowledge-base"])


async def base_of(id: str) -> chassis.Stored[KnowledgeBase]:
    """The base and its version; the default one exists without being written."""
    try:
        return await bases.read(id)
    except chassis.NotFound:
        if id != DEFAULT_BASE:
            raise
    return chassis.Stored(id, 0, KnowledgeBase(id=id, name="Default"))


@router.post("", status_code=201, **WRITES)
async def create_base(given: NewBase, now: chassis.Now) -> KnowledgeBase:
    """A new base; Conflict when the tenant has one of that name."""
    id, dated = uuid.uuid4().hex, {"created_at": now, "updated_at": now}
    base = KnowledgeBase(**given.model_dump(), id=id, **dated)
    bases.put(id, base, version=0, unique=[base.name.casefold()])
    return base


@router.get("", **READS)
async def list_bases(paging: chassis.Paged) -> chassis.Page[KnowledgeBase]:
    """The tenant's bases by name, the default one first on the first page."""
    page = await bases.page(paging, {"id": {"ne": DEFAULT_BASE}}, [Sort(path="name")])
    if paging.cursor is None:
        page.items.insert(0, (await base_of(DEFAULT_BASE)).value)
    return page


@router.get("/{id}", **READS)
async def get_base(id: str, answer: Response) -> KnowledgeBase:
    found = await base_of(id)
    chassis.tag(answer, found.version)
    return found.value


@router.put("/{id}", **WRITES)
async def replace_base(
    id: str, given: NewBase, version: chassis.IfMatch, now: chassis.Now
) -> KnowledgeBase:
    """Replace name and settings; another embedding model orders all vectors anew."""
    found = await base_of(id)
    known = found.value
    base = known.model_copy(update={**dict(given), "updated_at": now})
    at = found.version if version is None else version
    bases.put(id, base, version=at, unique=[base.name.casefold()])
    if base.settings.embedding_model != known.settings.embedding_model:
        await order_vectors(id)
    return base


@router.delete("/{id}", status_code=204, **WRITES)
async def delete_base(id: str) -> None:
    """Delete a base with everything in it; the default one is emptied."""
    await base_of(id)
    mine = {"knowledge_base_id": id}
    held = [one.value async for one in documents.each(mine)]
    for removed in (chunks, contents, documents):
        removed.delete_all(mine)
    bases.delete(id)
    chassis.publish(KnowledgeBaseRemoved(knowledge_base_id=id))
    await tell(DocumentRemoved, held)


@router.get("/{id}/documents", **READS)
async def list_base_documents(
    id: str,
    paging: chassis.Paged,
    caller: chassis.Caller,
    tag: str | None = None,
    status: str | None = None,
    language: str | None = None,
) -> chassis.Page[Document]:
    """The base's documents that the caller may read, by title."""
    await base_of(id)
    wanted = chassis.given(knowledge_base_id=id, status=status, language=language)
    tagged = {"tags": {"contains": tag}} if tag else {}
    visible = wanted | tagged | chassis.visible(*caller.roles)
    return await documents.page(paging, visible, [Sort(path="title")])


@router.patch("/{id}/documents/{document_id}", status_code=204, **WRITES)
async def describe_document(
    id: str,
    document_id: str,
    given: Metadata,
    version: chassis.IfMatch,
    caller: chassis.Caller,
) -> None:
    """Change a document's title, tags or readers, and those of its chunks."""
    document = await documents.get(document_id)
    chassis.require_visible(document, caller.roles)
    if document.knowledge_base_id != id:
        raise chassis.NotFound(f"{id} has no document {document_id}")
    changed = given.model_dump(exclude_none=True)
    documents.patch(document_id, changed, version=version)
    async for chunk in chunks.each({"document_id": document_id}):
        chunks.patch(chunk.id, changed)
    await tell(DocumentDescribed, [document])


@router.get("/{id}/statistics", **READS)
async def get_statistics(id: str) -> Statistics:
    """Documents by status, chunks, and bytes of the uploaded files."""
    mine, count = {"knowledge_base_id": id}, Measure(function="count")
    measures = {"documents": count, "bytes": Measure(function="sum", path="size")}
    found = await documents.query(mine, group=["status"], measures=measures)
    held = await chunks.query(mine, limit=1, count=True)
    groups = {str(each.keys[0]): each.measures for each in found.groups or ()}
    numbers = {status: int(known["documents"]) for status, known in groups.items()}
    size = int(sum(known["bytes"] or 0 for known in groups.values()))
    return Statistics(documents=numbers, chunks=held.count, bytes=size)


@router.post("/{id}/reindex", status_code=202, **WRITES)
async def reindex(id: str) -> dict[str, int]:
    """Embed every document of the base again; how many that are."""
    await base_of(id)
    return {"documents": await order_vectors(id)}


async def order_vectors(id: str) -> int:
    """Announce the base's documents as processed, so that they are embedded."""
    ready = {"knowledge_base_id": id, "status": "ready"}
    found = [one.value async for one in documents.each(ready)]
    await tell(DocumentProcessed, found)
    return len(found)


async def tell(event: Any, about: list[Document]) -> None:
    """Publish an event for each document, as many at once as one commit takes."""
    for at, one in enumerate(about, 1):
        named = one.model_dump(include={"knowledge_base_id", "revision", "chunks"})
        chassis.publish(event(document_id=one.id, **named))
        if at % AT_ONCE == 0:
            await chassis.commit()


app = chassis.create_app("knowledge-base", router)
