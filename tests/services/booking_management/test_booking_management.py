"""Bookings: one gets the time, whole or not at all, and everybody hears of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

BOOKINGS = "/api/v1/bookings"


def test_a_booking_has_a_seat_an_event_and_a_confirmation(office: Any) -> None:
    calendar = office.connect()
    office.offer(calendars=[calendar])
    slot = office.free("check-up")[4]
    made = office.booked(slot)
    assert (made["status"], made["start"]) == ("confirmed", slot["start"])
    assert not office.is_free(slot)
    assert [each["id"] for each in office.events(calendar)] == [made["id"]]
    office.pump()
    told = office.inbox()
    assert [each["to"] for each in told] == ["anna@example.com"]
    assert "BEGIN:VEVENT" in told[0]["attachments"][0]["content"]
    assert [each["type"] for each in office.bookings.published()].count(
        "booking.created"
    ) == 1


def at_once(many: int, ask: Any) -> list[Any]:
    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(ask, range(many)))


def choices(answers: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for answer in answers:
        if answer.status_code == 409:
            told = answer.json()["additional_data"]["alternatives"]
            assert len({each["id"] for each in told}) >= 3
            found |= {each["id"]: each for each in told}
    return found


def test_of_fifty_who_book_one_slot_one_gets_it_and_the_others_get_real_choices(
    office: Any,
) -> None:
    slot = office.free()[8]
    answers = at_once(50, lambda n: office.propose(slot, confirm=True, subject=f"c{n}"))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 49
    others = choices(answers)
    assert slot["id"] not in others
    for choice in others.values():
        office.booked(choice)


def test_of_fifty_proposals_of_one_slot_one_is_confirmed(office: Any) -> None:
    slot = office.free()[8]
    ids = [office.propose(slot).json()["id"] for _ in range(50)]
    assert office.is_free(slot)
    answers = at_once(50, lambda n: office.ask(f"/{ids[n]}/confirm"))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 49
    others = choices(answers)
    assert slot["id"] not in others
    for choice in others.values():
        office.booked(choice)


def test_what_is_cancelled_is_free_at_once(office: Any) -> None:
    calendar = office.connect()
    office.offer(calendars=[calendar])
    slot = office.free("check-up")[4]
    made = office.booked(slot)
    ended = office.ask(f"/{made['id']}/cancel", json={"reason": "ill"}).json()
    assert (ended["status"], ended["reason"]) == ("cancelled", "ill")
    assert office.is_free(slot)
    assert office.events(calendar) == []
