"""Calendars by CalDAV, with a real server."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing

PATH = "/api/v1/calendars"
WEEK = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-29T00:00:00Z"}
EVENT = {
    "id": "e-1",
    "title": "Check-up",
    "start": "2026-03-02T09:00:00+01:00",
    "end": "2026-03-02T10:00:00+01:00",
    "timezone": "Europe/Berlin",
}


@pytest.fixture
def mesh(database: FastAPI, configured: Any, server: Any) -> Iterator[testing.Mesh]:
    provider = configured(APPLE_HOSTS=server.netloc, FRESH="0")
    upstreams = {"database-operations": database}
    with testing.mesh(provider, upstreams=upstreams) as running:
        yield running


@pytest.fixture
def calendar(mesh: testing.Mesh, server: Any) -> str:
    return connected(mesh, server)


def connected(mesh: testing.Mesh, server: Any, **more: str) -> str:
    asked = {"kind": "apple", "name": "Anna", "timezone": "Europe/Berlin"}
    asked |= {"url": server.url, **server.account, **more}
    answer = mesh.post(PATH, json=asked)
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "connecting"
    return answer.json()["id"]


def told(mesh: testing.Mesh, calendar: str) -> dict[str, Any]:
    answer = mesh.get(f"{PATH}/{calendar}/busy", params=WEEK, roles=("customer",))
    assert answer.status_code == 200, answer.text
    return answer.json()


def starts(mesh: testing.Mesh, calendar: str) -> list[str]:
    found = told(mesh, calendar)
    assert found["state"] == "known", found
    return [span["start"][8:13] for span in found["busy"]]


def test_a_secret_is_replaced_while_calendars_stay_connected(
    database: FastAPI, configured: Any, server: Any
) -> None:
    old, new = "an-old-secret-of-calendars", "a-new-secret-of-calendars"
    known = tenant = ""
    for secret in (old, f"{old},{new}", f"{new},{old}", new):
        provider = configured(APPLE_HOSTS=server.netloc, FRESH="0", SECRET=secret)
        with testing.mesh(
            provider, upstreams={"database-operations": database}
        ) as mesh:
            mesh.tenant = tenant = tenant or mesh.tenant
            known = known or connected(mesh, server)
            assert told(mesh, known)["state"] == "known"


def failures(mesh: testing.Mesh) -> list[Any]:
    return mesh.published("calendar.failed")


def test_ten_syncs_make_no_duplicate_and_a_move_or_a_cancellation_arrives(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    server.put("a", "DTSTART:20260303T080000Z", "DTEND:20260303T090000Z")
    server.put("b", "DTSTART:20260304T080000Z", "DTEND:20260304T090000Z")
    for _ in range(10):
        assert starts(mesh, calendar) == ["03T08", "04T08"]
    events = mesh.get(f"{PATH}/{calendar}/events").json()["items"]
    assert len(events) == 2
    server.put("a", "DTSTART:20260305T100000Z", "DTEND:20260305T110000Z")
    assert starts(mesh, calendar) == ["04T08", "05T10"]
    server.send("DELETE", "b.ics")
    assert starts(mesh, calendar) == ["05T10"]


def test_an_exception_in_a_series_blocks_its_own_time_alone(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    exception = (
        "BEGIN:VEVENT",
        "UID:s",
        "DTSTAMP:20260101T000000Z",
        "RECURRENCE-ID;TZID=Europe/Berlin:20260309T090000",
        "DTSTART;TZID=Europe/Berlin:20260310T150000",
        "DTEND;TZID=Europe/Berlin:20260310T160000",
        "END:VEVENT",
    )
    start = "DTSTART;TZID=Europe/Berlin:20260302T090000"
    lines = (start, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3")
    server.put("s", *lines, also=exception)
    assert starts(mesh, calendar) == ["02T08", "10T14", "16T08"]


HERE = "TZID=Europe/Berlin"
FOUR = (
    f"DTSTART;{HERE}:20260302T090000",
    "DURATION:PT1H",
    "RRULE:FREQ=DAILY;COUNT=4",
)
BUT_FOR_ONE = (
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
    "BEGIN:VEVENT",
    "UID:s",
    "DTSTAMP:20260101T000000Z",
    f"RECURRENCE-ID;{HERE}:20260303T090000",
    f"DTSTART;{HERE}:20260303T110000",
    "DURATION:PT1H",
    "TRANSP:OPAQUE",
)
KINDS = {
    "dates left out and added": (
        (*FOUR, f"EXDATE;{HERE}:20260303T090000", f"RDATE;{HERE}:20260310T150000"),
        ["02T08", "04T08", "05T08", "10T14"],
    ),
    "whole days": (
        ("DTSTART;VALUE=DATE:20260304", "RRULE:FREQ=WEEKLY;COUNT=2"),
        ["03T23", "10T23"],
    ),
    "no zone": (("DTSTART:20260305T090000", "DTEND:20260305T100000"), ["05T08"]),
    "a zone by another name": (
        ("DTSTART;TZID=W. Europe Standard Time:20260305T090000", "DURATION:PT1H"),
        ["05T08"],
    ),
    "free, but for one": ((*FOUR, *BUT_FOR_ONE), ["03T10"]),
    "called off": ((*FOUR, "STATUS:CANCELLED"), []),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_is_busy_when_it_is_and_more_syncs_change_nothing(
    mesh: testing.Mesh, server: Any, calendar: str, kind: str
) -> None:
    lines, wanted = KINDS[kind]
    server.put("s", *lines)
    for _ in range(3):
        assert starts(mesh, calendar) == wanted
    assert len(mesh.get(f"{PATH}/{calendar}/events").json()["items"]) == 1
    server.send("DELETE", "s.ics")
    assert starts(mesh, calendar) == []


def test_this_and_all_that_follow_are_moved_and_moved_back(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    start = "DTSTART;TZID=Europe/Berlin:20260302T090000"
    lines = (start, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=4")
    server.put("s", *lines)
    assert starts(mesh, calendar) == ["02T08", "09T08", "16T08", "23T08"]
    following = (
        "BEGIN:VEVENT",
        "UID:s",
        "DTSTAMP:20260101T000000Z",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260316T090000",
        "DTSTART;TZID=Europe/Berlin:20260317T150000",
        "DURATION:PT2H",
        "END:VEVENT",
    )
    server.put("s", *lines, also=following)
    for _ in range(10):
        assert starts(mesh, calendar) == ["02T08", "09T08", "17T14", "24T14"]
    server.put("s", *lines)
    assert starts(mesh, calendar) == ["02T08", "09T08", "16T08", "23T08"]
    server.send("DELETE", "s.ics")
    assert starts(mesh, calendar) == []


def test_what_its_owner_declined_or_called_off_takes_no_time(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    span = ("DTSTART:20260303T080000Z", "DTEND:20260303T090000Z")
    declined = f"ATTENDEE;PARTSTAT=DECLINED:mailto:{server.account['account']}"
    server.put("a", *span, declined)
    server.put("b", *span, "STATUS:CANCELLED")
    server.put("c", *span, "TRANSP:TRANSPARENT")
    assert starts(mesh, calendar) == []
    server.put("a", *span)
    assert starts(mesh, calendar) == ["03T08"]


def test_what_is_written_here_is_there_once_and_goes_again(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    path = f"{PATH}/{calendar}/events/e-1"
    for _ in range(2):
        assert mesh.put(path, json=EVENT).status_code == 200
        assert starts(mesh, calendar) == ["02T08"]
    assert server.names() == ["filigree-e-1.ics"]
    [event] = mesh.get(f"{PATH}/{calendar}/events").json()["items"]
    assert (event["id"], event["title"]) == ("e-1", "Check-up")
    assert [mesh.delete(path).status_code for _ in range(2)] == [204, 204]
    assert server.names() == []
    assert starts(mesh, calendar) == []


def test_what_somebody_else_moved_or_deleted_there_is_so_here(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    mesh.put(f"{PATH}/{calendar}/events/e-1", json=EVENT)
    server.send("DELETE", "filigree-e-1.ics")
    assert starts(mesh, calendar) == []
    assert mesh.get(f"{PATH}/{calendar}/events/e-1").status_code == 404


def test_a_password_that_no_longer_works_makes_it_unknown_and_is_told_once(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    assert starts(mesh, calendar) == []
    server.let_in("another")
    for _ in range(3):
        found = told(mesh, calendar)
        assert (found["state"], found["busy"]) == ("unknown", [])
    shown = mesh.get(f"{PATH}/{calendar}").json()
    assert shown["state"] == "expired"
    [failed] = failures(mesh)
    assert failed["data"]["calendar_id"] == calendar
    written = mesh.put(f"{PATH}/{calendar}/events/e-1", json=EVENT)
    assert written.status_code == 409
    assert mesh.get(f"{PATH}/{calendar}/events/e-1").status_code == 404


def test_a_server_that_is_away_makes_it_unknown_until_it_is_back(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    server.put("a", "DTSTART:20260303T080000Z", "DTEND:20260303T090000Z")
    assert starts(mesh, calendar) == ["03T08"]
    server.stop()
    assert [told(mesh, calendar)["state"] for _ in range(2)] == ["unknown"] * 2
    assert mesh.get(f"{PATH}/{calendar}").json()["state"] == "error"
    assert len(failures(mesh)) == 1
    server.start()
    assert starts(mesh, calendar) == ["03T08"]
    server.stop()
    told(mesh, calendar)
    assert len(failures(mesh)) == 2


def test_an_event_that_cannot_be_understood_makes_it_unknown(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    start = "DTSTART:20260303T080000Z"
    server.put("a", start, "DTEND:20260303T090000Z", "RRULE:FREQ=SECONDLY")
    assert told(mesh, calendar)["state"] == "unknown"
    server.put("a", start, "DTEND:20260303T090000Z")
    assert starts(mesh, calendar) == ["03T08"]


def test_a_sync_goes_on_by_itself(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    from contracts.calendar.events import CalendarSyncDue

    server.put("a", "DTSTART:20260303T080000Z", "DTEND:20260303T090000Z")
    mesh.deliver(CalendarSyncDue(calendar_id=calendar))
    assert mesh.get(f"{PATH}/{calendar}").json()["state"] == "ready"
    due = mesh.published("calendar.sync-due")
    assert [bool(event["deliver_at"]) for event in due] == [False, True]
    assert mesh.get(f"{PATH}/{calendar}/events").json()["items"]


def test_only_known_hosts_are_asked_and_no_password_is_shown(
    mesh: testing.Mesh, server: Any, calendar: str
) -> None:
    asked = {"kind": "apple", "name": "A", "timezone": "UTC", **server.account}
    for url in (
        "",
        "http://169.254.169.254/latest",
        f"http://{server.netloc}.example/",
        f"http://x@{server.netloc}/",
        "https://icloud.com.example/",
        "file:///etc/passwd",
    ):
        answer = mesh.post(PATH, json=asked | {"url": url})
        assert answer.status_code == 400, url
    secret = server.account["password"]
    plain = base64.b64encode(secret.encode()).decode()
    stored = [call.request.content.decode() for call in mesh.wire.calls]
    assert not any(secret in each or plain in each for each in stored)
    assert secret not in mesh.get(f"{PATH}/{calendar}").text


def test_at_a_servers_address_the_accounts_calendar_is_found(
    mesh: testing.Mesh, server: Any
) -> None:
    server.put("a", "DTSTART:20260303T080000Z", "DTEND:20260303T090000Z")
    server.name_it("Surgery")
    root = f"http://{server.netloc}/"
    for url, remote in ((root, "Surgery"), (root.rstrip("/"), server.url)):
        found = connected(mesh, server, url=url, remote=remote)
        assert starts(mesh, found) == ["03T08"]
        path = f"{PATH}/{found}/events/e-1"
        assert mesh.put(path, json=EVENT).status_code == 200
        assert server.names() == ["a.ics", "filigree-e-1.ics"]
        assert mesh.delete(path).status_code == 204


def test_of_several_calendars_the_name_has_to_be_said(
    mesh: testing.Mesh, server: Any
) -> None:
    server.name_it("Surgery")
    server.new_calendar()
    server.name_it("Private")
    calendar = connected(mesh, server, url=f"http://{server.netloc}/")
    found = told(mesh, calendar)
    assert found["state"] == "unknown"
    assert "which calendar" in found["reason"]
    assert "Surgery" in found["reason"]
    asked = {"kind": "apple", "name": "Anna", "timezone": "UTC", **server.account}
    asked |= {"url": f"http://{server.netloc}/", "remote": "Private"}
    path = f"{PATH}/{calendar}/connection"
    assert mesh.put(path, json=asked).status_code == 200
    assert starts(mesh, calendar) == []


@pytest.fixture
def failing(
    database: FastAPI, troubled: Any, server: Any, outage: Any, trial: Any
) -> Iterator[Any]:
    there = outage(server.netloc)
    provider = troubled(APPLE_HOSTS=there.netloc, FRESH="0")
    server.put("a", "DTSTART:20260303T080000Z", "DTEND:20260303T090000Z")
    days = tuple(datetime(2026, 3, day, tzinfo=UTC) for day in (1, 29))
    with testing.mesh(provider, upstreams={"database-operations": database}) as mesh:
        url = server.url.replace(server.netloc, there.netloc)
        yield trial(mesh, connected(mesh, server, url=url), there, days)


def test_whatever_fails_makes_it_unknown_until_it_is_over(
    failing: Any, failure: tuple[str, str], server: Any
) -> None:
    failing.fails(*failure)
    for _ in range(2):
        testing.until(lambda: failing.write() == 200)
    assert server.names() == ["a.ics", "filigree-e-1.ics"]


def test_calendars_that_hang_of_some_businesses_starve_no_others_at_that_host(
    database: FastAPI, configured: Any, server: Any, outage: Any
) -> None:
    """More of them than any pool of threads has."""
    there = outage(server.netloc)
    app = configured(APPLE_HOSTS=there.netloc, FRESH="0")
    url = server.url.replace(server.netloc, there.netloc)
    hurried = {"X-Request-Timeout": "0.5"}
    with testing.mesh(app, upstreams={"database-operations": database}) as mesh:
        good, home = connected(mesh, server, url=url), mesh.tenant
        with there.fails("silent", only=b"/hangs/"):
            for number in range(10):
                mesh.tenant = f"{home}-{number}"
                hanging = connected(mesh, server, url=f"{there.url}/hangs/{number}/")
                path = f"{PATH}/{hanging}/busy"
                answer = mesh.get(path, params=WEEK, headers=hurried)
                assert answer.is_error or answer.json()["state"] == "unknown"
            testing.until(lambda: len(there.hanging) == 10)
            mesh.tenant = home
            testing.until(lambda: told(mesh, good)["state"] == "known")


def test_it_is_left_alone_for_as_long_as_it_asks(patient: None, failing: Any) -> None:
    failing.rests()
