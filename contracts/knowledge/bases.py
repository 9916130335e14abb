"""What may be said of a knowledge base, and what it says of itself."""

from typing import Annotated

from pydantic import (
    BaseModel,
    Field,
    StringConstraints,
    model_validator,
)

from contracts.closed import Closed
from contracts.infrastructure.database import Language
from contracts.knowledge.documents import Readers, Settings, Status, Tags

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]


class NewSettings(Settings, Closed):
    """Settings that are sent: a chunk overlaps the one before by a part of it."""

    languages: Annotated[
        list[Language], Field(min_length=1, default_factory=lambda: ["english"])
    ]

    @model_validator(mode="after")
    def _overlaps_by_a_part(self) -> "NewSettings":
        if self.chunk_overlap >= self.chunk_tokens:
            raise ValueError("chunk_overlap must be less than chunk_tokens")
        return self


class NewBase(Closed):
    name: Name
    description: Annotated[str, Field(max_length=2000)] = ""
    settings: NewSettings = NewSettings()


class Metadata(Closed):
    """What may be changed about a document without sending it again."""

    title: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    tags: Tags | None = None
    roles: Readers | None = None


class Wanted(BaseModel):
    """Which of a base's documents: those with all that is given."""

    tags: Annotated[str | None, Field(alias="tag")] = None
    status: Status | None = None
    language: str | None = None


class Statistics(BaseModel):
    """``documents`` by status; ``bytes`` of the uploaded files."""

    documents: dict[str, int]
    chunks: int
    bytes: int
