"""The whole mesh, once for this folder and no longer, and what breaks and mends it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis import testing
from filigree import control
from filigree.demo.api import Api
from filigree.state import State

ROOT = Path(__file__).parents[2]
OFFSET = 24000  # beside any mesh that somebody may be running
DOCUMENTS = ROOT / "platform/filigree/demo/documents"
# A look takes a mesh that has the machine to share a good part of it.
until = partial(testing.until, every=0.2)
FILES = ("fees.html", "opening-hours.md", "aftercare-extraction.md")


def filigree(*words: str, seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "filigree.cli", "--root", str(ROOT)]
    return subprocess.run(
        [*command, "--port-offset", str(OFFSET), *words],
        capture_output=True,
        text=True,
        timeout=seconds,
        env={**os.environ, "OPENAI_API_KEY": ""},
    )


def client(base: str, **more: Any) -> httpx.Client:
    """Plain HTTP: to read the certificates of the world takes longer than a call."""
    return httpx.Client(base_url=base, timeout=60.0, verify=False, **more)


@dataclass
class Mesh:
    """A running mesh, its demo tenant, and orders that break and mend it."""

    held: State
    told: dict[str, str]

    def api(self) -> Api:
        """The demo business."""
        return Api(self.told["base_url"], self.told["api_key"])

    def chat(self, message: str) -> httpx.Response:
        """The gateway's answer to a message, whatever its status."""
        headers = {"X-API-Key": self.told["api_key"]}
        with client(self.told["base_url"], headers=headers) as http:
            return http.post("/v1/api/chat", json={"message": message})

    def row(self, name: str) -> dict[str, Any]:
        """What ``filigree ps`` knows of one process."""
        rows = control.ask(self.held, "ps", name=name)["rows"]
        return next(row for row in rows if row["name"] == name)

    def kill(self, name: str) -> None:
        """SIGKILL a process, and wait until it was started again and is ready."""
        before = self.row(name)
        os.kill(before["pid"], signal.SIGKILL)
        until(lambda: self.row(name)["restarts"] > before["restarts"], 30)
        self.ready(name)

    def ready(self, name: str) -> None:
        until(lambda: self.row(name)["state"] == "ready", 30)

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """While inside, every call of a service fails; after, it is as it was."""
        control.ask(self.held, "fault", name=name, status=503, delay=0.0)
        until(lambda: self._health(name) == 503)
        try:
            yield
        finally:
            control.ask(self.held, "mend", name=name)
            until(lambda: self._health(name) == 200)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """While inside, a service takes calls and answers none."""
        control.ask(self.held, "pause", name=name)
        try:
            yield
        finally:
            control.ask(self.held, "mend", name=name)
            self.ready(name)

    def renewed(self, name: str) -> None:
        """Wait until no caller leaves the service alone any more."""
        until(lambda: not self.row(name)["breaker"], 90)

    def _health(self, name: str) -> int:
        """The status that another service would get from it."""
        uds = str(self.held.egress("operator"))
        transport = httpx.HTTPTransport(verify=False, uds=uds)
        with client(f"http://{name}", transport=transport) as http:
            return http.get("/health/live").status_code


@pytest.fixture(scope="package")
def mesh() -> Iterator[Mesh]:
    held = State(ROOT, OFFSET)
    filigree("down")  # of a run that was cut off
    try:
        started = filigree("up", "--detach")
        assert started.returncode == 0, started.stdout + started.stderr
        yield Mesh(held, json.loads(held.demo.read_text()))
    finally:
        filigree("down")


@pytest.fixture(scope="package")
def documents(mesh: Mesh) -> dict[str, Any]:
    """Files of the demo business, uploaded and ready, by name."""
    api = mesh.api()
    sent = {name: api.upload(DOCUMENTS / name, {}) for name in FILES}
    return {name: api.settled(told["id"]) for name, told in sent.items()}
