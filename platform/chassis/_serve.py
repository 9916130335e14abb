"""Serving: uvicorn as every service runs it, on a laptop and in an image."""

import os
import socket
from typing import Any

import anyio
import uvicorn

from chassis import _logs, _memory

KEEP_ALIVE = 75  # seconds; above the mesh's idle timeout, so that it never sees a reset
# Seconds for requests in flight once the service is told to stop: any may take as long.
DRAIN = 32
THREADS = 2  # that compute: one computes at a time, and each takes its megabytes
AT_ONCE = 256  # connections and requests; beyond it the answer is 503
# IPv4 and IPv6, as far as there are: a pod has addresses of either kind, or of both.
EVERYWHERE = ""


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        await super().startup(sockets)
        _memory.settle()


def serve(app: Any, *, uds: str | None = None, host: str = EVERYWHERE) -> None:
    """Run *app* on a Unix socket, or on ``PORT``, until SIGTERM; then drain."""
    _memory.bound()
    _logs.configure(app.title)
    config = uvicorn.Config(
        app,
        uds=uds,
        host=host,
        port=int(os.environ.get("PORT", "8000")),
        http="httptools",
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # Who asks is told by what the mesh passes on, not by a connection's other end.
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=DRAIN,
        limit_concurrency=AT_ONCE,
    )
    _Server(config).run()
