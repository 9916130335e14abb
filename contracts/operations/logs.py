"""Log lines, spans and traces, error groups, and the records of pipelines."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from contracts.closed import Body
from contracts.moments import NEAR, WallMoment

Level = Literal["debug", "info", "warning", "error", "critical"]
ErrorState = Literal["open", "resolved", "ignored"]
# Also in seconds since 1970, as failures tell when they were.
EITHER = {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "number"}]}
Instant = Annotated[datetime, NEAR, WithJsonSchema(EITHER)]
Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Line(BaseModel):
    """One line; ``kind`` span is a request's access line. Times are epoch seconds.

    ``id`` follows from the content, so that a line sent twice is kept once. ``details``
    are the members that have no place of their own.
    """

    id: str
    kind: Literal["log", "span"] = "log"
    time: float
    level: Level = "info"
    service: str
    message: str
    trace_id: str | None = None
    span_id: str | None = None
    parent_id: str | None = None
    request_id: str | None = None
    operation: str | None = None
    status: int | str | None = None
    start: float | None = None
    duration_ms: float | None = None
    exception: str | None = None
    fingerprint: str | None = None
    details: dict[str, Any] = {}


class KeptLine(BaseModel):
    """As it is stored: what is looked for, and the ``rest`` of it as JSON text.

    ``segment`` is what is dropped together when room runs out, ``size`` is in bytes.
    """

    id: str
    kind: Literal["log", "span"]
    time: float
    level: Level
    service: str
    message: str
    trace_id: str | None
    segment: str
    size: int
    rest: str


class Ingested(BaseModel):
    """``rejected`` rows were no log lines; ``faults`` tells of the first ten.

    OTLP's exporters read ``partialSuccess``, which is empty: their rows are all taken.
    """

    accepted: int
    rejected: int = 0
    faults: list[str] = []
    partialSuccess: dict[str, str] = {}


class Span(BaseModel):
    """A request at one service. ``start`` is epoch seconds.

    ``depth``: callers above it. ``self_ms``: time in which none of its children ran.
    ``critical_ms``: its share of the whole trace's duration; the shares on the critical
    path add up to that duration.
    """

    span_id: str
    parent_id: str | None
    service: str
    operation: str
    start: float
    duration_ms: float
    status: int | str
    depth: int = 0
    children: list[str] = []
    self_ms: float = 0.0
    critical_ms: float = 0.0
    critical: bool = False
    orphan: bool = False


class Trace(BaseModel):
    """Spans in the order of a waterfall: callers before callees, then by start.

    ``critical_path``: ids of the spans without which the root would have ended sooner.
    ``truncated``: the trace has more spans than are shown.
    """

    trace_id: str
    start: float
    duration_ms: float
    services: list[str]
    errors: int
    spans: list[Span]
    critical_path: list[str]
    truncated: bool = False


class ErrorGroup(BaseModel):
    """Errors with one cause, by fingerprint. Times are epoch seconds.

    A resolved group that occurs again is open again and ``regressed``; an ignored one
    stays ignored and goes on counting.
    """

    id: str
    service: str
    message: str
    state: ErrorState = "open"
    regressed: bool = False
    count: int
    first_seen: float
    last_seen: float
    sample: Line


class ErrorChange(Body):
    """What staff say of a group."""

    state: ErrorState


class NewPipelineLog(Body):
    """What a pipeline reports at its end.

    Without ``execution_time_ms`` it is the time since ``started_at``.
    ``conversation_id``: the conversation that it belongs to and is deleted with.
    ``soon``: it need not be stored before the answer, only within a second or so.
    """

    pipeline_id: Annotated[str, Field(min_length=1, max_length=200)]
    conversation_id: Annotated[str, Field(max_length=200)] | None = None
    user_message: str
    analysis: Any = None
    final_response: Any = None
    status: Annotated[str, Field(max_length=50)] = "SUCCEEDED"
    started_at: WallMoment | None = None
    execution_time_ms: Annotated[float, Field(ge=0)] | None = None
    soon: bool = False


class PipelineLog(BaseModel):
    """One execution of a pipeline, from its input to its enhanced answer."""

    pipeline_id: str
    conversation_id: str | None = None
    timestamp: datetime
    user_message: str
    analysis: Any = None
    final_response: Any = None
    execution_time_ms: float
    status: str


class LogQuery(BaseModel):
    """Which lines: of at least ``level``, of a ``trace``, with ``text`` in the message
    in capitals or not, from ``since`` until before ``until``. ``tenant`` is for the
    platform alone."""

    tenant: str | None = None
    level: Level | None = None
    service: str | None = None
    kind: Literal["log", "span"] | None = None
    trace: Hex32 | None = None
    # A store looks for a longer one for seconds, in lines that say one thing again.
    text: Annotated[str | None, Field(max_length=200)] = None
    since: Instant | None = None
    until: Instant | None = None
