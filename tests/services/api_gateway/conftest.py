"""The gateway with small limits, and a ring that signs what it accepts."""

import os
import secrets
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from credentials._tokens import Ring
from encryption import Seal

SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="session")
def ring() -> Ring:
    seal = Seal(SECRET)
    return Ring.opened([Ring.new_key(seal)], seal)


@pytest.fixture(scope="session")
def service() -> FastAPI:
    os.environ["GATEWAY_RATE"] = "20"
    os.environ["GATEWAY_ANONYMOUS_RATE"] = "10"
    os.environ["GATEWAY_BODY"] = "100000"
    os.environ["GATEWAY_AT_ONCE"] = "2"
    os.environ["GATEWAY_ORIGINS"] = "https://shop.example"
    from services.infrastructure.api_gateway.app import app

    return app


@pytest.fixture
def tenant() -> str:
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def address() -> dict[str, str]:
    """A client of its own, so that no test uses up another's rate."""
    return {"X-Forwarded-For": f"203.0.113.7, {secrets.token_hex(8)}"}


@pytest.fixture
def bearer(
    ring: Ring, tenant: str, address: dict[str, str]
) -> Callable[..., dict[str, str]]:
    def made(seconds: int = 60, **claims: Any) -> dict[str, str]:
        known = {"iss": "filigree", "aud": "filigree", "sub": "u1", "tenant": tenant}
        token = ring.issue(known | {"roles": ["owner"]} | claims, seconds)
        return {"Authorization": f"Bearer {token}", **address}

    return made
