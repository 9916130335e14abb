"""The nursery that bears services, and those before it that still have some alive.

Code that cannot be imported must cost no service: a new nursery takes over once it has
imported everything, and the one before ends when its last child has.
"""

import asyncio
from collections.abc import Callable

from filigree.child import Order
from filigree.mesh_error import MeshError
from filigree.nursery_client import Child, NurseryClient


class Nurseries:
    """*make* makes a client of one; nothing runs before ``start``."""

    def __init__(self, make: Callable[[], NurseryClient]) -> None:
        self._make = make
        self._current = make()
        self._leaving: dict[NurseryClient, asyncio.Task[None]] = {}

    @property
    def born(self) -> int:
        """When the one that bears was started, in nanoseconds since 1970."""
        return self._current.born

    @property
    def pids(self) -> list[int]:
        """Every one that runs, that which bears first."""
        return [each.pid for each in (self._current, *self._leaving) if each.pid]

    async def start(self) -> None:
        """Make sure that there is one, and that it is ready. MeshError."""
        await self._current.start()

    async def spawn(self, order: Order) -> Child:
        """Start one service."""
        return await self._current.spawn(order)

    async def replace(self) -> None:
        """Let one that has imported everything anew bear from now on.

        MeshError when it cannot: everything stays as it was then.
        """
        new = self._make()
        try:
            await new.start()
        except MeshError:
            await new.close()
            raise
        former, self._current = self._current, new
        leaving = self._leaving[former] = asyncio.create_task(former.leave())
        leaving.add_done_callback(lambda _: self._leaving.pop(former))

    async def close(self) -> None:
        """End all of them, and with them any child that is left."""
        every = [self._current, *self._leaving]
        for leaving in self._leaving.values():
            leaving.cancel()
        await asyncio.gather(*(each.close() for each in every))
