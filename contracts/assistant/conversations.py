"""Conversations and the chat's answer."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from contracts.assistant.dialogues import Dialogue
from contracts.closed import Closed
from contracts.knowledge.answers import Citation
from contracts.names import Id
from contracts.texts import Said
from contracts.zones import Zone

State = Literal["open", "human", "closed"]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]


class ChatRequest(Closed):
    """A customer's message; without a conversation a new one begins.

    ``timezone`` (IANA) and ``locale`` (BCP 47) are the customer's. What is booked takes
    place at the business, so a time is one on its clock unless the message names
    another: "3pm my time", "15:00 New York time". Where the customer's clock shows
    another time than the business's, both are told, each with zone and offset, before
    anything is booked.
    """

    message: Annotated[Said, Field(max_length=8000)]
    conversation_id: Id | None = None
    knowledge_base_id: Id | None = None
    timezone: Zone | None = None
    locale: Annotated[str, Field(max_length=35)] | None = None


class ChatAnswer(BaseModel):
    """``degraded`` names what was not available, None when all was.

    ``saved`` is False when the conversation could not be written: the answer counts,
    the history does not have it, and where a conversation should have begun with it
    there is none, nor a ``conversation_id``. ``unsearched`` is set when the documents
    could not be searched: abstaining says nothing of what is in them. ``dialogue`` is
    what is open with another service after this answer, such as a payment.
    """

    answer: str
    abstained: bool
    citations: list[Citation]
    degraded: str | None = None
    conversation_id: str | None
    message_id: str
    trace_id: str
    actions: list[dict[str, Any]] = []
    saved: bool = True
    handed_over: bool = False
    clarify: bool = False
    unsearched: bool = False
    dialogue: Dialogue | None = None
    metadata: dict[str, Any] = {}


class Conversation(BaseModel):
    """``state`` is ``open``, ``human`` after a hand-over (the bot is silent), or
    ``closed``; ``state_at`` is when it last changed, and ``person`` the name of who
    answers. ``summary`` tells of the messages up to position ``summarised``.
    ``dialogue`` is the one that the next message goes on with."""

    id: str
    title: str = ""
    state: State = "open"
    state_at: datetime | None = None
    person: str | None = None
    customer: str | None = None
    knowledge_base_id: str = "default"
    summary: str = ""
    summarised: int = 0
    messages: int = 0
    dialogue: Dialogue | None = None
    created_at: datetime
    updated_at: datetime


class Message(BaseModel):
    """``role`` is ``user`` for the customer, ``assistant`` for the bot, ``agent`` for a
    person of the business, whose ``name`` is shown."""

    id: str
    conversation_id: str
    position: int
    role: Literal["user", "assistant", "agent"]
    name: str | None = None
    text: str
    citations: list[Citation] = []
    abstained: bool = False
    trace_id: str | None = None
    feedback: Literal["up", "down"] | None = None
    comment: str | None = None
    created_at: datetime


class KeptMessage(Message):
    """A message with the answer that was given to it, for whoever repeats it."""

    reply: ChatAnswer | None = None


class NewConversation(Closed):
    title: Annotated[str, Field(max_length=200)] = ""
    knowledge_base_id: Id = "default"


class NewMessage(Closed):
    """What somebody says, ``user`` as the customer or ``agent`` as a person of the
    business, under the ``name`` that is shown.

    Without a role, who is staff says it as a person, but for conversations of their
    own.
    """

    text: Annotated[Said, Field(max_length=8000)]
    role: Literal["user", "agent"] | None = None
    name: Name | None = None


class NewState(Closed):
    """``human`` takes over, ``open`` gives back to the bot; ``name`` is who answers."""

    state: State
    reason: Annotated[str, Field(max_length=500)] = "by staff"
    name: Name | None = None


class Change(BaseModel):
    """What whoever watches a conversation is told: its state, and a new message."""

    state: State
    person: str | None = None
    message: Message | None = None


class Feedback(Closed):
    feedback: Literal["up", "down"]
    comment: Annotated[str, Field(max_length=2000)] | None = None
