"""The demo tenant: made once, its credentials left in ``.filigree/demo.json``."""

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from filigree.demo.api import Api, Refused
from filigree.demo.bookable import offers

EMAIL = "owner@brightwater.example"
BUSINESS, CURRENCY = "Brightwater Dental", "EUR"


def seed(base: str, path: Path) -> dict[str, Any]:
    """The demo's credentials: those of *path* while they work, new ones otherwise."""
    with suppress(OSError, ValueError, KeyError, Refused):
        known = json.loads(path.read_text())
        Api(base, known["api_key"]).call("GET", "/api/v1/auth/me")
        return _written(path, known | {"base_url": base})
    nobody, email = Api(base), EMAIL
    password = secrets.token_urlsafe(18)
    new = {"email": email, "password": password, "business": BUSINESS}
    try:
        tokens = nobody.call("POST", "/api/v1/auth/register", json=new)
    except Refused:
        # Another demo's owner has the address, and its password is not known here.
        new["email"] = f"owner-{secrets.token_hex(4)}@brightwater.example"
        tokens = nobody.call("POST", "/api/v1/auth/register", json=new)
    key = nobody.call(
        "POST",
        "/api/v1/api-keys",
        json={"name": "demo", "role": "owner", "scopes": ["*"]},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    _ready_to_be_paid(Api(base, key["api_key"]))
    _ready_to_be_booked(Api(base, key["api_key"]))
    told = {
        "base_url": base,
        "tenant": tokens["tenant"],
        "api_key": key["api_key"],
        "email": new["email"],
        "password": password,
    }
    return _written(path, told)


def _ready_to_be_paid(api: Api) -> None:
    """Say who a customer pays; a mesh without the payment domain has no use for it."""
    rules = {"payee": BUSINESS, "default_currency": CURRENCY, "currencies": [CURRENCY]}
    with suppress(Refused):
        api.call("PUT", "/api/v1/payment-configuration", json=rules)


def _ready_to_be_booked(api: Api) -> None:
    """Say what a customer books."""
    for name, offer in offers().items():
        with suppress(Refused):
            api.call("PUT", f"/api/v1/slots/offers/{name}", json=offer)


def _written(path: Path, told: dict[str, Any]) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".new")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(json.dumps(told, indent=1))
    scratch.replace(path)
    return told
