"""Document processing: uploaded files into passages that can be found and cited.

Calls      database-operations
Publishes  document.received|processed|overdue|removed
Consumes   document.received|embedded|overdue|removed

The 202 follows the commit of the file itself, so what was accepted is never lost. A
file is read in a process of its own, within bounds, and ends ready or failed with a
reason, never in endless progress. The same bytes twice are one document.
"""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

import chassis
import extraction
import passages
from contracts.infrastructure.database import Sort
from contracts.knowledge import documents as contract
from contracts.knowledge import events
from contracts.knowledge.documents import Document, NewDocument

STAFF = ("owner", "admin", "agent")
READS = chassis.policy(retry="read", public=True)
WRITES = chassis.policy(retry="keyed", public=True, roles=STAFF, timeout=30.0)
MEANINGS = {ValidationError: chassis.Malformed}
LONGEST = timedelta(minutes=10)
PATIENCE = timedelta(seconds=60)  # between two looks at a document in progress
ATTEMPTS = 3  # times that reading may be cut short before the file is to blame

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


async def accept(document: Document, upload: chassis.Upload) -> Document:
    """Store the file, then the document with the order to process it."""
    blob = f"{document.id}-{document.revision}"
    await uploads.put_blob(blob, upload.pieces(), upload.media_type)
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
    dated = {"id": uuid.uuid4().hex, "created_at": now, "updated_at": now}
    return await accept(Document(**dict(new), **upload.facts(), **dated), upload)


@router.put("/{id}", status_code=202, **WRITES)
async def replace_document(
    id: str, upload: chassis.Uploaded, caller: chassis.Caller, now: chassis.Now
) -> Document:
    """Replace a document's content; what it said before is gone at once."""
    known = await readable(id, caller)
    if known.sha256 == upload.sha256 and known.status != "failed":
        return known
    forget(known)
    kept = known.model_dump(include={*NewDocument.model_fields, "id", "created_at"})
    next = {"revision": known.revision + 1, "updated_at": now}
    return await accept(Document(**kept, **upload.facts(), **next), upload)
