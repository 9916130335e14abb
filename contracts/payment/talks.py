"""A dialogue that leads to a payment, or to none."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.assistant.dialogues import DialogueMessage
from contracts.closed import Closed
from contracts.names import Id
from contracts.payment.money import Currency, Money
from contracts.payment.rules import Fee

TalkState = Literal[
    "collecting", "confirming", "linked", "paid", "cancelled", "abandoned"
]


class NewTalk(Closed):
    """``conversation_id`` binds it to a chat, which has one open talk at most. Without
    a ``locale`` the first message tells the language.
    """

    locale: Annotated[str, Field(max_length=35)] | None = None
    currency: Currency | None = None
    conversation_id: Annotated[str, Field(max_length=200)] | None = None


class TalkMessage(Closed):
    message: Annotated[str, Field(min_length=1, max_length=4000)]


class TalkTurn(DialogueMessage):
    """What the chat sends; without ``id`` the conversation's open talk is meant, or a
    new one begins."""

    id: Id | None = None


class Talk(BaseModel):
    """``reply`` is what was said last. ``amount`` is what the customer named, ``total``
    what is charged: fees and taxes included."""

    id: str
    state: TalkState = "collecting"
    reply: str = ""
    amount: Money | None = None
    purpose: str | None = None
    total: Money | None = None
    payee: str | None = None
    intent_id: str | None = None
    link_id: str | None = None
    url: str | None = None
    conversation_id: str | None = None
    created_at: datetime
    updated_at: datetime


class Said(Talk):
    """``redacted``: the message as it may be kept. ``handled`` is false for what has
    nothing to do with paying, which is then for somebody else to answer."""

    handled: bool
    redacted: str


class Turn(BaseModel):
    """One message as it may be kept, and what was answered."""

    message: str
    reply: str


class StoredTalk(Talk):
    """``asked``: the question that a message may answer, if that was said last.
    ``doubt``: what was said about an amount and was not clear; ``question`` is what
    to ask about it, or the name of a reply, and ``taken`` what could be paid instead.
    ``rest`` is what is left of the amount that was named first, where only a part of it
    is paid. ``added``: the amounts that ``amount`` adds up, where it does; ``more`` is
    asked for where something comes on top of it. ``charges`` are what makes the total
    another, and ``within`` the taxes in it; of none that are let off there is a name.
    ``told`` is the answer to a question about earlier payments. The ``history`` is that
    of the last turns; ``turn`` counts all.
    """

    customer: str | None = None
    locale: str | None = None
    language: str = ""
    currency: Currency | None = None
    asked: str = ""
    doubt: str = ""
    question: str | None = None
    taken: str = ""
    rest: Money | None = None
    added: list[int] = []
    more: Money | None = None
    charges: list[Fee] = []
    within: list[Fee] = []
    told: str = ""
    turn: int = 0
    history: list[Turn] = []
