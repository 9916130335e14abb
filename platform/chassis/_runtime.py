"""What one running service holds: its client into the mesh, its state of health."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import httpx

from chassis import _wire

POOL = 64  # requests under way to the egress listener, which multiplexes nothing
IDLE = 60.0  # seconds; below the server's 75, so that no stale connection is reused


def mesh_transport(socket: str | None) -> httpx.AsyncBaseTransport:
    """Sends every request through the caller's own egress listener.

    With no *socket* the names are resolved by the cluster, where a sidecar listens.
    """
    return _wire.Wire(socket, POOL, IDLE)


@dataclass
class Runtime:
    """Made by ``create_app``, alive while the application is."""

    service: str
    transport: httpx.AsyncBaseTransport | None = None
    draining: bool = False
    started: float = field(default_factory=time.time)

    def address(self, service: str) -> str:
        """The base URL of another service: its own variable's, or by its name alone."""
        named = os.environ.get(f"FILIGREE_URL_{service.upper().replace('-', '_')}")
        if named:
            return named
        template = os.environ.get("FILIGREE_UPSTREAM_URL", "http://{service}")
        return template.format(service=service)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """The response, its body still to be read.

        Straight to the transport: what httpx.AsyncClient adds (cookies, redirects,
        authentication, default headers) no call within the mesh has, and it takes a
        third of a call's time.
        """
        if self.transport is None:
            raise RuntimeError("the application is not running")
        response = await self.transport.handle_async_request(request)
        response.request = request
        return response

    async def answered(self, request: httpx.Request) -> httpx.Response:
        """The whole response. What is given up on gives its connection up."""
        response = await self.send(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response


_running: ContextVar[Runtime] = ContextVar("chassis_runtime")


def running() -> Runtime:
    """The service that handles the current request or event."""
    return _running.get()


def adopt(runtime: Runtime) -> None:
    """Make *runtime* that of this task and of the tasks it starts."""
    _running.set(runtime)


@contextmanager
def inside(runtime: Runtime) -> Iterator[None]:
    """Handle one request as *runtime*; several services may share a test's process."""
    token = _running.set(runtime)
    try:
        yield
    finally:
        _running.reset(token)
