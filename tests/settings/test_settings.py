"""What a service reads from its environment is what its declaration says of it."""

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from chassis import _provider
from filigree import declarations
from filigree.contracts_read import SURROUNDINGS

ROOT = Path(__file__).parents[2]
DECLARED = declarations.load(ROOT)
HEAD = ROOT / "platform/filigree/templates/settings.md.txt"
# Of every service: the mesh gives them.
SHARED = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", HEAD.read_text("utf-8")))


def read_by(app: Path) -> Iterator[tuple[str, str]]:
    """(model, prefix) of each ``chassis.settings(model, prefix)`` of a service."""
    for node in ast.walk(ast.parse(app.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "chassis.settings":
            model, *prefix = [*node.args, *(each.value for each in node.keywords)]
            yield ast.unparse(model), ast.literal_eval(prefix[0])


def defaults(module: str) -> dict[str, object]:
    """The defaults of the variables that a service's models have, None without one."""
    app = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    found: dict[str, object] = {}
    for model, prefix in read_by(app):
        held: type[BaseModel] = eval(model, vars(importlib.import_module(module)))
        for name, field in held.model_fields.items():
            known = None if field.is_required() else field.default
            found[prefix + name.upper()] = known
    return found


@pytest.fixture(scope="module")
def read() -> dict[str, dict[str, object]]:
    """What each service reads, seen in a process of its own: reading is on import."""
    paths = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    secrets = {name for each in DECLARED.values() for name in each.secrets}
    given = {"PYTHONPATH": paths, **dict.fromkeys(secrets, "0" * 64)}
    modules = [each.module for each in DECLARED.values()]
    done = subprocess.run(
        [sys.executable, __file__, *modules],
        env=os.environ | SURROUNDINGS | given,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(DECLARED, json.loads(done.stdout), strict=True))


def test_every_setting_is_declared_and_no_other(read):
    for service in DECLARED.values():
        said = {each.name for each in service.settings}
        plain = {
            each
            for each in said - read[service.name].keys()
            if f'"{each}"' in (ROOT / service.folder / "app.py").read_text("utf-8")
        }
        undeclared = read[service.name].keys() - said - SHARED
        assert undeclared == set(), f"say what it is under `settings` of {service.path}"
        assert said - read[service.name].keys() == plain, service.path


def test_what_the_environment_may_say_of_every_provider_is_told():
    assert {each.upper() for each in _provider.Overrides.model_fields} <= SHARED


def test_a_default_that_is_declared_as_a_value_is_the_codes(read):
    compared = 0
    for service in DECLARED.values():
        for each in service.settings:
            known = read[service.name].get(each.name)
            literal = re.fullmatch("`(.*)`", str(each.default))
            if each.name in read[service.name] and literal:
                assert literal[1] == known, each.name
            elif isinstance(each.default, int | float):
                assert each.default == known, each.name
            elif not each.default:
                assert not known, each.name
            compared += 1
    assert compared


if __name__ == "__main__":
    print(json.dumps([defaults(each) for each in sys.argv[1:]], default=str))
