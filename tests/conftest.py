"""What holds for all tests.

What one area's tests leave in the environment never reaches a mesh of another's, and a
busy machine is no failure of a property. Nobody is met here whom one of the world's
authorities has certified: to read them all takes each client longer than its calls, so
there is but one, which has certified nobody.

Prometheus' own tools are taken where they are: on the path, or by ``make tools``.
"""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

TOOLS = Path(__file__).parents[1] / ".filigree/tools/usr/bin"

settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")
MESHES = {"mesh", "journey", "chaos", "engines"}
BEFORE = dict(os.environ)
# The runner's own, written before every phase of a test.
KEPT = "PYTEST_CURRENT_TEST"
_put_aside: dict[str, str] = {}
os.environ["SSL_CERT_FILE"] = str(Path(__file__).with_name("authority.pem"))

# A fifth of what collecting the tests takes goes into looking for garbage among them.
gc.disable()


def pytest_collection_finish() -> None:
    """What was collected stays until the end: no search for garbage looks at it."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What an area has left stays: later searches for garbage pass over it."""
    if nextitem and _area(nextitem.nodeid) != _area(item.nodeid):
        gc.collect()
        gc.freeze()


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that bring up meshes come first: the longest must not be the last."""
    items.sort(key=lambda item: _area(item.nodeid) not in MESHES)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Each area's tests run in one process, one after the other, and share engines."""
    config.option.loadscopereorder = False
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = _area  # its own would be a module or a class
    return scheduling


def _area(nodeid: str) -> str:
    """A folder of tests; of the services' tests each service is one."""
    return nodeid.partition("::")[0].rpartition("/")[0].removeprefix("tests/")


def tool(name: str) -> Callable[..., str]:
    """``tool(name)(argument, …)``: what it says; fails with it when it refuses."""
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], str(TOOLS)]))
    if found is None:
        pytest.skip(f"NOT TESTED: {name} is missing; `make tools` fetches it (Debian)")

    def run(*arguments: str) -> str:
        ended = subprocess.run(
            [found, *arguments], capture_output=True, text=True, timeout=120
        )
        said = ended.stdout + ended.stderr
        assert ended.returncode == 0, said
        return said

    return run


@pytest.fixture(scope="session")
def told_by() -> Callable[[str], list[str]]:
    """``told_by(program)``: the lines that a fresh interpreter prints, of which nothing
    is loaded but what the program loads."""

    def run(program: str) -> list[str]:
        command = [sys.executable, "-c", program]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=90)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.splitlines()

    return run


@pytest.fixture(scope="session")
def promtool() -> Callable[..., str]:
    return tool("promtool")


@pytest.fixture(scope="session")
def amtool() -> Callable[..., str]:
    return tool("amtool")
