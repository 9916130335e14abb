"""Answers: what response-generation is asked and what it says."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from contracts.assistant.dialogues import Dialogue, Led
from contracts.closed import Body
from contracts.infrastructure.database import Term
from contracts.knowledge.search import Result


class Turn(BaseModel):
    """One message of a conversation."""

    role: Literal["user", "assistant", "agent"]
    text: str


class Evidence(BaseModel):
    """What the actions found, with the statistics that say how rare each term is.

    ``unsearched``: the documents were to be searched and could not be.
    """

    results: list[Result] = []
    terms: list[Term] = []
    ideal: float = 0.0
    documents: int = 0
    unsearched: bool = False
    degraded: str | None = None


class Subject(BaseModel):
    """What a follow-up is about, and its answer has to speak of.

    ``words``: of its name; ``instead``: those of what it took the place of; ``whom``:
    the people it is asked for.
    """

    words: list[str]
    instead: list[str] = []
    whom: list[str] = []


class AnswerRequest(Body):
    """A question, what was said before, and the evidence to answer from.

    ``results``: what actions found, of which the evidence is taken when there is none.
    ``dialogue``: the one whose action is among them, and may have answered already.
    ``about``: what the question is about where it follows another one.
    ``language`` (ISO 639-1) is the customer's; without it the question tells it, or
    what was said before, or ``locale``, or else the evidence. ``unheard``: nobody could
    tell what the question wishes for, so that only the evidence can answer it.
    """

    question: Annotated[str, Field(min_length=1, max_length=4000)]
    history: Annotated[list[Turn], Field(max_length=50)] = []
    evidence: Evidence | None = None
    results: Annotated[list[dict[str, Any]], Field(max_length=20)] = []
    dialogue: Led | None = None
    about: Subject | None = None
    tone: str = "neutral"
    language: str = ""
    locale: str | None = None
    unheard: bool = False


class Citation(BaseModel):
    """``quote`` stands word for word in the chunk, and begins on ``page``,
    in ``section``."""

    document_id: str
    chunk_id: str
    title: str
    section: str
    quote: str
    page: int | None = None


class Answer(BaseModel):
    """An answer with its citations, or an honest abstention without any.

    ``degraded`` names what was not available; ``provider`` says who wrote it;
    ``clarify`` is set when the answer is a question back, ``unsearched`` when it
    abstains because the documents could not be searched. ``dialogue`` is what stays
    open with the service that led it.
    """

    answer: str
    abstained: bool = False
    citations: list[Citation] = []
    confidence: float = 0.0
    reason: str | None = None
    clarify: bool = False
    unsearched: bool = False
    dialogue: Dialogue | None = None
    degraded: str | None = None
    provider: str = "local"


class SourcesRequest(Body):
    """Raw results of actions, in whatever shape they came."""

    results: Annotated[list[Any], Field(max_length=200)]


class Sources(BaseModel):
    sources: list[Citation]
    ignored: int = 0


class FormatRequest(Body):
    """An answer to lay out for a channel."""

    answer: Answer
    channel: Literal["markdown", "html", "text"] = "markdown"


class Formatted(BaseModel):
    text: str
    media_type: str


class EnhanceRequest(Body):
    """The answer with what the pipeline knows of the message it answers."""

    answer: Answer
    analysis: dict[str, Any] = {}
    pipeline_id: str | None = None


class Enhanced(Answer):
    """An answer with metadata: complexity, time of day, pipeline tracking."""

    metadata: dict[str, Any] = {}


class CompletionRequest(Body):
    """The one door to a language model for the other services.

    ``schema_``: a JSON Schema that the output must satisfy. ``tools``: functions that
    the model may call, as OpenAI describes them.
    """

    messages: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=100)]
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    tools: list[dict[str, Any]] = []
    max_tokens: Annotated[int, Field(ge=1, le=8000)] = 800
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0


class ToolCall(BaseModel):
    name: str
    arguments: dict[str, Any]


class Completion(BaseModel):
    """``parsed`` is the validated output where a schema was given."""

    text: str = ""
    parsed: Any = None
    tool_calls: list[ToolCall] = []
    model: str
    usage: dict[str, int] = {}


class LanguageModel(BaseModel):
    """The model that completions come from; None where there is none."""

    model: str | None
