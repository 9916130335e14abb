"""Deferred writes: what only history needs is written down soon, many pieces at a time.

Nobody has to wait for it, and until it is written it is found here. While it cannot be
written it waits; a process that is killed loses what a second brought.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

V = TypeVar("V")
LINGER = 1.0  # seconds that one piece may wait for others
FAREWELL = 5.0  # seconds for the last ones, where the process ends
ROOM = 200  # pieces that wait, of all tenants; the oldest make room
log = logging.getLogger(__name__)

Write = Callable[[Mapping[str, V]], Awaitable[None]]


class Writes(Generic[V]):
    """Pieces by tenant and id; ``write`` puts one tenant's down, all or none of them.

    ``acting_for`` (tenant) gives it the identity to write under. What it raises of
    *refused* says that a piece can never be written.
    """

    def __init__(
        self,
        write: Write[V],
        acting_for: Callable[[str], AbstractContextManager[Any]],
        linger: float = LINGER,
        refused: tuple[type[Exception], ...] = (),
    ) -> None:
        self._write, self._acting_for, self._linger = write, acting_for, linger
        self._refused = refused
        self._waiting: dict[tuple[str, str], V] = {}
        self._there, self._many = asyncio.Event(), asyncio.Event()
        self.lost = 0

    def put(self, tenant: str, id: str, piece: V) -> None:
        """Have it written soon; it replaces one of the same id."""
        if (tenant, id) not in self._waiting and len(self._waiting) >= ROOM:
            self._waiting.pop(next(iter(self._waiting)))
            self.lost += 1
            log.warning("%s pieces were not kept so far: too many waited", self.lost)
        self._waiting[tenant, id] = piece
        self._there.set()
        if len(self._waiting) >= ROOM // 2:
            self._many.set()

    def find(self, tenant: str, id: str) -> V | None:
        """One that is not written yet."""
        return self._waiting.get((tenant, id))

    async def soon(
        self, tenant: str, id: str, stored: Callable[[], Awaitable[V | None]]
    ) -> V | None:
        """One that waits here or is *stored*; or will be, within the time that another
        process may let it wait."""
        until = time.monotonic() + self._linger * 1.5
        while (found := self.find(tenant, id) or await stored()) is None:
            if time.monotonic() > until:
                return None
            await asyncio.sleep(self._linger / 10)
        return found

    def drop(self, tenant: str, told: Callable[[V], bool]) -> None:
        """Have those never written of which *told* is true."""
        each = [key for key, piece in self._waiting.items() if told(piece)]
        for key in each:
            if key[0] == tenant:
                del self._waiting[key]

    @asynccontextmanager
    async def serving(self, app: Any = None) -> AsyncIterator[None]:
        """Write inside the block, and on leaving it what still waits."""
        # An application may be started in one event loop after the other.
        self._there, self._many = asyncio.Event(), asyncio.Event()
        leaving = asyncio.Event()
        task = asyncio.create_task(self._run(leaving))
        try:
            yield
        finally:
            for event in (leaving, self._there, self._many):
                event.set()
            await asyncio.wait([task], timeout=FAREWELL)
            task.cancel()

    async def flush(self) -> None:
        """Write all that waits; what cannot be written now goes on waiting, and what
        never can be is given up."""
        batch = dict(self._waiting)
        for tenant in dict.fromkeys(tenant for tenant, _ in batch):
            mine = {id: piece for (of, id), piece in batch.items() if of == tenant}
            await self._flush(tenant, mine)

    async def _flush(self, tenant: str, mine: Mapping[str, V]) -> None:
        """Write some of a *tenant*'s; each alone, where one holds up the others."""
        try:
            with self._acting_for(tenant):
                await self._write(mine)
        except self._refused as exc:
            if len(mine) > 1:
                for id, piece in mine.items():
                    await self._flush(tenant, {id: piece})
                return
            self.lost += 1
            log.warning("%s pieces were not kept so far: %s", self.lost, exc)
        except Exception as exc:
            log.warning("%s pieces are not kept yet: %s", len(mine), exc)
            return
        self._forget({(tenant, id): piece for id, piece in mine.items()})

    def _forget(self, written: Mapping[tuple[str, str], V]) -> None:
        for key, piece in written.items():
            if self._waiting.get(key) is piece:
                del self._waiting[key]

    async def _run(self, leaving: asyncio.Event) -> None:
        while True:
            await self._there.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._linger):
                    await self._many.wait()
            self._there.clear()
            self._many.clear()
            await self.flush()
            if leaving.is_set():
                return
            if self._waiting:
                self._there.set()


def sweep(conversation: str, stored: Any, waiting: Writes[Any], tenant: str) -> None:
    """Forget what was said in a *conversation*: the pieces that are *stored* by its
    ``conversation_id``, with the unit of work, and those still *waiting* to be."""
    waiting.drop(tenant, lambda each: each.conversation_id == conversation)
    stored.delete_all({"conversation_id": conversation})
