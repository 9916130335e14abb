"""Links and confirmations on real documents; intents are answered at the wire."""

import html
import importlib.util
import json
import os
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

import psp
from chassis import errors, testing
from contracts.payment.events import RefundDue
from psp import testing as fake

os.environ["PAYMENT_LINK_SECRET"] = "a-new-one-for-tests,an-old-one-for-tests"
os.environ["FILIGREE_PUBLIC_URL"] = "https://pay.example"


@dataclass
class Intents:
    """What payment-intent knows: open ones, unless they are told otherwise."""

    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, total: int = 4_900, currency: str = "EUR", **more: Any) -> str:
        id = uuid.uuid4().hex
        about = {"id": id, "status": "open", "payee": "Bright & Co", "total": total}
        sums = dict.fromkeys(("discount", "fee", "tax"), 0) | {"subtotal": total}
        about |= {"currency": currency, "purpose": "Cleaning <b>", "customer": "Ann"}
        about |= {
            "subject": "u1",
            "lines": [],
            "fees": [],
            "tax_name": "VAT",
            "tax_inclusive": True,
        }
        about |= {"method": "card", "rules_version": 1, "conversation_id": None}
        when = datetime.now(UTC).isoformat()
        self.known[id] = about | sums | {"created_at": when} | more
        return id

    def get(self, request: httpx.Request) -> Any:
        id = request.url.path.rpartition("/")[2]
        return self.known.get(id) or errors.NotFound(f"there is no intent {id}")

    def hold(self, request: httpx.Request) -> Any:
        known = self.known[request.url.path.split("/")[-2]]
        if known["status"] == "open":
            known["hold"] = json.loads(request.content)
        return known

    def let_go(self, request: httpx.Request) -> Any:
        known = self.known[request.url.path.split("/")[-2]]
        if known.get("hold") == json.loads(request.content):
            known["hold"] = None
        return known

    @property
    def answers(self) -> dict[str, Any]:
        return {"get_intent": self.get, "hold": self.hold, "let_go": self.let_go}


