"""Tills: providers that take money, and what their events tell, in any order."""

from tills._facts import (
    ACTION,
    BROKEN,
    FAILED,
    PENDING,
    SUCCEEDED,
    Facts,
    Standing,
    about,
    captured,
    joined,
    left,
    refunded,
    standing,
)
from tills._ledger import Busy, Ledger, Owners, TooMuch
from tills._local import (
    ASKED,
    AUTHENTICATED,
    TAKEN,
    Local,
    Outcome,
    event_of,
    payment_of,
    secrets_of,
    try_card,
)
from tills._pages import page
from tills._signature import TOLERANCE, BadSignature, sign, verify
from tills._stripe import Call, Page, Refused, Sale, Stripe
from tills._told import BadEvent, Told, event, of
from tills._units import Unpayable, from_stripe, to_stripe

Till = Stripe | Local


def chosen(api_key: str, base_url: str, call: Call) -> Till:
    """Stripe where there is a key for it, else the till of this process."""
    return Stripe(api_key, base_url, call) if api_key else Local()


__all__ = [
    "ACTION",
    "ASKED",
    "AUTHENTICATED",
    "BROKEN",
    "FAILED",
    "PENDING",
    "SUCCEEDED",
    "TAKEN",
    "TOLERANCE",
    "BadEvent",
    "BadSignature",
    "Busy",
    "Facts",
    "Ledger",
    "Local",
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
    "about",
    "captured",
    "chosen",
    "event",
    "event_of",
    "from_stripe",
    "joined",
    "left",
    "of",
    "page",
    "payment_of",
    "refunded",
    "secrets_of",
    "sign",
    "standing",
    "to_stripe",
    "try_card",
    "verify",
]
