"""The provider of a laptop: a hosted page that behaves as Stripe's with its test cards.

Whatever happens there is told in an event as Stripe's, so that nothing behind it knows
the difference. A card's number is looked at and forgotten.
"""

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import encryption
from psp import _card
from psp._facts import SUCCEEDED
from psp._live import is_payable
from psp._signature import sign
from psp._stripe import Page, Sale
from psp._told import Told
from psp._units import to_stripe

TAKEN, ASKED, DECLINED = "succeeded", "requires_action", "requires_payment_method"
FLAWED = "flawed"  # it was not tried: no payment comes of what is typed wrongly
# docs.stripe.com/testing
CARDS = {
    "4242424242424242": (TAKEN, ""),
    "5555555555554444": (TAKEN, ""),
    "4000002500003155": (ASKED, ""),
    "4000002760003184": (ASKED, ""),
    "4000000000000002": (DECLINED, "generic_decline"),
    "4000000000009995": (DECLINED, "insufficient_funds"),
    "4000000000009987": (DECLINED, "lost_card"),
    "4000000000000069": (DECLINED, "expired_card"),
    "4000000000000127": (DECLINED, "incorrect_cvc"),
}
UNKNOWN = (DECLINED, "test_mode_live_card")
AUTHENTICATED = {True: (TAKEN, ""), False: (DECLINED, "authentication_failed")}

FORM = 4_096  # bytes that are read of a form
Outcome = tuple[str, str]  # a payment intent's status, and why it was declined


class Local:
    """No network: a page of ours, and refunds that succeed at once."""

    name = "local"
    is_elsewhere = False

    async def open(self, sale: Sale) -> Page:
        """The page is where the link leads to; Unpayable."""
        to_stripe(sale.minor_units, sale.currency)
        return Page(payment_of(sale.id), "")

    async def close(self, page: str) -> None:
        """Nothing to do: the page itself looks if its link is live."""

    async def refund(
        self,
        id: str,
        payment: str,
        minor_units: int,
        currency: str,
        metadata: Mapping[str, str],
    ) -> Told | None:
        """Money that was never taken goes back at once."""
        fact = {f"refund/{payment}/{id}": [SUCCEEDED, minor_units]}
        return Told(payment, dict(metadata), fact)

    async def ask(self, our_id: str, known: Iterable[str]) -> list[Told]:
        """There is nobody to ask, and nothing that was missed."""
        return []


def secrets_of(internal_keys: str) -> list[str]:
    """What the page's webhooks are signed with: the first signs, any is accepted.

    *internal_keys* are the mesh's, divided by commas; none of them is sent anywhere.
    """
    keys = (each.encode() for each in encryption.several(internal_keys))
    made = (
        hmac.new(each, b"webhooks of the local provider", "sha256") for each in keys
    )
    return [each.hexdigest() for each in made]


def payment_of(sale: str) -> str:
    """The provider's id of the payment that a sale's page makes."""
    return f"pi_{sale.replace('-', '')}"


def try_card(typed: Mapping[str, str], now: datetime) -> Outcome:
    """What a test card does; every other card is declined, and tried only if it can be
    one."""
    if wrong := _card.flaw(typed, now):
        return FLAWED, wrong
    return CARDS.get(_card.plain(typed["number"]), UNKNOWN)


def attempt(form: bytes, link: Any, now: datetime) -> Outcome | None:
    """What comes of a form of the page of *link*, as it was sent; None if nothing is
    tried, as where nobody can pay there. Only who is asked by the bank can confirm.
    """
    given = dict(parse_qsl(form[:FORM].decode("utf-8", "replace"), True))
    if link.provider != Local.name or not is_payable(link, now):
        return None
    if "confirm" in given and link.asked:
        return AUTHENTICATED[given["confirm"] == "yes"]
    return try_card(given, now) if "number" in given else None


def is_flawed(outcome: Outcome | None) -> bool:
    """Whether something is wrong with what was typed, and nothing was tried."""
    return outcome is not None and outcome[0] == FLAWED


def told(
    sale: Sale, outcome: Outcome, secrets: Sequence[str], now: datetime
) -> dict[str, Any]:
    """A webhook's content and headers: a payment came to *outcome* just *now*."""
    at = int(now.timestamp())
    body = event_of(sale, outcome, at)
    signature = sign(body, secrets[0], at)
    return {"content": body, "headers": {"Stripe-Signature": signature}}


def event_of(sale: Sale, outcome: Outcome, at: int) -> bytes:
    """Stripe's event of a payment that came to *outcome* at *at*, epoch seconds."""
    status, why = outcome
    payment, amount = payment_of(sale.id), to_stripe(sale.minor_units, sale.currency)
    error = {"code": "card_declined", "decline_code": why}
    thing: dict[str, Any] = {
        "id": payment,
        "object": "payment_intent",
        "amount": amount,
        "amount_received": amount if status == TAKEN else 0,
        "currency": sale.currency.lower(),
        "status": status,
        "metadata": dict(sale.metadata),
        "last_payment_error": error if why else None,
    }
    types = {TAKEN: TAKEN, ASKED: ASKED, DECLINED: "payment_failed"}
    about = {"id": f"evt_{payment[3:]}_{status}_{at}", "object": "event", "created": at}
    about |= {"type": f"payment_intent.{types[status]}", "livemode": False}
    return json.dumps(about | {"data": {"object": thing}}).encode()
