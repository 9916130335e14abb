"""The whole mesh, once for this folder and no longer: real engines, services, files."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

import pytest

from filigree.demo.api import Api
from filigree.state import State

ROOT = Path(__file__).parents[2]
# Beside a mesh that somebody may be running, and those of other checkouts.
OFFSET = 3000 + crc32(str(ROOT).encode()) % 200 * 100
DOCUMENTS = ROOT / "platform/filigree/demo/documents"
FILES = (
    "opening-hours.md",
    "fees.html",
    "price-list.csv",
    "aftercare-extraction.md",
    "implants.pdf",
    "consent-sedation.docx",
    "patient-reviews.html",
)


def filigree(*words: str, seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "filigree.cli", "--root", str(ROOT)]
    return subprocess.run(
        [*command, "--port-offset", str(OFFSET), *words],
        capture_output=True,
        text=True,
        timeout=seconds,
        env={**os.environ, "OPENAI_API_KEY": ""},
    )


@pytest.fixture(name="command")
def _command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """``filigree`` with these words, for the running mesh."""
    return filigree


@pytest.fixture(scope="package")
def demo() -> Iterator[dict[str, str]]:
    """A running mesh; what ``.filigree/…/demo.json`` says of its demo tenant."""
    filigree("down", "--data")  # of a run that was cut off
    told = ROOT / f".filigree/offset-{OFFSET}/demo.json"
    try:
        started = filigree("up", "--detach")
        assert started.returncode == 0, started.stdout + started.stderr
        yield json.loads(told.read_text())
    finally:
        filigree("down", "--data")


@pytest.fixture(scope="package")
def held(demo: dict[str, str]) -> State:
    """Where the running mesh is."""
    return State(ROOT, OFFSET)


@pytest.fixture(scope="package")
def api(demo: dict[str, str]) -> Api:
    return Api(demo["base_url"], demo["api_key"])


@pytest.fixture(scope="package")
def documents(api: Api) -> dict[str, dict[str, object]]:
    """Files of every type, uploaded and ready, by name."""
    sent = {name: api.upload(DOCUMENTS / name, {}) for name in FILES}
    return {name: api.settled(told["id"]) for name, told in sent.items()}
