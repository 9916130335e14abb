"""Pipelines: Amazon States Language definitions and their executions."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from contracts.closed import Body, Closed
from contracts.names import Id
from contracts.texts import Said
from contracts.zones import Zone

Type = Literal["standard", "express"]
PipelineName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,79}$")]
Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


class Pipeline(BaseModel):
    """A checked definition. ``standard`` survives crashes, ``express`` is in memory."""

    name: str
    type: Type = "standard"
    definition: dict[str, Any]
    revision: int = 1
    updated_at: datetime | None = None


class ExecutionRequest(Closed):
    input: Any = {}


class HistoryEvent(BaseModel):
    """One step, as Step Functions names them (StateEntered, TaskFailed…)."""

    at: datetime
    type: str
    state: str | None = None
    details: dict[str, Any] = {}


class Execution(BaseModel):
    """``upstream``: of one that failed, the service that did, where one is known to."""

    id: str
    pipeline: str
    status: Status
    input: Any = None
    output: Any = None
    error: str | None = None
    cause: str | None = None
    upstream: str | None = None
    started_at: datetime
    ended_at: datetime | None = None


class ExecutionWithHistory(Execution):
    """``history_cursor`` asks for the events after those of ``history``; None on the
    last page. Of one that runs there may be more each time."""

    history: list[HistoryEvent] = []
    history_cursor: str | None = None


class HistoryPage(BaseModel):
    """Which events of an execution, from its first on, as GetExecutionHistory gives
    them: at most 1,000 at a time."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 1000
    cursor: Annotated[str | None, Field(pattern=r"^[0-9]{1,9}$")] = None


class StoredExecution(ExecutionWithHistory):
    """An execution with what resumes it.

    ``journal``: each finished effect as JSON text, by position. Whoever runs it holds
    it until ``held_until``; then anybody may go on with it, as ``subject``.
    ``rescues`` counts those who did, since it last made progress.
    ``conversation_id``: where the words of its input were said, if it says so.
    ``key`` is the idempotency key of the request that began it. ``packed``: input,
    output and history of one that ended in memory, as JSON text.
    """

    type: Type = "standard"
    definition: dict[str, Any]
    journal: dict[str, str] = {}
    held_until: datetime
    rescues: int = 0
    conversation_id: str | None = None
    key: str | None = None
    packed: str = ""
    tenant: str
    subject: str | None = None
    roles: list[str] = []


class Message(Body):
    """A message for the chat pipeline, without a conversation."""

    message: Annotated[Said, Field(max_length=8000)]
    knowledge_base_id: Id = "default"
    timezone: Zone | None = None
    locale: Annotated[str, Field(max_length=35)] | None = None
