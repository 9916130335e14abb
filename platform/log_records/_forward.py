"""Forwarding: lines that were kept go on to a collector, as far as it keeps up.

The way is bounded. What a collector does not take is dropped and counted: the lines are
kept here all the same.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import httpx

from contracts.operations.logs import Line
from log_records._otlp_out import to_otlp
from log_records._terms import Terms

ROOM = 10_000  # lines that wait
BATCH = 500  # lines of one request
log = logging.getLogger(__name__)

Call = Callable[..., Awaitable[None]]


class Forwarder:
    """``take`` lines as they are kept; while ``serving``, they go to a collector.

    *call* (operation, function) carries a request out, with whatever patience it has.
    Without an endpoint in the *terms* nothing is done.
    """

    def __init__(self, terms: Terms, call: Call) -> None:
        self._endpoint, self._call = terms.otlp_endpoint, call
        given = terms.otlp_headers.split(",")
        pairs = (pair.partition("=") for pair in given if pair)
        self._headers = {name.strip(): value.strip() for name, _, value in pairs}
        self._waiting: deque[tuple[str, Line]] = deque(maxlen=ROOM)
        self._there = asyncio.Event()
        self.dropped = 0

    def take(self, tenant: str, lines: Iterable[Line]) -> None:
        """Let *lines* wait; the oldest make room."""
        if self._endpoint is None:
            return
        for line in lines:
            self.dropped += len(self._waiting) == ROOM
            self._waiting.append((tenant, line))
        self._there.set()

    @contextlib.asynccontextmanager
    async def serving(self, app: Any = None) -> AsyncIterator[None]:
        """Pass lines on inside the block; what still waits at its end is dropped."""
        if self._endpoint is None:
            yield
            return
        async with httpx.AsyncClient(
            base_url=self._endpoint, headers=self._headers, timeout=None
        ) as client:
            task = asyncio.create_task(self._run(client))
            try:
                yield
            finally:
                task.cancel()
                await asyncio.wait([task])

    async def _run(self, client: httpx.AsyncClient) -> None:
        while True:
            await self._there.wait()
            self._there.clear()
            while self._waiting:
                count = min(BATCH, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(count)]
                for path, (body, held) in to_otlp(batch).items():
                    await self._pass_on(client, path, body, held)

    async def _pass_on(
        self, client: httpx.AsyncClient, path: str, body: dict[str, Any], held: int
    ) -> None:
        async def send() -> None:
            (await client.post(path.lstrip("/"), json=body)).raise_for_status()

        try:
            await self._call(f"POST {path}", send)
        except Exception as exc:
            self.dropped += held
            log.warning("%s lines not forwarded so far: %s", self.dropped, exc)
