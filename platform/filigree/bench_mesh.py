"""A mesh of the benchmark's own, beside whatever runs: other ports, another folder.

Its data are new each time, and removed with it.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from filigree import control, environment, up
from filigree.demo.api import Api
from filigree.mesh_error import MeshError
from filigree.state import State

OFFSET = 5000  # beside the mesh of this checkout
WITHIN = 240.0  # seconds for `filigree up --detach` to come back
STOPPED = 60.0  # seconds for it to stop what it began
# A provider that is far away would be measured instead of the mesh.
LOCAL = {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}


def beside(held: State) -> State:
    """The place of the benchmark's mesh."""
    return State(held.root, held.offset + OFFSET)


def start(mesh: State) -> float:
    """Start it and wait until it is ready; the seconds that a user waits.

    MeshError when there is no gateway in the end.
    """
    began = time.monotonic()
    said = _filigree(mesh, "up", "--detach", "--no-demo")
    seconds = time.monotonic() - began
    if not control.is_running(mesh):
        raise MeshError("the benchmark's mesh did not start", *said.splitlines()[-8:])
    waiting = unready(mesh)
    if "api-gateway" in waiting or "database-operations" in waiting:
        raise MeshError("the benchmark's mesh is not ready", *waiting)
    return seconds


def _filigree(mesh: State, *words: str) -> str:
    """What it said. Interrupted, it first stops what it began: Ctrl-C is for us."""
    process = subprocess.Popen(
        [sys.executable, "-m", "filigree.cli", *up.place(mesh), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **LOCAL},
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=WITHIN)[0]
    except BaseException:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=STOPPED)
        process.kill()
        raise


def rows(mesh: State) -> list[dict[str, Any]]:
    """What `filigree ps` shows."""
    return control.ask(mesh, "ps")["rows"]


def unready(mesh: State) -> list[str]:
    return [row["name"] for row in rows(mesh) if row["state"] != "ready"]


def stop(mesh: State) -> None:
    """Stop it and remove what it kept, if it runs or left something."""
    up.down(mesh)
    up.remove_data(mesh)


@contextlib.contextmanager
def gone_in_the_end(mesh: State) -> Iterator[None]:
    """MeshError when one runs already: another benchmark's, to be left alone."""
    if control.is_locked(mesh):
        raise MeshError(
            f"a benchmark runs already, or one of its meshes was left in {mesh.folder}",
            f"filigree --port-offset {mesh.offset} down --data",
        )
    try:
        up.remove_data(mesh)
        yield
    finally:
        stop(mesh)


def business(mesh: State, name: str) -> tuple[Api, str, str]:
    """A new tenant's owner, the tenant, and the owner's API key."""
    nobody = Api(mesh.gateway)
    about = {"email": f"{name}@bench.example", "password": "a long password"}
    tokens = nobody.call(
        "POST", "/api/v1/auth/register", json={**about, "business": name}
    )
    key = nobody.call(
        "POST",
        "/api/v1/api-keys",
        json={"name": "bench", "role": "owner", "scopes": ["*"]},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    return Api(mesh.gateway, key["api_key"]), tokens["tenant"], key["api_key"]


@contextlib.contextmanager
def as_operator(mesh: State) -> Iterator[None]:
    """Let this process call services as the mesh's operator."""
    told = {
        "FILIGREE_EGRESS": str(mesh.egress("operator")),
        "FILIGREE_INTERNAL_KEYS": environment.internal_keys(mesh),
    }
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def questions(mesh: State, most: int) -> list[str]:
    """Questions of the demo's customers."""
    path = mesh.root / "platform/filigree/demo/questions.json"
    told = json.loads(path.read_text("utf-8"))
    return [each["question"] for each in told][:most]


def pause(mesh: State) -> None:
    """Stop it and keep its data."""
    up.down(mesh)
