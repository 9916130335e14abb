"""Payment intents: what somebody wants to pay, understood and added up."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from contracts.closed import Closed
from contracts.moments import Moment
from contracts.names import Id
from contracts.payment.money import Amount, BasisPoints, Currency, Money
from contracts.payment.rules import Fee, Method

Wish = Literal["pay", "refund", "ask_price", "ask_status", "none"]
IntentStatus = Literal["open", "paid", "cancelled", "refunded"]


class AnalyzeRequest(Closed):
    """``currency`` is meant where the text names none. ``locale`` is BCP 47; without
    one the wording alone says how figures are written. ``before`` is what was said of
    the amount that is being talked about, which the text may complete ("euros", "the
    second one") or correct; "" where nothing was, None where no amount is. ``quoted``:
    whether an amount that is clear can be paid here is to be told.
    """

    text: Annotated[str, Field(min_length=1, max_length=4000)]
    locale: Annotated[str, Field(max_length=35)] | None = None
    currency: Currency | None = None
    before: Annotated[str, Field(max_length=4000)] | None = None
    quoted: bool = False


class Analysis(BaseModel):
    """What a text asks for. ``clarification`` is the question to ask back, if any.

    ``amounts`` are those that are clear, and the ends of a range or a choice;
    ``doubtful`` is the text of one that is not, or of all where several are.
    ``parts``: what the only amount adds up, minor units, where the text says "both".
    ``currencies`` are those that are taken, where that was asked and is known, and
    ``named`` those that a doubtful amount may be in.
    ``refused``, where that was asked, says what can be paid instead of a clear amount:
    its bounds in minor units, ``least`` and ``most``, or the ``currencies``.
    """

    intent: Wish
    amounts: list[Money]
    doubtful: str | None = None
    parts: list[int] = []
    currencies: list[str] = []
    named: list[str] = []
    purpose: str | None = None
    needs_clarification: bool
    clarification: str | None = None
    refused: dict[str, int | list[str]] | None = None
    confidence: float


class Reading(Closed):
    """What a language model makes of a text; amounts are none of its business."""

    intent: Wish
    purpose: Annotated[str, Field(max_length=200)] | None = None


class Item(Closed):
    """``unit_price`` in minor units, before any discount."""

    description: Annotated[str, Field(min_length=1, max_length=200)]
    unit_price: Amount
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1


class Discount(Closed):
    """Either a share of the subtotal or an amount. All discounts together take away
    the whole subtotal at most.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    basis_points: BasisPoints = 0
    minor_units: Amount = 0


class NewIntent(Closed):
    currency: Currency
    items: Annotated[list[Item], Field(min_length=1, max_length=100)]
    discounts: list[Discount] = Field(default=[], max_length=20)
    method: Method = "card"
    purpose: Annotated[str, Field(max_length=300)] = ""
    customer: Annotated[str, Field(max_length=200)] = ""
    conversation_id: Id | None = None


class Hold(Closed):
    """It may be being paid at that link until then."""

    link_id: Id
    until: Moment


class Line(Item):
    """``discount`` is this line's share of all discounts; the lines' add up to it."""

    amount: int
    discount: int


class Intent(BaseModel):
    """Amounts are minor units; total = subtotal - discount + fee (+ tax) + rounding.

    ``rounding`` is 0 or less: what is let off to reach a sum that cards are charged,
    which of some currencies are whole tens. ``subject``: who made it, and may see it
    beside the staff. While it is on ``hold`` it is not cancelled.
    """

    id: str
    subject: str | None = None
    status: IntentStatus
    payee: str
    currency: str
    lines: list[Line]
    subtotal: int
    discount: int
    fees: list[Fee]
    fee: int
    tax: int
    tax_name: str
    tax_inclusive: bool
    rounding: int = 0
    total: int
    method: str
    purpose: str
    customer: str
    conversation_id: str | None
    rules_version: int
    created_at: datetime
    hold: Hold | None = None
