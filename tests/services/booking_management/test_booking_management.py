"""Bookings: one gets the time, whole or not at all, and everybody hears of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.errors import Problem

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


# Of more at a time, on a busy machine, some wait for longer than each is given.
SIDE_BY_SIDE = 10


def at_once(many: int, ask: Any) -> list[Any]:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
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


def test_a_proposal_takes_nobodys_time_and_ends_by_itself(office: Any) -> None:
    slot = office.free()[3]
    made = office.propose(slot)
    assert made.headers["Location"] == f"{BOOKINGS}/{made.json()['id']}"
    assert made.json()["status"] == "pending"
    assert office.is_free(slot)
    office.pump("end")
    ended = office.booking(made.json()["id"])
    assert (ended["status"], ended["reason"]) == ("cancelled", "not confirmed in time")
    assert office.ask(f"/{ended['id']}/confirm").status_code == 409
    kinds = {each["type"] for each in office.bookings.published()}
    assert kinds == {"booking.due"}


def test_what_is_confirmed_does_not_end_by_itself(office: Any) -> None:
    made = office.booked(office.free()[3])
    office.pump("end")
    assert office.booking(made["id"])["status"] == "confirmed"


def test_who_held_a_slot_gets_it(office: Any) -> None:
    slot = office.free()[3]
    hold = office.held(slot)
    assert office.propose(slot, confirm=True).status_code == 409
    made = office.booked(slot, hold_id=hold["id"])
    assert made["hold_id"] == hold["id"]


@pytest.mark.parametrize("confirm", [False, True])
def test_anothers_hold_cannot_be_booked_and_stays_its_holders(
    office: Any, confirm: bool
) -> None:
    slot = office.free()[3]
    hold = office.held(slot)
    asked = {"hold_id": hold["id"], "confirm": confirm}
    assert office.propose(slot, subject="thief", **asked).status_code == 404
    assert office.booked(slot, hold_id=hold["id"])["hold_id"] == hold["id"]


@pytest.mark.parametrize(("subject", "code"), [("u1", 409), ("thief", 404)])
def test_a_hold_that_is_a_bookings_is_neither_taken_nor_released(
    office: Any, subject: str, code: int
) -> None:
    slot = office.free()[3]
    first = office.booked(slot)
    second = office.propose(slot, hold_id=first["hold_id"], subject=subject)
    assert second.status_code == code
    office.pump("settle")
    assert not office.is_free(slot)


def test_a_hold_of_another_slot_is_refused_and_not_passed_over(office: Any) -> None:
    held, other = office.free()[3:5]
    hold = office.held(held)
    answer = office.propose(other, hold_id=hold["id"], confirm=True)
    assert answer.status_code == 409
    assert "another slot" in answer.json()["message"]
    assert office.is_free(other)
    assert office.booked(held, hold_id=hold["id"])["hold_id"] == hold["id"]


def test_staff_book_what_a_customer_holds(office: Any) -> None:
    slot = office.free()[3]
    hold = office.held(slot)
    asked = {"slot_id": slot["id"], "customer": {"name": "Ann"}, "confirm": True}
    staff = {"roles": ("agent",), "subject": "desk"}
    made = office.ask(json=asked | {"hold_id": hold["id"]}, **staff)
    assert (made.status_code, made.json()["hold_id"]) == (201, hold["id"])


def test_confirming_again_changes_nothing(office: Any) -> None:
    made = office.booked(office.free()[3])
    again = office.ask(f"/{made['id']}/confirm")
    assert (again.status_code, again.json()) == (200, made)


def test_two_who_confirm_one_proposal_have_one_booking(office: Any) -> None:
    calendar = office.connect()
    office.offer(calendars=[calendar])
    made = office.propose(office.free("check-up")[3]).json()
    answers = at_once(6, lambda _: office.ask(f"/{made['id']}/confirm"))
    assert {a.status_code for a in answers} <= {200, 409, 412}
    office.pump("settle")
    assert office.booking(made["id"])["status"] == "confirmed"
    assert [each["id"] for each in office.events(calendar)] == [made["id"]]
    assert not office.is_free({"id": made["slot_id"], "service": "check-up"})


def test_a_booking_moves_with_its_event_and_frees_the_old_time(office: Any) -> None:
    calendar = office.connect()
    office.offer(calendars=[calendar])
    free = office.free("check-up")
    made = office.booked(free[0])
    answer = office.ask(f"/{made['id']}/reschedule", json={"slot_id": free[6]["id"]})
    moved = answer.json()
    assert (answer.status_code, moved["start"]) == (200, free[6]["start"])
    assert office.is_free(free[0])
    assert not office.is_free(free[6])
    assert [each["start"] for each in office.events(calendar)] == [moved["start"]]
    (event,) = office.bookings.published("booking.moved")
    assert event["data"]["was"] == made["start"]


def test_a_time_that_is_taken_cannot_be_moved_to(office: Any) -> None:
    free = office.free()
    made, other = office.booked(free[0]), office.booked(free[6])
    path, asked = f"/{made['id']}/reschedule", {"slot_id": other["slot_id"]}
    answer = office.ask(path, json=asked)
    assert answer.status_code == 409
    assert len(choices([answer])) >= 3
    assert office.booking(made["id"])["start"] == made["start"]
    office.offer("cut")
    elsewhere = {"slot_id": office.free("cut")[0]["id"]}
    assert office.ask(path, json=elsewhere).status_code == 400


def test_while_nobody_knows_whether_it_is_free_nothing_is_booked(office: Any) -> None:
    office.offer(calendars=[office.connect()])
    slot = office.free("check-up")[3]
    made = office.propose(slot).json()
    back = office.away("calendar-provider")
    answer = office.ask(f"/{made['id']}/confirm")
    assert answer.status_code == 424
    told = answer.json()
    assert "nothing was booked" in told["message"]
    assert told["error_code"] == "CALENDAR_UNKNOWN"
    assert told["additional_data"]["retry_after"] > 0
    back()
    back = office.away("slot-management")
    down = office.ask(f"/{made['id']}/confirm")
    assert (down.status_code, down.json()["error_code"]) == (424, "UPSTREAM_FAILED")
    back()
    assert office.is_free(slot)
    assert office.ask(f"/{made['id']}/confirm").status_code == 200


def test_an_event_that_cannot_be_written_yet_is_a_warning_and_written_later(
    office: Any,
) -> None:
    calendar = office.connect()
    office.offer(calendars=[calendar])
    slot = office.free("check-up")[3]
    hold = office.held(slot)
    back = office.away("calendar-provider")
    made = office.booked(slot, hold_id=hold["id"])
    assert made["status"] == "confirmed"
    assert "calendar" in made["warnings"][0]
    office.pump("settle")
    assert office.booking(made["id"])["warnings"] == made["warnings"]
    back()
    assert office.events(calendar) == []
    office.pump("settle")
    assert office.booking(made["id"])["warnings"] == []
    assert [each["id"] for each in office.events(calendar)] == [made["id"]]


def test_a_calendar_that_refuses_the_event_takes_the_booking_back(office: Any) -> None:
    calendar = office.connect()
    office.offer(calendars=[calendar])
    slot = office.free("check-up")[3]
    hold = office.held(slot)
    made = office.propose(slot, hold_id=hold["id"]).json()
    office.calendars.delete(f"/api/v1/calendars/{calendar}")
    assert office.ask(f"/{made['id']}/confirm").status_code == 404
    assert office.booking(made["id"])["status"] == "pending"
    office.offer()
    assert office.is_free(slot)
    assert office.bookings.published("booking.created") == []


def test_what_cannot_be_released_now_is_released_later(office: Any) -> None:
    slot = office.free()[3]
    made = office.booked(slot)
    back = office.away("slot-management")
    assert office.ask(f"/{made['id']}/cancel").json()["status"] == "cancelled"
    back()
    assert not office.is_free(slot)
    office.pump("settle")
    assert office.is_free(slot)


def test_as_many_join_one_time_as_it_takes(office: Any) -> None:
    calendar = office.connect()
    office.offer(calendars=[calendar], capacity=3)
    slot = office.free("check-up")[3]
    codes = [office.propose(slot, confirm=True).status_code for _ in range(4)]
    assert codes == [201, 201, 201, 409]
    assert len(office.events(calendar)) == 3


def test_the_same_key_books_once(office: Any) -> None:
    slot, key = office.free()[3], {"Idempotency-Key": "k-1"}
    both = [office.booked(slot, headers=key) for _ in range(2)]
    assert both[0] == both[1]
    listed = office.bookings.get(BOOKINGS).json()["items"]
    assert [each["id"] for each in listed] == [both[0]["id"]]


def test_the_customer_hears_of_every_change_with_a_file_that_follows(
    office: Any,
) -> None:
    free = office.free()
    made = office.booked(free[0])
    office.pump()
    office.ask(f"/{made['id']}/reschedule", json={"slot_id": free[6]["id"]})
    office.pump()
    office.ask(f"/{made['id']}/cancel", json={"reason": "I am ill"})
    office.pump()
    told = sorted(office.inbox(), key=lambda one: one["at"])
    assert [one["subject"].partition(":")[0] for one in told] == [
        "Confirmed",
        "Moved",
        "Cancelled",
    ]
    files = [one["attachments"][0]["content"] for one in told]
    for number, file in enumerate(files):
        assert f"UID:filigree-{made['id']}" in file
        assert f"SEQUENCE:{number}" in file
    assert "STATUS:CANCELLED" in files[2]
    assert "I am ill" in told[2]["text"]
    assert "(Europe/Berlin, UTC+0" in told[0]["text"]


def far(office: Any) -> dict[str, Any]:
    return office.free()[-1]


def test_a_reminder_goes_out_once_and_not_for_what_is_cancelled(office: Any) -> None:
    made, ended = office.booked(far(office)), office.booked(far(office))
    office.ask(f"/{ended['id']}/cancel")
    plans = {
        each["data"]["booking_id"]: each["deliver_at"]
        for each in office.bookings.published("booking.due")
        if each["data"]["what"].startswith("remind")
    }
    before = datetime.fromisoformat(made["start"]) - timedelta(days=1)
    assert datetime.fromisoformat(plans[made["id"]]) == before
    office.pump("remind")
    reminders = [one for one in office.inbox() if one["subject"].startswith("Remind")]
    assert [made["id"] in one["text"] for one in reminders] == [True]


def test_of_a_booking_that_moved_only_the_new_time_is_told(office: Any) -> None:
    free = office.free()
    made = office.booked(free[0])
    office.ask(f"/{made['id']}/reschedule", json={"slot_id": free[6]["id"]})
    # No order is promised: the news of the old time may come last.
    for event in reversed(office.bookings.published("booking.due")):
        if event["data"]["what"].startswith("tell"):
            office.deliver(event)
            office.delivered.add(event["id"])
    office.pump()
    assert [one["subject"][:5] for one in office.inbox()] == ["Moved"]


def test_while_nobody_can_be_told_bookings_are_made_and_told_later(
    office: Any,
) -> None:
    back = office.away("notification")
    office.booked(office.free()[0])
    with pytest.raises(Problem):
        office.pump()
    back()
    office.delivered.clear()
    office.pump()
    assert len(office.inbox()) == 1


def test_customers_see_and_change_only_their_own_and_staff_all(office: Any) -> None:
    slot = office.free()[3]
    made = office.booked(slot)
    path = f"{BOOKINGS}/{made['id']}"
    other = {"roles": ("customer",), "subject": "somebody-else"}
    assert office.bookings.get(path, **other).status_code == 404
    assert office.bookings.get(BOOKINGS, **other).json()["items"] == []
    for change in ("confirm", "cancel"):
        assert office.ask(f"/{made['id']}/{change}", **other).status_code == 404
    named = {"customer": {"name": "Eve"}}
    assert office.bookings.put(path, json=named, **other).status_code == 404
    assert office.bookings.get(path, tenant="elsewhere").status_code == 404
    staff = {"roles": ("agent",), "subject": "staff"}
    assert office.bookings.get(path, **staff).json() == made
    assert office.ask(f"/{made['id']}/check-in").status_code == 403
    assert office.ask(f"/{made['id']}/cancel", **staff).status_code == 200
    assert office.is_free(slot)


def test_staff_says_what_came_of_it_when_its_time_has_come(office: Any) -> None:
    made, staff = office.booked(office.free()[0]), {"roles": ("agent",)}
    path = f"/{made['id']}"
    assert office.ask(f"{path}/no-show", **staff).status_code == 409
    assert office.ask(f"{path}/complete", **staff).status_code == 409
    late = office.booked(far(office))
    assert office.ask(f"/{late['id']}/check-in", **staff).status_code == 409
    office.ask(f"{path}/cancel")
    for step in ("confirm", "cancel", "check-in"):
        assert office.ask(f"{path}/{step}", **staff).status_code == 409


def test_bookings_are_found_by_what_is_known_of_them(office: Any) -> None:
    free = office.free()
    first = office.booked(free[9], conversation_id="c1")
    ben = {"name": "Ben", "email": "ben@example.com"}
    second = office.booked(free[2], customer=ben)
    third = office.propose(free[5]).json()

    def found(**asked: Any) -> list[str]:
        answer = office.bookings.get(BOOKINGS, params=asked)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert found() == [second["id"], third["id"], first["id"]]
    assert found(status="pending") == [third["id"]]
    assert found(customer="ben@example.com") == [second["id"]]
    assert found(conversation_id="c1") == [first["id"]]
    between = {"from": third["start"], "to": first["start"]}
    assert found(**between) == [third["id"]]
    page = office.bookings.get(BOOKINGS, params={"limit": 2}).json()
    assert found(limit=2, cursor=page["cursor"]) == [first["id"]]
    assert office.bookings.get(BOOKINGS, params={"no": "such"}).status_code == 400


def test_who_it_is_for_may_change_and_the_event_follows(office: Any) -> None:
    calendar = office.connect()
    office.offer(calendars=[calendar])
    made = office.booked(office.free("check-up")[3])
    path, asked = f"{BOOKINGS}/{made['id']}", {"customer": {"name": "Ben Berg"}}
    changed = office.bookings.put(path, json=asked).json()
    assert (changed["customer"]["name"], changed["warnings"]) == ("Ben Berg", [])
    assert office.events(calendar)[0]["title"] == "Check-up: Ben Berg"


def test_only_what_is_over_is_deleted(office: Any) -> None:
    made = office.booked(office.free()[3])
    path = f"{BOOKINGS}/{made['id']}"
    assert office.bookings.delete(path).status_code == 409
    office.ask(f"/{made['id']}/cancel")
    assert office.bookings.delete(path).status_code == 204
    assert office.bookings.get(path).status_code == 404
    office.pump("settle")


@pytest.mark.parametrize(
    ("slot", "code"),
    [("x", 400), ("no-such.20301123T0900Z.30.UTC", 404), ("", 422)],
)
def test_what_is_no_slot_cannot_be_booked(office: Any, slot: str, code: int) -> None:
    assert office.propose({"id": slot}).status_code == code


@pytest.mark.parametrize("confirm", [False, True])
def test_of_a_business_that_has_declared_nothing_nobody_books(
    unset: Any, confirm: bool
) -> None:
    slot = unset.free()[4]
    refused = unset.propose(slot, confirm=confirm)
    assert refused.status_code == 404
    assert refused.json()["error_code"] == "NOTHING_OFFERED"
    assert unset.bookings.published("booking.created") == []


@pytest.mark.parametrize("confirm", [False, True])
def test_a_business_with_offers_is_booked_for_those_alone(
    unset: Any, confirm: bool
) -> None:
    office, usual = unset, unset.free()[4]
    office.offer()
    long = office.free("check-up")[4]
    long["id"] = long["id"].replace(".30.", ".90.")
    answers = [office.propose(each, confirm=confirm) for each in (usual, long)]
    assert [each.status_code for each in answers] == [404, 400]
    assert office.bookings.published("booking.created") == []


def test_a_time_that_was_never_offered_cannot_be_booked(office: Any) -> None:
    answer = office.propose({"id": "check-up.20200106T0900Z.30.UTC"}, confirm=True)
    assert answer.status_code == 409
    assert len(choices([answer])) >= 3


def test_who_came_is_checked_in_and_cannot_cancel_any_more(office: Any) -> None:
    office.offer()
    made, staff = office.booked(office.free("check-up")[0]), {"roles": ("agent",)}
    answer = office.ask(f"/{made['id']}/check-in", **staff)
    assert (answer.status_code, answer.json()["status"]) == (200, "checked_in")
    assert [each.split()[1] for each in answer.json()["history"]] == [
        "confirmed",
        "checked_in",
    ]
    assert office.ask(f"/{made['id']}/cancel").status_code == 409
    assert office.ask(f"/{made['id']}/complete", **staff).status_code == 409


@pytest.mark.parametrize(
    "customer",
    [
        {"name": "   "},
        {"name": "Anna\r\nBcc: x@y.example"},
        {"name": "Anna", "email": "nope"},
        {"name": "Anna", "phone": "abc"},
    ],
)
def test_a_customer_who_has_no_name_or_no_such_address_is_refused(
    office: Any, customer: dict[str, str]
) -> None:
    office.offer()
    slot = office.free("check-up")[0]
    assert office.propose(slot, customer=customer).status_code == 422
