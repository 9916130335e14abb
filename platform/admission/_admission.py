"""So many at work at once, the others in a line for each of their groups.

More at once than there are processors for do not get more done: each takes longer, and
beyond some number all of them miss their deadlines. Whoever has to wait takes turns
with the other groups, so that a thousand of one group hold up nobody of another.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Turn = asyncio.Future[None]


class Crowded(Exception):
    """As many wait as may, or the wait was as long as it may be."""


class Admission:
    """*at_once* are at work, *each* of them of one group; *most* wait, each for
    *seconds* at the longest, without which it is as long as it takes. Where as many
    wait as may, the last of the longest line makes room for a shorter one.

    For the tasks of one event loop.
    """

    def __init__(
        self,
        at_once: int,
        *,
        each: int | None = None,
        most: int = 200,
        seconds: float | None = 10.0,
    ) -> None:
        self._free, self._most, self._seconds = at_once, most, seconds
        self._each = each or at_once
        self._at_work: Counter[str] = Counter()
        # By group, the one whose turn is next first.
        self._lines: dict[str, deque[Turn]] = {}
        self.waiting = 0

    @asynccontextmanager
    async def turn(self, group: str) -> AsyncIterator[None]:
        """Inside, somebody of *group* is at work; Crowded, before anything was done."""
        if self._free > 0 and self._at_work[group] < self._each:
            self._begin(group)
        else:
            await self._waited(group)
        try:
            yield
        finally:
            self._end(group)

    async def _waited(self, group: str) -> None:
        if self.waiting >= self._most:
            self._make_room(group)
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

    def _make_room(self, group: str) -> None:
        """Nobody fills the place of others: Crowded, for the longest line."""
        why = Crowded(f"{self.waiting} are waiting: try again in some seconds")
        longest = max(self._lines.values(), key=len, default=deque[Turn]())
        if len(longest) <= len(self._lines.get(group, ())) + 1:
            raise why
        if not (last := longest.pop()).done():
            last.set_exception(why)

    def _left(self, group: str, turn: Turn) -> None:
        """Who gives up leaves the line; a turn that came at that moment goes on."""
        if turn.done() and not turn.cancelled() and not turn.exception():
            self._end(group)
        elif turn in (line := self._lines.get(group, deque())):
            line.remove(turn)
            if not line:
                del self._lines[group]

    def _begin(self, group: str) -> None:
        self._free -= 1
        self._at_work[group] += 1

    def _end(self, group: str) -> None:
        """One is done: the first of the next group's line begins."""
        self._free += 1
        self._at_work[group] -= 1
        if not self._at_work[group]:
            del self._at_work[group]
        for other in [*self._lines]:
            if self._at_work[other] < self._each and (turn := self._first(other)):
                self._begin(other)
                turn.set_result(None)
                return

    def _first(self, group: str) -> Turn | None:
        """Who of a line is next, if anybody still waits; its group goes to the end."""
        line = self._lines.pop(group)
        while line and line[0].done():
            line.popleft()
        turn = line.popleft() if line else None
        if line:
            self._lines[group] = line
        return turn
