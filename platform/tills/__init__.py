"""Tills: providers that take money, and what their events tell, in any order."""

from tills._addresses import Addresses, NoLink
from tills._every import Keys, NoTill, Till, Tills
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
from tills._ledger import Ledger, TooMuch, owed
from tills._links import Links
from tills._live import is_payable, sale_of, terms_of
from tills._local import Local, Outcome, attempt, is_flawed, secrets_of, told
from tills._owners import Owners
from tills._pages import HEADERS, after, before, nowhere, page
from tills._signature import BadSignature, sign, verify
from tills._stripe import Page, Refused, Sale, Stripe
from tills._told import BadEvent, Told, event
from tills._turns import Busy
from tills._units import Unpayable, from_stripe, to_stripe

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
    "Keys",
    "Ledger",
    "Links",
    "Local",
    "NoLink",
    "NoTill",
    "Outcome",
    "Owners",
    "Page",
    "Refused",
    "Sale",
    "Standing",
    "Stripe",
    "Till",
    "Tills",
    "Told",
    "TooMuch",
    "Unpayable",
    "after",
    "attempt",
    "before",
    "event",
    "from_stripe",
    "is_flawed",
    "is_payable",
    "joined",
    "left",
    "nowhere",
    "owed",
    "page",
    "sale_of",
    "secrets_of",
    "sign",
    "standing",
    "terms_of",
    "to_stripe",
    "told",
    "verify",
]
