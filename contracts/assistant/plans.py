"""Analysis and plans: what decision-planner says, and action-executor carries out."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from contracts.assistant.dialogues import Dialogue, Led
from contracts.closed import Body, Closed
from contracts.knowledge.answers import Subject, Turn
from contracts.names import Id
from contracts.zones import Zone


class AnalyzeRequest(Body):
    message: Annotated[str, Field(min_length=1, max_length=8000)]


class Analysis(BaseModel):
    """What can be seen in a message without understanding it."""

    word_count: int
    has_code: bool
    is_question: bool
    language: str
    complexity: Literal["simple", "medium", "complex"]


class ActionSpec(BaseModel):
    """An action that a plan may name, with the JSON Schema of its arguments."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = {}


class Action(Closed):
    """One call of a declared action. ``timeout`` in seconds, ``attempts`` in total."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
    arguments: dict[str, Any] = {}
    id: Id | None = None
    timeout: Annotated[float, Field(gt=0, le=30)] = 5.0
    attempts: Annotated[int, Field(ge=1, le=5)] = 1


class PlanRequest(Body):
    """``also`` are actions that the asking service applies itself.

    ``dialogue`` is the open one, which gets the message first; ``timezone`` and
    ``locale`` are the customer's where they are known.
    """

    message: Annotated[str, Field(min_length=1, max_length=8000)]
    history: Annotated[list[Turn], Field(max_length=50)] = []
    actions: list[ActionSpec] = []
    also: list[ActionSpec] = []
    analysis: Analysis | None = None
    knowledge_base_id: Id = "default"
    dialogue: Dialogue | None = None
    conversation_id: Id | None = None
    timezone: Zone | None = None
    locale: Id | None = None


class Plan(BaseModel):
    """``question`` is the message made self-contained: its references resolved;
    ``about`` is what it is about where it follows another one.

    ``reply`` answers what needs no action, such as a greeting.
    ``planner`` is ``llm`` or ``local``; ``degraded`` says why it is not the wanted one.
    ``dialogue`` is the one whose action comes first, if there is one. ``language`` is
    the customer's (ISO 639-1), "" where nothing tells it.
    """

    actions: list[Action]
    parallel: bool = True
    question: str
    about: Subject | None = None
    intent: str
    why: str
    reply: str | None = None
    planner: Literal["llm", "local"]
    degraded: str | None = None
    dialogue: Led | None = None
    language: str = ""


class ActionRuns(Closed):
    """Actions to run, side by side or one after the other."""

    actions: Annotated[list[Action], Field(max_length=20)]
    parallel: bool = True


class ActionResult(BaseModel):
    """``deferred``: it is left to who asked for it, as a hand-over is. An action that
    nobody declares has failed, and ``cause`` tells which there are."""

    id: str
    name: str
    status: Literal["succeeded", "failed", "deferred"]
    output: Any = None
    error: str | None = None
    cause: str | None = None
    duration_ms: float = 0.0


class ActionRunResult(BaseModel):
    """Every action's own outcome; ``status`` is partial when some failed."""

    id: str
    status: Literal["succeeded", "partial", "failed"]
    results: list[ActionResult]
    cause: str = ""
