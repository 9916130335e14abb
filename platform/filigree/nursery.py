"""The nursery: a process that has imported the chassis, and forks one per service.

What all services have in common is loaded once and shared copy-on-write: thirty-five
services start in seconds and in a third of the memory. It has one thread and no event
loop, so that a fork of it is a clean beginning. Orders come in over a socket, one JSON
object a line; births and deaths go out the same way.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator

import lazy_imports
from filigree import child, orphans
from filigree.child import Order

# What every service has, also what it imports only as it begins to serve.
SHARED = (
    "anyio._backends._asyncio",
    "chassis",
    "fastapi.telemetry._runtime",
    "httptools",
    "nats.js.api",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)
# What several services have, where it is installed at all.
SOMETIMES = ("numpy",)
SPAWN = "FILIGREE_SPAWN"  # start interpreters instead of forking, as macOS needs


def forks() -> bool:
    """Whether a fork of this process is safe to run Python in."""
    return sys.platform != "darwin" and not os.environ.get(SPAWN)


class Nursery:
    """Takes orders from *channel* until it closes; then every child is killed."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._lines = b""
        self._children: set[int] = set()
        self._spawned: list[subprocess.Popen[str]] = []
        self._woken, self._waker = socket.socketpair()
        for end in (self._woken, self._waker):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker.fileno())

    def serve(self) -> None:
        """The whole life of the nursery."""
        self._say(ready=True)
        with selectors.DefaultSelector() as selector:
            selector.register(self._channel, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        self._reap()
                    elif not self._obey():
                        return self._end()

    def _obey(self) -> bool:
        """Carry out what was ordered; False once the supervisor is gone."""
        received = self._channel.recv(65536)
        if not received:
            return False
        *lines, self._lines = (self._lines + received).split(b"\n")
        for line in lines:
            asked = json.loads(line)
            pid = self._start(Order(**asked["order"]))
            self._children.add(pid)
            self._say(id=asked["id"], pid=pid)
        return True

    def _start(self, order: Order) -> int:
        if not forks():
            return self._spawn(order)
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        self._become(order, parent)
        return 0

    def _become(self, order: Order, parent: int) -> None:
        """In the fork: leave the nursery behind, be the service, never return."""
        code = 1
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            for each in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
                signal.signal(each, signal.SIG_DFL)
            orphans.die_with(parent, signal.SIGKILL)()
            self._channel.close()
            child.run(order)
            code = 0
        except SystemExit as exc:
            code = _told(exc)
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _spawn(self, order: Order) -> int:
        process = subprocess.Popen(
            [sys.executable, "-m", "filigree.child"],
            stdin=subprocess.PIPE,
            text=True,
            process_group=0,
            preexec_fn=orphans.die_with(os.getpid(), signal.SIGKILL),
        )
        assert process.stdin is not None
        process.stdin.write(order.to_json())
        process.stdin.close()
        self._spawned.append(process)
        return process.pid

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)
        for pid, status in _ended():
            self._children.discard(pid)
            self._spawned = [each for each in self._spawned if each.pid != pid]
            self._say(ended=pid, code=os.waitstatus_to_exitcode(status))

    def _say(self, **news: object) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._channel.sendall(json.dumps(news).encode() + b"\n")

    def _end(self) -> None:
        for pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


def _ended() -> Iterator[tuple[int, int]]:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found


def _told(exc: SystemExit) -> int:
    """The exit code; a message is printed, as the interpreter would."""
    if isinstance(exc.code, int) or exc.code is None:
        return exc.code or 0
    print(exc.code, file=sys.stderr)
    return 1


def _import_all(package: str) -> None:
    path = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(path, f"{package}."):
        importlib.import_module(module.name)


def main(descriptor: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = socket.socket(fileno=descriptor)
    if forks():
        with lazy_imports.absent("aiohttp"):  # For web sockets, which the bus has not.
            for module in SHARED:
                importlib.import_module(module)
        for module in SOMETIMES:
            with contextlib.suppress(ImportError):
                importlib.import_module(module)
        # Most services have a part of what two agree on.
        _import_all("contracts")
        # What is frozen is not touched by the collector, and so stays shared.
        gc.collect()
        gc.freeze()
    Nursery(channel).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
