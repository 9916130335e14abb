"""Holds: who has a time for a while, and who keeps it, each seat's time one holder's.

On any collection of documents with expiry and unique keys: a hold has one key for each
five minutes that it takes of a seat, so whoever commits first has all of them and
another has none. A hold that expired holds nothing, whether it was swept yet or not.
"""

import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Keys = Callable[[str, Any, int], Iterable[str]]
LINGER = timedelta(days=1)  # that what is kept stays behind its end


class Kept(Exception):
    """Somebody else keeps it."""


class TooMany(Exception):
    """Whoever wants it has as many as one may have at a time."""


@dataclass(frozen=True)
class Holds:
    """Holds in a collection.

    A hold has ``id``, ``subject``, ``resource``, ``start``, ``end``, ``seat``,
    ``place``, ``booking_id`` and ``expires_at``. *keys* names what a seat's time
    consists of; *commit* writes what was put, and raises *taken* when another has one
    of the keys.
    """

    holds: Any
    keys: Keys
    commit: Callable[[], Awaitable[Any]]
    taken: type[Exception]

    async def held(
        self, resource: str, start: str, end: str
    ) -> list[tuple[tuple[datetime, datetime], int]]:
        """Each hold's span and seat, of those between two moments; these are texts."""
        those = {"resource": resource, "start": {"lt": end}, "end": {"gt": start}}
        found = [one.value async for one in self.holds.each(those)]
        return [((one.start, one.end), one.seat) for one in found]

    async def take(
        self,
        hold: Any,
        seats: Callable[[], Awaitable[list[int]]],
        now: datetime,
        most: int | None = None,
    ) -> Any | None:
        """The hold on one of the *seats* that are free then; None when none is.

        TooMany, where its subject has as many as *most* that nobody keeps.

        One that is there already is the answer: whoever repeats itself has it.
        """
        if found := await self.holds.find(hold.id):
            return found
        turn = 0
        while free := await seats():
            # The first; who loses that one looks where not all of the others do.
            hold.seat = free[turn % len(free)]
            if most is not None:
                places = await self._places(hold.subject, most)
                hold.place = places[turn % len(places)]
            turn = uuid.UUID(hold.id).int
            self._put(hold, 0, (hold.expires_at - now).total_seconds())
            try:
                await self.commit()
            except self.taken:
                continue
            return hold
        return None

    async def keep(self, id: str, booking_id: str, now: datetime) -> Any:
        """Make it a booking's, until a day after its end; Kept."""
        found = await self.holds.read(id)
        if found.value.booking_id not in (None, booking_id):
            raise Kept("it is another booking's")
        fields = {"booking_id": booking_id, "expires_at": None, "place": None}
        hold = found.value.model_copy(update=fields)
        left = max(hold.end - now, timedelta()) + LINGER
        self._put(hold, found.version, left.total_seconds())
        return hold

    async def give_up(self, id: str) -> None:
        """Release what nobody keeps, if it is there still; Kept, NotFound if it is
        another's."""
        if await self.holds.find(id) is None:
            return
        found = await self.holds.own(id)
        if found.value.booking_id:
            raise Kept("it is booked: cancel the booking")
        self.holds.delete(id)

    async def _places(self, subject: str | None, most: int) -> list[int]:
        """Which of its *most* places somebody has left; TooMany."""
        those = {"subject": subject, "booking_id": None}
        had = {one.value.place async for one in self.holds.each(those)}
        if left := sorted(set(range(most)) - had):
            return left
        raise TooMany(f"you hold {most} times: book one of them, or give one up")

    def _put(self, hold: Any, version: int, seconds: float) -> None:
        keys = list(self.keys(hold.resource, (hold.start, hold.end), hold.seat))
        if hold.place is not None:
            # Unlike a count, it holds for those who come at once, too.
            keys.append(f"place of {hold.subject} {hold.place}")
        self.holds.put(hold.id, hold, version=version, unique=keys, ttl=seconds)
