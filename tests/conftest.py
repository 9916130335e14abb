"""What holds for all tests.

What one area's tests leave in the environment never reaches a mesh of another's, and a
busy machine is no failure of a property.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")
MESHES = {"mesh", "journey", "chaos", "engines"}
BEFORE = dict(os.environ)
# The runner's own, written before every phase of a test.
KEPT = "PYTEST_CURRENT_TEST"
_put_aside: dict[str, str] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before any fixture: a mesh makes its own keys and engines, and no test's."""
    if item.path.relative_to(item.config.rootpath).parts[1] not in MESHES:
        os.environ.update(_put_aside)
        return _put_aside.clear()
    for name, value in dict(os.environ).items():
        if name != KEPT and BEFORE.get(name) != value:
            _put_aside[name] = os.environ.pop(name)
    missing = {name: value for name, value in BEFORE.items() if name not in os.environ}
    os.environ.update(missing)
