"""Schedules: what is said becomes an absolute time, and what is open is asked."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chassis import testing
from chassis.errors import Unavailable

PATH = "/api/v1/schedules"
NOW = "2026-11-25T10:00:00+01:00"


DAY = "2026-11-30T"


def slot(start: str, end: str, day: str = DAY) -> dict[str, str]:
    return {
        "id": f"cut.{start}",
        "service": "cut",
        "start": f"{day}{start}:00Z",
        "end": f"{day}{end}:00Z",
        "timezone": "UTC",
    }


HOURS = [slot(f"{hour:02}:00", f"{hour + 1:02}:00") for hour in range(6, 20)]


@pytest.fixture
def slots() -> dict[str, Any]:
    """What slot-management answers; a test changes it."""
    return {"list_slots": {"slots": HOURS, "cursor": None, "degraded": None}}


@pytest.fixture
def mesh(slots: dict[str, Any]) -> Iterator[testing.Mesh]:
    from services.calendar.schedule_optimization.app import app

    with testing.mesh(app, upstreams={"slot-management": slots}) as running:
        yield running


def ask(mesh: testing.Mesh, text: str, /, **more: Any) -> httpx.Response:
    asked = {"text": text, "reference": NOW, "timezone": "Europe/Berlin"}
    return mesh.post(f"{PATH}/interpret", json=asked | more, roles=("customer",))


def test_next_friday_at_three_has_a_date_a_zone_and_an_offset(
    mesh: testing.Mesh,
) -> None:
    told = ask(mesh, "next Friday at three").json()
    assert told["start"] == "2026-11-27T15:00:00+01:00"
    assert told["end"] == "2026-11-27T16:00:00+01:00"
    assert told["grain"] == "hour"
    assert "27 November 2026 at 15:00 (Europe/Berlin, UTC+01:00)" in told["text"]
    assert len(told["ambiguous"]) == 2  # which Friday, and which three


def test_the_reference_is_seen_from_the_zone_that_was_named(
    mesh: testing.Mesh,
) -> None:
    late = {"reference": "2026-11-25T23:30:00Z", "timezone": "Asia/Tokyo"}
    told = ask(mesh, "tomorrow at 14:30", **late).json()
    assert told["start"] == "2026-11-27T14:30:00+09:00"
    assert told["timezone"] == "Asia/Tokyo"


def test_the_locale_decides_whether_the_day_or_the_month_comes_first(
    mesh: testing.Mesh,
) -> None:
    here = ask(mesh, "03/04/2027", locale="en-GB").json()
    there = ask(mesh, "03/04/2027", locale="en-US").json()
    assert here["start"].startswith("2027-04-03")
    assert there["start"].startswith("2027-03-04")


def test_what_says_no_time_is_answered_with_none_and_a_question(
    mesh: testing.Mesh,
) -> None:
    told = ask(mesh, "how much is a haircut?").json()
    assert (told["start"], told["end"], told["grain"]) == (None, None, None)
    assert told["ambiguous"]


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ({"timezone": "Mars/Olympus"}, 422),
        ({"reference": "2026-11-25T10:00:00"}, 422),
        ({"text": ""}, 422),
        ({"unknown": 1}, 422),
    ],
)
def test_a_bad_request_is_refused(
    mesh: testing.Mesh, bad: dict[str, Any], status: int
) -> None:
    assert ask(mesh, "tomorrow", **bad).status_code == status


def at(start: str, end: str) -> dict[str, str]:
    return {"start": f"{DAY}{start}:00Z", "end": f"{DAY}{end}:00Z"}


def appointment(id: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "resources": ["room"], **at(start, end), **more}


def test_two_that_want_one_room_conflict_and_the_smaller_move_resolves_it(
    mesh: testing.Mesh,
) -> None:
    those = [
        appointment("long", "09:00", "11:00", fixed=True),
        appointment("short", "10:45", "11:15"),
        appointment("other", "09:00", "11:00", resources=["garden"]),
    ]
    asked = {"appointments": those, "timezone": "Europe/Berlin"}
    found = mesh.post(f"{PATH}/conflicts", json=asked).json()["conflicts"]
    assert [(c["first"], c["second"], c["resource"]) for c in found] == [
        ("long", "short", "room")
    ]
    assert found[0]["start"] == "2026-11-30T11:45:00+01:00"
    told = mesh.post(f"{PATH}/resolve", json=asked).json()
    assert [(m["id"], m["minutes"]) for m in told["moves"]] == [("short", 15)]
    assert told["moves"][0]["start"] == "2026-11-30T12:00:00+01:00"
    assert told["unresolved"] == []
    assert told["optimal"]


def test_two_that_are_fixed_stay_unresolved(mesh: testing.Mesh) -> None:
    those = [appointment(id, "09:00", "10:00", fixed=True) for id in "ab"]
    told = mesh.post(f"{PATH}/resolve", json={"appointments": those}).json()
    assert told["moves"] == []
    assert told["unresolved"] == [["a", "b"]]


def suggest(mesh: testing.Mesh, *people: dict[str, Any], **more: Any) -> httpx.Response:
    asked = {"within": at("00:00", "23:00"), "participants": people} | more
    return mesh.post(f"{PATH}/suggest", json=asked, roles=("customer",))


def test_what_is_suggested_is_free_for_all_and_shown_on_everyones_clock(
    mesh: testing.Mesh,
) -> None:
    here = {"name": "Ada", "timezone": "Europe/Berlin", "busy": [at("14:00", "15:00")]}
    there = {"name": "Bob", "timezone": "America/New_York"}
    told = suggest(mesh, here, there, service="cut", limit=3).json()
    best = told["suggestions"][0]
    assert best["slot"] == slot("15:00", "16:00")
    assert [each["start"] for each in best["participants"]] == [
        "2026-11-30T16:00:00+01:00",
        "2026-11-30T10:00:00-05:00",
    ]
    assert [each["outside_minutes"] for each in best["participants"]] == [0, 0]
    assert len(told["suggestions"]) == 3


def test_all_pages_of_slots_are_looked_at(
    mesh: testing.Mesh, slots: dict[str, Any]
) -> None:
    def page(request: httpx.Request) -> dict[str, Any]:
        cursor = request.url.params.get("cursor")
        later = {"slots": [slot("10:00", "11:00")], "cursor": None}
        first = {"slots": [slot("06:00", "07:00")], "cursor": f"{DAY}07:00:00Z"}
        return later if cursor else first

    slots["list_slots"] = page
    told = suggest(mesh, {"name": "Ada", "timezone": "UTC"}).json()
    starts = [each["slot"]["start"] for each in told["suggestions"]]
    assert starts == [f"{DAY}10:00:00Z", f"{DAY}06:00:00Z"]


def test_what_slot_management_does_not_know_is_passed_on(
    mesh: testing.Mesh, slots: dict[str, Any]
) -> None:
    slots["list_slots"] |= {"slots": [], "degraded": "c1: it cannot be read now"}
    told = suggest(mesh, {"name": "Ada", "timezone": "UTC"}).json()
    assert told == {"suggestions": [], "degraded": "c1: it cannot be read now"}


def test_without_slot_management_nothing_is_suggested(
    mesh: testing.Mesh, slots: dict[str, Any]
) -> None:
    slots["list_slots"] = Unavailable("away")
    assert suggest(mesh, {"name": "Ada", "timezone": "UTC"}).status_code == 424


def job(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "minutes": 60, "window": at("08:00", "18:00"), **more}


def worker(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "shift": at("08:00", "17:00"), **more}


def test_jobs_go_to_who_can_do_them_with_the_way_there_in_the_plan(
    mesh: testing.Mesh,
) -> None:
    home, far = ({"latitude": 52.5, "longitude": x} for x in (13.4, 13.6))
    asked = {
        "jobs": [
            job("pipe", skills=["water"], place=far),
            job("lamp", skills=["power"]),
            job("roof", skills=["height"]),
        ],
        "staff": [
            worker("ann", skills=["water"], home=home),
            worker("ben", skills=["power"]),
        ],
        "timezone": "Europe/Berlin",
    }
    told = mesh.post(f"{PATH}/assign", json=asked).json()
    done = {visit["job"]: visit for visit in told["visits"]}
    assert set(done) == {"pipe", "lamp"}
    assert done["lamp"]["worker"] == "ben"
    assert done["lamp"]["start"] == "2026-11-30T09:00:00+01:00"
    assert told["unassigned"] == ["roof"]
    why = {"cause": "skills", "text": "nobody has the skill height"}
    assert told["reasons"] == [{"job": "roof"} | why]
    assert told["optimal"]


def test_the_way_there_takes_time(mesh: testing.Mesh) -> None:
    home, far = ({"latitude": 52.5, "longitude": x} for x in (13.4, 13.6))
    asked = {"jobs": [job("pipe", place=far)], "staff": [worker("ann", home=home)]}
    told = mesh.post(f"{PATH}/assign", json=asked).json()
    visit = told["visits"][0]
    # 13.5 km as the crow flies are 17.6 by road: 36 minutes at 30 km/h.
    assert visit["travel_minutes"] == 36
    assert visit["start"] == f"{DAY}08:36:00Z"
    assert told["travel_minutes"] == 72


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        ("conflicts", {"appointments": [appointment("a", "10:00", "09:00")]}),
        ("conflicts", {"appointments": [appointment("a", "09:00", "10:00")] * 2}),
        (
            "resolve",
            {
                "appointments": [
                    appointment("a", "09:00", "10:00", latest=f"{DAY}08:00Z")
                ]
            },
        ),
        ("assign", {"jobs": [job("a"), job("a")], "staff": []}),
        (
            "suggest",
            {
                "within": at("00:00", "23:00"),
                "participants": [
                    {"name": "Ada", "timezone": "UTC", "opens": "17:00"},
                ],
            },
        ),
    ],
)
def test_what_contradicts_itself_is_refused(
    mesh: testing.Mesh, path: str, bad: dict[str, Any]
) -> None:
    assert mesh.post(f"{PATH}/{path}", json=bad).status_code == 400


@pytest.mark.parametrize("path", ["conflicts", "resolve", "assign"])
def test_plans_are_for_staff(mesh: testing.Mesh, path: str) -> None:
    answer = mesh.post(f"{PATH}/{path}", json={}, roles=("customer",))
    assert answer.status_code == 403
