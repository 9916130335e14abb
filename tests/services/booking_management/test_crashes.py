"""A crash between any two steps leaves a whole booking, or one that has nothing."""

from typing import Any

import pytest

BOOKINGS, HOLDS = "/api/v1/bookings", "/api/v1/slots/holds"
STEPS = 12  # at least as many calls as one request makes


def seats(office: Any) -> list[str]:
    """The bookings that have seats, as often as they have one."""
    taken = [
        call
        for call in office.bookings.calls("slot-management", "keep_hold")
        if call.status == 200
    ]
    paths = {call.request.url.path.removesuffix("/booking") for call in taken}
    found = [office.slots.get(path) for path in paths]
    return sorted(one.json()["booking_id"] for one in found if one.status_code == 200)


def events(office: Any, calendar: str) -> list[str]:
    return sorted(each["id"] for each in office.events(calendar))


def calendars(office: Any) -> str:
    calendar = office.connect()
    office.offer(calendars=[calendar])
    return calendar


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_crash_while_booking_leaves_all_of_it_or_nothing(
    office: Any, crashing: Any, is_lost: bool
) -> None:
    calendar, outcomes = calendars(office), set()
    free = office.free("check-up")
    for at in range(1, STEPS):
        slot, key = free[at * 3], {"Idempotency-Key": f"k-{at}"}
        with crashing(at, is_lost=is_lost) as wire:
            answer = office.propose(slot, confirm=True, headers=key)
        is_over = wire.calls < at
        assert answer.status_code == (201 if is_over else 500)
        office.pump("settle")
        listed = office.bookings.get(BOOKINGS).json()["items"]
        whole = [each["id"] for each in listed if each["status"] == "confirmed"]
        assert seats(office) == events(office, calendar) == sorted(whole)
        outcomes.add(slot["id"] in [each["slot_id"] for each in listed])
        if is_over:
            break
    else:
        pytest.fail("it makes more calls than were tried")
    assert outcomes == {True, False}


@pytest.mark.parametrize("is_lost", [False, True])
def test_who_asks_again_after_a_crash_has_one_booking(
    office: Any, crashing: Any, is_lost: bool
) -> None:
    calendar, free = calendars(office), office.free("check-up")
    for at in range(1, STEPS):
        slot, key = free[at * 3], {"Idempotency-Key": f"k-{at}"}
        with crashing(at, is_lost=is_lost):
            office.propose(slot, confirm=True, headers=key)
        made = office.booked(slot, headers=key)
        office.pump("settle")
        assert office.booking(made["id"])["status"] == "confirmed"
    listed = office.bookings.get(BOOKINGS).json()["items"]
    assert len(listed) == STEPS - 1
    whole = sorted(each["id"] for each in listed)
    assert seats(office) == events(office, calendar) == whole


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_crash_while_moving_leaves_it_at_the_one_time_or_the_other(
    office: Any, crashing: Any, is_lost: bool
) -> None:
    calendar, outcomes = calendars(office), set()
    made = office.booked(office.free("check-up")[0])
    for at in range(1, STEPS + 3):
        there = office.free("check-up")[5]
        with crashing(at, is_lost=is_lost) as wire:
            office.ask(f"/{made['id']}/reschedule", json={"slot_id": there["id"]})
        office.pump("settle")
        now = office.booking(made["id"])
        assert now["slot_id"] in (made["slot_id"], there["id"])
        assert (now["status"], now["warnings"]) == ("confirmed", [])
        assert not office.is_free({"id": now["slot_id"], "service": "check-up"})
        assert [e["start"] for e in office.events(calendar)] == [now["start"]]
        assert seats(office) == [made["id"]]
        outcomes.add(now["slot_id"] == there["id"])
        made = now
        if wire.calls < at:
            break
    assert outcomes == {True, False}


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_crash_while_cancelling_leaves_it_booked_or_gone(
    office: Any, crashing: Any, is_lost: bool
) -> None:
    calendar, free = calendars(office), office.free("check-up")
    for at in range(1, STEPS):
        slot = free[at * 3]
        made = office.booked(slot)
        with crashing(at, is_lost=is_lost):
            office.ask(f"/{made['id']}/cancel")
        office.pump("settle")
        is_gone = office.booking(made["id"])["status"] == "cancelled"
        assert office.is_free(slot) == is_gone
        assert (made["id"] in events(office, calendar)) == (not is_gone)
