"""Providers: providers that take money, and what their events tell, in any order."""

from psp._addresses import Addresses, NoLink
from psp._every import Keys, NoProvider, Provider, Providers
from psp._facts import (
    FAILED,
    PENDING,
    REFUNDS,
    Facts,
    Standing,
    joined,
    left,
    standing,
)
from psp._ledger import Ledger, TooMuch, owed
from psp._links import Links
from psp._live import is_payable, sale_of, terms_of
from psp._local import Local, Outcome, attempt, is_flawed, secrets_of, told
from psp._owners import Owners
from psp._pages import HEADERS, after, before, nowhere, page
from psp._signature import BadSignature, sign, verify
from psp._stripe import Page, Refused, Sale, Stripe
from psp._told import BadEvent, Told, event
from psp._turns import Busy
from psp._units import Unpayable, from_stripe, to_stripe

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
    "NoProvider",
    "Outcome",
    "Owners",
    "Page",
    "Provider",
    "Providers",
    "Refused",
    "Sale",
    "Standing",
    "Stripe",
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
