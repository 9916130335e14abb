"""The pool of connections: what a server gives, and no more.

asyncpg offers the connection that was given back last, be it one that could not be made
just now. Where a server has none left (``max_connections``) those that there are go
first.
"""

import asyncio
import time
from typing import Any

import asyncpg

# Seconds for which a server that had no connection left is not asked again.
REFUSED = 0.5
TURN = 0.02  # seconds between two looks for one that was given back


class Maker:
    """Makes a pool's connections; TooManyConnectionsError at once after such a one."""

    def __init__(self) -> None:
        self._until = 0.0

    async def __call__(self, *args: Any, **options: Any) -> asyncpg.Connection:
        if time.monotonic() < self._until:
            raise asyncpg.TooManyConnectionsError("it had no connection left just now")
        try:
            return await asyncpg.connect(*args, **options)
        except asyncpg.TooManyConnectionsError:
            self._until = time.monotonic() + REFUSED
            raise


async def acquired(pool: asyncpg.Pool, deadline: float) -> asyncpg.Connection:
    """A connection of *pool*, by then (monotonic); TimeoutError.

    TooManyConnectionsError where it has none and the server gives none.
    """
    while True:
        try:
            return await pool.acquire(timeout=deadline - time.monotonic())
        except asyncpg.TooManyConnectionsError:
            if not pool.get_size():
                raise
        # What is taken next is at the end.
        pool._queue._queue.sort(key=lambda holder: holder.is_connected())
        await asyncio.sleep(TURN)
