"""Slots: what is shown can be held, by one, and what is unknown is never shown."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis import testing
from chassis.errors import Unavailable

PATH, HOLDS = "/api/v1/slots", "/api/v1/slots/holds"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY = {day: [{"opens": "08:00", "closes": "18:00"}] for day in DAYS}
OFFER = {"title": "Check-up", "timezone": "Europe/Berlin", "hours": DAILY}


@pytest.fixture
def busy() -> dict[str, Any]:
    """What calendar-provider answers; a test changes it."""
    return {"busy": {"calendar_id": "c1", "state": "known", "busy": []}}


@pytest.fixture
def unset(database: FastAPI, busy: dict[str, Any]) -> Iterator[testing.Mesh]:
    """Of a business that has declared nothing."""
    from services.calendar.slot_management.app import app

    upstreams = {"database-operations": database, "calendar-provider": busy}
    with testing.mesh(app, upstreams=upstreams) as running:
        yield running


@pytest.fixture
def mesh(unset: testing.Mesh) -> testing.Mesh:
    """Of a business that can be booked."""
    offer(unset, horizon_days=730)
    return unset


def offer(mesh: testing.Mesh, name: str = "check-up", **more: Any) -> httpx.Response:
    answer = mesh.put(f"{PATH}/offers/{name}", json=OFFER | more)
    assert answer.status_code == 200, answer.text
    return answer


def slots(mesh: testing.Mesh, **asked: Any) -> list[dict[str, Any]]:
    """Those that are free from a Monday to come, whatever time it is now."""
    today = datetime.now(UTC).date()
    monday = today + timedelta(days=14 - today.weekday())
    begins = {"from": f"{monday}T00:00:00Z"}
    answer = mesh.get(PATH, params=begins | asked, roles=("customer",))
    assert answer.status_code == 200, answer.text
    return answer.json()["slots"]


def hold(mesh: testing.Mesh, slot: dict[str, Any], **more: Any) -> httpx.Response:
    rest = {"subject": more.pop("subject", "u1"), "roles": ("customer",)}
    # Who wins is asked here, and not how many a slow machine serves in ten seconds.
    rest["headers"] = {"X-Request-Timeout": "120"}
    return mesh.post(HOLDS, json={"slot_id": slot["id"]} | more, **rest)


def held(mesh: testing.Mesh, slot: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = hold(mesh, slot, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def kept(mesh: testing.Mesh, slot: dict[str, Any]) -> str | None:
    """The path of a hold of a second that is a booking's in time, if it is one."""
    answer = hold(mesh, slot, seconds=1)
    path = f"{HOLDS}/{answer.json().get('id')}"
    booked = mesh.put(f"{path}/booking", json={"booking_id": "b1"})
    return path if booked.status_code == 200 else None


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# Of more at a time, on a busy machine, some wait for longer than each is given.
SIDE_BY_SIDE = 10


def at_once(mesh: testing.Mesh, slot: dict[str, Any], many: int) -> list[Any]:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda n: hold(mesh, slot, subject=f"c{n}"), range(many)))


def test_of_a_business_that_has_declared_nothing_customers_book_nothing(
    unset: testing.Mesh,
) -> None:
    tried = unset.get(PATH).json()["slots"][3]
    for path in (PATH, f"{PATH}/offers/appointment"):
        refused = unset.get(path, roles=("customer",))
        assert (refused.status_code, refused.json()["error_code"]) == (
            404,
            "NOTHING_OFFERED",
        )
        assert "PUT /api/v1/slots/offers/{name}" in refused.json()["message"]
    assert hold(unset, tried).json()["error_code"] == "NOTHING_OFFERED"


def test_its_staff_may_try_appointments_on_weekdays_from_nine_to_five(
    unset: testing.Mesh,
) -> None:
    found = unset.get(PATH).json()["slots"]
    starts = [moment(slot["start"]) for slot in found]
    assert {start.weekday() for start in starts} <= {0, 1, 2, 3, 4}
    assert all(9 <= s.hour < 17 and s.minute in (0, 30) for s in starts)
    assert {slot["timezone"] for slot in found} == {"UTC"}
    assert unset.post(HOLDS, json={"slot_id": found[3]["id"]}).status_code == 201


def test_a_slot_is_shown_in_the_zone_that_was_asked_for(mesh: testing.Mesh) -> None:
    offer(mesh)
    here = slots(mesh, service="check-up")
    there = slots(mesh, service="check-up", timezone="Asia/Kolkata")
    assert [moment(s["start"]) for s in here] == [moment(s["start"]) for s in there]
    assert there[0]["start"].endswith("+05:30")
    made = held(mesh, there[0])
    assert made["slot"] == there[0]


