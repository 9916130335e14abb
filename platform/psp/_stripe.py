"""Stripe as a provider: hosted checkout, refunds, and what it knows of a payment.

Every write carries an idempotency key that is made of our own ids: whoever repeats it
after a crash gets what was made the first time.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from malformed import MalformedAnswer, reading
from psp._told import Told, of
from psp._units import to_stripe

Call = Callable[..., Awaitable[Any]]
T = TypeVar("T")


class Refused(ValueError):
    """The provider understood and said no."""


class InUse(Exception):
    """The same is being asked by somebody else at this moment."""

    status = 429  # it will be answered soon, and says nothing of Stripe's health


@dataclass(frozen=True, slots=True)
class Sale:
    """What is paid on one page. ``metadata`` comes back with every event of it.

    ``id`` is ours and opens one page however often it is sent; ``expires_at`` is in
    epoch seconds, ``back`` is where the customer goes when done.
    """

    id: str
    minor_units: int
    currency: str
    title: str
    metadata: Mapping[str, str]
    expires_at: int
    back: str


@dataclass(frozen=True, slots=True)
class Page:
    """Where a sale is paid, and the provider's id of it."""

    id: str
    url: str


class Session(BaseModel):
    """What counts of a checkout session."""

    id: str
    object: Literal["checkout.session"]
    url: str | None = None  # of one that is open
    status: str
    amount_total: int
    metadata: dict[str, str]


class Stripe:
    """*call* is ``provider.call``: it has deadline, retries and breaker."""

    name = "stripe"
    is_elsewhere = True  # who pays there asks nobody here

    def __init__(self, api_key: str, base_url: str, call: Call) -> None:
        # Here and not above: whoever has no Stripe does not carry its SDK.
        import stripe

        client = stripe.StripeClient(
            api_key,
            base_addresses={"api": base_url},
            http_client=stripe.HTTPXClient(),
            max_network_retries=0,
        )
        self._v1, self._call = client.v1, call
        no = stripe.InvalidRequestError, stripe.IdempotencyError, stripe.CardError
        self._no, self._odd = no, stripe.APIError

    async def open(self, sale: Sale) -> Page:
        """A checkout page; Refused, Unpayable."""
        price = {
            "currency": sale.currency.lower(),
            "unit_amount": to_stripe(sale.minor_units, sale.currency),
            "product_data": {"name": sale.title},
        }
        wanted = {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "client_reference_id": sale.id,
            "metadata": dict(sale.metadata),
            "payment_intent_data": {"metadata": dict(sale.metadata)},
            "expires_at": sale.expires_at,
            "success_url": f"{sale.back}?paid=true",
            "cancel_url": sale.back,
        }
        create = self._v1.checkout.sessions.create_async

        def page(made: Any) -> Page:
            seen = Session.model_validate(made.to_dict())
            _require(seen.amount_total == price["unit_amount"])
            _require(seen.metadata == sale.metadata)
            url = seen.url or ""
            _require(url.startswith(("https://", "http://")))
            return Page(seen.id, url)

        keyed = wanted, {"idempotency_key": sale.id}
        return await self._said("POST checkout/sessions", page, create, *keyed)

    async def close(self, page: str) -> None:
        """Let nobody pay there any more; Refused when somebody has."""
        expire, path = self._v1.checkout.sessions.expire_async, "checkout/sessions"

        def state(found: Any) -> str:
            seen = Session.model_validate(found.to_dict())
            _require(seen.id == page)
            return seen.status

        try:
            await self._said(f"POST {path}/expire", state, expire, page)
        except Refused:
            retrieve = self._v1.checkout.sessions.retrieve_async
            if await self._said(f"GET {path}", state, retrieve, page) != "expired":
                raise

    async def refund(
        self,
        id: str,
        payment: str,
        minor_units: int,
        currency: str,
        metadata: Mapping[str, str],
    ) -> Told | None:
        """Give money back, once for each *id*, which is ours; Refused."""
        wanted = {
            "payment_intent": payment,
            "amount": to_stripe(minor_units, currency),
            "metadata": {**metadata, "refund_id": id},
        }
        create = self._v1.refunds.create_async

        def told(made: Any) -> Told:
            found = _of(made, payment)
            _require(f"refund/{payment}/{id}" in found.facts)
            return found

        keyed = wanted, {"idempotency_key": id}
        return await self._said("POST refunds", told, create, *keyed)

    async def ask(self, our_id: str, known: Iterable[str]) -> list[Told]:
        """All it knows of payments: the *known*, else those of ``intent_id`` *our_id*.

        A search at Stripe is about a minute behind.
        """
        payments = list(known) or await self._found(our_id)
        return [told for each in payments for told in await self._whole(each)]

    async def _found(self, our_id: str) -> list[str]:
        query = {"query": f"metadata['intent_id']:'{our_id}'", "limit": 100}
        search = self._v1.payment_intents.search_async
        return await self._said("GET payment_intents/search", _ids, search, query)

    async def _whole(self, payment: str) -> list[Told]:
        v1 = self._v1

        def one(found: Any) -> list[Told]:
            return [_of(found, payment)]

        def every(page: Any) -> list[Told]:
            return [_of(each, payment) for each in page.data]

        retrieve = v1.payment_intents.retrieve_async
        told = await self._said("GET payment_intents", one, retrieve, payment)
        parts = {"charges": v1.charges, "refunds": v1.refunds, "disputes": v1.disputes}
        wanted = {"payment_intent": payment, "limit": 100}
        for name, listed in parts.items():
            told += await self._said(f"GET {name}", every, listed.list_async, wanted)
        return told

    async def _said(
        self, operation: str, read: Callable[[Any], T], fn: Call, *args: Any
    ) -> T:
        """What *read* makes of Stripe's answer; Refused where it says no."""
        try:
            return await self._call(operation, self._read, read, fn, *args)
        except self._no as exc:
            raise Refused(exc.user_message or "Stripe does not take this") from exc

    async def _read(self, read: Callable[[Any], T], fn: Call, *args: Any) -> T:
        """Its answer, which is a failure of Stripe's where it cannot be read;
        MalformedAnswer, InUse."""
        try:
            with reading():
                return read(await fn(*args))
        except self._odd as exc:
            if exc.http_status == 409:
                raise InUse("Stripe is at it already") from exc
            if (exc.http_status or 0) < 400:
                raise MalformedAnswer("Stripe's answer is no JSON") from exc
            raise


def _of(thing: Any, payment: str) -> Told:
    """What an object tells, which has to be about that payment."""
    told = of(thing.to_dict(), int(time.time()))
    if told is None or told.payment != payment:
        raise ValueError("this is about another payment")
    return told


def _ids(page: Any) -> list[str]:
    ids = [each.id for each in page.data]
    _require(all(isinstance(each, str) for each in ids))
    return ids


def _require(is_so: bool) -> None:
    """ValueError where an answer is not what was asked for."""
    if not is_so:
        raise ValueError("this is about something else")
