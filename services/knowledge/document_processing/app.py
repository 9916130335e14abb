"""Document processing: uploaded files into passages that can be found and cited.

Calls      database-operations
Publishes  document.received|processed|overdue|described|removed
Consumes   document.received|embedded|overdue|described|removed

The 202 follows the commit of the file itself, so what was accepted is never lost. A
file is read in a process of its own, within bounds, and ends ready or failed with a
reason, never in endless progress. The same bytes twice are one document.
"""

from functools import partial
from typing import Any

import chassis
import ingest
from contracts.infrastructure.database import Sort
from contracts.knowledge import documents as contract
from contracts.knowledge import events
from contracts.knowledge.documents import Document, NewDocument

STAFF = chassis.STAFF
READS = chassis.policy(retry="read", public=True)
SENT: dict[str, Any] = {"retry": "keyed", "public": True, "roles": STAFF}
CONTENT = chassis.policy(retry="read", public=True, action="pipeline.content")
WRITES = chassis.policy(**SENT, timeout=30.0)
TAKES = chassis.policy(**SENT, timeout=30.0, fields=NewDocument)
LISTS = chassis.policy(retry="read", public=True, roles=STAFF)
NEWEST = [Sort(path="created_at", descending=True)]


def tell(event: Any, document: Document, after: Any = None, **more: Any) -> None:
    """Publish what happened to a document, *after* a time unless taken back."""
    about = document.model_dump(include={"knowledge_base_id", "revision"})
    told = event(document_id=document.id, **about, **more)
    key = ingest.file_id(document.id, document.revision)
    chassis.publish(told, deliver_at=after and chassis.now() + after, cancel_key=key)


database = chassis.upstream("database-operations")
bases = chassis.collection("knowledge-bases", contract.KnowledgeBase)
documents = chassis.collection("documents", Document)
chunks = chassis.collection("chunks", contract.Chunk)
contents = chassis.collection("contents", contract.Content)
uploads = chassis.collection("uploads", Document)
news = ingest.News(
    received=partial(tell, events.DocumentReceived),
    overdue=partial(tell, events.DocumentOverdue, after=ingest.PATIENCE),
    lost=partial(tell, events.DocumentRemoved, after=ingest.LOST),
    described=partial(tell, events.DocumentDescribed),
    removed=partial(tell, events.DocumentRemoved),
)
files = ingest.Files(uploads.put_blob, uploads.blob)
library = ingest.Library(bases, documents, chunks, contents, files, chassis, news)
router = chassis.router("/api/v1/documents", tags=["document-processing"])


async def readable(id: str, caller: chassis.Context) -> Document:
    """The document, if its roles admit the caller; NotFound."""
    document = await documents.get(id)
    chassis.require_visible(document, caller.roles)
    return document


@router.post("", status_code=202, **TAKES)
async def upload_document(upload: chassis.Uploaded) -> Document:
    """Take a file; a known one stands, for the stricter readers of the two."""
    return await ingest.take(library, upload.given(NewDocument), upload)


@router.put("/{id}", status_code=202, **WRITES)
async def replace_document(
    id: str, upload: chassis.Uploaded, caller: chassis.Caller
) -> Document:
    """Replace what a document says, at once; what it said comes back where the new file
    cannot be read, and ``refused`` says why."""
    return await ingest.replace(library, await readable(id, caller), upload)


@router.get("", **LISTS)
async def list_documents(
    paging: chassis.Paged, caller: chassis.Caller, status: contract.Status | None = None
) -> chassis.Page[Document]:
    """The documents that these staff may read, newest first."""
    wanted = chassis.visible(*caller.roles) | chassis.given(status=status)
    return await documents.page(paging, wanted, NEWEST)


chassis.items(router, documents, "document", restricted=True)


@router.get("/{id}/content", **CONTENT)
async def get_content(id: str, caller: chassis.Caller) -> contract.Content:
    """The canonical text with its heading hierarchy."""
    return await library.content(await readable(id, caller))


@router.get("/{id}/chunks", **READS)
async def list_chunks(
    id: str, paging: chassis.Paged, caller: chassis.Caller
) -> chassis.Page[contract.Chunk]:
    await readable(id, caller)
    return await chunks.page(paging, {"document_id": id}, [Sort(path="position")])


@router.delete("/{id}", status_code=204, **WRITES)
async def delete_document(id: str, caller: chassis.Caller) -> None:
    """Delete a document; nothing cites it from now on."""
    library.remove(await readable(id, caller))


@chassis.on(events.DocumentReceived, deadline=150.0, turn=ingest.turn)
async def process(event: events.DocumentReceived) -> None:
    """Read the file, store its passages, and say so; or fail with the reason."""
    found = await library.current(event, ingest.is_unread)
    if found and (count := await ingest.read(library, found)) is not None:
        tell(events.DocumentProcessed, found.value, chunks=count)


@chassis.on(events.DocumentEmbedded)
async def finish(event: events.DocumentEmbedded) -> None:
    """Found by words and by meaning: ready."""
    if found := await library.current(event, ingest.is_unembedded):
        documents.patch(found.id, ingest.finish(found.value), version=found.version)


@chassis.on(events.DocumentOverdue)
async def overdue(event: events.DocumentOverdue) -> None:
    """See to a document that is neither ready nor failed, and look again later."""
    if found := await library.current(event, ingest.is_open):
        library.look(found)


@chassis.on(events.DocumentDescribed, deadline=150.0)
async def describe(event: events.DocumentDescribed) -> None:
    """Have the passages of a long document follow what its title, tags, readers are."""
    if renamed := await ingest.follow(library, event):
        tell(events.DocumentProcessed, renamed, chunks=renamed.chunks)


@chassis.on(events.DocumentRemoved)
async def erase(event: events.DocumentRemoved) -> None:
    """Delete the file itself, if no document has it; what it said is gone already."""
    delete = partial(database.call, "delete_blob", collection="uploads")
    await library.discard(event, delete)


HANDLERS = process, finish, overdue, describe, erase
app = chassis.create_app("document-processing", router, *HANDLERS)
