"""A dialogue that leads to a payment, or to none."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.payment.money import Closed, Currency, Money

TalkState = Literal[
    "collecting", "confirming", "linked", "paid", "cancelled", "abandoned"
]


class NewTalk(Closed):
    """``conversation_id`` binds it to a chat, so that the chat finds it again."""

    locale: Annotated[str, Field(max_length=35)] = "en"
    currency: Currency | None = None
    conversation_id: str | None = None


class TalkMessage(Closed):
    message: Annotated[str, Field(min_length=1, max_length=4000)]


class Talk(BaseModel):
    id: str
    state: TalkState
    amount: Money | None = None
    purpose: str | None = None
    payee: str | None = None
    intent_id: str | None = None
    link_id: str | None = None
    url: str | None = None
    conversation_id: str | None = None
    created_at: datetime
    updated_at: datetime


class Said(BaseModel):
    """``redacted``: the message as it may be kept. ``handled`` is false for what has
    nothing to do with paying, which is then for somebody else to answer."""

    reply: str
    handled: bool
    redacted: str
    talk: Talk
