"""The supervisor's side of the nursery: order a service, learn when it ends."""

import asyncio
import itertools
import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filigree import engines, orphans
from filigree.child import Order
from filigree.environment import FROM_THE_START
from filigree.mesh_error import MeshError

BORN_WITHIN = 30.0  # seconds until the nursery has imported what it shares


@dataclass
class Child:
    """A process of the nursery's; like asyncio's own, but not a child of this one."""

    pid: int
    _code: asyncio.Future[int] = field(repr=False)

    async def wait(self) -> int:
        """Its exit code, once it has ended; negative for a signal."""
        return await asyncio.shield(self._code)

    def send_signal(self, sent: int) -> None:
        if not self._code.done():
            with suppress(ProcessLookupError):
                os.kill(self.pid, sent)


class NurseryClient:
    """Starts the nursery when it is first needed, and again should it ever end."""

    def __init__(self, root: Path, log: Path) -> None:
        self._root, self._log = root, log
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.born = 0  # nanoseconds since 1970: what it imported is no newer
        self._ids = itertools.count(1)
        self._births: dict[int, asyncio.Future[Child]] = {}
        self._children: dict[int, asyncio.Future[int]] = {}
        self._ready = asyncio.Event()
        self._starting = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Make sure that there is a nursery, and that it is ready."""
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                await self._launch()
            await self._imported()

    async def _imported(self) -> None:
        assert self._process is not None
        waits = [
            asyncio.create_task(self._ready.wait()),
            asyncio.create_task(self._process.wait()),
        ]
        await asyncio.wait(
            waits, timeout=BORN_WITHIN, return_when=asyncio.FIRST_COMPLETED
        )
        for each in waits:
            each.cancel()
        if not self._ready.is_set():
            raise MeshError(
                f"what services share could not be imported; {self._log} ends with:",
                *engines.tail(self._log).splitlines(),
            )

    async def _launch(self) -> None:
        self._ready.clear()
        self.born = time.time_ns()
        ours, theirs = socket.socketpair()
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        path = os.pathsep.join(filter(None, [str(self._root), _python_path()]))
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "filigree.nursery", str(theirs.fileno())),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self._root,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            env={**os.environ, **FROM_THE_START, "PYTHONPATH": path},
            preexec_fn=orphans.die_with(os.getpid(), signal.SIGKILL),
        )
        os.close(log)
        theirs.close()
        reader, self._writer = await asyncio.open_unix_connection(sock=ours)
        self._listening = asyncio.create_task(self._listen(reader))

    async def spawn(self, order: Order) -> Child:
        """Start one service."""
        await self.start()
        assert self._writer is not None
        number = next(self._ids)
        born = self._births[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": number, "order": asdict(order)})
        self._writer.write(line.encode() + b"\n")
        try:
            async with asyncio.timeout(BORN_WITHIN):
                return await born
        except (asyncio.CancelledError, TimeoutError):
            if not born.cancelled():
                # Born as its time was over: nobody else knows of it.
                born.result().send_signal(signal.SIGKILL)
            raise

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            news = json.loads(line)
            if "ended" in news:
                self._bury(news["ended"], news["code"])
            elif "pid" in news:
                self._welcome(news["id"], news["pid"])
            else:
                self._ready.set()
        for pid in list(self._children):
            self._bury(pid, -signal.SIGKILL)
        for born in self._births.values():
            if not born.done():
                why = "the nursery ended before it bore a service"
                born.set_exception(MeshError(why))
        self._births.clear()

    def _welcome(self, number: int, pid: int) -> None:
        code = self._children[pid] = asyncio.get_running_loop().create_future()
        child, born = Child(pid, code), self._births.pop(number)
        if born.done():
            # Whoever ordered it has been told to stop, or waits no more.
            child.send_signal(signal.SIGKILL)
        else:
            born.set_result(child)

    def _bury(self, pid: int, code: int) -> None:
        ended = self._children.pop(pid, None)
        if ended is not None and not ended.done():
            ended.set_result(code)

    async def leave(self) -> None:
        """End the nursery once its last child has ended by itself."""
        while alive := [*self._births.values(), *self._children.values()]:
            await asyncio.wait(alive)
            await asyncio.sleep(0)
        await self.close()

    async def close(self) -> None:
        """End the nursery, and with it any child that is left."""
        if self._writer:
            self._writer.close()
        if self._process:
            try:
                async with asyncio.timeout(5.0):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


def _python_path() -> str:
    return os.environ.get("PYTHONPATH", "")
