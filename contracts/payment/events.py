"""What happened in the payment domain."""

from typing import Literal

from pydantic import BaseModel


class _OfPayment(BaseModel):
    payment_id: str
    intent_id: str
    link_id: str | None
    minor_units: int
    currency: str


class PaymentConfirmed(_OfPayment):
    """The money is captured."""

    type: Literal["payment.confirmed"] = "payment.confirmed"


class PaymentFailed(_OfPayment):
    """The customer could not pay; another try may follow."""

    type: Literal["payment.failed"] = "payment.failed"
    reason: str


class PaymentRefunded(_OfPayment):
    """``minor_units`` went back with this refund, ``refunded`` in all."""

    type: Literal["payment.refunded"] = "payment.refunded"
    refunded: int


class PaymentDisputed(_OfPayment):
    """The customer's bank takes the money back, or may."""

    type: Literal["payment.disputed"] = "payment.disputed"
    reason: str


class RefundDue(BaseModel):
    """A refund should have been made by now. Sent to oneself, delayed."""

    type: Literal["payment.refund-due"] = "payment.refund-due"
    payment_id: str


class LinkExpires(BaseModel):
    """A link's time is up. Sent to oneself, delayed."""

    type: Literal["payment-link.expires"] = "payment-link.expires"
    link_id: str


class TalkExpires(BaseModel):
    """Nobody has answered since that turn. Sent to oneself, delayed."""

    type: Literal["payment-talk.expires"] = "payment-talk.expires"
    talk_id: str
    turn: int
