"""Each service, loaded as in an image, leaves room for its work in a pod of 50 MiB."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from filigree import edges, environment

ROOT = Path(__file__).parents[2]
SERVICES = edges.resolve(ROOT).declarations
LOADED = 45.0  # MiB, anonymous; work takes 1 to 3 more, and being alone 1
# NumPy takes 5 MiB, cryptography as much: no room for another library of that size.
LARGER = {
    "api-gateway": 47.0,
    "authentication": 47.0,
    "embedding-generation": 47.0,
    "faq-management": 47.0,
    "response-generation": 47.5,
}
SMAPS = Path("/proc/self/smaps_rollup")
# What every service loads is loaded once; each service then on top of it, in a child.
LOAD = """
import importlib, os, sys
from pathlib import Path
from chassis import _memory
for module in sys.argv[1:]:
    if not os.fork():
        for name in module.split():
            importlib.import_module(name)
        _memory.settle()
        print(Path("/proc/self/smaps_rollup").read_text(), flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(f"{module} cannot be loaded")
"""

pytestmark = pytest.mark.skipif(
    not SMAPS.exists(), reason="Linux alone tells what is anonymous"
)


def loaded(*services: str) -> list[float]:
    """MiB of anonymous memory of interpreters with nothing but the chassis and one's
    modules, whose names have spaces between them."""
    secrets = {
        f"{name.replace('-', '_').upper()}_SECRET": "s" * 32 for name in SERVICES
    }
    told = {
        **environment.ALONE,
        **secrets,
        "DATABASE_URL": "postgresql://",
        "FILIGREE_INTERNAL_KEYS": "a-key-for-tests-only",
        "OPENAI_API_KEY": "",
        "OPENAI_BASE_URL": "",
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(ROOT / ".filigree" / "bytecode"),
    }
    # A service has all the authorities there are, and tests one.
    surroundings = {k: v for k, v in os.environ.items() if k != "SSL_CERT_FILE"}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *services],
        cwd=ROOT,
        env={**surroundings, **told},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^Anonymous:\s+(\d+) kB", done.stdout, re.MULTILINE)
    assert len(found) == len(services)
    return [int(each) / 1024 for each in found]


@pytest.fixture(scope="module")
def taken() -> dict[str, float]:
    """MiB, by service; by then all is compiled, which takes more memory."""
    modules = [each.module for each in SERVICES.values()]
    _, *each = loaded(" ".join(modules), *modules)
    return dict(zip(SERVICES, each, strict=True))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_leaves_room_for_its_work(name: str, taken: dict[str, float]) -> None:
    assert taken[name] < LARGER.get(name, LOADED)


def test_what_a_service_loads_is_counted() -> None:
    without, with_numpy = loaded("chassis", "numpy")
    assert with_numpy > without + 2
