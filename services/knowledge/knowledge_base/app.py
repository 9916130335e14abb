"""Knowledge base: named sets of documents, their settings, and what is in them.

Calls      database-operations
Publishes  document.processed (to embed again), document.described|removed,
           knowledge-base.removed

Every tenant has one base, ``default``, without creating it. Deleting a base removes
every document, chunk and vector of it in one transaction.
"""

import uuid
from typing import Annotated, Any

from fastapi import Query, Response

import chassis
import passages
from contracts.infrastructure.database import Measure, Sort
from contracts.knowledge import bases as given
from contracts.knowledge import documents as held
from contracts.knowledge import events

STAFF = ("owner", "admin", "agent")
READS = chassis.policy(retry="read", public=True)
WRITES = chassis.policy(retry="keyed", public=True, roles=STAFF)
AT_ONCE = 90  # events of one commit
Wanted = Annotated[given.Wanted, Query()]

bases = chassis.collection("knowledge-bases", held.KnowledgeBase)
documents = chassis.collection("documents", held.Document)
chunks = chassis.collection("chunks", held.Chunk)
contents = chassis.collection("contents", held.Content)
router = chassis.router("/api/v1/knowledge-bases", tags=["knowledge-base"])


async def base_of(id: str) -> chassis.Stored[held.KnowledgeBase]:
    """The base and its version; the default one exists without being written."""
    try:
        return await bases.read(id)
    except chassis.NotFound:
        if id != held.DEFAULT_BASE:
            raise
    return chassis.Stored(id, 0, held.KnowledgeBase(id=id, name="Default"))


@router.post("", status_code=201, **WRITES)
async def create_base(new: given.NewBase, now: chassis.Now) -> held.KnowledgeBase:
    """A new base; Conflict when the tenant has one of that name."""
    id, dated = uuid.uuid4().hex, {"created_at": now, "updated_at": now}
    base = held.KnowledgeBase(**new.model_dump(), id=id, **dated)
    bases.put(id, base, version=0, unique=[base.name.casefold()])
    return base


@router.get("", **READS)
async def list_bases(paging: chassis.Paged) -> chassis.Page[held.KnowledgeBase]:
    """The tenant's bases by name, the default one first on the first page."""
    page = await bases.page(
        paging, {"id": {"ne": held.DEFAULT_BASE}}, [Sort(path="name")]
    )
    if paging.cursor is None:
        page.items.insert(0, (await base_of(held.DEFAULT_BASE)).value)
    return page


@router.get("/{id}", **READS)
async def get_base(id: str, answer: Response) -> held.KnowledgeBase:
    found = await base_of(id)
    chassis.tag(answer, found.version)
    return found.value


@router.put("/{id}", **WRITES)
async def replace_base(
    id: str, new: given.NewBase, version: chassis.IfMatch, now: chassis.Now
) -> held.KnowledgeBase:
    """Replace name and settings; another embedding model orders all vectors anew."""
    found = await base_of(id)
    known = found.value
    base = known.model_copy(update={**dict(new), "updated_at": now})
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
    gone = [one.value async for one in documents.each(mine)]
    for removed in (chunks, contents, documents):
        removed.delete_all(mine)
    bases.delete(id)
    chassis.publish(events.KnowledgeBaseRemoved(knowledge_base_id=id))
    await tell(events.DocumentRemoved, gone)


@router.get("/{id}/documents", **READS)
async def list_base_documents(
    id: str, paging: chassis.Paged, caller: chassis.Caller, wanted: Wanted
) -> chassis.Page[held.Document]:
    """The base's documents that the caller may read, by title."""
    await base_of(id)
    filters = wanted.model_dump(exclude_none=True) | {"knowledge_base_id": id}
    if wanted.tag:
        filters["tags"] = {"contains": filters.pop("tag")}
    visible = filters | chassis.visible(*caller.roles)
    return await documents.page(paging, visible, [Sort(path="title")])


@router.patch("/{base}/documents/{id}", status_code=204, **WRITES)
async def describe_document(
    base: str, id: str, new: given.Metadata, at: chassis.IfMatch, caller: chassis.Caller
) -> None:
    """Change a document's title, tags or readers, and those of its chunks."""
    document = await documents.get(id)
    chassis.require_visible(document, caller.roles)
    if document.knowledge_base_id != base:
        raise chassis.NotFound(f"{base} has no document {id}")
    changed = new.model_dump(exclude_none=True)
    documents.patch(id, changed, version=at)
    async for chunk in chunks.each({"document_id": id}):
        chunks.patch(chunk.id, changed, index=passages.renamed(chunk.value, new.title))
    await tell(events.DocumentDescribed, [document])
    await tell(events.DocumentProcessed, [document] if new.title else [])


@router.get("/{id}/statistics", **READS)
async def get_statistics(id: str) -> given.Statistics:
    """Documents by status, chunks, and bytes of the uploaded files."""
    mine, count = {"knowledge_base_id": id}, Measure(function="count")
    measures = {"documents": count, "bytes": Measure(function="sum", path="size")}
    found = await documents.query(mine, group=["status"], measures=measures)
    cut = await chunks.query(mine, limit=1, count=True)
    groups = found.groups or []
    numbers = {str(g.keys[0]): int(g.measures["documents"] or 0) for g in groups}
    size = int(sum(g.measures["bytes"] or 0 for g in groups))
    return given.Statistics(documents=numbers, chunks=cut.count, bytes=size)


@router.post("/{id}/reindex", status_code=202, **WRITES)
async def reindex(id: str) -> dict[str, int]:
    """Embed every document of the base again; how many that are."""
    await base_of(id)
    return {"documents": await order_vectors(id)}


async def order_vectors(id: str) -> int:
    """Announce the base's documents as processed, so that they are embedded."""
    ready = {"knowledge_base_id": id, "status": "ready"}
    found = [one.value async for one in documents.each(ready)]
    await tell(events.DocumentProcessed, found)
    return len(found)


async def tell(event: Any, about: list[held.Document]) -> None:
    """Publish an event for each document, as many at once as one commit takes."""
    for at, one in enumerate(about, 1):
        named = one.model_dump(include={"knowledge_base_id", "revision", "chunks"})
        chassis.publish(event(document_id=one.id, **named))
        if at % AT_ONCE == 0:
            await chassis.commit()


app = chassis.create_app("knowledge-base", router)
