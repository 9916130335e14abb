"""Document processing: uploaded files into passages that can be found and cited.

Calls      database-operations
Publishes  document.received|processed|overdue|removed
Consumes   document.received|embedded|overdue|removed

The 202 follows the commit of the file itself, so what was accepted is never lost. A
file is read in a process of its own, within bounds, and ends ready or failed with a
reason, never in endless progress. The same bytes twice are one document.
"""

import contextlib
import uuid
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

import chassis
import ingest
from contracts.infrastructure.database import Sort
from contracts.knowledge import documents as contract
from contracts.knowledge import events
from contracts.knowledge.documents import Document, NewDocument

STAFF = ("owner", "admin", "agent")
READS = chassis.policy(retry="read", public=True)
WRITES = chassis.policy(retry="keyed", public=True, roles=STAFF, timeout=30.0)
MEANINGS = {ValidationError: chassis.Malformed}
PATIENCE = timedelta(seconds=60)  # between two looks at a document in progress

database = chassis.upstream("database-operations")
bases = chassis.collection("knowledge-bases", contract.KnowledgeBase)
documents = chassis.collection("documents", Document)
chunks = chassis.collection("chunks", contract.Chunk)
contents = chassis.collection("contents", contract.Content)
uploads = chassis.collection("uploads", Document)
router = chassis.router("/api/v1/documents", tags=["document-processing"])


def tell(event: Any, document: Document, **more: Any) -> None:
    """Publish what happened to a document."""
    about = document.model_dump(include={"knowledge_base_id", "revision"})
    later = chassis.now() + PATIENCE if event is events.DocumentOverdue else None
    told = event(document_id=document.id, **about, **more)
    chassis.publish(told, deliver_at=later)


async def readable(id: str, caller: chassis.Context) -> Document:
    """The document, if its roles admit the caller; NotFound."""
    document = await documents.get(id)
    chassis.require_visible(document, caller.roles)
    return document


def forget(document: Document) -> None:
    """Take a document's text out of search, answers and caches."""
    chunks.delete_all({"document_id": document.id})
    contents.delete(document.id)
    tell(events.DocumentRemoved, document)


async def accept(given: dict[str, Any], upload: chassis.Upload) -> Document:
    """Store the file, then the document with the order to process it."""
    file = {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
    document = Document(**given, **file, updated_at=chassis.now())
    id = ingest.file_id(document.id, document.revision)
    await uploads.put_blob(id, upload.pieces(), upload.media_type)
    key = f"{document.knowledge_base_id}/{document.sha256}"
    documents.put(document.id, document, unique=[key])
    tell(events.DocumentReceived, document)
    tell(events.DocumentOverdue, document)
    return document


@router.post("", status_code=202, **WRITES)
async def upload_document(upload: chassis.Uploaded, now: chassis.Now) -> Document:
    """Take a file; a new one is 202 at ``processing``, a known one as it stands."""
    new = NewDocument.model_validate(upload.fields)
    if new.knowledge_base_id != contract.DEFAULT_BASE:
        await bases.read(new.knowledge_base_id)
    same = {"knowledge_base_id": new.knowledge_base_id, "sha256": upload.sha256}
    for known in await documents.matching(same, limit=1):
        if known.status != "failed":
            return known
        documents.delete(known.id)
    begun = {"id": uuid.uuid4().hex, "created_at": now}
    return await accept(new.model_dump() | begun, upload)


@router.put("/{id}", status_code=202, **WRITES)
async def replace_document(
    id: str, upload: chassis.Uploaded, caller: chassis.Caller
) -> Document:
    """Replace a document's content; what it said before is gone at once."""
    known = await readable(id, caller)
    if known.sha256 == upload.sha256 and known.status != "failed":
        return known
    forget(known)
    kept = known.model_dump(include={*NewDocument.model_fields, "id", "created_at"})
    return await accept(kept | {"revision": known.revision + 1}, upload)


@router.get("", **READS)
async def list_documents(
    paging: chassis.Paged, caller: chassis.Caller, status: str | None = None
) -> chassis.Page[Document]:
    """The documents that the caller may read, newest first."""
    wanted = chassis.visible(*caller.roles) | chassis.given(status=status)
    newest = [Sort(path="created_at", descending=True)]
    return await documents.page(paging, wanted, newest)


chassis.items(router, documents, "document", restricted=True)


@router.get("/{id}/content", **READS)
async def get_content(id: str, caller: chassis.Caller) -> contract.Content:
    """The canonical text with its heading hierarchy."""
    await readable(id, caller)
    return await contents.get(id)


@router.get("/{id}/chunks", **READS)
async def list_chunks(
    id: str, paging: chassis.Paged, caller: chassis.Caller
) -> chassis.Page[contract.Chunk]:
    await readable(id, caller)
    return await chunks.page(paging, {"document_id": id}, [Sort(path="position")])


@router.delete("/{id}", status_code=204, **WRITES)
async def delete_document(id: str, caller: chassis.Caller) -> None:
    """Delete a document; nothing cites it from now on."""
    forget(await readable(id, caller))
    documents.delete(id)


async def current(event: Any) -> chassis.Stored[Document] | None:
    """The document of an event, unless it is gone."""
    with contextlib.suppress(chassis.NotFound):
        return await documents.read(event.document_id)
    return None


@chassis.on(events.DocumentReceived, deadline=150.0)
async def process(event: events.DocumentReceived) -> None:
    """Read the file, store its passages, and say so; or fail with the reason."""
    found = await current(event)
    if not (found and ingest.is_unread(found.value, event.revision)):
        return
    document, file = found.value, ingest.file_id(found.id, event.revision)
    documents.patch(found.id, ingest.begin(document), version=found.version)
    [version] = await chassis.commit()
    base = await bases.find(document.knowledge_base_id)
    settings = base.settings if base else contract.Settings()
    read = await ingest.read(document, uploads.blob(file), settings)
    documents.patch(found.id, read.changes, version=version)
    for chunk, index in read.chunks:
        chunks.put(chunk.id, chunk, index=index)
    if read.content:
        contents.put(found.id, read.content)
        tell(events.DocumentProcessed, document, chunks=len(read.chunks))


@chassis.on(events.DocumentEmbedded)
async def finish(event: events.DocumentEmbedded) -> None:
    """Found by words and by meaning: ready."""
    found = await current(event)
    if found and ingest.is_unembedded(found.value, event.revision):
        documents.patch(found.id, ingest.finish(), version=found.version)


@chassis.on(events.DocumentOverdue)
async def overdue(event: events.DocumentOverdue) -> None:
    """End what takes too long: found by words alone, or failed."""
    found = await current(event)
    if not (found and ingest.is_open(found.value, event.revision)):
        return
    if ending := ingest.give_up(found.value, chassis.now()):
        return documents.patch(found.id, ending, version=found.version)
    tell(events.DocumentOverdue, found.value)


@chassis.on(events.DocumentRemoved)
async def erase(event: events.DocumentRemoved) -> None:
    """Delete the file itself; what it said is gone already."""
    id = ingest.file_id(event.document_id, event.revision)
    with contextlib.suppress(chassis.NotFound):
        await database.call("delete_blob", collection="uploads", id=id)


parts = (router, process, finish, overdue, erase)
app = chassis.create_app("document-processing", *parts, meanings=MEANINGS)
