"""What may happen to a document, and what it then is."""

from datetime import datetime, timedelta
from typing import Any

import stored_documents
from contracts.knowledge.documents import Document, Refused, Standing

PATIENCE = timedelta(seconds=60)  # between two looks at a document in progress
LOST = timedelta(hours=1)  # longer than a document takes to follow its file
ABANDONED = timedelta(minutes=5)  # longer than anybody takes to read a file
READING = ("received", "extracting")
KEPT = {*Standing.model_fields}
WORDS_ONLY = "found by words only, until embedded"


def file_id(document_id: str, revision: int) -> str:
    """Under what the file of a document's revision is stored."""
    return f"{document_id}-{revision}"


def is_unread(document: Document, revision: int) -> bool:
    """Whether *revision* is current and waits to be read."""
    return document.revision == revision and document.stage in READING


def is_unembedded(document: Document, revision: int) -> bool:
    """Whether *revision* is current and waits for its vectors."""
    return document.revision == revision and document.stage == "embedding"


def is_open(document: Document, revision: int) -> bool:
    """Whether *revision* is current and neither ready nor failed."""
    return document.revision == revision and document.status == "processing"


def begin(document: Document, now: datetime) -> dict[str, Any]:
    """The changes before an attempt at reading."""
    begun = {"stage": "extracting", "progress": 0.1, "updated_at": now}
    return begun | {"attempts": document.attempts + 1}


def go_on(share: float, now: datetime) -> dict[str, Any]:
    """The changes while what was read is stored, of which *share* is."""
    return {"progress": round(0.3 + 0.4 * share, 3), "updated_at": now}


def cut(chunks: int) -> dict[str, Any]:
    """The changes once all of it is stored and waits for its vectors."""
    return {"stage": "embedding", "progress": 0.75, "chunks": chunks}


def finish(document: Document) -> dict[str, Any]:
    """The changes once it is found by words and by meaning."""
    told = document.reason if document.refused else None
    return {"status": "ready", "stage": "ready", "progress": 1.0, "reason": told}


def fail(reason: str) -> dict[str, Any]:
    """The changes when it will never be found; *reason* is for its sender."""
    return {"status": "failed", "stage": "failed", "reason": reason}


def stands(document: Document) -> Standing | None:
    """What comes back where a replacement cannot be read, if anything does."""
    if document.standing or document.stage not in ("embedding", "ready"):
        return document.standing
    return Standing.model_validate(document.model_dump(include=KEPT))


def files(document: Document) -> list[Document | Standing]:
    """What of a document has a file: as it is, and what stands meanwhile."""
    return [document, *filter(None, [document.standing])]


def revisions(document: Document) -> set[int]:
    """Those whose files are needed."""
    return {file.revision for file in files(document)}


def next_revision(document: Document) -> int:
    """One that no file of the document ever had, and nobody was promised."""
    last = document.refused.revision if document.refused else 0
    return max(document.revision, document.promised, last) + 1


def withdraw() -> dict[str, Any]:
    """The changes once a replacement is read: it stands alone, whatever was tried."""
    return {"standing": None, "attempts": 0}


def refuse(
    document: Document, standing: Standing, reason: str, now: datetime
) -> Document:
    """The document as it was before a replacement that could not be read, to be read
    again."""
    refused = Refused(
        revision=document.revision, name=document.name, reason=reason, at=now
    )
    told = {"reason": f"{document.name} did not replace it: {reason}"}
    changes = (
        standing.model_dump(exclude={"title"}) | stored_documents.unread(now) | told
    )
    # A title that was given since is the document's, not the revision's.
    titled = {"title": document.title or standing.title}
    about = {"standing": None, "refused": refused}
    return document.model_copy(update=changes | titled | about)


def give_up(document: Document) -> dict[str, Any] | None:
    """The changes once its vectors take too long; None while it is still read."""
    if document.stage == "embedding":
        return {"status": "ready", "reason": WORDS_ONLY}
    return None


def is_abandoned(document: Document, now: datetime) -> bool:
    """Whether nobody reads it any more: whoever did has died, or never knew."""
    return document.stage in READING and now - document.updated_at > ABANDONED
