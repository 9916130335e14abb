"""Documents and their chunks, as document-processing writes and others read them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from contracts.infrastructure.identity import Role

Status = Literal["processing", "ready", "failed"]
DEFAULT_BASE = "default"  # the knowledge base that every tenant has
EVERYONE = "*"  # the role in a document's roles that admits every reader
Reader = Literal["*", Role]
Tags = Annotated[list[str], Field(max_length=50)]
# Without a role a document would be nobody's to read.
Readers = Annotated[list[Reader], Field(min_length=1, max_length=20)]


class NewDocument(BaseModel):
    """What may be said of a file when it is uploaded."""

    knowledge_base_id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")] = (
        DEFAULT_BASE
    )
    title: Annotated[str, Field(max_length=300)] = ""
    tags: Tags = []
    roles: Readers = [EVERYONE]


class Standing(BaseModel):
    """A revision of a document that comes back if the next one cannot be read."""

    revision: int
    name: str
    title: str = ""
    media_type: str | None = None
    language: str | None = None
    size: int = 0
    sha256: str = ""
    pages: int | None = None
    unread_pages: list[int] = []
    chunks: int = 0


class Refused(BaseModel):
    """A replacement that could not be read, and why: the document is as it was."""

    revision: int
    name: str
    reason: str
    at: datetime


class Document(BaseModel):
    """An uploaded document. Ready means searchable; failed says why in ``reason``.

    ``revision`` counts replacements of its content, ``promised`` is the last that
    somebody was given for one. ``progress`` runs from 0 to 1. While a replacement is
    read, ``standing`` is what comes back if it cannot be; ``refused`` is the last
    replacement, if it could not. ``unread_pages`` are pictures whose text nobody
    recognised, such as those of a scan: nothing is answered from them.
    """

    id: str
    knowledge_base_id: str = DEFAULT_BASE
    name: str
    title: str = ""
    status: Status = "processing"
    reason: str | None = None
    stage: str = "received"
    progress: float = 0.0
    media_type: str | None = None
    language: str | None = None
    size: int = 0
    sha256: str = ""
    pages: int | None = None
    unread_pages: list[int] = []
    chunks: int = 0
    revision: int = 1
    promised: int = 1
    attempts: int = 0
    tags: list[str] = []
    roles: list[str] = [EVERYONE]
    standing: Standing | None = None
    refused: Refused | None = None
    created_at: datetime
    updated_at: datetime


class Content(BaseModel):
    """A document's canonical text, which chunks' spans count in, and its headings."""

    knowledge_base_id: str
    title: str
    text: str
    hierarchy: list[dict[str, Any]] = []


class Part(Content):
    """How a long content goes on: its part after the first, which is part 0."""

    document_id: str
    part: int


class Chunk(BaseModel):
    """A passage of a document: ``content[start:end] == text`` of its canonical text.

    It begins on ``page``; ``page_starts``: where in ``text`` others begin, and which.
    Of several sections ``section`` is what they share; ``section_starts``: where each
    begins, and its own path.
    """

    id: str
    document_id: str
    knowledge_base_id: str
    revision: int
    position: int
    title: str
    section: list[str] = []
    page: int | None = None
    page_starts: list[tuple[int, int]] = []
    section_starts: list[tuple[int, list[str]]] = []
    start: int
    end: int
    text: str
    roles: list[str] = [EVERYONE]
    tags: list[str] = []
    language: str = "english"
    embedding: str | None = None  # the model whose vector is stored, None before


class Settings(BaseModel):
    """What a knowledge base may decide for itself."""

    embedding_model: str | None = None
    chunk_tokens: Annotated[int, Field(ge=32, le=2000)] = 180
    chunk_overlap: Annotated[int, Field(ge=0, le=400)] = 30
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.0
    text_weight: Annotated[float, Field(ge=0, le=1)] | None = None
    languages: list[str] = ["english"]
    tone: Literal["neutral", "friendly", "formal", "brief"] = "neutral"


class KnowledgeBase(BaseModel):
    """A tenant's named set of documents."""

    id: str
    name: str
    description: str = ""
    settings: Settings = Settings()
    created_at: datetime | None = None
    updated_at: datetime | None = None
