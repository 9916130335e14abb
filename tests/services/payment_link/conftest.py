"""Links and confirmations on real documents; intents are answered at the wire."""

import html
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis import errors, testing

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
        about |= {"lines": [], "fees": [], "tax_name": "VAT", "tax_inclusive": True}
        about |= {"method": "card", "rules_version": 1, "conversation_id": None}
        when = datetime.now(UTC).isoformat()
        self.known[id] = about | sums | {"created_at": when} | more
        return id

    def get(self, request: httpx.Request) -> Any:
        id = request.url.path.rpartition("/")[2]
        return self.known.get(id) or errors.NotFound(f"there is no intent {id}")


@dataclass
class Shop:
    """The two services as one: what one publishes, the other hears."""

    links: testing.Mesh
    payments: testing.Mesh
    intents: Intents
    heard: set[str] = field(default_factory=set)

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
        return self.links.post(self.path(link), data=form, tenant=None)

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
    found = re.search(r'<p role="status">(.*?)</p>', page.text, re.S)
    return html.unescape(found[1]) if found else ""


@pytest.fixture
def intents() -> Intents:
    return Intents()


@pytest.fixture
def shop(database: FastAPI, intents: Intents) -> Iterator[Shop]:
    from services.payment.payment_confirmation.app import app as confirmation
    from services.payment.payment_link.app import app

    upstreams = {"database-operations": database, "payment-confirmation": confirmation}
    upstreams["payment-intent"] = {"get_intent": intents.get}
    with testing.mesh(app, upstreams=upstreams) as links:
        payments = testing.Mesh(confirmation, links.wire, links.portal, links.tenant)
        yield Shop(links, payments, intents)


@pytest.fixture
def message() -> Any:
    return said
