"""payment-intent with payment-configuration on one database; no language model."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from fastapi import FastAPI

from chassis.testing import Mesh, mesh
from services.payment.payment_configuration.app import app as configuration
from services.payment.payment_intent.app import app, models

Open = Callable[..., AbstractContextManager[Mesh]]
NO_MODEL: dict[str, Any] = {"get_model": {"model": None}}


@pytest.fixture
def opened(database: FastAPI) -> Open:
    """The service with other upstreams than usual; None is one that is away."""
    models.forget()

    def start(**others: Any) -> AbstractContextManager[Mesh]:
        known = {
            "database-operations": database,
            "payment-configuration": configuration,
            "response-generation": NO_MODEL,
        } | {name.replace("_", "-"): stub for name, stub in others.items()}
        return mesh(app, upstreams={n: s for n, s in known.items() if s is not None})

    return start


@pytest.fixture
def business(opened: Open) -> Iterator[Mesh]:
    with opened() as running:
        yield running


@pytest.fixture
def rules(business: Mesh) -> Callable[..., None]:
    """Sets the rules of the business."""
    at_rules = Mesh(configuration, business.wire, business.portal, business.tenant)

    def put(**given: Any) -> None:
        usual = {
            "payee": "Smile Dental",
            "default_currency": "EUR",
            "currencies": ["EUR", "JPY", "KWD"],
        }
        answer = at_rules.put("/api/v1/payment-configuration", json=usual | given)
        assert answer.status_code == 200, answer.text

    return put
