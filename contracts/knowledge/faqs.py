"""Frequently asked questions."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.closed import Body, Closed
from contracts.infrastructure.database import Vector
from contracts.moments import Moment
from contracts.texts import Said

State = Literal["draft", "published", "archived"]


class NewFaq(Closed):
    """A question and its answer; only published ones are matched for customers."""

    question: Annotated[Said, Field(max_length=1000)]
    answer: Annotated[Said, Field(max_length=10_000)]
    variants: Annotated[list[str], Field(max_length=20)] = []
    category: Annotated[str, Field(max_length=100)] = "general"
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    state: State = "published"
    language: str = "english"
    tags: list[str] = []


class Faq(NewFaq):
    id: str
    created_at: Moment
    updated_at: Moment


class Wanted(BaseModel):
    """Which entries: those with all that is given."""

    category: str | None = None
    state: State | None = None


class MatchRequest(Body):
    """``vector``: the question's, where the asker has it already; ``chance`` as told
    with it."""

    question: Annotated[Said, Field(max_length=4000)]
    vector: Vector | None = None
    chance: Annotated[float, Field(ge=0, lt=1)] = 0.0
    k: Annotated[int, Field(ge=1, le=20)] = 3
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.0
    category: str | None = None


class Match(BaseModel):
    """``score`` in 0..1 is the confidence that the entry answers the question."""

    id: str
    question: str
    answer: str
    score: float


class Matches(BaseModel):
    matches: list[Match]
    degraded: str | None = None


class Rejected(BaseModel):
    """An entry of an import that was not taken: its number from 1, and why."""

    number: int
    reason: str


class Imported(BaseModel):
    created: int
    updated: int
    rejected: list[Rejected] = []


class Suggestion(BaseModel):
    """A question that customers asked and nothing answered."""

    id: str
    question: str
    asked: int = 1
    conversation_id: str
