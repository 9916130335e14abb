"""The service on real documents, with webhook secrets as while one is rolled."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import psp
from chassis import testing

OLD, NEW = "whsec_old", "whsec_new"
# Here, and not where it is imported: other tests may do that first.
os.environ["STRIPE_WEBHOOK_SECRET"] = f"{NEW},{OLD}"


@pytest.fixture(scope="session")
def service() -> FastAPI:
    from services.payment.payment_confirmation.app import app

    return app


@pytest.fixture
def mesh(service: FastAPI, database: FastAPI) -> Iterator[testing.Mesh]:
    with testing.mesh(service, upstreams={"database-operations": database}) as running:
        yield running


@dataclass
class Story:
    """One payment at Stripe, and its objects as Stripe's events carry them."""

    tenant: str
    intent: str = field(default_factory=lambda: str(uuid.uuid4()))
    payment: str = field(default_factory=lambda: f"pi_{uuid.uuid4().hex[:24]}")
    amount: int = 10_000
    currency: str = "eur"

    @property
    def metadata(self) -> dict[str, str]:
        return {"tenant": self.tenant, "intent_id": self.intent, "link_id": "l-1"}

    def intent_of(self, status: str, **more: Any) -> dict[str, Any]:
        paid = self.amount if status == "succeeded" else 0
        about = {"id": self.payment, "amount": self.amount, "amount_received": paid}
        about |= {"status": status, "metadata": self.metadata}
        return self._thing("payment_intent", **about | more)

    def declined(self, why: str = "insufficient_funds") -> dict[str, Any]:
        error = {"code": "card_declined", "decline_code": why}
        return self.intent_of("requires_payment_method", last_payment_error=error)

    def session(self, status: str = "complete", paid: str = "paid") -> dict[str, Any]:
        about = {"id": f"cs_{self.payment}", "amount_total": self.amount}
        about |= {"payment_intent": self.payment, "metadata": self.metadata}
        state = {"status": status, "payment_status": paid}
        return self._thing("checkout.session", **about, **state)

    def charge(self, refunded: int = 0) -> dict[str, Any]:
        sums = {"amount_captured": self.amount, "amount_refunded": refunded}
        sums |= {"amount": self.amount, "payment_intent": self.payment}
        about = {"id": f"ch_{self.payment}", "metadata": self.metadata}
        return self._thing("charge", status="succeeded", **sums, **about)

    def refund(self, id: str, amount: int, status: str) -> dict[str, Any]:
        about = {"payment_intent": self.payment, "amount": amount, "metadata": {}}
        return self._thing("refund", id=id, status=status, **about)

    def dispute(self, status: str) -> dict[str, Any]:
        about = {"payment_intent": self.payment, "amount": self.amount}
        about |= {"metadata": {}, "reason": "fraudulent"}
        return self._thing("dispute", id=f"dp_{self.payment}", status=status, **about)

    def _thing(self, kind: str, **members: Any) -> dict[str, Any]:
        return {"object": kind, "currency": self.currency, **members}


@pytest.fixture
def story(mesh: testing.Mesh) -> Story:
    return Story(mesh.tenant)


def body_of(type: str, thing: dict[str, Any], created: int = 0) -> bytes:
    at = created or int(time.time())
    about = {"id": f"evt_{uuid.uuid4().hex}", "object": "event", "created": at}
    return json.dumps(about | {"type": type, "data": {"object": thing}}).encode()


Send = Callable[..., httpx.Response]


@pytest.fixture
def send(mesh: testing.Mesh) -> Send:
    """Sends an event as Stripe does: signed, and without any credential of ours."""

    def sending(
        type: str, thing: dict[str, Any], created: int = 0, secret: str = NEW
    ) -> httpx.Response:
        body = body_of(type, thing, created)
        header = psp.sign(body, secret, int(time.time()))
        headers = {"Stripe-Signature": header}
        path = "/api/v1/webhooks/stripe"
        return mesh.post(path, content=body, headers=headers, tenant=None)

    return sending


@pytest.fixture
def payment(mesh: testing.Mesh, story: Story) -> Callable[[], dict[str, Any]]:
    """The payment as the service tells of it."""
    return lambda: mesh.get(f"/api/v1/payments/{story.intent}").json()


@pytest.fixture
def forged() -> Callable[..., tuple[bytes, str]]:
    """A body and a header that is not its signature now: which, ``how`` says."""

    def making(how: str, thing: dict[str, Any]) -> tuple[bytes, str]:
        body, now = body_of("payment_intent.succeeded", thing), int(time.time())
        right = psp.sign(body, NEW, now)
        match how:
            case "forged":
                return body, psp.sign(body, "whsec_guessed", now)
            case "stale":
                return body, psp.sign(body, NEW, now - 301)
            case "of the future":
                return body, psp.sign(body, NEW, now + 400)
            case "altered":
                return body.replace(b"10000", b"10"), right
            case "moved in time":
                return body, right.replace(f"t={now}", f"t={now - 1}")
            case "of no scheme":
                return body, right.replace("v1=", "v0=")
            case "empty":
                return body, ""
        raise AssertionError(how)

    return making
