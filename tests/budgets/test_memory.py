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
LOADED = 46.0  # MiB, anonymous; work takes 1 to 3 more
# NumPy takes 5 MiB, cryptography as much: no room for another library of that size.
LARGER = {
    "api-gateway": 48.0,
    "authentication": 48.0,
    "embedding-generation": 48.0,
    "faq-management": 48.0,
    "response-generation": 48.5,
}
SMAPS = Path("/proc/self/smaps_rollup")
LOAD = """
import importlib, sys
for module in sys.argv[1:]:
    importlib.import_module(module)
from chassis import _memory
_memory.settle()
print(open("/proc/self/smaps_rollup").read())
"""

pytestmark = pytest.mark.skipif(
    not SMAPS.exists(), reason="Linux alone tells what is anonymous"
)


def loaded(*modules: str) -> float:
    """MiB of anonymous memory of an interpreter with nothing but these modules."""
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
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *modules],
        cwd=ROOT,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = re.search(r"^Anonymous:\s+(\d+) kB", done.stdout, re.M)
    assert found
    return int(found[1]) / 1024


@pytest.fixture(scope="module")
def compiled() -> None:
    """All modules are compiled, which would take more memory than they do."""
    loaded(*(each.module for each in SERVICES.values()))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_leaves_room_for_its_work(name: str, compiled: None) -> None:
    assert loaded(SERVICES[name].module) < LARGER.get(name, LOADED)


def test_what_a_service_loads_is_counted() -> None:
    assert loaded("chassis", "numpy") > loaded("chassis") + 2
