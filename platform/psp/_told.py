"""What an object of Stripe's tells: facts, and whose payment it is about.

Read are payment intents, checkout sessions, charges, refunds and disputes; each is a
whole snapshot, so that what it is counts, and not which event brought it.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from psp import _facts
from psp._facts import Facts
from psp._units import from_stripe


class BadEvent(ValueError):
    """It is signed, but is nothing that Stripe sends."""


class Thing(BaseModel):
    """The members that are read of Stripe's objects, whichever has them."""

    id: str
    object: str
    currency: str = ""
    metadata: dict[str, str] | None = None
    payment_intent: str | None = None
    status: str | None = None
    payment_status: str | None = None
    reason: str | None = None
    cancellation_reason: str | None = None
    last_payment_error: dict[str, Any] | None = None
    amount: int = 0
    amount_received: int = 0
    amount_total: int | None = None
    amount_captured: int = 0
    amount_refunded: int = 0

    def minor(self, amount: int | None) -> int:
        return from_stripe(amount or 0, self.currency.upper())


class Told(NamedTuple):
    """``payment`` is the provider's id; ``metadata`` is what we gave it, if any."""

    payment: str
    metadata: dict[str, str]
    facts: Facts


def event(body: bytes) -> Told | None:
    """What a webhook's event tells; None where it is about no payment. BadEvent."""
    try:
        said = json.loads(body)
        return of(said["data"]["object"], int(said["created"]))
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError) as exc:
        raise BadEvent("this is no event of Stripe's") from exc


def of(thing: dict[str, Any], at: int) -> Told | None:
    """What one object tells that was so at *at*, epoch seconds."""
    read = READERS.get(thing["object"])
    if read is None:
        return None
    seen = Thing.model_validate(thing)
    own = seen.id if seen.object == "payment_intent" else seen.payment_intent
    if own is None and seen.object != "checkout.session":
        return None
    payment, metadata = own or seen.id, seen.metadata or {}
    facts = read(seen, payment, at)
    if "link_id" in metadata:
        facts[f"link/{payment}"] = [metadata["link_id"]]
    return Told(payment, metadata, facts)


def _intent(seen: Thing, payment: str, at: int) -> Facts:
    facts = _asked(seen, payment, seen.amount)
    if seen.status == "succeeded":
        return facts | {f"captured/{payment}": [seen.minor(seen.amount_received)]}
    return facts | {f"course/{payment}": [at, *_course(seen)]}


def _course(seen: Thing) -> tuple[int, str]:
    if seen.status == "canceled":
        return _facts.BROKEN, seen.cancellation_reason or "cancelled"
    if seen.status == "requires_action":
        return _facts.ACTION, ""
    if seen.status == "requires_payment_method" and seen.last_payment_error:
        error = seen.last_payment_error
        return _facts.BROKEN, error.get("decline_code") or error.get("code") or "failed"
    return _facts.TRYING, ""


def _session(seen: Thing, payment: str, at: int) -> Facts:
    facts = _asked(seen, payment, seen.amount_total)
    if seen.payment_status == "paid":
        return facts | {f"captured/{payment}": [seen.minor(seen.amount_total)]}
    if seen.status == "expired":
        return facts | {f"course/{payment}": [at, _facts.BROKEN, "expired"]}
    return facts


def _charge(seen: Thing, payment: str, at: int) -> Facts:
    facts = _asked(seen, payment, seen.amount)
    if seen.amount_captured:
        facts[f"captured/{payment}"] = [seen.minor(seen.amount_captured)]
    if seen.amount_refunded:
        facts[f"returned/{payment}"] = [seen.minor(seen.amount_refunded)]
    return facts


def _refund(seen: Thing, payment: str, at: int) -> Facts:
    states = {"succeeded": _facts.SUCCEEDED, "failed": _facts.FAILED}
    states |= {"canceled": _facts.FAILED}
    state = states.get(seen.status or "", _facts.PENDING)
    id = (seen.metadata or {}).get("refund_id", seen.id)
    amount = seen.minor(seen.amount)
    return _asked(seen, payment, 0) | {f"refund/{payment}/{id}": [state, amount]}


def _dispute(seen: Thing, payment: str, at: int) -> Facts:
    ends = {"won": _facts.WON, "warning_closed": _facts.WON, "lost": _facts.LOST}
    state = ends.get(seen.status or "", _facts.OPEN)
    fact = [state, seen.reason or "general"]
    return _asked(seen, payment, 0) | {f"dispute/{payment}/{seen.id}": fact}


def _asked(seen: Thing, payment: str, amount: int | None) -> Facts:
    return {f"asked/{payment}": [seen.minor(amount), seen.currency.upper()]}


READERS: dict[str, Callable[[Thing, str, int], Facts]] = {
    "payment_intent": _intent,
    "checkout.session": _session,
    "charge": _charge,
    "refund": _refund,
    "dispute": _dispute,
}
