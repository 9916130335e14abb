"""Knowledge base: named sets of documents, their settings, and what is in them.

Calls      embedding-generation (for a base that names a model), database-operations
Publishes  document.received|processed|overdue|described|removed, knowledge-base.removed

Every tenant has a base ``default``. One is deleted with all in it, at once or, where
that is much, a part at a time and the base last: a repeat deletes the rest.
"""

import uuid
from typing import Annotated, Any

from fastapi import Query

import chassis
import stored_documents
from contracts.infrastructure.database import Sort
from contracts.knowledge import bases as given
from contracts.knowledge import documents as held
from contracts.knowledge import events

STAFF = chassis.STAFF
READS = chassis.policy(retry="read", public=True)
LISTS = chassis.policy(retry="read", public=True, roles=STAFF)
WRITES = chassis.policy(retry="keyed", public=True, roles=STAFF, timeout=30.0)
OTHERS = {"id": {"ne": held.DEFAULT_BASE}}
Wanted = Annotated[given.Wanted, Query()]

embedding = chassis.upstream("embedding-generation")
bases = chassis.collection("knowledge-bases", held.KnowledgeBase)
documents = chassis.collection("documents", held.Document)
chunks = chassis.collection("chunks", held.Chunk)
contents = chassis.collection("contents", held.Content)
router = chassis.router("/api/v1/knowledge-bases", tags=["knowledge-base"])


async def base_of(id: str) -> chassis.Stored[held.KnowledgeBase]:
    """The base and its version; the default one exists without being written."""
    default = held.KnowledgeBase(id=id, name="Default")
    return await bases.read(id, default if id == held.DEFAULT_BASE else None)


async def keep(base: held.KnowledgeBase, version: int) -> held.KnowledgeBase:
    """Keep a base under its name; Malformed where it names a model there is not."""
    if named := base.settings.embedding_model:
        await embedding.call("embed", json={"texts": [named], "model": named})
    bases.put(base.id, base, version=version, unique=[base.name.casefold()])
    return base


@router.post("", status_code=201, **WRITES)
async def create_base(new: given.NewBase, now: chassis.Now) -> held.KnowledgeBase:
    """A new base; Conflict when the tenant has one of that name."""
    id, dated = uuid.uuid4().hex, {"created_at": now, "updated_at": now}
    return await keep(held.KnowledgeBase(**new.model_dump(), id=id, **dated), 0)


@router.get("", **READS)
async def list_bases(paging: chassis.Paged) -> chassis.Page[held.KnowledgeBase]:
    """The tenant's bases by name, the default one first on the first page."""
    page = await bases.page(paging, OTHERS, [Sort(path="name")])
    if paging.cursor is None:
        page.items.insert(0, (await base_of(held.DEFAULT_BASE)).value)
    return page


@router.put("/{id}", **WRITES)
async def replace_base(
    id: str, new: given.NewBase, version: chassis.IfMatch, now: chassis.Now
) -> held.KnowledgeBase:
    """Replace name and settings."""
    found = await base_of(id)
    base = found.value.model_copy(update={**dict(new), "updated_at": now})
    return await keep(base, found.at(version))


@router.delete("/{id}", status_code=204, **WRITES)
async def delete_base(id: str) -> None:
    """Delete a base with everything in it; the default one is emptied."""
    await base_of(id)
    mine = {"knowledge_base_id": id}
    gone = [one.value async for one in documents.each(mine)]
    for some in stored_documents.batches(gone):
        await chassis.commit()
        stored_documents.delete(documents, chunks, contents, some)
        await tell(events.DocumentRemoved, stored_documents.with_files(some))
    for removed in (documents, chunks, contents):
        removed.delete_all(mine)
    bases.delete(id)
    chassis.publish(events.KnowledgeBaseRemoved(knowledge_base_id=id))


@router.get("/{id}/documents", **LISTS)
async def list_base_documents(
    id: str, paging: chassis.Paged, caller: chassis.Caller, wanted: Wanted
) -> chassis.Page[held.Document]:
    """The base's documents that these staff may read, by title."""
    await base_of(id)
    its = chassis.given(knowledge_base_id=id, **wanted.model_dump())
    its |= chassis.visible(*caller.roles)
    return await documents.page(paging, its, [Sort(path="title")])


@router.patch("/{base}/documents/{id}", status_code=204, **WRITES)
async def describe_document(
    base: str, id: str, new: given.Metadata, at: chassis.IfMatch, caller: chassis.Caller
) -> None:
    """Change a document's title, tags or readers, and those of its chunks."""
    document = (found := await documents.read(id)).value
    chassis.require_visible(document, caller.roles)
    if document.knowledge_base_id != base:
        raise chassis.NotFound(f"{base} has no document {id}")
    changed, now = new.model_dump(exclude_none=True), chassis.now()
    fate = await stored_documents.describe(documents, chunks, found, changed, now, at)
    embedded = [events.DocumentProcessed] if new.title else []
    unread = [events.DocumentReceived, events.DocumentOverdue]
    told = {"changed": embedded, "unread": unread}.get(fate, [])
    for event in (events.DocumentDescribed, *told):
        await tell(event, [document])


@router.get("/{id}/statistics", **LISTS)
async def get_statistics(id: str) -> given.Statistics:
    """Documents by status, chunks, and bytes of the uploaded files."""
    await base_of(id)
    mine = {"knowledge_base_id": id}
    numbers = await documents.tally("status", mine)
    sizes = await documents.tally("status", mine, of="size")
    cut = await chunks.count(mine)
    return given.Statistics(documents=numbers, chunks=cut, bytes=sum(sizes.values()))


@router.post("/{id}/reindex", status_code=202, **WRITES)
async def reindex(id: str) -> dict[str, int]:
    """Embed every document of the base again; how many that are."""
    await base_of(id)
    ready = {"knowledge_base_id": id, "status": "ready"}
    found = [one.value async for one in documents.each(ready)]
    await tell(events.DocumentProcessed, found)
    return {"documents": len(found)}


async def tell(event: Any, about: list[held.Document]) -> None:
    """Publish an event for each document."""
    await chassis.publish_each(event(document_id=one.id, **dict(one)) for one in about)


chassis.items(router, bases, "base", read=base_of, action="pipeline.get")
app = chassis.create_app("knowledge-base", router)
