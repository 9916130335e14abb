"""A business's rules for payments, and what they make of an amount."""

from typing import Annotated

from pydantic import BaseModel, Field

from contracts.closed import Closed
from contracts.moments import Moment
from contracts.payment.money import Amount, BasisPoints, Currency, Money
from contracts.people import Name

Method = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Tier(Closed):
    """A step of a tiered fee: from where the one before ends, up to and with
    ``up_to``; the last has none and goes on. ``basis_points`` are of what lies within
    the step, ``fixed`` is due as soon as the amount reaches into it.
    """

    up_to: Amount | None = None
    basis_points: BasisPoints = 0
    fixed: Amount = 0


class FeeRule(Closed):
    """One fee. ``methods`` and ``currency`` limit where it applies, none of them: all.

    It is ``fixed``, and ``basis_points`` of the amount, and what each of the ``tiers``
    adds, rounded once, halves up; at least ``least``, and never above ``cap``. All of
    these are minor units of the currency that is paid. A tier counts for its own part
    of the amount alone, so that nobody pays less by paying more.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    methods: list[Method] = Field(default=[], max_length=20)
    currency: Currency | None = None
    basis_points: BasisPoints = 0
    fixed: Amount = 0
    tiers: list[Tier] = Field(default=[], max_length=20)
    least: Amount = 0
    cap: Amount | None = None


class Tax(Closed):
    """``inclusive``: prices contain it already, and it is only shown."""

    name: Annotated[str, Field(max_length=40)] = "VAT"
    basis_points: BasisPoints = 0
    inclusive: bool = True
    on_fees: bool = False


class Limits(Closed):
    """The least and the most of one payment, minor units. Without a ``most``, it is
    what card payments can be of that currency: 99999999, such as 999999.99 EUR.
    """

    least: Amount = 1
    most: Amount | None = None


class Rules(Closed):
    """``payee`` is the name that a customer is shown before paying."""

    payee: Name
    default_currency: Currency
    currencies: Annotated[list[Currency], Field(min_length=1, max_length=200)]
    methods: list[Method] = Field(default=["card"], min_length=1, max_length=20)
    limits: dict[Currency, Limits] = Field(default={})
    fees: list[FeeRule] = Field(default=[], max_length=50)
    tax: Tax = Tax()


class StoredRules(Rules):
    """Rules never change once made: a change is the next version.

    ``created_at`` is None of those that nobody made.
    """

    version: int
    created_at: Moment | None = None


class QuoteRequest(Closed):
    """``version``: of rules that are not the newest any more."""

    amount: Money
    method: Method = "card"
    version: int | None = None


class Fee(BaseModel):
    name: str
    minor_units: int


class Quote(BaseModel):
    """``total`` = amount + fees, + tax where it is not in the price; minor units."""

    currency: str
    amount: int
    fees: list[Fee]
    fee: int
    tax: int
    tax_name: str
    tax_inclusive: bool
    total: int
    method: str
    payee: str
    version: int
