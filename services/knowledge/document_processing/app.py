"""Document processing: uploaded files into passages that can be found and cited.

Calls      database-operations
Publishes  document.received|processed|overdue|removed
Consumes   document.received|embedded|overdue

The 202 follows the commit of the file itself, so what was accepted is never lost. A
file is read in a process of its own, within bounds, and ends ready or failed with a
reason, never in endless progress. The same bytes twice are one document.
"""

import uuid
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

import chassis
import extraction
from contracts.infrastructure.database import Index, Sort
from contracts.knowledge import events
from contracts.knowledge.documents import Chunk, Content, Document, NewDocument

STAFF = ("owner", "admin", "agent")
READS = chassis.policy(retry="read", public=True)
WRITES = chassis.policy(retry="keyed", public=True, roles=STAFF, timeout=30.0)
MEANINGS = {ValidationError: chassis.Malformed}
SHARED = {"knowledge_base_id", "revision", "roles", "tags"}
LONGEST = timedelta(minutes=10)
PATIENCE = timedelta(seconds=60)  # between two looks at a document in progress
ATTEMPTS = 3  # times that reading may be cut short before the file is to blame

documents = chassis.collection("documents", Document)
chunks = chassis.collection("chunks", Chunk)
contents = chassis.collection("contents", Content)
uploads = chassis.collection("uploads", Document)
router = chassis.router("/api/v1/documents", tags=["document-processing"])


def about(document: Document) -> dict[str, Any]:
    """The members that every event about a document has."""
    return {"document_id": document.id} | document.model_dump(
        include={"knowledge_base_id", "revision"}
    )


def forget(document: Document) -> None:
    """Take a document's text out of search, answers and caches."""
    chunks.delete_all({"document_id": document.id})
    contents.delete(document.id)
    chassis.publish(events.DocumentRemoved(**about(document)))


async def accept(document: Document, upload: chassis.Upload) -> Document:
    """Store the file, then the document with the order to process it."""
    blob = f"{document.id}-{document.revision}"
    await uploads.put_blob(blob, upload.pieces(), upload.media_type)
    key = f"{document.knowledge_base_id}/{document.sha256}"
    documents.put(document.id, document, unique=[key])
    chassis.publish(events.DocumentReceived(**about(document)))
    look_again(document)
    return document


def look_again(document: Document) -> None:
    overdue = events.DocumentOverdue(**about(document))
    chassis.publish(overdue, deliver_at=chassis.now() + PATIENCE)


@router.post("", status_code=202, **WRITES)
async def upload_document(upload: chassis.Uploaded, now: chassis.Now) -> Document:
    """Take a file; a new one is 202 at ``processing``, a known one as it stands."""
    new = NewDocument.model_validate(upload.fields)
    same = {"knowledge_base_id": new.knowledge_base_id, "sha256": upload.sha256}
    for known in await documents.matching(same, limit=1):
        if known.status != "failed":
            return known
        documents.delete(known.id)
    file = {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
    dated = {"id": uuid.uuid4().hex, "created_at": now, "updated_at": now}
    return await accept(Document(**new.model_dump(), **file, **dated), upload)


@router.put("/{id}", status_code=202, **WRITES)
async def replace_document(
    id: str, upload: chassis.Uploaded, now: chassis.Now
) -> Document:
    """Replace a document's content; what it said before is gone at once."""
    known = await documents.get(id)
    forget(known)
    kept = known.model_dump(include={*NewDocument.model_fields, "id", "created_at"})
    file = {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
    fresh = Document(**kept, **file, revision=known.revision + 1, updated_at=now)
    return await accept(fresh, upload)


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
async def get_content(id: str, caller: chassis.Caller) -> Content:
    """The canonical text with its heading hierarchy."""
    chassis.require_visible(await documents.get(id), caller.roles)
    return await contents.get(id)


@router.get("/{id}/chunks", **READS)
async def list_chunks(
    id: str, paging: chassis.Paged, caller: chassis.Caller
) -> chassis.Page[Chunk]:
    chassis.require_visible(await documents.get(id), caller.roles)
    return await chunks.page(paging, {"document_id": id}, [Sort(path="position")])


@router.delete("/{id}", status_code=204, **WRITES)
async def delete_document(id: str) -> None:
    """Delete a document; nothing cites it from now on."""
    forget(await documents.get(id))
    documents.delete(id)


async def in_progress(event: Any) -> Document | None:
    """The document that an event is about, unless it moved on since."""
    found = await documents.find(event.document_id)
    same = found is not None and found.revision == event.revision
    return found if same and found.status == "processing" else None


@chassis.on(events.DocumentReceived, deadline=150.0)
async def process(event: events.DocumentReceived) -> None:
    """Read the file, store its passages, and say so; or fail with the reason."""
    if not (document := await in_progress(event)):
        return
    begun = {"stage": "extracting", "attempts": document.attempts + 1}
    documents.patch(document.id, begun)
    await chassis.commit()
    try:
        if document.attempts >= ATTEMPTS:
            raise extraction.Refused("killed", "reading it was cut short repeatedly")
        blob = uploads.blob(f"{document.id}-{document.revision}")
        read = await extraction.extract(blob, document.name)
        passages = extraction.chunk(read, budget_tokens=180, overlap=30)
    except extraction.Refused as refused:
        failed = {"status": "failed", "stage": "failed", "reason": refused.reason}
        return documents.patch(document.id, failed)
    chunks.delete_all({"document_id": document.id})
    title = document.title or read.title
    shared = document.model_dump(include=SHARED) | {"title": title}
    for at, passage in enumerate(passages):
        id, place = f"{document.id}-{document.revision}-{at}", passage._asdict()
        own = {"id": id, "document_id": document.id, "position": at}
        chunk = Chunk(**shared, **own, **place, language=read.language)
        words = "\n".join([title, *passage.section, passage.text])
        chunks.put(id, chunk, index=Index(space=chunk.knowledge_base_id, text=words))
    base = document.knowledge_base_id
    contents.put(document.id, Content(knowledge_base_id=base, **read.content()))
    chassis.publish(events.DocumentProcessed(**about(document), chunks=len(passages)))
    done = {"stage": "embedding", "progress": 0.7, "chunks": len(passages)}
    documents.patch(document.id, read.facts() | done | {"title": title})


@chassis.on(events.DocumentEmbedded)
async def finish(event: events.DocumentEmbedded) -> None:
    """Found by words and by meaning: ready."""
    if await in_progress(event):
        ready = {"status": "ready", "stage": "ready", "progress": 1.0}
        documents.patch(event.document_id, ready)


@chassis.on(events.DocumentOverdue)
async def overdue(event: events.DocumentOverdue) -> None:
    """End what takes too long: found by words alone, or failed."""
    if not (document := await in_progress(event)):
        return
    if document.stage == "embedding":
        ending = {"status": "ready", "reason": "found by words only, until embedded"}
    elif chassis.now() - document.updated_at > LONGEST:
        ending = {"status": "failed", "reason": "it could not be read in time"}
    else:
        return look_again(document)
    documents.patch(document.id, ending)


consumers = (process, finish, overdue)
app = chassis.create_app("document-processing", router, *consumers, meanings=MEANINGS)
