"""Local calendars: events make them busy, staff alone writes, feeds need a token."""

from collections.abc import Iterator
from typing import Any

import icalendar
import pytest
from fastapi import FastAPI

from chassis import testing

PATH = "/api/v1/calendars"
DAY = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}
EVENT = {
    "id": "e-1",
    "title": "Check-up",
    "start": "2026-03-02T09:00:00+01:00",
    "end": "2026-03-02T10:00:00+01:00",
    "timezone": "Europe/Berlin",
}
TAKEN = [{"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T09:00:00Z"}]


@pytest.fixture
def mesh(database: FastAPI, provider: FastAPI) -> Iterator[testing.Mesh]:
    upstreams = {"database-operations": database}
    with testing.mesh(provider, upstreams=upstreams) as running:
        yield running


@pytest.fixture
def calendar(mesh: testing.Mesh) -> dict[str, Any]:
    return connected(mesh)


def connected(mesh: testing.Mesh, **more: Any) -> dict[str, Any]:
    asked = {"kind": "local", "name": "Anna", "timezone": "Europe/Berlin"}
    answer = mesh.post(PATH, json=asked | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def write(mesh: testing.Mesh, calendar: dict[str, Any], **more: Any) -> dict[str, Any]:
    event = EVENT | more
    path = f"{PATH}/{calendar['id']}/events/{event['id']}"
    answer = mesh.put(path, json=event)
    assert answer.status_code == 200, answer.text
    return answer.json()


def busy(mesh: testing.Mesh, calendar: dict[str, Any], **span: str) -> list[Any]:
    path = f"{PATH}/{calendar['id']}/busy"
    answer = mesh.get(path, params=DAY | span, roles=("customer",))
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "known"
    return answer.json()["busy"]


def test_an_event_written_twice_makes_busy_once_until_it_is_deleted(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    assert busy(mesh, calendar) == []
    assert write(mesh, calendar) == write(mesh, calendar)
    assert busy(mesh, calendar) == TAKEN
    path = f"{PATH}/{calendar['id']}/events"
    [listed] = mesh.get(path).json()["items"]
    assert listed == mesh.get(f"{path}/e-1").json()
    assert (listed["title"], listed["timezone"]) == ("Check-up", "Europe/Berlin")
    assert [mesh.delete(f"{path}/e-1").status_code for _ in range(2)] == [204, 204]
    assert busy(mesh, calendar) == []


def test_an_event_that_moves_leaves_its_old_time(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    write(mesh, calendar)
    moved = {"start": "2026-03-02T15:00:00Z", "end": "2026-03-02T15:30:00Z"}
    write(mesh, calendar, **moved)
    assert busy(mesh, calendar) == [moved]


def test_a_series_stays_at_its_time_on_the_wall_when_the_clocks_change(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    rules = ["RRULE:FREQ=WEEKLY;COUNT=6", "EXDATE;TZID=Europe/Berlin:20260316T090000"]
    write(mesh, calendar, recurrence=rules)
    spans = busy(mesh, calendar, to="2026-05-01T00:00:00Z")
    assert [span["start"][5:16] for span in spans] == [
        "03-02T08:00",
        "03-09T08:00",
        "03-23T08:00",
        "03-30T07:00",
        "04-06T07:00",
    ]


def test_a_whole_day_is_that_of_its_calendars_zone(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    day = {"start": "2026-03-29T00:00:00+01:00", "end": "2026-03-30T00:00:00+02:00"}
    shown = write(mesh, calendar, all_day=True, **day)
    assert shown["all_day"]
    span = {"from": "2026-03-28T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
    [taken] = busy(mesh, calendar, **span)
    assert taken == {"start": "2026-03-28T23:00:00Z", "end": "2026-03-29T22:00:00Z"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": "2026-03-02T08:00:00+01:00"},
        {"timezone": "Middle/Earth"},
        {"recurrence": ["RRULE:FREQ=SOMETIMES"]},
        {"recurrence": ["RRULE:FREQ=SECONDLY"]},
        {"recurrence": ["RRULE:FREQ=DAILY\r\nSTATUS:CANCELLED"]},
        {"recurrence": ["ATTACH:file:///etc/passwd"]},
        {"id": "e-2"},
        {"title": ""},
    ],
)
def test_what_is_no_event_is_refused_and_not_written(
    mesh: testing.Mesh, calendar: dict[str, Any], wrong: dict[str, Any]
) -> None:
    path = f"{PATH}/{calendar['id']}/events/e-1"
    assert mesh.put(path, json=EVENT | wrong).status_code in (400, 422)
    assert mesh.get(path).status_code == 404


def test_a_span_is_bounded_and_goes_forward(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    path = f"{PATH}/{calendar['id']}/busy"
    for end in ("2026-03-01T00:00:00Z", DAY["from"], "2030-01-01T00:00:00Z"):
        assert mesh.get(path, params=DAY | {"to": end}).status_code == 400
    naive = mesh.get(path, params=DAY | {"from": "2026-03-02T00:00:00"})
    assert naive.status_code in (400, 422)


def test_customers_see_when_and_neither_what_nor_how(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    write(mesh, calendar)
    path, customer = f"{PATH}/{calendar['id']}", {"roles": ("customer",)}
    tried = [
        mesh.get(PATH, **customer),
        mesh.get(path, **customer),
        mesh.get(f"{path}/events", **customer),
        mesh.get(f"{path}/events/e-1", **customer),
        mesh.put(f"{path}/events/e-1", json=EVENT, **customer),
        mesh.delete(f"{path}/events/e-1", **customer),
        mesh.delete(path, **customer),
        mesh.post(PATH, json={"name": "A", "timezone": "UTC"}, **customer),
    ]
    assert {answer.status_code for answer in tried} == {403}
    assert "Check-up" not in mesh.get(f"{path}/busy", params=DAY, **customer).text
    assert busy(mesh, calendar) == TAKEN


def test_another_tenant_finds_nothing(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    write(mesh, calendar)
    path = f"{PATH}/{calendar['id']}"
    for each in (path, f"{path}/busy", f"{path}/events/e-1"):
        answer = mesh.get(each, params=DAY, tenant="t-other")
        assert answer.status_code == 404
    assert mesh.get(f"{path}/events", tenant="t-other").status_code == 404
    assert mesh.get(PATH, tenant="t-other").json()["items"] == []


def test_the_feed_is_valid_and_needs_its_token_alone(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    write(
        mesh, calendar, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"], title="Tea; milk, ✓"
    )
    path = f"{PATH}/{calendar['id']}/feed.ics"
    answer = mesh.get(calendar["feed_path"], tenant=None)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    read = icalendar.Calendar.from_ical(answer.content)
    assert (read["VERSION"], read["X-WR-CALNAME"]) == ("2.0", "Anna")
    assert "PRODID" in read
    [event] = read.walk("VEVENT")
    assert (event["SUMMARY"], event["RRULE"]["COUNT"]) == ("Tea; milk, ✓", [3])
    assert event["DTSTART"].params["TZID"] in [
        zone["TZID"] for zone in read.walk("VTIMEZONE")
    ]
    assert {"UID", "DTSTAMP"} <= set(event)
    other = connected(mesh)
    for wrong in (other["feed"], calendar["feed"][:-1] + "!", "t-x." + "a" * 32):
        refused = mesh.get(path, params={"token": wrong}, tenant=None)
        assert refused.status_code in (400, 404, 422)
    assert mesh.get(path, tenant=None).status_code in (400, 422)


def test_a_feeds_token_can_be_changed_and_the_one_before_opens_nothing(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    path = f"{PATH}/{calendar['id']}/feed"
    assert mesh.post(path, roles=("customer",)).status_code == 403
    renewed = mesh.post(path).json()
    assert renewed["id"] == calendar["id"]
    answers = [
        mesh.get(f"{path}.ics", params={"token": each["feed"]}, tenant=None).status_code
        for each in (calendar, renewed)
    ]
    assert answers == [404, 200]


def test_what_is_disconnected_leaves_nothing_behind(
    mesh: testing.Mesh, calendar: dict[str, Any]
) -> None:
    write(mesh, calendar)
    path = f"{PATH}/{calendar['id']}"
    assert mesh.delete(path).status_code == 204
    found = [mesh.get(each, params=DAY) for each in (path, f"{path}/busy")]
    found += [mesh.get(f"{path}/events/e-1")]
    feed = {"token": calendar["feed"]}
    found += [mesh.get(f"{path}/feed.ics", params=feed, tenant=None)]
    assert {answer.status_code for answer in found} == {404}


def test_a_kind_that_is_not_set_up_is_refused(mesh: testing.Mesh) -> None:
    asked = {"kind": "google", "name": "Anna", "timezone": "UTC"}
    assert mesh.post(PATH, json=asked).status_code == 400


def test_a_calendar_on_a_wall_that_is_nowhere_is_refused(mesh: testing.Mesh) -> None:
    asked = {"kind": "local", "name": "Anna", "timezone": "X/Y"}
    answer = mesh.post(PATH, json=asked)
    [fault] = answer.json()["additional_data"]["errors"]
    assert (answer.status_code, fault["place"]) == (422, "body/timezone")
