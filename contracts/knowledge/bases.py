"""What may be said of a knowledge base, and what it says of itself."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from contracts.knowledge.documents import Settings, Status


class NewBase(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=2000)] = ""
    settings: Settings = Settings()


class Metadata(BaseModel):
    """What may be changed about a document without sending it again."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    tags: Annotated[list[str], Field(max_length=50)] | None = None
    roles: Annotated[list[str], Field(min_length=1, max_length=20)] | None = None


class Wanted(BaseModel):
    """Which of a base's documents: those with all that is given."""

    tag: str | None = None
    status: Status | None = None
    language: str | None = None


class Statistics(BaseModel):
    """``documents`` by status; ``bytes`` of the uploaded files."""

    documents: dict[str, int]
    chunks: int
    bytes: int
