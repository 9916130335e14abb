"""What may happen to a document, and what it then is."""

from datetime import datetime, timedelta
from typing import Any

from contracts.knowledge.documents import Document

LONGEST = timedelta(minutes=10)  # until a file that was not read is given up
READING = ("received", "extracting")
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


def begin(document: Document) -> dict[str, Any]:
    """The changes before an attempt at reading."""
    attempts = document.attempts + 1
    return {"stage": "extracting", "progress": 0.1, "attempts": attempts}


def finish() -> dict[str, Any]:
    """The changes once it is found by words and by meaning."""
    return {"status": "ready", "stage": "ready", "progress": 1.0, "reason": None}


def fail(reason: str) -> dict[str, Any]:
    """The changes when it will never be found; *reason* is for its sender."""
    return {"status": "failed", "stage": "failed", "reason": reason}


def give_up(document: Document, now: datetime) -> dict[str, Any] | None:
    """The changes that end what takes too long; None while it may still take."""
    if document.stage == "embedding":
        return {"status": "ready", "reason": WORDS_ONLY}
    if now - document.updated_at > LONGEST:
        return fail("it could not be read in time")
    return None
