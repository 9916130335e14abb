"""So many at work at once, the others in a line for each of their groups.

More at once than there are processors for do not get more done: each takes longer, and
beyond some number all of them miss their deadlines. Whoever has to wait takes turns
with the other groups, so that a thousand of one group hold up nobody of another.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Turn = asyncio.Future[None]


class Crowded(Exception):
    """As many wait as may, or the wait was as long as it may be."""


class Admission:
    """*at_once* are at work, *most* wait, each for *seconds* at the longest.

    For the tasks of one event loop.
    """

    def __init__(
        self, at_once: int, *, most: int = 1000, seconds: float = 10.0
    ) -> None:
        self._free, self._most, self._seconds = at_once, most, seconds
        # By group, the one whose turn is next first.
        self._lines: dict[str, deque[Turn]] = {}
        self.waiting = 0

    @asynccontextmanager
    async def turn(self, group: str) -> AsyncIterator[None]:
        """Inside, somebody of *group* is at work; Crowded, before anything was done."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._waited(group)
        try:
            yield
        finally:
            self._next()

    async def _waited(self, group: str) -> None:
        if self.waiting >= self._most:
            raise Crowded(f"{self.waiting} are waiting: try again in some seconds")
        turn: Turn = asyncio.get_running_loop().create_future()
        self._lines.setdefault(group, deque()).append(turn)
        self.waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await turn
        except (TimeoutError, asyncio.CancelledError) as exc:
            self._left(group, turn)
            if isinstance(exc, TimeoutError):
                waited = f"no turn within {self._seconds:g} s"
                raise Crowded(f"{waited}: try again in some seconds") from exc
            raise
        finally:
            self.waiting -= 1

    def _left(self, group: str, turn: Turn) -> None:
        """Who gives up leaves the line; a turn that came at that moment goes on."""
        if turn.done() and not turn.cancelled():
            self._next()
        elif turn in (line := self._lines.get(group, deque())):
            line.remove(turn)
            if not line:
                del self._lines[group]

    def _next(self) -> None:
        """One is done: the first of the next group's line begins."""
        while self._lines:
            group = next(iter(self._lines))
            line = self._lines.pop(group)
            turn = line.popleft()
            if line:
                self._lines[group] = line
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
