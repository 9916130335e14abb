"""The conversation manager on the real database-operations.

Pipelines are stubs, but for a ``chat`` through all services.
"""

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing

os.environ.setdefault("PAYMENT_LINK_SECRET", "a-new-one-for-tests,an-old-one-for-tests")
os.environ.setdefault("FILIGREE_PUBLIC_URL", "https://pay.example")

Open = Callable[..., AbstractContextManager[testing.Mesh]]


def ended(answer: str = "Nine to five.", **more: Any) -> dict[str, Any]:
    """An execution of the chat pipeline that succeeded."""
    plan = {"actions": [], "question": "When are you open?", "degraded": None}
    said = {"answer": answer, "abstained": False, "citations": [], "provider": "local"}
    output = {
        "plan": plan | more.pop("plan", {}),
        "answer": said | more.pop("answered", {}),
        "acted": {"results": [{"name": "search", "status": "succeeded"}]},
    }
    began = "2030-01-01T00:00:00Z"
    about = {"id": "e1", "pipeline": "chat", "status": "SUCCEEDED", "started_at": began}
    return about | {"output": output} | more


@pytest.fixture(scope="session")
def outcome() -> Callable[..., dict[str, Any]]:
    return ended


@pytest.fixture
def opened(database: FastAPI) -> Open:
    """Start the service with outcomes of its upstreams, stored or not."""
    from services.assistant.conversation_manager.app import app

    def start(
        run: Any = None, *, complete: Any = None, stored: bool = True
    ) -> AbstractContextManager[testing.Mesh]:
        runs = run if isinstance(run, FastAPI) else {"run_pipeline": run or ended()}
        stubs: dict[str, Any] = {"action-executor": runs}
        if complete is not None:
            stubs["response-generation"] = {"complete": complete}
        if stored:
            stubs["database-operations"] = database
        return testing.mesh(app, upstreams=stubs)

    return start


@pytest.fixture
def mesh(opened: Open) -> Iterator[testing.Mesh]:
    with opened() as running:
        yield running


KNOWN = {
    "action-executor": "assistant",
    "decision-planner": "assistant",
    "embedding-generation": "knowledge",
    "faq-management": "knowledge",
    "similarity-search": "knowledge",
    "response-generation": "knowledge",
    "slot-management": "calendar",
    "schedule-optimization": "calendar",
    "booking-management": "calendar",
    "notification": "operations",
    "conversational-payment": "payment",
    "payment-configuration": "payment",
    "payment-confirmation": "payment",
    "payment-intent": "payment",
    "payment-link": "payment",
}
EVERY_DAY = {
    day: [{"opens": "09:00", "closes": "17:00"}]
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
}
OFFER = {"title": "Check-up", "timezone": "Europe/Berlin", "hours": EVERY_DAY}
RULES_PATH = "/api/v1/payment-configuration"
RULES = {"payee": "Brightwater", "default_currency": "EUR", "currencies": ["EUR"]}
CUSTOMER: dict[str, Any] = {"roles": ("customer",), "subject": "c1"}


def application(service: str, domain: str) -> FastAPI:
    name = service.replace("-", "_")
    return importlib.import_module(f"services.{domain}.{name}.app").app


@pytest.fixture
def chat(database: FastAPI) -> Iterator["Chat"]:
    """A customer's conversation, with every service that it leads to."""
    from services.assistant.conversation_manager.app import app
    from services.assistant.decision_planner.app import models as planning
    from services.payment.payment_intent.app import models as reading

    planning.forget()
    reading.forget()
    apps = {name: application(name, domain) for name, domain in KNOWN.items()}
    with testing.mesh(app, upstreams=apps | {"database-operations": database}) as up:
        talk = Chat(up)
        made = [
            talk.of("slot-management").put("/api/v1/slots/offers/check-up", json=OFFER),
            talk.of("payment-configuration").put(RULES_PATH, json=RULES),
        ]
        assert [each.status_code for each in made] == [200, 200]
        yield talk


class Chat:
    """A conversation of one customer."""

    def __init__(self, mesh: testing.Mesh) -> None:
        self.mesh, self.id = mesh, None

    def say(self, message: str, **more: Any) -> Any:
        asked = {"message": message, "conversation_id": self.id} | more
        answer = self.mesh.post("/v1/api/chat", json=asked, **CUSTOMER)
        assert answer.status_code == 200, answer.text
        self.id = answer.json()["conversation_id"]
        return answer.json()

    def of(self, service: str) -> testing.Mesh:
        """The conversation's tenant at another service."""
        app = self.mesh.wire.upstreams[service]
        return testing.Mesh(app, self.mesh.wire, self.mesh.portal, self.mesh.tenant)

    def booked(self) -> Any:
        """What of bookings is there."""
        path = "/api/v1/bookings"
        return self.of("booking-management").get(path, **CUSTOMER).json()["items"]

    def linked(self) -> int:
        """How many payment links were made."""
        calls = self.mesh.calls("payment-link", "create_link")
        keys = {each.request.headers["idempotency-key"] for each in calls}
        return len(keys)

    def links(self) -> list[str]:
        """How each payment link stands."""
        found = self.of("payment-link").get("/api/v1/payment-links").json()
        return [each["status"] for each in found["items"]]
