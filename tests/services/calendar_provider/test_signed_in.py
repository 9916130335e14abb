"""Google's and Outlook's calendars, with servers that answer as theirs do."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI

from chassis import testing

PATH = "/api/v1/calendars"
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
DAYS = [NOON + timedelta(days=7 + n) for n in range(30)]
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")


def fits(schema: dict[str, Any], value: Any, schemas: dict[str, Any]) -> bool:
    """Whether a value is what Google's own description of its API takes."""
    if "$ref" in schema:
        return fits(schemas[schema["$ref"]], value, schemas)
    if schema["type"] == "array":
        items = schema["items"]
        return isinstance(value, list) and all(
            fits(items, one, schemas) for one in value
        )
    if schema["type"] == "object":
        known = schema["properties"]
        return isinstance(value, dict) and all(
            name in known and fits(known[name], one, schemas)
            for name, one in value.items()
        )
    return isinstance(
        value, {"string": str, "boolean": bool, "integer": int}[schema["type"]]
    )


class Cloud:
    """Sign-in and one user's events, each with the change that it was touched by.

    ``trouble`` is the status of every answer of the API, if any; ``slow`` are the
    seconds that it takes. A ``garbled`` answer is cut in half once all is done.
    """

    kind, base = "", ""

    def __init__(self) -> None:
        self.events: dict[str, dict[str, Any]] = {}
        self.changed: dict[str, int] = {}
        self.at, self.oldest, self.trouble, self.slow = 0, 0, 0, 0.0
        self.garbled = False
        self.access, self.refresh, self.lifetime = "access-0", "refresh-0", 3600
        self.challenge, self.renewals = "", 0
        self.whole = 0  # how often everything was asked for
        self.revoked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                status, body = outer.served(self, self.rfile.read(length))
                content = b"" if body is None else json.dumps(body).encode()
                if outer.garbled:
                    content = content[: len(content) // 2]
                self.send_response(status)
                self.send_header("Retry-After", "0")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                """Nothing: pytest shows what matters."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def served(self, asked: Any, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(asked.path)
        if parts.path == "/token":
            return self.token({k: v[0] for k, v in parse_qs(body.decode()).items()})
        time.sleep(self.slow)
        if parts.path == "/revoke" and not self.trouble:
            self.revoked += parse_qs(body.decode())["token"]
            return 200, {}
        if self.trouble:
            return self.trouble, {"error": {"code": self.trouble, "message": "no"}}
        if asked.headers["Authorization"] != f"Bearer {self.access}":
            return 401, {"error": {"code": 401, "message": "who?"}}
        query = dict(parse_qsl(parts.query))
        path = unquote(parts.path)
        return self.api(asked.command, path, query, json.loads(body or b"null"))

    def token(self, form: dict[str, str]) -> tuple[int, Any]:
        assert (form["client_id"], form["client_secret"]) == ("client", "hush")
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            is_same = base64.urlsafe_b64encode(digest).decode() == self.challenge + "="
            if form["code"] != "good" or not is_same:
                return 400, {"error": "invalid_grant"}
        elif form["refresh_token"] != self.refresh:
            return 400, {"error": "invalid_grant"}
        self.renewals += 1
        self.access, self.refresh = (
            f"access-{self.renewals}",
            f"refresh-{self.renewals}",
        )
        told = {"access_token": self.access, "refresh_token": self.refresh}
        return 200, told | {"expires_in": self.lifetime}

    def api(
        self, method: str, path: str, query: dict[str, str], body: Any
    ) -> tuple[int, Any]:
        raise NotImplementedError

    def touch(self, id: str, event: dict[str, Any] | None) -> None:
        self.at += 1
        self.changed[id] = self.at
        if event is None:
            self.events.pop(id, None)
        else:
            self.events[id] = event

    def since(self, at: int) -> list[str]:
        return [id for id, when in self.changed.items() if when > at]

    def forget(self) -> None:
        """What was told before cannot be built upon any more."""
        self.oldest = self.at + 1


class GoogleCloud(Cloud):
    kind, base = "google", "/calendar/v3/"
    home = "/calendar/v3/calendars/primary/events"

    def __init__(self) -> None:
        super().__init__()
        folder = resources.files("googleapiclient.discovery_cache") / "documents"
        self.described = json.loads((folder / "calendar.v3.json").read_text())

    def check(self, name: str, query: dict[str, str], body: Any) -> None:
        method = self.described["resources"]["events"]["methods"][name]
        known = set(method["parameters"]) | set(self.described["parameters"])
        assert set(query) <= known, query
        schemas = self.described["schemas"]
        assert body is None or fits(method["request"], body, schemas), body

    def api(
        self, method: str, path: str, query: dict[str, str], body: Any
    ) -> tuple[int, Any]:
        assert path.startswith(self.home), path
        id = path.removeprefix(self.home).lstrip("/")
        named = {"GET": "list", "POST": "insert", "PUT": "update", "DELETE": "delete"}
        self.check(named[method], query, body)
        match method:
            case "GET":
                return self.listed(query)
            case "POST":
                if body["id"] in self.changed:
                    return 409, {"error": {"code": 409, "message": "duplicate"}}
                self.touch(body["id"], body)
                return 200, body
            case "PUT":
                self.touch(id, body | {"id": id})
                return 200, body | {"id": id}
        if id not in self.events:
            return 410, {"error": {"code": 410, "message": "deleted"}}
        self.touch(id, None)
        return 204, None

    def listed(self, query: dict[str, str]) -> tuple[int, Any]:
        at = int(query.get("syncToken", "-1"))
        if "syncToken" in query and at < self.oldest:
            return 410, {"error": {"code": 410, "message": "fullSyncRequired"}}
        assert "syncToken" not in query or "timeMin" not in query
        self.whole += "syncToken" not in query and "pageToken" not in query
        told = [
            self.events.get(id) or {"id": id, "status": "cancelled"}
            for id in self.since(at)
            if id in self.events or at >= 0
        ]
        first = int(query.get("pageToken", "0"))
        page: dict[str, Any] = {"items": told[first : first + 2]}
        if first + 2 < len(told):
            return 200, page | {"nextPageToken": str(first + 2)}
        return 200, page | {"nextSyncToken": str(self.at)}

    def put(self, id: str, start: datetime, /, **more: Any) -> None:
        span = {"start": start, "end": start + HOUR}
        said = {each: {"dateTime": when.isoformat()} for each, when in span.items()}
        self.touch(id, {"id": id, "summary": id, "status": "confirmed"} | said | more)

    def decline(self, id: str, start: datetime) -> None:
        me = {"self": True, "responseStatus": "declined"}
        self.put(id, start, attendees=[{"email": "b@example.com"}, me])

    def free(self, id: str, start: datetime) -> None:
        self.put(id, start, transparency="transparent")

    def day(self, id: str, start: datetime) -> None:
        dates = {"start": start.date(), "end": (start + timedelta(days=1)).date()}
        self.put(id, start, **{k: {"date": str(v)} for k, v in dates.items()})

    def series(self, id: str, start: datetime) -> None:
        zoned = {"dateTime": start.isoformat(), "timeZone": "UTC"}
        end = {"dateTime": (start + HOUR).isoformat(), "timeZone": "UTC"}
        rules = ["RRULE:FREQ=DAILY;COUNT=3"]
        self.put(id, start, start=zoned, end=end, recurrence=rules)

    def shorten(self, id: str, start: datetime, n: int) -> None:
        """As "this and all following" is deleted: their exceptions go with them."""
        zoned = {"dateTime": start.isoformat(), "timeZone": "UTC"}
        end = {"dateTime": (start + HOUR).isoformat(), "timeZone": "UTC"}
        until = start + timedelta(days=n) - timedelta(seconds=1)
        rules = [f"RRULE:FREQ=DAILY;UNTIL={until:%Y%m%dT%H%M%SZ}"]
        self.put(id, start, start=zoned, end=end, recurrence=rules)
        for name in list(self.events):
            if name.startswith(f"{id}_") and int(name.partition("_")[2]) >= n:
                self.instance(id, int(name.partition("_")[2]), start, None)

    def instance(self, id: str, n: int, start: datetime, to: datetime | None) -> None:
        was = {"dateTime": (start + timedelta(days=n)).isoformat(), "timeZone": "UTC"}
        about = {"recurringEventId": id, "originalStartTime": was}
        if to is None:
            name = f"{id}_{n}"
            self.touch(name, {"id": name, "status": "cancelled", **about})
        else:
            self.put(f"{id}_{n}", to, **about)


class OutlookCloud(Cloud):
    kind = "outlook"
    mine = frozenset(
        "subject body isAllDay location showAs start end transactionId".split()
    )

    def api(
        self, method: str, path: str, query: dict[str, str], body: Any
    ) -> tuple[int, Any]:
        assert body is None or set(body) <= self.mine, body
        id = path.removeprefix("/me/events").lstrip("/")
        match method, path.rpartition("/")[2]:
            case "GET", "delta":
                return self.delta(query)
            case "GET", "instances":
                master = id.partition("/")[0]
                every = self.events.values()
                told = [one for one in every if one.get("seriesMasterId") == master]
                return 200, {"value": told}
            case "POST", "events":
                sent = body["transactionId"]
                for known in self.events.values():
                    if known.get("transactionId") == sent:
                        return 201, known
                id = f"AAMk/{len(self.changed)}="
                self.touch(id, body | {"id": id, "type": "singleInstance"})
                return 201, self.events[id]
            case "PATCH", _:
                self.touch(id, self.events[id] | body)
                return 200, self.events[id]
        if id not in self.events:
            return 404, {"error": {"code": "ErrorItemNotFound"}}
        self.touch(id, None)
        return 204, None

    def delta(self, query: dict[str, str]) -> tuple[int, Any]:
        at = int(query.get("$deltatoken", "-1"))
        if "$deltatoken" in query and at < self.oldest:
            return 410, {"error": {"code": "syncStateNotFound"}}
        assert "$deltatoken" in query or {"startDateTime", "endDateTime"} <= set(query)
        self.whole += at < 0 and "$skip" not in query
        told = [self.told(id) for id in self.since(at) if id in self.events or at >= 0]
        first = int(query.get("$skip", "0"))
        page: dict[str, Any] = {"value": told[first : first + 2]}
        home = f"{self.url}/me/calendarView/delta"
        if first + 2 < len(told):
            span = "&".join(f"{k}={v}" for k, v in query.items() if k != "$skip")
            page["@odata.nextLink"] = f"{home}?{span}&$skip={first + 2}"
        else:
            page["@odata.deltaLink"] = f"{home}?$deltatoken={self.at}"
        return 200, page

    def told(self, id: str) -> dict[str, Any]:
        event = self.events.get(id)
        if event is None:
            return {"id": id, "@removed": {"reason": "deleted"}}
        if event.get("type") == "occurrence":
            # Half of it, as Graph does.
            half = ("id", "type", "seriesMasterId", "start", "end")
            return {name: event[name] for name in half}
        return event

    def put(self, id: str, start: datetime, /, **more: Any) -> None:
        span = {"start": start, "end": start + HOUR}
        said = {
            each: {"dateTime": f"{when:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}
            for each, when in span.items()
        }
        about = {"id": id, "subject": id, "type": "singleInstance", "showAs": "busy"}
        self.touch(id, about | said | more)

    def decline(self, id: str, start: datetime) -> None:
        self.put(id, start, responseStatus={"response": "declined"})

    def free(self, id: str, start: datetime) -> None:
        self.put(id, start, showAs="free")

    def day(self, id: str, start: datetime) -> None:
        days = {"start": start, "end": start + timedelta(days=1)}
        said = {
            each: {"dateTime": f"{when:%Y-%m-%d}T00:00:00.0000000", "timeZone": "UTC"}
            for each, when in days.items()
        }
        self.put(id, start, isAllDay=True, **said)

    def series(self, id: str, start: datetime) -> None:
        self.put(id, start, type="seriesMaster")
        for n in range(3):
            self.instance(id, n, start, start + timedelta(days=n))

    def shorten(self, id: str, start: datetime, n: int) -> None:
        """As "this and all following" is deleted."""
        self.put(id, start, type="seriesMaster")
        for left in range(n, 3):
            self.instance(id, left, start, None)

    def instance(self, id: str, n: int, start: datetime, to: datetime | None) -> None:
        name, was = f"{id}_{n}", start + timedelta(days=n)
        kind = "occurrence" if to == was else "exception"
        if to is None:
            self.touch(name, None)
        else:
            self.put(name, to, type=kind, seriesMasterId=id)


@pytest.fixture(params=[GoogleCloud, OutlookCloud], ids=["google", "outlook"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    made = request.param()
    with testing.answering(made.http):
        yield made


def told_of(cloud: Cloud) -> dict[str, str]:
    """The settings of whoever is to find the cloud."""
    name = cloud.kind.upper()
    said = {f"{name}_CLIENT": "client:hush", f"{name}_URL": cloud.url + cloud.base}
    said |= {f"{name}_TOKEN_URL": f"{cloud.url}/token", "FRESH": "0"}
    said |= {f"{name}_REVOKE_URL": f"{cloud.url}/revoke"}
    return said | {"REDIRECT_URL": "https://console.example/calendars"}


@pytest.fixture
def mesh(database: FastAPI, configured: Any, cloud: Any) -> Iterator[testing.Mesh]:
    upstreams = {"database-operations": database}
    with testing.mesh(configured(**told_of(cloud)), upstreams=upstreams) as running:
        yield running


def begun(mesh: testing.Mesh, cloud: Cloud) -> tuple[str, dict[str, str]]:
    asked = {"kind": cloud.kind, "name": "Anna", "timezone": "UTC"}
    answer = mesh.post(PATH, json=asked)
    assert (answer.status_code, answer.json()["state"]) == (201, "connecting")
    query = dict(parse_qsl(urlsplit(answer.json()["authorize_url"]).query))
    cloud.challenge = query["code_challenge"]
    return answer.json()["id"], {"code": "good", "state": query["state"]}


@pytest.fixture
def calendar(mesh: testing.Mesh, cloud: Cloud) -> str:
    id, brought = begun(mesh, cloud)
    answer = mesh.post(f"{PATH}/{id}/authorization", json=brought)
    assert answer.status_code == 200, answer.text
    return id


def told(mesh: testing.Mesh, calendar: str) -> dict[str, Any]:
    span = {"from": DAYS[0] - HOUR * 12, "to": DAYS[-1]}
    asked = {name: when.isoformat() for name, when in span.items()}
    answer = mesh.get(f"{PATH}/{calendar}/busy", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def starts(mesh: testing.Mesh, calendar: str) -> list[datetime]:
    found = told(mesh, calendar)
    assert found["state"] == "known", found
    return [datetime.fromisoformat(span["start"]) for span in found["busy"]]


def event(start: datetime) -> dict[str, Any]:
    span = {"start": start.isoformat(), "end": (start + HOUR).isoformat()}
    return {"id": "e-1", "title": "Check-up", "timezone": "UTC", **span}


def test_ten_syncs_make_no_duplicate_and_a_move_or_a_cancellation_arrives(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    for n in range(5):
        cloud.put(f"a{n}", DAYS[n])
    for _ in range(10):
        assert starts(mesh, calendar) == DAYS[:5]
    assert cloud.whole == 1
    cloud.put("a0", DAYS[6])
    cloud.touch("a1", None)
    assert starts(mesh, calendar) == [*DAYS[2:5], DAYS[6]]
    assert len(mesh.get(f"{PATH}/{calendar}/events").json()["items"]) == 4


def test_when_the_other_side_forgot_everything_is_told_anew(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    cloud.put("a", DAYS[0])
    cloud.put("b", DAYS[1])
    assert starts(mesh, calendar) == DAYS[:2]
    cloud.touch("a", None)
    cloud.put("c", DAYS[2])
    cloud.forget()
    assert starts(mesh, calendar) == DAYS[1:3]
    assert cloud.whole == 2


def test_an_exception_in_a_series_blocks_its_own_time_alone(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    cloud.series("s", DAYS[0])
    assert starts(mesh, calendar) == DAYS[:3]
    cloud.instance("s", 1, DAYS[0], DAYS[7])
    assert starts(mesh, calendar) == [DAYS[0], DAYS[2], DAYS[7]]
    cloud.instance("s", 2, DAYS[0], None)
    assert starts(mesh, calendar) == [DAYS[0], DAYS[7]]


def test_an_instance_that_is_moved_back_and_all_that_follow_arrive_once(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    cloud.series("s", DAYS[0])
    cloud.instance("s", 1, DAYS[0], DAYS[9])
    for _ in range(10):
        assert starts(mesh, calendar) == [DAYS[0], DAYS[2], DAYS[9]]
    cloud.instance("s", 1, DAYS[0], DAYS[1])
    assert starts(mesh, calendar) == DAYS[:3]
    # "This and all following" makes the series shorter, and another one.
    cloud.instance("s", 2, DAYS[0], DAYS[8])
    cloud.shorten("s", DAYS[0], 1)
    cloud.series("t", DAYS[4] + HOUR)
    moved = [DAYS[0], *(day + HOUR for day in DAYS[4:7])]
    assert starts(mesh, calendar) == moved
    many = len(mesh.get(f"{PATH}/{calendar}/events").json()["items"])
    assert starts(mesh, calendar) == moved
    assert len(mesh.get(f"{PATH}/{calendar}/events").json()["items"]) == many


def test_a_series_that_is_called_off_takes_no_time_nor_do_its_exceptions(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    cloud.series("s", DAYS[0])
    cloud.instance("s", 1, DAYS[0], DAYS[9])
    assert len(starts(mesh, calendar)) == 3
    for name in list(cloud.events):
        cloud.touch(name, None)
    assert starts(mesh, calendar) == []
    assert mesh.get(f"{PATH}/{calendar}/events").json()["items"] == []


def test_what_is_declined_or_free_takes_no_time_and_a_whole_day_takes_the_day(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    cloud.decline("a", DAYS[0])
    cloud.free("b", DAYS[1])
    assert starts(mesh, calendar) == []
    cloud.day("c", DAYS[2])
    assert starts(mesh, calendar) == [DAYS[2] - timedelta(hours=12)]


def test_what_is_written_here_is_there_once_and_goes_again(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    path = f"{PATH}/{calendar}/events/e-1"
    for start in (DAYS[0], DAYS[0], DAYS[3]):
        assert mesh.put(path, json=event(start)).status_code == 200
        assert starts(mesh, calendar) == [start]
    assert len(cloud.events) == 1
    [listed] = mesh.get(f"{PATH}/{calendar}/events").json()["items"]
    assert (listed["id"], listed["title"]) == ("e-1", "Check-up")
    assert [mesh.delete(path).status_code for _ in range(2)] == [204, 204]
    assert cloud.events == {}
    assert starts(mesh, calendar) == []


def test_what_is_written_as_free_makes_nobody_busy_there_either(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    path = f"{PATH}/{calendar}/events/e-1"
    assert mesh.put(path, json=event(DAYS[0]) | {"is_free": True}).status_code == 200
    assert len(cloud.events) == 1
    assert starts(mesh, calendar) == []
    assert mesh.put(path, json=event(DAYS[0])).status_code == 200
    assert starts(mesh, calendar) == [DAYS[0]]


def test_a_write_that_is_not_known_here_any_more_is_not_written_again(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    mesh.put(f"{PATH}/{calendar}/events/e-1", json=event(DAYS[0]))
    # Nothing is known of the event here, as after a crash before the commit.
    other, brought = begun(mesh, cloud)
    mesh.post(f"{PATH}/{other}/authorization", json=brought)
    again = mesh.put(f"{PATH}/{other}/events/e-1", json=event(DAYS[0]))
    assert again.status_code == 200, again.text
    assert len(cloud.events) == 1
    assert starts(mesh, other) == DAYS[:1]


def test_access_is_renewed_before_it_expires_and_the_new_one_is_kept(
    mesh: testing.Mesh, cloud: Any
) -> None:
    cloud.lifetime = 30
    id, brought = begun(mesh, cloud)
    mesh.post(f"{PATH}/{id}/authorization", json=brought)
    assert [starts(mesh, id) for _ in range(3)] == [[]] * 3
    assert cloud.renewals == 4
    stored = [call.request.content.decode() for call in mesh.wire.calls]
    assert not any(f"refresh-{n}" in each for n in range(5) for each in stored)


def test_access_that_was_withdrawn_makes_it_unknown_and_is_told_once(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    assert starts(mesh, calendar) == []
    cloud.access = cloud.refresh = "none"
    assert {told(mesh, calendar)["state"] for _ in range(3)} == {"unknown"}
    assert mesh.get(f"{PATH}/{calendar}").json()["state"] == "expired"
    assert len(mesh.published("calendar.failed")) == 1
    path = f"{PATH}/{calendar}/events/e-1"
    assert mesh.put(path, json=event(DAYS[0])).status_code == 409
    assert mesh.get(path).status_code == 404


def test_signed_in_anew_it_is_the_same_calendar(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    cloud.put("a", DAYS[0])
    cloud.access = cloud.refresh = "none"
    assert told(mesh, calendar)["state"] == "unknown"
    asked = {"kind": cloud.kind, "name": "Anna", "timezone": "UTC"}
    again = mesh.put(f"{PATH}/{calendar}/connection", json=asked).json()
    assert (again["id"], again["state"]) == (calendar, "connecting")
    assert told(mesh, calendar)["state"] == "unknown"
    query = dict(parse_qsl(urlsplit(again["authorize_url"]).query))
    cloud.challenge = query["code_challenge"]
    brought = {"code": "good", "state": query["state"]}
    assert mesh.post(f"{PATH}/{calendar}/authorization", json=brought).is_success
    assert starts(mesh, calendar) == [DAYS[0]]
    other = asked | {"kind": "local"}
    assert mesh.put(f"{PATH}/{calendar}/connection", json=other).status_code == 400


def test_what_was_granted_is_taken_back_with_the_last_calendar_of_its_kind(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    other, _ = begun(mesh, cloud)
    assert mesh.delete(f"{PATH}/{other}").status_code == 204
    assert cloud.revoked == []  # the other's grant may be the same
    assert mesh.delete(f"{PATH}/{calendar}").status_code == 204
    assert cloud.revoked == [cloud.refresh]
    waiting, _ = begun(mesh, cloud)
    assert mesh.delete(f"{PATH}/{waiting}").status_code == 204
    assert cloud.revoked == [cloud.refresh]  # nobody had granted anything


def test_what_cannot_be_taken_back_now_is_disconnected_all_the_same(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    cloud.trouble = 503
    assert mesh.delete(f"{PATH}/{calendar}").status_code == 204
    assert mesh.get(f"{PATH}/{calendar}").status_code == 404


@pytest.mark.parametrize("trouble", [429, 503])
def test_an_answer_of_trouble_makes_it_unknown_until_it_is_over(
    mesh: testing.Mesh, cloud: Any, calendar: str, trouble: int
) -> None:
    cloud.put("a", DAYS[0])
    assert starts(mesh, calendar) == DAYS[:1]
    cloud.trouble = trouble
    assert [told(mesh, calendar)["state"] for _ in range(2)] == ["unknown"] * 2
    assert len(mesh.published("calendar.failed")) == 1
    cloud.trouble = 0
    assert starts(mesh, calendar) == DAYS[:1]


def test_half_an_answer_makes_it_unknown_until_there_is_a_whole_one(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    cloud.put("a", DAYS[0])
    assert starts(mesh, calendar) == DAYS[:1]
    cloud.put("b", DAYS[1])
    cloud.garbled = True
    assert [told(mesh, calendar)["state"] for _ in range(2)] == ["unknown"] * 2
    assert len(mesh.published("calendar.failed")) == 1
    cloud.garbled = False
    assert starts(mesh, calendar) == DAYS[:2]


def test_a_write_whose_answer_is_half_is_there_once(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    path = f"{PATH}/{calendar}/events/e-1"
    assert starts(mesh, calendar) == []
    cloud.garbled = True
    assert mesh.put(path, json=event(DAYS[0])).status_code in (200, 424)
    cloud.garbled = False
    assert mesh.put(path, json=event(DAYS[0])).status_code == 200
    assert len(cloud.events) == 1


def test_an_answer_that_does_not_come_makes_it_unknown_in_time(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    cloud.put("a", DAYS[0])
    assert starts(mesh, calendar) == DAYS[:1]
    cloud.slow = 3.0
    span = {"from": DAYS[0].isoformat(), "to": DAYS[1].isoformat()}
    hurried = {"X-Request-Timeout": "1.0"}
    path = f"{PATH}/{calendar}/busy"
    answer = mesh.get(path, params=span, headers=hurried)
    assert (answer.status_code, answer.json()["state"]) == (200, "unknown")
    cloud.slow = 0.0


def test_only_who_began_it_can_end_it_and_only_once(
    mesh: testing.Mesh, cloud: Any
) -> None:
    id, brought = begun(mesh, cloud)
    path = f"{PATH}/{id}/authorization"
    assert told(mesh, id)["state"] == "unknown"
    for wrong in ({"state": "another"}, {"code": "bad"}):
        assert mesh.post(path, json=brought | wrong).status_code == 400
    assert mesh.post(path, json=brought, tenant="t-other").status_code == 404
    assert mesh.post(path, json=brought, roles=("agent",)).status_code == 403
    assert mesh.post(path, json=brought).status_code == 200
    assert mesh.post(path, json=brought).status_code == 400


def test_what_is_far_from_now_is_unknown(
    mesh: testing.Mesh, cloud: Any, calendar: str
) -> None:
    far = {"from": "2019-01-01T00:00:00Z", "to": "2019-01-02T00:00:00Z"}
    answer = mesh.get(f"{PATH}/{calendar}/busy", params=far)
    assert answer.json()["state"] == "unknown"


def of_google(
    mesh: testing.Mesh, cloud: Cloud, first: datetime, last: datetime
) -> list[tuple[str, str]]:
    """Busy spans of a calendar of Berlin, on its wall."""
    asked = {"kind": "google", "name": "Anna", "timezone": "Europe/Berlin"}
    made = mesh.post(PATH, json=asked).json()
    query = dict(parse_qsl(urlsplit(made["authorize_url"]).query))
    cloud.challenge = query["code_challenge"]
    brought = {"code": "good", "state": query["state"]}
    mesh.post(f"{PATH}/{made['id']}/authorization", json=brought)
    span = {"from": first.isoformat(), "to": last.isoformat()}
    told = mesh.get(f"{PATH}/{made['id']}/busy", params=span).json()
    assert told["state"] == "known", told
    return [
        tuple(
            f"{datetime.fromisoformat(span[end]).astimezone(BERLIN):%d.%m. %H:%M}"
            for end in ("start", "end")
        )
        for span in told["busy"]
    ]


def next_change() -> datetime:
    """The next change of Berlin's clocks."""
    day = NOON + timedelta(days=3)
    while (
        day.astimezone(BERLIN).utcoffset()
        == (day + timedelta(days=1)).astimezone(BERLIN).utcoffset()
    ):
        day += timedelta(days=1)
    return (day + timedelta(days=1)).astimezone(BERLIN).replace(hour=0)


@pytest.mark.parametrize("cloud", [GoogleCloud], indirect=True, ids=["google"])
def test_googles_series_stay_on_the_wall_with_dates_left_out_and_added(
    mesh: testing.Mesh, cloud: Any
) -> None:
    """Over a change of the clocks; one instance more, one less; a whole day moved."""
    change = next_change()
    days = [change + timedelta(days=n) for n in range(-2, 6)]
    wall = [f"{day:%Y%m%d}" for day in days]
    nine = days[0].replace(hour=9)
    ends = (nine, nine + HOUR)
    start, end = (
        {"dateTime": each.isoformat(), "timeZone": "Europe/Berlin"} for each in ends
    )
    rules = [
        "RRULE:FREQ=DAILY;COUNT=5",
        f"EXDATE;TZID=Europe/Berlin:{wall[1]}T090000",
        f"RDATE;TZID=Europe/Berlin:{wall[3]}T150000",
    ]
    cloud.put("s", nine, start=start, end=end, recurrence=rules)
    found = of_google(mesh, cloud, days[0], days[6])
    names = [f"{day:%d.%m.}" for day in days]
    hours = [(names[n], "09:00", "10:00") for n in (0, 2, 3, 4)]
    hours.insert(3, (names[3], "15:00", "16:00"))
    assert found == [(f"{day} {a}", f"{day} {b}") for day, a, b in hours]
    dates = {"start": days[0].date(), "end": days[1].date()}
    cloud.touch("s", None)
    whole = {name: {"date": str(day)} for name, day in dates.items()}
    cloud.put("d", nine, **whole, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    later = {
        "start": {"date": str(days[3].date())},
        "end": {"date": str(days[4].date())},
    }
    was = {"recurringEventId": "d", "originalStartTime": whole["start"]}
    cloud.put("d_0", nine, **later, **was)
    found = of_google(mesh, cloud, days[0], days[6])
    assert found == [(f"{names[3]} 00:00", f"{names[4]} 00:00")]


@pytest.mark.parametrize("cloud", [OutlookCloud], indirect=True, ids=["outlook"])
@pytest.mark.parametrize("hours", [-2, 0, 5])
def test_a_whole_day_of_another_zone_is_that_day(
    mesh: testing.Mesh, cloud: Any, calendar: str, hours: int
) -> None:
    """Told in UTC, it begins when it does in the zone that it was made in."""
    midnight = DAYS[2] - 12 * HOUR
    span = {"start": midnight, "end": midnight + 24 * HOUR}
    said = {
        name: {
            "dateTime": f"{at + hours * HOUR:%Y-%m-%dT%H:%M:%S}.0000000",
            "timeZone": "UTC",
        }
        for name, at in span.items()
    }
    cloud.put("a", midnight, isAllDay=True, **said)
    assert starts(mesh, calendar) == [midnight]


@pytest.fixture
def failing(
    database: FastAPI, troubled: Any, cloud: Any, outage: Any, trial: Any
) -> Iterator[Any]:
    there = outage(cloud.url.removeprefix("http://"))
    cloud.url = there.url
    cloud.put("a", DAYS[0])
    provider = troubled(**told_of(cloud))
    with testing.mesh(provider, upstreams={"database-operations": database}) as mesh:
        id, brought = begun(mesh, cloud)
        path = f"{PATH}/{id}/authorization"
        testing.until(lambda: mesh.post(path, json=brought).is_success)
        yield trial(mesh, id, there, (DAYS[0] - HOUR, DAYS[-1]))


def test_whatever_fails_makes_it_unknown_until_it_is_over(
    failing: Any, failure: tuple[str, str], cloud: Any
) -> None:
    failing.fails(*failure)
    for _ in range(2):
        testing.until(lambda: failing.write() == 200)
    assert len(cloud.events) == 2


@pytest.mark.parametrize("how", ["refused", "503", "a page", "null", "another shape"])
def test_access_that_cannot_be_renewed_now_makes_it_unknown_until_it_can(
    failing: Any, how: str, cloud: Any
) -> None:
    cloud.lifetime = 30
    assert failing.known()
    failing.fails(how, "error")


def test_it_is_left_alone_for_as_long_as_it_asks(patient: None, failing: Any) -> None:
    failing.rests()