def test_slots_lie_within_what_was_asked_for_page_after_page(
    mesh: testing.Mesh,
) -> None:
    offer(mesh)
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    asked = {"service": "check-up", "from": f"{day}T10:00", "to": f"{day}T12:10"}
    found, cursor = [], None
    while cursor or not found:
        more = {"cursor": cursor} if cursor else {}
        answer = mesh.get(PATH, params=asked | {"limit": 1} | more).json()
        found += answer["slots"]
        cursor = answer["cursor"]
    local = [slot["start"][11:16] for slot in found]
    assert local == ["10:00", "10:30", "11:00", "11:30"]
    assert found == slots(mesh, **asked)


def test_of_fifty_who_want_one_slot_one_gets_it_and_the_others_get_real_choices(
    mesh: testing.Mesh,
) -> None:
    slot = slots(mesh)[8]
    answers = at_once(mesh, slot, 50)
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] + [409] * 49
    choices: dict[str, Any] = {}
    for answer in answers:
        if answer.status_code == 409:
            told = answer.json()["additional_data"]["alternatives"]
            assert len({each["id"] for each in told}) >= 3
            choices |= {each["id"]: each for each in told}
    assert slot["id"] not in choices
    for n, choice in enumerate(choices.values()):
        held(mesh, choice, subject=f"d{n}")


def test_as_many_get_a_time_as_it_takes(mesh: testing.Mesh) -> None:
    offer(mesh, capacity=4)
    slot = slots(mesh, service="check-up")[5]
    answers = at_once(mesh, slot, 12)
    won = [answer.json() for answer in answers if answer.status_code == 201]
    assert sorted(each["seat"] for each in won) == [0, 1, 2, 3]
    assert {a.status_code for a in answers} == {201, 409}
    assert slot["id"] not in [each["id"] for each in slots(mesh, service="check-up")]


def test_slots_of_other_lengths_conflict_where_they_overlap(
    mesh: testing.Mesh,
) -> None:
    offer(mesh, durations=[90])
    short = slots(mesh, service="check-up")[3]
    long = slots(mesh, service="check-up", duration=90)
    over = next(s for s in long if s["start"] == short["start"])
    held(mesh, short)
    assert hold(mesh, over).status_code == 409
    span = moment(short["start"]), moment(short["end"])
    for each in slots(mesh, service="check-up", duration=90):
        apart = moment(each["end"]) <= span[0] or span[1] <= moment(each["start"])
        assert apart


def test_nobody_gets_the_time_before_or_after_a_hold(mesh: testing.Mesh) -> None:
    offer(mesh, before=10, after=20)
    found = slots(mesh, service="check-up")
    held(mesh, found[4])
    codes = [hold(mesh, found[n]).status_code for n in (3, 5)]
    assert codes == [409, 409]


def test_offers_of_one_resource_take_each_others_time(mesh: testing.Mesh) -> None:
    for name in ("cut", "colour"):
        offer(mesh, name, resource="anna")
    cut, colour = (slots(mesh, service=name)[2] for name in ("cut", "colour"))
    held(mesh, cut)
    assert hold(mesh, colour).status_code == 409


def test_a_hold_that_expired_holds_nothing(mesh: testing.Mesh) -> None:
    slot = slots(mesh)[3]
    first = held(mesh, slot, seconds=1)
    second = testing.until(lambda: (a := hold(mesh, slot)).status_code == 201 and a)
    assert second.json()["id"] != first["id"]
    late = mesh.put(f"{HOLDS}/{first['id']}/booking", json={"booking_id": "b1"})
    assert late.status_code == 404


def test_a_hold_that_is_kept_neither_expires_nor_becomes_anothers(
    mesh: testing.Mesh,
) -> None:
    slot = slots(mesh)[3]
    path = testing.until(lambda: kept(mesh, slot))
    again = mesh.put(f"{path}/booking", json={"booking_id": "b1"})
    assert (again.status_code, again.json()["expires_at"]) == (200, None)
    other = mesh.put(f"{path}/booking", json={"booking_id": "b2"})
    assert other.status_code == 409
    # Another hold as short as this was is gone: so is the time that this one had.
    short = f"{HOLDS}/{held(mesh, slots(mesh)[5], seconds=1)['id']}"
    testing.until(lambda: mesh.get(short).status_code == 404)
    assert mesh.get(path).json()["booking_id"] == "b1"
    assert hold(mesh, slot).status_code == 409
    assert mesh.delete(path).status_code == 409


