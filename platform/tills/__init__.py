"""Tills: providers that take money, and what their events tell, in any order."""

from tills._facts import (
    FAILED,
    PENDING,
    REFUNDS,
    Facts,
    Standing,
    joined,
    left,
    standing,
)
from tills._ledger import Busy, Ledger, Owners, TooMuch
from tills._links import Addresses, Links, NoLink, is_payable, sale_of
from tills._local import Local, Outcome, attempt, left_by, secrets_of, told
from tills._pages import HEADERS, after, before, page
from tills._signature import BadSignature, sign, verify
from tills._stripe import Call, Page, Refused, Sale, Stripe
from tills._told import BadEvent, Told, event
from tills._units import Unpayable, from_stripe, to_stripe

Till = Stripe | Local


def chosen(api_key: str, base_url: str, call: Call) -> Till:
    """Stripe where there is a key for it, else the till of this process."""
    return Stripe(api_key, base_url, call) if api_key else Local()


__all__ = [
    "FAILED",
    "HEADERS",
    "PENDING",
    "REFUNDS",
    "Addresses",
    "BadEvent",
    "BadSignature",
    "Busy",
    "Facts",
    "Ledger",
    "Links",
    "Local",
    "NoLink",
    "Outcome",
    "Owners",
    "Page",
    "Refused",
    "Sale",
    "Standing",
    "Stripe",
    "Till",
    "Told",
    "TooMuch",
    "Unpayable",
    "after",
    "attempt",
    "before",
    "chosen",
    "event",
    "from_stripe",
    "is_payable",
    "joined",
    "left",
    "left_by",
    "page",
    "sale_of",
    "secrets_of",
    "sign",
    "standing",
    "to_stripe",
    "told",
    "verify",
]
