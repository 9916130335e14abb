"""Calendars that somebody publishes, from a real HTTP server."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing

PATH = "/api/v1/calendars"
WEEK = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-29T00:00:00Z"}
OUTLOOK = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def event(uid: str, *lines: str) -> str:
    said = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines]
    return "\n".join([*said, "END:VEVENT"])


def hour(uid: str, start: str, *more: str) -> str:
    """An hour from ``20260303T08`` on, in UTC."""
    return event(uid, f"DTSTART:{start}0000Z", "DURATION:PT1H", *more)


@dataclass
class Publisher:
    """What its addresses answer, all but the *broken*, which answer 500; ``asked`` are
    the headers of each request."""

    netloc: str = ""
    broken: set[str] = field(default_factory=set)
    status: int = 200
    parts: list[str] = field(default_factory=list)
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//T//EN", *self.parts]
        text = "\n".join([*whole, "END:VCALENDAR", ""])
        return text.replace("\n", "\r\n").encode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        publisher: Publisher = self.server.publisher
        publisher.asked.append({k.lower(): v for k, v in self.headers.items()})
        tag = publisher.headers.get("ETag")
        same = tag is not None and self.headers.get("If-None-Match") == tag
        status = 304 if same else publisher.status
        status = 500 if self.path in publisher.broken else status
        body = publisher.body if publisher.raw is None else publisher.raw
        self.send_response(status)
        for name, value in publisher.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if status != 304:
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.publisher = Publisher(netloc=f"127.0.0.1:{server.server_port}")
    with testing.answering(server):
        yield server.publisher


@pytest.fixture
def mesh(
    database: FastAPI, configured: Any, publisher: Publisher
) -> Iterator[testing.Mesh]:
    named = {"ICS_HOSTS": publisher.netloc, "ICS_BYTES": "20000", "FRESH": "0"}
    upstreams = {"database-operations": database}
    with testing.mesh(configured(**named), upstreams=upstreams) as running:
        yield running


def asked(url: str) -> dict[str, str]:
    return {"kind": "ics", "name": "Anna", "timezone": "Europe/Berlin", "url": url}


@pytest.fixture
def calendar(mesh: testing.Mesh, publisher: Publisher) -> str:
    answer = mesh.post(PATH, json=asked(f"http://{publisher.netloc}/anna.ics"))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def told(mesh: testing.Mesh, calendar: str) -> dict[str, Any]:
    answer = mesh.get(f"{PATH}/{calendar}/busy", params=WEEK, roles=("customer",))
    assert answer.status_code == 200, answer.text
    return answer.json()


def busy(mesh: testing.Mesh, calendar: str) -> list[str]:
    found = told(mesh, calendar)
    assert found["state"] == "known", found
    return [f"{each['start'][8:16]}/{each['end'][8:16]}" for each in found["busy"]]


def test_ten_syncs_make_no_duplicate_and_a_move_or_a_cancellation_arrives(
    mesh: testing.Mesh, publisher: Publisher, calendar: str
) -> None:
    publisher.parts = [hour("a", "20260303T08"), hour("b", "20260304T08")]
    for _ in range(10):
        assert busy(mesh, calendar) == ["03T08:00/03T09:00", "04T08:00/04T09:00"]
    assert len(mesh.get(f"{PATH}/{calendar}/events").json()["items"]) == 2
    publisher.parts = [hour("a", "20260305T10"), hour("b", "20260304T08")]
    assert busy(mesh, calendar) == ["04T08:00/04T09:00", "05T10:00/05T11:00"]
    publisher.parts = [hour("a", "20260305T10", "STATUS:CANCELLED")]
    assert busy(mesh, calendar) == []
    publisher.parts = []
    assert busy(mesh, calendar) == []


def test_it_is_asked_only_for_what_changed(
    mesh: testing.Mesh, publisher: Publisher, calendar: str
) -> None:
    publisher.parts = [hour("a", "20260303T08")]
    at = "Tue, 03 Mar 2026 08:00:00 GMT"
    publisher.headers = {"ETag": '"one"', "Last-Modified": at}
    assert busy(mesh, calendar) == busy(mesh, calendar) == ["03T08:00/03T09:00"]
    again = publisher.asked[-1]
    assert (again["if-none-match"], again["if-modified-since"]) == ('"one"', at)
    publisher.parts, publisher.headers = [hour("a", "20260304T08")], {"ETag": '"two"'}
    assert busy(mesh, calendar) == ["04T08:00/04T09:00"]


def test_an_exception_in_a_series_blocks_only_its_instance(
    mesh: testing.Mesh, publisher: Publisher, calendar: str
) -> None:
    series = ("RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20260317T080000Z")
    moved = hour("s", "20260311T12", "RECURRENCE-ID:20260310T080000Z")
    publisher.parts = [hour("s", "20260303T08", *series), moved]
    found = ["03T08:00/03T09:00", "11T12:00/11T13:00", "24T08:00/24T09:00"]
    assert busy(mesh, calendar) == found


def test_whole_days_and_bare_times_are_those_of_the_calendars_zone(
    mesh: testing.Mesh, publisher: Publisher, calendar: str
) -> None:
    days = ("DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260304")
    bare = ("DTSTART:20260305T090000", "DTEND:20260305T100000")
    free = hour("free", "20260306T08", "TRANSP:TRANSPARENT")
    publisher.parts = [event("days", *days), event("bare", *bare), free]
    assert busy(mesh, calendar) == ["02T23:00/03T23:00", "05T08:00/05T09:00"]


@pytest.mark.parametrize(
    "zone", ["W. Europe Standard Time", "Customized Time Zone", "Europe/Berlin"]
)
def test_zones_are_understood_by_name_or_by_what_is_said_of_them(
    mesh: testing.Mesh, publisher: Publisher, calendar: str, zone: str
) -> None:
    starts, ends = (f"DT{end};TZID={zone}:20260303T" for end in ("START", "END"))
    mine = event("a", f"{starts}090000", f"{ends}100000", "RRULE:FREQ=DAILY;COUNT=2")
    publisher.parts = [OUTLOOK, mine]
    assert busy(mesh, calendar) == ["03T08:00/03T09:00", "04T08:00/04T09:00"]


def test_two_events_of_one_uid_are_both_busy(
    mesh: testing.Mesh, publisher: Publisher, calendar: str
) -> None:
    publisher.parts = [hour("a", "20260303T08"), hour("a", "20260304T08")]
    assert busy(mesh, calendar) == ["03T08:00/03T09:00", "04T08:00/04T09:00"]


@pytest.mark.parametrize(
    ("status", "raw", "state"),
    [
        (500, None, "error"),
        (404, None, "expired"),
        (403, None, "expired"),
        (200, b"", "error"),
        (200, b"<html>Please sign in</html>", "error"),
        (200, b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "error"),
        (200, b"x" * 20_001, "error"),
        (200, b"\xff\xfe" * 20, "error"),
    ],
)
def test_what_cannot_be_read_is_unknown_and_never_free(
    mesh: testing.Mesh,
    publisher: Publisher,
    calendar: str,
    status: int,
    raw: bytes | None,
    state: str,
) -> None:
    publisher.parts = [hour("a", "20260303T08")]
    assert busy(mesh, calendar) == ["03T08:00/03T09:00"]
    publisher.status, publisher.raw = status, raw
    found = told(mesh, calendar)
    assert (found["state"], found["busy"]) == ("unknown", [])
    assert mesh.get(f"{PATH}/{calendar}").json()["state"] == state
    assert len(mesh.published("calendar.failed")) == 1
    publisher.status, publisher.raw = 200, None
    assert busy(mesh, calendar) == ["03T08:00/03T09:00"]


def test_what_is_written_to_it_is_kept_here_beside_what_it_tells(
    mesh: testing.Mesh, publisher: Publisher, calendar: str
) -> None:
    publisher.parts = [hour("a", "20260303T08")]
    assert busy(mesh, calendar) == ["03T08:00/03T09:00"]
    booked = {
        "id": "e-1",
        "title": "Check-up",
        "start": "2026-03-04T09:00:00+01:00",
        "end": "2026-03-04T10:00:00+01:00",
        "timezone": "Europe/Berlin",
    }
    path = f"{PATH}/{calendar}/events/e-1"
    assert mesh.put(path, json=booked).status_code == 200
    publisher.parts = [hour("a", "20260305T08")]
    assert busy(mesh, calendar) == ["04T08:00/04T09:00", "05T08:00/05T09:00"]
    assert mesh.delete(path).status_code == 204
    assert busy(mesh, calendar) == ["05T08:00/05T09:00"]


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/a.ics",
        "ftp://calendar.example/a.ics",
        "https://anna:secret@calendar.example/a.ics",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_is_not_to_be_asked_is_refused(
    mesh: testing.Mesh, url: str
) -> None:
    assert mesh.post(PATH, json=asked(url)).status_code == 400


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:1/a.ics",
        "webcal://localhost/a.ics",
        "https://[::1]/a.ics",
        "https://[::ffff:10.0.0.1]/a.ics",
        "https://169.254.169.254/latest",
    ],
)
def test_a_private_address_is_not_asked_and_unknown(
    mesh: testing.Mesh, url: str
) -> None:
    answer = mesh.post(PATH, json=asked(url))
    assert answer.status_code == 201, answer.text
    found = told(mesh, answer.json()["id"])
    assert found["state"] == "unknown"
    assert "not a public one" in found["reason"]


def test_a_redirect_to_a_place_that_is_not_to_be_asked_is_not_followed(
    mesh: testing.Mesh, publisher: Publisher, calendar: str
) -> None:
    publisher.status = 302
    for where in ("http://127.0.0.1:1/", "https://10.0.0.1/", "file:///etc/passwd"):
        publisher.headers = {"Location": where}
        assert told(mesh, calendar)["state"] == "unknown"
    publisher.headers = {"Location": f"http://{publisher.netloc}/more"}
    assert "on and on" in told(mesh, calendar)["reason"]


def test_broken_addresses_of_one_business_are_left_alone_and_no_others_at_that_host(
    database: FastAPI,
    configured: Any,
    publisher: Publisher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CIRCUIT_BREAKER_THRESHOLD", "1")
    monkeypatch.setenv("CIRCUIT_BREAKER_RECOVERY", "600")
    app = configured(ICS_HOSTS=publisher.netloc, FRESH="0")
    publisher.broken = {"/one.ics", "/two.ics"}
    with testing.mesh(app, upstreams={"database-operations": database}) as mesh:
        ids = []
        for path in ("one", "two", "good"):
            url = f"http://{publisher.netloc}/{path}.ics"
            ids.append(mesh.post(PATH, json=asked(url)).json()["id"])
        for broken in ids[:2] * 2:
            assert told(mesh, broken)["state"] == "unknown"
        assert "left alone" in told(mesh, ids[0])["reason"]
        assert told(mesh, ids[2])["state"] == "known"


@pytest.fixture
def failing(
    database: FastAPI, troubled: Any, publisher: Publisher, outage: Any, trial: Any
) -> Iterator[Any]:
    there = outage(publisher.netloc)
    provider = troubled(ICS_HOSTS=there.netloc, ICS_BYTES="20000", FRESH="0")
    publisher.parts = [hour("a", "20260303T08")]
    days = tuple(datetime(2026, 3, day, tzinfo=UTC) for day in (1, 29))
    with testing.mesh(provider, upstreams={"database-operations": database}) as mesh:
        made = mesh.post(PATH, json=asked(f"{there.url}/anna.ics")).json()
        yield trial(mesh, made["id"], there, days)


def test_whatever_fails_makes_it_unknown_until_it_is_over(
    failing: Any, failure: tuple[str, str]
) -> None:
    failing.fails(*failure, is_written=False)


def test_it_is_left_alone_for_as_long_as_it_asks(patient: None, failing: Any) -> None:
    failing.rests()
