"""Payments as the provider's events tell of them, and their refunds."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.closed import Closed
from contracts.payment.money import Amount

PaymentStatus = Literal[
    "pending",
    "requires_action",
    "failed",
    "confirmed",
    "partially_refunded",
    "refunded",
    "disputed",
]


RefundStatus = Literal["pending", "succeeded", "failed"]


class PaymentRefund(BaseModel):
    """What was given back of a payment, or is about to be; zero of one that failed."""

    id: str
    minor_units: int
    status: RefundStatus


class Payment(BaseModel):
    """``id`` is the intent's. Amounts are minor units of ``currency``.

    ``captured`` is counted once however often the provider says it; ``refunded`` never
    exceeds it.
    """

    id: str
    intent_id: str
    link_id: str | None = None
    provider: str
    provider_id: str | None = None
    status: PaymentStatus
    currency: str
    amount: int
    captured: int = 0
    refunded: int = 0
    failure: str | None = None
    refunds: list[PaymentRefund] = []
    created_at: datetime
    updated_at: datetime


class StoredPayment(Payment):
    """``facts`` are what the rest is made of: the engine ``psp`` says how."""

    status: PaymentStatus = "pending"
    currency: str = ""
    amount: int = 0
    facts: dict[str, list[int | str]] = {}


class PaymentOwner(BaseModel):
    """Whose a provider's payment is, and what was told before anything said so."""

    tenant: str | None = None
    payment_id: str = ""
    facts: dict[str, list[int | str]] = {}


class NewRefund(Closed):
    """All that is left, where no amount is given."""

    minor_units: Annotated[Amount, Field(gt=0)] | None = None
    reason: Annotated[str, Field(max_length=300)] = ""


class Refund(BaseModel):
    """``pending``: it is promised and will be made, whatever is away."""

    id: str
    payment_id: str
    minor_units: int
    currency: str
    status: RefundStatus
    reason: str
    created_at: datetime


class Received(BaseModel):
    """What a webhook is told: taken, and whether it was new."""

    received: Literal[True] = True
    duplicate: bool = False