@dataclass
class Shop:
    """The two services as one: what one publishes, the other hears."""

    links: testing.Mesh
    payments: testing.Mesh
    intents: Intents
    heard: set[str] = field(default_factory=set)

    def refund(self, intent: str, key: str = "", **body: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        path = f"/api/v1/payments/{intent}/refunds"
        return self.payments.post(path, json=body, headers=headers)

    def link(self, intent: str, **rest: Any) -> httpx.Response:
        return self.links.post(
            "/api/v1/payment-links", json={"intent_id": intent}, **rest
        )

    def show(self, link: dict[str, Any]) -> dict[str, Any]:
        found = self.links.get(f"/api/v1/payment-links/{link['id']}")
        return dict(found.json())

    def payment(self, link: dict[str, Any]) -> httpx.Response:
        return self.payments.get(f"/api/v1/payments/{link['payment_id']}")

    def visit(self, link: dict[str, Any]) -> httpx.Response:
        return self.links.get(self.path(link), tenant=None)

    def send(self, link: dict[str, Any], **form: str) -> httpx.Response:
        """Send the page's form, as a browser without any credential does."""
        rest = {"expiry": "12 / 34", "cvc": "123"} if "number" in form else {}
        content = urlencode(rest | form).encode()
        return self.links.post(self.path(link), content=content, tenant=None)

    def path(self, link: dict[str, Any]) -> str:
        return str(link["url"]).removeprefix("https://pay.example")

    def pump(self) -> None:
        """Deliver what was published for now, to whoever consumes it."""
        for each in self.links.published():
            if each["id"] in self.heard or each["deliver_at"]:
                continue
            self.heard.add(each["id"])
            for consumer in self.links.app.state.consumers:
                if consumer.type == each["type"]:
                    self.links.deliver(consumer.event(**each["data"]), id=each["id"])


def said(page: httpx.Response) -> str:
    """What a page shows as its message."""
    found = re.search(r'<p role="status">(.*?)</p>', page.text, re.DOTALL)
    return html.unescape(found[1]) if found else ""


@pytest.fixture
def intents() -> Intents:
    return Intents()


@pytest.fixture
def shop(database: FastAPI, intents: Intents) -> Iterator[Shop]:
    from services.payment.payment_configuration.app import app as configuration
    from services.payment.payment_confirmation.app import app as confirmation
    from services.payment.payment_intent.app import app as real
    from services.payment.payment_link.app import app

    upstreams = {"database-operations": database, "payment-confirmation": confirmation}
    upstreams |= {"payment-intent": intents.answers, "real payment-intent": real}
    upstreams["payment-configuration"] = configuration
    with testing.mesh(app, upstreams=upstreams) as links:
        payments = testing.Mesh(confirmation, links.wire, links.portal, links.tenant)
        yield Shop(links, payments, intents)


@pytest.fixture
def real_intents(shop: Shop) -> testing.Mesh:
    """payment-intent itself, in place of what answers for it."""
    upstreams = shop.links.wire.upstreams
    app = upstreams["payment-intent"] = upstreams["real payment-intent"]
    return testing.Mesh(app, shop.links.wire, shop.links.portal, shop.links.tenant)


@dataclass
class StripeShop(Shop):
    """The two services with Stripe, or what stands for it."""

    stripe: fake.Stripe | None = None
    told: int = 0
    trouble: Any = None  # what stands before Stripe

    def tell(self, *more: tuple[str, dict[str, Any]]) -> None:
        """Deliver what happened at Stripe since the last time, as signed webhooks."""
        assert self.stripe is not None
        news = self.stripe.events[self.told :]
        self.told = len(self.stripe.events)
        for type, thing in (*news, *more):
            at = int(time.time())
            about = {"id": f"evt_{uuid.uuid4().hex}", "created": at, "type": type}
            body = json.dumps(about | {"data": {"object": thing}}).encode()
            headers = {"Stripe-Signature": psp.sign(body, "whsec_stripe", at)}
            path = "/api/v1/webhooks/stripe"
            taken = self.payments.post(path, content=body, headers=headers, tenant=None)
            assert taken.status_code == 200, taken.text

    def pay(self, link: dict[str, Any]) -> dict[str, Any]:
        """The customer follows the link and pays at Stripe: its payment intent."""
        assert self.stripe is not None
        there = self.visit(link)
        assert there.status_code == 303
        id = there.headers["Location"].rpartition("/")[2]
        return self.stripe.pay(self.stripe.things[id])

    def send_refunds(self) -> None:
        """Deliver what was put off: are the refunds that were promised made?"""
        for each in self.payments.published("payment.refund-due"):
            self.payments.deliver(RefundDue(**each["data"]))


def started(service: str, **environment: str) -> FastAPI:
    """A service's application, as its process starts with that environment."""
    found = importlib.util.find_spec(f"services.payment.{service}.app")
    assert found is not None
    assert found.loader is not None
    made = importlib.util.module_from_spec(found)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        # While it is made it is looked up by its name.
        patch.setitem(sys.modules, found.name, made)
        found.loader.exec_module(made)
    return made.app


@contextmanager
def with_stripe(
    before: Callable[[str], Any] | None = None, **more: str
) -> Iterator[tuple[fake.Stripe, FastAPI, FastAPI]]:
    """Stripe, and links and confirmations that take money there; *before* its address
    is what they reach it by."""
    import stripe as sdk

    # The SDK's own bundle is the world's authorities, read for every application.
    sdk.ca_bundle_path = os.environ["SSL_CERT_FILE"]
    with testing.answering(fake.Stripe()) as stripe:
        url = before(stripe.url) if before else stripe.url
        own = {"STRIPE_API_KEY": fake.KEY, "STRIPE_BASE_URL": url}
        own |= {"STRIPE_WEBHOOK_SECRET": "whsec_stripe", "MAX_RETRIES": "1"}
        own |= {"CIRCUIT_BREAKER_RECOVERY": "0.3"} | more
        yield (
            stripe,
            started("payment_link", **own),
            started("payment_confirmation", **own),
        )


@contextmanager
def opened(
    database: FastAPI, intents: Intents, *of: Any, **more: str
) -> Iterator[StripeShop]:
    with with_stripe(*of, **more) as (stripe, app, confirmation):
        upstreams = {"database-operations": database}
        upstreams |= {"payment-confirmation": confirmation}
        upstreams["payment-intent"] = intents.answers
        with testing.mesh(app, upstreams=upstreams) as links:
            others = links.wire, links.portal, links.tenant
            payments = testing.Mesh(confirmation, *others)
            yield StripeShop(links, payments, intents, stripe=stripe)


@pytest.fixture
def stripe_shop(database: FastAPI, intents: Intents) -> Iterator[StripeShop]:
    with opened(database, intents) as shop:
        yield shop


@pytest.fixture
def troubled(
    database: FastAPI, intents: Intents, outage: Callable[[str], Any]
) -> Iterator[StripeShop]:
    """With Stripe behind what can fail: ``shop.trouble``."""
    between: list[Any] = []

    def before(url: str) -> str:
        between.append(outage(url.removeprefix("http://")))
        return str(between[0].url)

    with opened(database, intents, before, PROVIDER_TIMEOUT="1") as shop:
        shop.trouble = between[0]
        yield shop


@pytest.fixture
def unreachable(database: FastAPI, intents: Intents) -> Callable[..., Any]:
    """``with unreachable(before) as shop``: *before* makes the address of Stripe's."""
    return partial(opened, database, intents)


@pytest.fixture
def switched(database: FastAPI, intents: Intents) -> Iterator[tuple[Shop, StripeShop]]:
    """One business: without Stripe, and with it in place of the local provider."""
    from services.payment.payment_confirmation.app import app as local
    from services.payment.payment_link.app import app

    upstreams = {"database-operations": database, "payment-confirmation": local}
    upstreams["payment-intent"] = intents.answers
    with with_stripe() as (stripe, there, told):
        upstreams |= {"links of Stripe's": there, "payments of Stripe's": told}
        with testing.mesh(app, upstreams=upstreams) as links:
            others = links.wire, links.portal, links.tenant
            before = Shop(links, testing.Mesh(local, *others), intents)
            after = testing.Mesh(there, *others), testing.Mesh(told, *others)
            yield before, StripeShop(*after, intents, stripe=stripe)


@pytest.fixture
def message() -> Any:
    return said
