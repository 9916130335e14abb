"""Log lines on their way to the logging service, in batches, through the mesh.

The way is bounded: when the service is away for long, the oldest lines are dropped and
counted, and the files still have them. A batch that was not taken is sent again in
halves: a service that is slow gets through what it has the time for. Its own intake is
never shipped, or every batch would make another.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from itertools import islice

from filigree import wire
from filigree.edges import AGENT
from filigree.state import State

LOGGING = "logging"
INTAKE = "/api/v1/logs"
ROOM = 20_000  # lines that wait
BATCH = 500  # lines of one request, at most
EVERY = 0.5  # seconds between batches
PATIENCE = 5.0  # seconds for one batch


class LogShipper:
    """``take`` lines as they come; ``run`` sends them. ``token`` makes a credential."""

    def __init__(self, held: State, token: Callable[[], str]) -> None:
        self._socket = held.egress(AGENT)
        self._token = token
        self._waiting: deque[bytes] = deque(maxlen=ROOM)
        self._size = BATCH
        self.dropped = 0
        self.shipped = 0

    def take(self, service: str, line: bytes) -> None:
        if service == LOGGING and _is_intake(line):
            return
        self.dropped += len(self._waiting) == ROOM
        self._waiting.append(line)

    async def run(self) -> None:
        """Send what is waiting, until cancelled."""
        pause = EVERY
        while True:
            await asyncio.sleep(pause)
            sent = await self.flush()
            pause = EVERY if sent else min(pause * 2, 10.0)

    async def flush(self) -> bool:
        """Send all that waits now; False when the logging service takes none."""
        while self._waiting:
            batch = list(islice(self._waiting, self._size))
            if not await self._send(batch):
                self._size = max(1, len(batch) // 2)
                return False
            self._size = min(BATCH, self._size * 2)
            # Meanwhile the oldest may have been dropped to make room.
            for line in batch:
                if self._waiting and self._waiting[0] is line:
                    self._waiting.popleft()
            self.shipped += len(batch)
        return True

    async def _send(self, batch: list[bytes]) -> bool:
        headers = {
            "Content-Type": "application/x-ndjson",
            "X-Internal-Token": self._token(),
        }
        try:
            status, _ = await wire.request(
                self._socket,
                "POST",
                INTAKE,
                host=LOGGING,
                headers=headers,
                body=b"".join(line + b"\n" for line in batch),
                timeout=PATIENCE,
            )
        except (OSError, TimeoutError):
            return False
        # A batch that is refused as such would be refused for ever.
        return status < 500 and status not in (403, 404, 424, 429)


def _is_intake(line: bytes) -> bool:
    if INTAKE.encode() not in line:
        return False
    try:
        return json.loads(line).get("path") == INTAKE
    except ValueError:
        return False