@pytest.mark.parametrize("booked", [False, True])
def test_what_is_released_is_free_at_once_and_releasing_again_is_no_error(
    mesh: testing.Mesh, booked: bool
) -> None:
    slot = slots(mesh)[3]
    path = f"{HOLDS}/{held(mesh, slot)['id']}"
    if booked:
        mesh.put(f"{path}/booking", json={"booking_id": "b1"})
    gone = f"{path}/seat" if booked else path
    assert [mesh.delete(gone).status_code for _ in range(2)] == [204, 204]
    assert slot["id"] in [each["id"] for each in slots(mesh)]
    held(mesh, slot)


def test_a_hold_is_its_holders_and_the_staffs(mesh: testing.Mesh) -> None:
    slot = slots(mesh)[3]
    path = f"{HOLDS}/{held(mesh, slot)['id']}"
    for other in ({"subject": "u2"}, {"subject": None}):
        told = {"roles": ("customer",)} | other
        assert mesh.get(path, **told).status_code == 404
        assert mesh.delete(path, **told).status_code == 404
    own = mesh.get(path, roles=("customer",))
    assert (own.status_code, own.json()["slot"]) == (200, slot)
    assert "subject" not in own.json()
    assert mesh.get(path, roles=("agent",), subject="desk").status_code == 200
    assert mesh.delete(path, roles=("agent",), subject="desk").status_code == 204
    assert mesh.get(path, roles=("customer",)).status_code == 404


def test_the_same_key_gets_the_same_hold(mesh: testing.Mesh) -> None:
    asked = {"slot_id": slots(mesh)[3]["id"]}
    headers = {"Idempotency-Key": "k-1"}
    both = [mesh.post(HOLDS, json=asked, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in both] == [201, 201]
    assert both[0].json() == both[1].json()


def test_when_a_calendar_is_busy_nothing_is_free(
    mesh: testing.Mesh, busy: dict[str, Any]
) -> None:
    offer(mesh, calendars=["c1"])
    before = slots(mesh, service="check-up")
    slot = before[2]
    busy["busy"]["busy"] = [{"start": slot["start"], "end": slot["end"]}]
    after = slots(mesh, service="check-up")
    assert [s for s in before if s not in after] == [slot]
    answer = hold(mesh, slot)
    assert answer.status_code == 409
    assert len(answer.json()["additional_data"]["alternatives"]) >= 3


UNKNOWN = {"calendar_id": "c1", "state": "unknown", "busy": [], "reason": "expired"}


@pytest.mark.parametrize("answer", [UNKNOWN, Unavailable("it is down")])
def test_a_calendar_that_is_unknown_is_never_free(
    mesh: testing.Mesh, busy: dict[str, Any], answer: Any
) -> None:
    offer(mesh, calendars=["c1"])
    slot = slots(mesh, service="check-up")[3]
    busy["busy"] = answer
    told = mesh.get(PATH, params={"service": "check-up"}).json()
    assert told["slots"] == []
    assert told["degraded"] == "c1: it cannot be read now"
    answer = hold(mesh, slot)
    # Not a failure of this service: six of them get nobody ejected.
    assert answer.status_code == 424
    assert answer.json()["error_code"] == "CALENDAR_UNKNOWN"
    assert answer.json()["additional_data"]["retry_after"] > 0
    offer(mesh, "cleaning")
    assert slots(mesh, service="cleaning")


def test_another_business_has_its_own_time(mesh: testing.Mesh) -> None:
    slot = slots(mesh)[3]
    path = f"{HOLDS}/{held(mesh, slot)['id']}"
    other = {"tenant": f"{mesh.tenant}-other"}
    mesh.put(f"{PATH}/offers/check-up", json=OFFER, **other)
    assert mesh.post(HOLDS, json={"slot_id": slot["id"]}, **other).status_code == 201
    assert mesh.get(path, **other).status_code == 404
    assert mesh.delete(path, **other).status_code == 204
    assert mesh.get(path).status_code == 200


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"service": "no-such"}, 404),
        ({"timezone": "Mars/Base"}, 400),
        ({"from": "2030-01-02T00:00:00Z", "to": "2030-01-01T00:00:00Z"}, 400),
        ({"duration": 7}, 400),
        ({"from": "soon"}, 400),
    ],
)
def test_what_cannot_be_asked_is_refused(
    mesh: testing.Mesh, asked: dict[str, Any], code: int
) -> None:
    assert mesh.get(PATH, params=asked).status_code == code


