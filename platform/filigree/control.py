"""The control channel of a running mesh: a Unix socket, one JSON object a line.

``{"do": "ps"}`` is answered by one line: ``{"ok": …}``, or ``{"error": …}`` with its
remedy.
"""

import asyncio
import fcntl
import json
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from filigree import hint
from filigree.mesh_error import MeshError
from filigree.state import State

Do = Callable[[dict[str, Any]], Awaitable[Any]]
LONGEST = 1024 * 1024  # bytes of an order or an answer
PATIENCE = 120.0  # seconds for an answer: a restart waits for readiness
ALL_OF_THEM = 900.0  # where that is waited for one service after the other


class ControlServer:
    """Answers each order with what *do* makes of it."""

    def __init__(self, path: Path, do: Do) -> None:
        self._path, self._do = path, do
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(
            self._connected, str(self._path), limit=LONGEST
        )
        self._path.chmod(0o600)

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError, ValueError):
            while line := await reader.readline():
                answer = await self._answer(json.loads(line))
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"ok": await self._do(asked)}
        except MeshError as exc:
            return {"error": exc.args[0], "remedy": list(exc.remedy)}
        except TimeoutError:
            return {"error": f"{asked.get('do')} took too long", "remedy": []}

    def close(self) -> None:
        if self._server:
            self._server.close()
        self._path.unlink(missing_ok=True)


def is_running(held: State) -> bool:
    """Whether a mesh answers on the control channel."""
    try:
        with _connected(held, 2.0):
            return True
    except OSError:
        return False


def is_locked(held: State) -> bool:
    """Whether some process still is the mesh, even if it answers no more."""
    if not held.lock.exists():
        return False
    with held.lock.open("r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def ask(held: State, do: str, within: float = PATIENCE, **rest: Any) -> Any:
    """Give one order to the running mesh and return its answer.

    MeshError when none runs, when it refuses, and when it takes longer than *within*
    seconds; what was ordered goes on then.
    """
    try:
        channel = _connected(held, within)
    except OSError as exc:
        start = hint.command("up", held.offset)
        raise MeshError("the mesh does not run here", f"Start it: {start}") from exc
    with channel:
        answer = _answered(channel, {"do": do, **rest}, held)
    if "ok" not in answer:
        why = answer.get("error", "the mesh went away before it answered")
        raise MeshError(why, *answer.get("remedy", ()))
    return answer["ok"]


def _answered(channel: socket.socket, order: dict[str, Any], held: State) -> Any:
    """The answer to an order, empty where the mesh went away; MeshError when late."""
    try:
        channel.sendall(json.dumps(order).encode() + b"\n")
        return json.loads(channel.makefile().readline() or "{}")
    except TimeoutError as exc:
        see = hint.command("ps", held.offset)
        late = f"{order['do']} takes longer than {channel.gettimeout():g} s and goes on"
        raise MeshError(late, f"See it: {see}") from exc
    except OSError:
        return {}


def _connected(held: State, timeout: float) -> socket.socket:
    channel = socket.socket(socket.AF_UNIX)
    channel.settimeout(timeout)
    try:
        channel.connect(str(held.control))
    except OSError:
        channel.close()
        raise
    return channel
