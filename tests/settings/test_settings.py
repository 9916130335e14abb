"""docs/settings.md has every setting of every service, and no other."""

import ast
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from filigree import declarations
from filigree.contracts_read import SURROUNDINGS

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


def test_every_setting_is_documented() -> None:
    # In a process of its own: a service reads its settings when it is imported.
    services = declarations.load(ROOT).values()
    secrets = {name for each in services for name in each.secrets}
    paths = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    given = {"PYTHONPATH": paths, **dict.fromkeys(secrets, "0" * 64)}
    given = os.environ | SURROUNDINGS | given
    asked = [sys.executable, __file__]
    done = subprocess.run(asked, env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    read = set(done.stdout.split()) | ELSEWHERE
    assert read - TOLD == set()
    assert TOLD - read == set()


if __name__ == "__main__":
    print(*variables())
