"""The shelf: executions that ended in memory, written down many at a time.

Each is written within a second of its end, in one transaction with its tenant's others.
Until then it is found here: nobody has to wait for what only history needs.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from typing import Any

from contracts.assistant.pipelines import StoredExecution

KEPT = 7 * 86_400.0  # seconds that an express execution can be looked at
LINGER = 1.0  # seconds that one may wait for others
ROOM = 100  # executions that wait, of all tenants; the oldest make room
PACKED = ("input", "output", "history")
log = logging.getLogger(__name__)

Write = Callable[[Mapping[str, StoredExecution], float], Awaitable[None]]


class Shelf:
    """What ended a moment ago; ``write`` puts a tenant's down for so many seconds.

    ``detached`` (tenant, subject, roles) gives it the identity to write under.
    """

    def __init__(
        self, write: Write, detached: Callable[..., AbstractContextManager[Any]]
    ) -> None:
        self._write, self._detached = write, detached
        self._waiting: dict[tuple[str, str], StoredExecution] = {}
        self._there = asyncio.Event()
        self._full = asyncio.Event()

    def put(self, done: StoredExecution) -> None:
        """Have it written soon."""
        self._waiting[done.tenant, done.id] = done
        self._there.set()
        if len(self._waiting) > ROOM:
            self._waiting.pop(next(iter(self._waiting)))
            log.warning("an execution was not kept: too many ended at once")
        if len(self._waiting) >= ROOM // 2:
            self._full.set()

    def find(self, tenant: str, id: str) -> StoredExecution | None:
        """One that was not written yet."""
        return self._waiting.get((tenant, id))

    @asynccontextmanager
    async def serving(self, app: Any = None) -> AsyncIterator[None]:
        """Write inside the block, and on leaving it what still waits."""
        self._there, self._full = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
            await self.flush()

    async def flush(self) -> None:
        """Write all that waits; what cannot be written is let go, and told of."""
        batch = dict(self._waiting)
        for tenant in dict.fromkeys(tenant for tenant, _ in batch):
            mine = {id: packed(e) for (of, id), e in batch.items() if of == tenant}
            try:
                with self._detached(tenant, None, ("service",)):
                    await self._write(mine, KEPT)
            except Exception as exc:
                log.warning("%s executions were not kept: %s", len(mine), exc)
        for key, done in batch.items():
            if self._waiting.get(key) is done:
                del self._waiting[key]

    async def _run(self) -> None:
        while True:
            await self._there.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER):
                    await self._full.wait()
            self._there.clear()
            self._full.clear()
            await self.flush()


def packed(done: StoredExecution) -> StoredExecution:
    """As it is stored: what nobody looks for is one text, which costs no index."""
    whole = done.model_dump(mode="json", include=set(PACKED))
    empty = {"input": None, "output": None, "history": [], "definition": {}}
    return done.model_copy(update=empty | {"packed": json.dumps(whole)})


def unpacked(stored: StoredExecution) -> StoredExecution:
    """As it was before it was stored."""
    if not stored.packed:
        return stored
    whole = json.loads(stored.packed)
    return stored.model_validate(stored.model_dump() | whole | {"packed": ""})