@pytest.mark.parametrize(
    "id", ["", "x", "appointment.soon.30.UTC", "check-up.20261123T0900Z.7.UTC"]
)
def test_what_is_no_slot_cannot_be_held(mesh: testing.Mesh, id: str) -> None:
    assert mesh.post(HOLDS, json={"slot_id": id}).status_code == 400


def test_a_time_that_was_never_offered_is_not_free(mesh: testing.Mesh) -> None:
    known = slots(mesh)[0]
    night = {"id": known["id"].replace(known["id"][18:22], "0300")}
    past = {"id": "check-up.20200106T0900Z.30.UTC"}
    for slot in (night, past):
        answer = hold(mesh, slot)
        assert answer.status_code == 409
        assert len(answer.json()["additional_data"]["alternatives"]) >= 3


def test_only_managers_say_what_is_offered_and_only_what_can_be_kept(
    mesh: testing.Mesh,
) -> None:
    path = f"{PATH}/offers/check-up"
    assert mesh.put(path, json=OFFER, roles=("customer",)).status_code == 403
    wrong = {"hours": {"mon": [{"opens": "17:00", "closes": "09:00"}]}}
    assert mesh.put(path, json=OFFER | wrong).status_code == 400
    assert mesh.put(path, json=OFFER | {"duration": 7}).status_code == 422
    tag = offer(mesh).headers["ETag"]
    assert offer(mesh, title="New").json()["version"] == 3
    late = mesh.put(path, json=OFFER, headers={"If-Match": tag})
    assert late.status_code == 412
    assert mesh.get(path).json()["title"] == "New"


def test_what_is_usual_ends_with_the_first_offer_and_the_only_one_needs_no_name(
    unset: testing.Mesh,
) -> None:
    mesh = unset
    usual = mesh.get(PATH).json()["slots"][3]
    assert mesh.get(f"{PATH}/offers/appointment").json()["version"] == 0
    offer(mesh)
    assert slots(mesh) == slots(mesh, service="check-up")
    assert mesh.get(PATH, params={"service": "appointment"}).status_code == 404
    assert mesh.get(f"{PATH}/offers/appointment").status_code == 404
    assert hold(mesh, usual).status_code == 404
    offer(mesh, "hygiene")
    told = mesh.get(PATH)
    assert told.status_code == 400
    assert "check-up, hygiene" in told.json()["message"]
    offer(mesh, "appointment")
    assert slots(mesh, service="appointment")[0]["timezone"] == "Europe/Berlin"


def test_a_slot_has_a_length_that_its_offer_has(mesh: testing.Mesh) -> None:
    offer(mesh, durations=[60])
    slot = slots(mesh, service="check-up", duration=60)[3]
    wrong = {"id": slot["id"].replace(".60.", ".600.")}
    assert hold(mesh, wrong).status_code == 400
    told = mesh.get(PATH, params={"service": "check-up", "duration": 45})
    assert told.status_code == 400
    assert "30 or 60 minutes" in told.json()["message"]
    held(mesh, slot)


def test_a_customer_holds_five_slots_at_a_time_however_many_are_asked_for_at_once(
    mesh: testing.Mesh,
) -> None:
    found = slots(mesh)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda slot: hold(mesh, slot), found[:8]))
    assert sorted(each.status_code for each in answers) == [201] * 5 + [409] * 3
    assert "give one up" in hold(mesh, found[8]).json()["message"]
    held(mesh, found[8], subject="u2")
    mine = [each.json()["id"] for each in answers if each.status_code == 201]
    mesh.delete(f"{HOLDS}/{mine[0]}", roles=("customer",))
    mesh.put(f"{HOLDS}/{mine[1]}/booking", json={"booking_id": "b1"})
    again = [hold(mesh, slot).status_code for slot in found[10:13]]
    assert again == [201, 201, 409]


def test_staff_hold_for_as_many_customers_as_there_are(mesh: testing.Mesh) -> None:
    for slot in slots(mesh)[:6]:
        answer = mesh.post(HOLDS, json={"slot_id": slot["id"]}, roles=("agent",))
        assert answer.status_code == 201, answer.text


def test_everybody_sees_what_can_be_booked(mesh: testing.Mesh) -> None:
    offer(mesh, "cleaning")
    offer(mesh, "check-up")
    listed = mesh.get(f"{PATH}/offers", roles=("customer",)).json()["items"]
    assert {each["name"] for each in listed} == {"check-up", "cleaning"}
