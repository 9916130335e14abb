"""Payment links: where a customer pays an intent."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from contracts.closed import Closed
from contracts.names import Id
from contracts.payment.money import Money

LinkStatus = Literal["live", "paid", "failed", "expired"]


class NewLink(Closed):
    """Made only of an intent whose amount and payee the customer has confirmed."""

    intent_id: Id


class Link(BaseModel):
    """``url`` is unguessable. ``payment_id`` is that of GET /api/v1/payments/{id}."""

    id: str
    intent_id: str
    payment_id: str
    url: str
    status: LinkStatus
    amount: Money
    payee: str
    provider: str
    visits: int = 0
    visited_at: datetime | None = None
    created_at: datetime
    expires_at: datetime


class StoredLink(Link):
    """``page`` is the provider's, at ``page_url`` or else ours; ``asked``: the bank
    wants to know if it is the customer; ``taken_until``: somebody is paying;
    ``subject``: whose its intent is."""

    status: LinkStatus = "live"
    subject: str | None = None
    title: str
    taken_until: datetime | None = None
    page: str = ""
    page_url: str = ""
    asked: bool = False
