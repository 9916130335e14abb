"""One service's process: its log connected, its environment set, its module served.

The nursery calls ``run`` in a fork of itself. Where forking is unsafe (macOS), it
starts ``python -m filigree.child`` instead, with the same order on standard input.
"""

import importlib
import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Order:
    """What to run: a module with an ``app``, the socket to serve it on, where to log.

    ``environment`` is laid over the inherited one; a variable that is None is removed.
    """

    service: str
    module: str
    socket: str
    logs: str
    root: str
    environment: dict[str, str | None]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Order":
        return cls(**json.loads(text))


def connect_logs(order: Order) -> None:
    """Make standard output and error one connection to the supervisor."""
    intake = socket.socket(socket.AF_UNIX)
    intake.connect(order.logs)
    greeting = {"service": order.service, "pid": os.getpid()}
    intake.sendall(json.dumps(greeting).encode() + b"\n")
    for stream in (1, 2):
        os.dup2(intake.fileno(), stream)
    intake.close()


def name_process(name: str) -> None:
    """What `top` shows; Linux alone lets a process name itself."""
    comm = Path("/proc/self/comm")
    if comm.exists():
        comm.write_text(name[:15])


def run(order: Order) -> None:
    """Serve until told to stop. Returns when drained."""
    connect_logs(order)
    name_process(order.service)
    for name, value in order.environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    if order.root not in sys.path:
        sys.path.insert(0, order.root)
    module = importlib.import_module(order.module)
    chassis = importlib.import_module("chassis")
    chassis.serve(module.app, uds=order.socket)


if __name__ == "__main__":
    run(Order.from_json(sys.stdin.read()))
