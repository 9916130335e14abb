"""What happened in the payment domain."""

from typing import Literal

from pydantic import BaseModel


class OfPayment(BaseModel):
    """What all that happens to a payment has."""

    payment_id: str
    intent_id: str
    link_id: str | None
    minor_units: int
    currency: str


class PaymentConfirmed(OfPayment):
    """``minor_units`` are captured with this event, ``captured`` in all. It is what the
    provider has, which may be less than was asked for, or of another currency."""

    type: Literal["payment.confirmed"] = "payment.confirmed"
    captured: int = 0


class PaymentFailed(OfPayment):
    """The customer could not pay; another try may follow."""

    type: Literal["payment.failed"] = "payment.failed"
    reason: str


class PaymentRefunded(OfPayment):
    """``minor_units`` went back with this refund, ``refunded`` in all."""

    type: Literal["payment.refunded"] = "payment.refunded"
    refunded: int


class PaymentDisputed(OfPayment):
    """The customer's bank takes the money back, or may."""

    type: Literal["payment.disputed"] = "payment.disputed"
    reason: str


class RefundDue(BaseModel):
    """A refund should have been made by now. Sent to oneself, delayed."""

    type: Literal["payment.refund-due"] = "payment.refund-due"
    payment_id: str


class IntentCancelled(BaseModel):
    """Nobody shall pay it any more."""

    type: Literal["payment-intent.cancelled"] = "payment-intent.cancelled"
    intent_id: str


class LinkExpires(BaseModel):
    """A link's time is up. Sent to oneself, delayed."""

    type: Literal["payment-link.expires"] = "payment-link.expires"
    link_id: str


class TalkExpires(BaseModel):
    """Nobody has answered since that turn. Sent to oneself, delayed."""

    type: Literal["payment-talk.expires"] = "payment-talk.expires"
    talk_id: str
    turn: int
