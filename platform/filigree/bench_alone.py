"""One service as a process of its own: a fresh interpreter, as in its image.

It speaks to the engines and the other services of the benchmark's mesh.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filigree import bench_mesh, engines, environment, wire
from filigree.bench_cgroup import Group
from filigree.declarations import Declaration
from filigree.mesh_error import MeshError
from filigree.state import State

WITHIN = 30.0  # seconds until it is ready
LOOK = 0.01  # seconds between two looks
DRAIN = 5.0  # seconds to stop


@dataclass(frozen=True, slots=True)
class Alone:
    """A service that is ready, and how many seconds that took."""

    process: subprocess.Popen[bytes]
    socket: Path
    startup: float


@contextlib.contextmanager
def running(
    declaration: Declaration, mesh: State, group: Group | None = None
) -> Iterator[Alone]:
    """The service until the block ends. MeshError when it does not become ready."""
    with tempfile.TemporaryDirectory(prefix="filigree-bench-") as folder:
        socket, log = Path(folder) / "alone.sock", Path(folder) / "log"
        began = time.monotonic()
        process = _started(declaration, mesh, socket, log, group)
        try:
            _until_ready(declaration.name, process, socket, log)
            yield Alone(process, socket, time.monotonic() - began)
        finally:
            process.terminate()
            try:
                process.wait(DRAIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _started(
    declaration: Declaration, mesh: State, socket: Path, log: Path, group: Group | None
) -> subprocess.Popen[bytes]:
    told = environment.environment(declaration, mesh)
    outer = {**os.environ, **environment.ALONE, **bench_mesh.LOCAL}
    path = os.pathsep.join(filter(None, [str(mesh.root), outer.get("PYTHONPATH")]))
    compiled = str(mesh.root / ".filigree" / "bytecode")
    merged = {
        **outer,
        **told,
        "PYTHONPATH": path,
        "PYTHONPYCACHEPREFIX": compiled,
    }
    with log.open("wb") as out:
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "filigree.bench_child",
                declaration.module,
                str(socket),
            ],
            cwd=mesh.root,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={name: value for name, value in merged.items() if value is not None},
            preexec_fn=group.join if group else None,
        )


def _until_ready(
    name: str, process: subprocess.Popen[bytes], socket: Path, log: Path
) -> None:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if socket.exists() and _is_ready(socket):
            return
        time.sleep(LOOK)
    said = engines.tail(log, 4).splitlines()
    raise MeshError(f"{name} does not start ({process.poll()})", *said)


def _is_ready(socket: Path) -> bool:
    try:
        status, _ = asyncio.run(wire.request(socket, "GET", "/health/ready"))
    except (OSError, TimeoutError):
        return False
    return status == 200
