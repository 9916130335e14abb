"""What one area's tests leave in the environment never reaches a mesh of another's."""

import os

import pytest

MESHES = {"mesh", "journey", "chaos", "engines"}
LEFT_BEHIND = ("FILIGREE_INTERNAL_KEYS", "DATABASE_URL", "NATS_URL")
_put_aside: dict[str, str] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture: a mesh makes its own keys and engines, and no test's."""
    if item.path.relative_to(item.config.rootpath).parts[1] in MESHES:
        held = {name: os.environ.pop(name, None) for name in LEFT_BEHIND}
        _put_aside.update({name: value for name, value in held.items() if value})
    else:
        os.environ.update(_put_aside)
        _put_aside.clear()
