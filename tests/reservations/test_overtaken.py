"""Who is overtaken while they take a seat leaves none behind."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import chassis
import reservations
from contracts.calendar.bookings import StoredBooking

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
ABOUT: dict[str, Any] = {
    **{"id": "b1", "service": "cut", "title": "Cut", "slot_id": "s1"},
    **{"status": "confirmed", "hold_id": "h1", "timezone": "UTC", "subject": "u1"},
    **{"customer": {"name": "Ada"}, "created_at": NOW, "updated_at": NOW},
    **{"begins": "2027-03-03T09:00:00Z", "start": NOW + timedelta(days=2)},
    "end": NOW + timedelta(days=2, hours=1),
}


class Elsewhere:
    """Seats, of which one is asked for; whoever was faster has written *theirs*."""

    def __init__(self, theirs: StoredBooking) -> None:
        self.theirs, self.done = theirs, list[str]()

    async def take(self, **_: Any) -> Any:
        return SimpleNamespace(id="h2")

    async def keep(self, id: str, json: dict[str, str]) -> None:
        self.done.append(f"keep {id} {json['booking_id']}")

    async def release(self, id: str) -> None:
        self.done.append(f"release {id}")

    async def read(self, id: str) -> Any:
        return chassis.Stored(id, 4, self.theirs)

    def put(self, *_: Any, **__: Any) -> None: ...

    async def commit(self) -> list[int]:
        raise chassis.Stale("somebody was faster")


def overtaken_by(**theirs: Any) -> list[str]:
    """What a move to another slot does elsewhere, when that was written meanwhile."""
    was = StoredBooking(**ABOUT)
    there: Any = Elsewhere(was.model_copy(update=theirs))
    told = {"now": lambda: NOW, "commit": there.commit}
    host = SimpleNamespace(**vars(chassis) | told)
    news: Any = SimpleNamespace(plan=lambda *_: None)
    book = reservations.Book(there, there, news, host)
    with pytest.raises(chassis.Stale):
        asyncio.run(book.move(chassis.Stored("b1", 3, was), "s2"))
    return list(there.done)


def test_the_seat_of_a_move_that_was_overtaken_is_free_at_once() -> None:
    """It was nobody's for two minutes, and nobody could book it."""
    cancelled = overtaken_by(status="cancelled", hold_id="")
    assert cancelled == ["keep h2 b1", "release h2"]


@pytest.mark.parametrize("theirs", [{"spare": ["h2"]}, {"hold_id": "h2"}])
def test_a_seat_that_the_same_move_sent_twice_has_taken_stays(theirs: Any) -> None:
    assert overtaken_by(**theirs) == []
