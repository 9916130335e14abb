"""The payment domain on one database: the dialogue, and what really is behind it."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis import testing
from contracts.payment.events import LinkExpires, PaymentConfirmed

os.environ.setdefault("PAYMENT_LINK_SECRET", "a-new-one-for-tests,an-old-one-for-tests")
os.environ.setdefault("FILIGREE_PUBLIC_URL", "https://pay.example")

PATH = "/api/v1/payment-conversations"
CARD = "4242 4242 4242 4242"
RULES = {
    "payee": "Brightwater Dental",
    "default_currency": "EUR",
    "currencies": ["EUR", "USD", "GBP", "JPY"],
    "limits": {"EUR": {"most": 500_000}},
}


@dataclass
class Till:
    """The dialogue's service among the payment domain's, joined by their events."""

    talks: testing.Mesh
    links: testing.Mesh
    rules: testing.Mesh
    heard: set[str] = field(default_factory=set)
    away: dict[str, Any] = field(default_factory=dict)

    def charge(self, **rules: Any) -> None:
        path = "/api/v1/payment-configuration"
        answer = self.rules.put(path, json=RULES | rules)
        assert answer.status_code == 200, answer.text

    def begin(self, **given: Any) -> dict[str, Any]:
        answer = self.talks.post(PATH, json=given)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def post(self, id: str, message: str, **rest: Any) -> httpx.Response:
        json = {"message": message}
        return self.talks.post(f"{PATH}/{id}/messages", json=json, **rest)

    def say(self, id: str, message: str, **rest: Any) -> dict[str, Any]:
        answer = self.post(id, message, **rest)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def turn(self, message: str, **given: Any) -> dict[str, Any]:
        """What the chat sends, and gets."""
        rest = {"subject": given.pop("subject")} if "subject" in given else {}
        json = {"message": message} | given
        answer = self.talks.post(f"{PATH}/turns", json=json, **rest)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def made(self, service: str, operation: str) -> set[str]:
        """The ids of what was made there, by this tenant's talks."""
        calls = self.talks.calls(service, operation)
        return {each.request.headers["idempotency-key"] for each in calls}

    def leave(self, service: str) -> None:
        self.away[service] = self.talks.wire.upstreams.pop(service)

    def come_back(self) -> None:
        self.talks.wire.upstreams.update(self.away)
        self.away.clear()

    def expire(self, most: int | None = None) -> None:
        """Deliver what was put off, as when nobody says anything for long; or the
        first of it, as when somebody did."""
        for each in self.talks.published("payment-talk.expires")[:most]:
            consumer = self.talks.app.state.consumers[0]
            if each["id"] not in self.heard:
                self.heard.add(each["id"])
                self.talks.deliver(consumer.event(**each["data"]), id=each["id"])

    def send_card(self, url: str) -> httpx.Response:
        """A card is sent on the page at that address."""
        path = url.removeprefix(os.environ["FILIGREE_PUBLIC_URL"])
        content = f"number={CARD.replace(' ', '')}&expiry=12/34&cvc=123".encode()
        return self.links.post(path, content=content, tenant=None)

    def pay(self, url: str) -> None:
        """The customer pays on the page, and everybody hears of it."""
        self.send_card(url)
        for each in self.links.published("payment.confirmed"):
            self.tell(PaymentConfirmed(**each["data"]), each["id"])

    def try_to_pay(self, url: str) -> None:
        """Somebody does, and what comes of it is not known yet."""
        self.leave("payment-confirmation")
        assert "cannot be confirmed now" in self.send_card(url).text
        self.come_back()

    def link(self, url: str) -> dict[str, Any]:
        """The link at an address, as the staff sees it."""
        found = self.links.get("/api/v1/payment-links").json()["items"]
        return next(each for each in found if each["url"] == url)

    def tell(self, event: Any, id: str | None = None) -> None:
        self.links.deliver(event, id=id or uuid.uuid4().hex)

    def end(self, url: str) -> None:
        """The link's time is up."""
        self.tell(LinkExpires(link_id=self.link(url)["id"]))

    def tell_late(self, url: str) -> None:
        """What nobody knew when the link was ended: it was paid before."""
        link = self.link(url)
        about = {"payment_id": link["payment_id"], "link_id": link["id"]}
        about |= {"intent_id": link["intent_id"], **link["amount"]}
        self.tell(PaymentConfirmed(**about))

    def require_over(self, url: str) -> None:
        """Nobody can pay at that address."""
        assert self.link(url)["status"] == "expired"
        assert self.send_card(url).status_code == 303
        assert not self.links.published("payment.confirmed")


@pytest.fixture(scope="module")
def domain(database: FastAPI) -> Iterator[testing.Mesh]:
    """The dialogue's service, and those that it calls, for a module's tests."""
    from services.payment.conversational_payment.app import app
    from services.payment.payment_configuration.app import app as configuration
    from services.payment.payment_confirmation.app import app as confirmation
    from services.payment.payment_intent.app import app as intent
    from services.payment.payment_intent.app import models
    from services.payment.payment_link.app import app as link

    models.forget()
    upstreams: dict[str, Any] = {
        "database-operations": database,
        "payment-configuration": configuration,
        "payment-confirmation": confirmation,
        "payment-intent": intent,
        "payment-link": link,
        "response-generation": {"get_model": {"model": None}},
    }
    with testing.mesh(app, upstreams=upstreams) as talks:
        yield talks


@pytest.fixture
def till(domain: testing.Mesh) -> Iterator[Till]:
    """That domain, for a new business."""
    upstreams = domain.wire.upstreams
    domain.wire.calls.clear()
    talks = testing.Mesh(domain.app, domain.wire, domain.portal)
    others = (talks.wire, talks.portal, talks.tenant)
    links = testing.Mesh(upstreams["payment-link"], *others)
    rules = testing.Mesh(upstreams["payment-configuration"], *others)
    made = Till(talks, links, rules)
    made.charge()
    yield made
    made.come_back()
