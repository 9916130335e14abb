"""docs/settings.md has every setting of every service, and no other."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
TOLD = set(
    re.findall(r"`([A-Z]+_[A-Z_]+)`", (ROOT / "docs/settings.md").read_text("utf-8"))
)
# Read by what starts the services, or straight from the environment.
ELSEWHERE = {
    "LOG_LEVEL",
    "FILIGREE_WEIGHTS",
    "NATS_URL",
    "CONFIG_ENVIRONMENT",
}
APPS = sorted((ROOT / "services").glob("*/*/app.py"))


def read_by(app: Path) -> Iterator[tuple[str, str]]:
    """(model, prefix) of each ``chassis.settings(model, prefix)`` of a service."""
    for node in ast.walk(ast.parse(app.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "chassis.settings":
            model, *prefix = [*node.args, *(each.value for each in node.keywords)]
            yield ast.unparse(model), ast.literal_eval(prefix[0])


def variables() -> set[str]:
    found = set()
    for app in APPS:
        for model, prefix in read_by(app):
            name = ".".join(app.relative_to(ROOT).with_suffix("").parts)
            held: type[BaseModel] = eval(model, vars(importlib.import_module(name)))
            found |= {prefix + field.upper() for field in held.model_fields}
    return found


def test_every_setting_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in ("AUTHENTICATION_SECRET", "CALENDAR_PROVIDER_SECRET"):
        monkeypatch.setenv(secret, "a-secret-for-tests-only")
    monkeypatch.setenv("PAYMENT_LINK_SECRET", "a-secret-for-tests-only")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1/none")
    read = variables() | ELSEWHERE
    assert read - TOLD == set()
    assert TOLD - read == set()
