"""Stripe as a till: hosted checkout, refunds, and what it knows of a payment.

Every write carries an idempotency key that is made of our own ids: whoever repeats it
after a crash gets what was made the first time.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tills._told import Told, of
from tills._units import to_stripe

Call = Callable[..., Awaitable[Any]]


class Refused(ValueError):
    """The provider understood and said no."""


class Garbled(ConnectionError):
    """An answer of success that cannot be read: what was asked may have been done."""


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
        self._no = (stripe.InvalidRequestError, stripe.IdempotencyError)
        self._odd = stripe.APIError

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
        made = await self._keyed("POST checkout/sessions", create, sale.id, wanted)
        return Page(made["id"], made["url"])

    async def close(self, page: str) -> None:
        """Let nobody pay there any more; Refused when somebody has."""
        expire, path = self._v1.checkout.sessions.expire_async, "checkout/sessions"
        try:
            await self._said(f"POST {path}/expire", expire, page)
        except Refused:
            retrieve = self._v1.checkout.sessions.retrieve_async
            found = await self._said(f"GET {path}", retrieve, page)
            if found.status != "expired":
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
        return of(await self._keyed("POST refunds", create, id, wanted), _now())

    async def ask(self, our_id: str, known: Iterable[str]) -> list[Told]:
        """All it knows of payments: the *known*, else those of ``intent_id`` *our_id*.

        A search at Stripe is about a minute behind.
        """
        payments = list(known) or await self._found(our_id)
        return [told for each in payments for told in await self._whole(each)]

    async def _found(self, our_id: str) -> list[str]:
        query = {"query": f"metadata['intent_id']:'{our_id}'", "limit": 100}
        search = self._v1.payment_intents.search_async
        found = await self._said("GET payment_intents/search", search, query)
        return [each.id for each in found.data]

    async def _whole(self, payment: str) -> list[Told]:
        v1, at = self._v1, _now()
        retrieve = v1.payment_intents.retrieve_async
        things = [await self._said("GET payment_intents", retrieve, payment)]
        parts = {"charges": v1.charges, "refunds": v1.refunds, "disputes": v1.disputes}
        wanted = {"payment_intent": payment, "limit": 100}
        for name, listed in parts.items():
            page = await self._said(f"GET {name}", listed.list_async, wanted)
            things += page.data
        told = [of(each.to_dict(), at) for each in things]
        return [each for each in told if each]

    async def _keyed(
        self, operation: str, create: Call, key: str, wanted: dict[str, Any]
    ) -> dict[str, Any]:
        options = {"idempotency_key": key}
        return (await self._said(operation, create, wanted, options)).to_dict()

    async def _said(self, operation: str, fn: Call, *args: Any) -> Any:
        """What Stripe answers; Refused where it says no."""
        try:
            return await self._call(operation, self._read, fn, *args)
        except self._no as exc:
            raise Refused(exc.user_message or "Stripe does not take this") from exc

    async def _read(self, fn: Call, *args: Any) -> Any:
        """Its answer; Garbled."""
        try:
            return await fn(*args)
        except self._odd as exc:
            if exc.http_status == 200:
                raise Garbled("Stripe's answer is no JSON") from exc
            raise


def _now() -> int:
    return int(time.time())
