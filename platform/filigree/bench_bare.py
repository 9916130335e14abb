"""The yardstick: a bare FastAPI application on uvicorn, called by stock httpx.

Every other figure is also told as a ratio to this one, measured in the same run: that
is what survives a slower machine, or one that has other things to do.
"""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import httpx
import uvloop
from fastapi import FastAPI
from pydantic import BaseModel

from filigree import bench_timing, memory
from filigree.bench_timing import Times
from filigree.mesh_error import MeshError

WITHIN = 30.0  # seconds to start
STARTS = 3
WARM, ONE, SIXTEEN = 50, 200, 800  # requests: first ones, one client, sixteen


class Model(BaseModel):
    """An answer of the same shape as that of the operation a hop is measured with."""

    model: str = "bare"
    dimensions: int = 256
    provider: str = "local"


app = FastAPI()


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/model")
async def model() -> Model:
    return Model()


@dataclass(frozen=True, slots=True)
class Bare:
    """Seconds to ready, memory after the requests, and the times of a request."""

    startup: float
    taken: memory.Memory
    one: Times
    sixteen: Times


def measure() -> Bare:
    """Start it a few times, keep the quickest start; then call it."""
    starts = [_startup() for _ in range(STARTS)]
    with running() as (base, process):
        one, sixteen = uvloop.run(_called(base))
        return Bare(min(starts), memory.of(process.pid), one, sixteen)


def _startup() -> float:
    began = time.monotonic()
    with running():
        return time.monotonic() - began


@contextlib.contextmanager
def running() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = _free_port()
    command = ["uvicorn", "filigree.bench_bare:app", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--no-access-log"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_ready(process, port)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1.0).close()
            return
        time.sleep(0.01)
    raise MeshError("the bare application does not start")


async def _called(base: str) -> tuple[Times, Times]:
    async with client(base) as once:
        await bench_timing.times(once, WARM, 1)
        one = await bench_timing.times(once, ONE, 1)
    async with client(base) as once:
        await bench_timing.times(once, WARM, 16)
        return one, await bench_timing.times(once, SIXTEEN, 16)


@contextlib.asynccontextmanager
async def client(
    base: str, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """One call of the running application, with stock httpx or over *transport*."""
    async with httpx.AsyncClient(base_url=base, transport=transport) as wire:

        async def once() -> None:
            (await wire.get("/model")).raise_for_status()

        yield once
