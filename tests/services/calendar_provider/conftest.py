"""The application of calendar-provider, and a real CalDAV server."""

import importlib
import os
import re
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis import testing

ACCOUNT = {"account": "anna@example.com", "password": "of-one-program"}
Configured = Callable[..., FastAPI]
PATH = "/api/v1/calendars"
# What fails, and the state that the calendar is in while it does.
FAILURES = [
    ("refused", "error"),
    ("reset", "error"),
    ("silent", "error"),
    ("401", "expired"),
    ("403", "expired"),
    ("429", "error"),
    ("429, later", "error"),
    ("500", "error"),
    ("503", "error"),
    ("a page", "error"),
    ("a loop", "error"),
    ("huge", "error"),
    ("no JSON object", "error"),
    ("null", "error"),
    ("another shape", "error"),
    ("an empty object", "error"),
    ("nothing", "error"),
    ("lost", "error"),
    ("half", "error"),
    ("torn", "error"),
    ("stalls", "error"),
    ("drips", "error"),
]
# Imported where a calendar of theirs is first read, which takes seconds of CPU: on a
# busy machine longer than a customer is kept waiting for a calendar.
SDKS = ("caldav.aio", "googleapiclient.discovery", "recurring_ical_events")


@pytest.fixture(scope="session", autouse=True)
def sdks() -> None:
    for each in SDKS:
        importlib.import_module(each)


@pytest.fixture
def hangs(request: pytest.FixtureRequest) -> bool:
    """Whether the test is about a calendar that does not answer."""
    words = {*re.split(r"[\[\]_-]", request.node.name)}
    return bool(words & {"hang", "renewed", *HANGING})


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, hangs: bool) -> Configured:
    """Makes the application with CALENDAR_PROVIDER_* variables, as a process would.

    A calendar that answers is waited for, as a busy machine does.
    """
    if not hangs:
        for module in ("_synchronizer", "_connections"):
            monkeypatch.setattr(f"calendar_sync.{module}.PATIENCE", WAIT)
    os.environ.setdefault("CALENDAR_PROVIDER_SECRET", "a-secret-for-tests-only")
    # Failing at once is what these tests are about, not how often it is tried.
    monkeypatch.setenv("MAX_RETRIES", "1")
    monkeypatch.setenv("CIRCUIT_BREAKER_THRESHOLD", "100")

    def make(**said: str) -> FastAPI:
        for name, value in said.items():
            monkeypatch.setenv(f"CALENDAR_PROVIDER_{name}", value)
        module = importlib.import_module("services.calendar.calendar_provider.app")
        return importlib.reload(module).app

    return make


HANGING = ("silent", "stalls", "drips")
ANSWERED = ("lost", "half", "torn", "stalls", "drips")  # once all was done
WAIT = 30.0  # seconds; nothing here takes so long unless it is broken


@pytest.fixture(params=FAILURES, ids=[how for how, _ in FAILURES])
def failure(request: pytest.FixtureRequest) -> tuple[str, str]:
    return request.param


@pytest.fixture
def troubled(
    configured: Configured, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> Callable[..., FastAPI]:
    """As ``configured``; a provider whose answer does not come is not waited for long,
    and any is asked again soon."""

    def make(**said: str) -> FastAPI:
        if hangs:
            monkeypatch.setenv("PROVIDER_TIMEOUT", "1")
        if "CIRCUIT_BREAKER_RECOVERY" not in os.environ:
            monkeypatch.setenv("CIRCUIT_BREAKER_RECOVERY", "0.3")
        return configured(**said)

    return make


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for is waited for, however long: before ``troubled``."""
    monkeypatch.setenv("CIRCUIT_BREAKER_RECOVERY", "600")


@dataclass
class Trial:
    """A calendar that is known, and what stands before where it really is."""

    mesh: testing.Mesh
    id: str
    trouble: Any
    days: tuple[datetime, datetime]

    def told(self) -> Any:
        """The busy spans; None where it is unknown, as it is where that takes long."""
        span = dict(zip(("from", "to"), self.days, strict=True))
        asked = {name: at.isoformat() for name, at in span.items()}
        answer = self.mesh.get(f"{PATH}/{self.id}/busy", params=asked)
        if answer.status_code == 504 or answer.json()["state"] == "unknown":
            assert not answer.json().get("busy")
            return None
        return answer.json()["busy"]

    def known(self) -> list[Any]:
        """The busy spans, once it is known."""
        found: list[Any] = []

        def is_known() -> bool:
            found.append(self.told())
            return found[-1] is not None

        testing.until(is_known, WAIT)
        return found[-1]

    def shown(self) -> tuple[str, str | None]:
        shown = self.mesh.get(f"{PATH}/{self.id}").json()
        return shown["state"], shown["reason"]

    def failures(self) -> list[str]:
        told = self.mesh.published("calendar.failed")
        return [each["data"]["calendar_id"] for each in told]

    @property
    def event(self) -> dict[str, str]:
        begin = self.days[0] + timedelta(hours=3)
        span = {"start": begin, "end": begin + timedelta(hours=1)}
        return {name: f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in span.items()}

    def write(self) -> int:
        event = {"id": "e-1", "title": "Check-up", "timezone": "UTC", **self.event}
        path = f"{PATH}/{self.id}/events/e-1"
        return int(self.mesh.put(path, json=event).status_code)

    def fails(self, how: str, state: str, *, is_written: bool = True) -> None:
        """It is unknown while that fails, told once, and known again by itself. What is
        written meanwhile is there only if the failure is that of an answer."""
        before = self.known()
        assert before
        asked, failed = self.trouble.asked, len(self.failures())
        with self.trouble.fails(how):

            def is_told() -> bool:
                assert self.told() is None
                return self.shown()[0] == state

            testing.until(is_told, WAIT)
            assert how == "refused" or self.trouble.asked > asked
            assert self.failures()[failed:] == [self.id]
            written = self.write() if is_written else 424
        after = self.known()
        assert [span for span in after if span != self.event] == before
        if how not in ANSWERED:
            assert written in (409, 424)
            assert after == before
        assert self.shown() == ("ready", None)

    def rests(self) -> None:
        """It is not asked again before the time that it named."""
        assert self.known()
        with self.trouble.fails("429, later"):
            testing.until(lambda: not self.told() and self.shown()[0] == "error", WAIT)
        asked = self.trouble.asked
        for _ in range(3):
            assert self.told() is None
        assert "asked to be left alone" in str(self.shown()[1])
        assert self.trouble.asked == asked


@pytest.fixture
def provider(configured: Configured) -> FastAPI:
    return configured()


class Server:
    """Radicale, with one ``account``; ``url`` is that of a new calendar."""

    account = ACCOUNT

    def __init__(self, folder: Path, port: int) -> None:
        self.netloc, self._folder, self._port = f"127.0.0.1:{port}", folder, port
        self.auth = (ACCOUNT["account"], ACCOUNT["password"])
        self._users = folder / "users"
        self._made: list[str] = []
        self.let_in()
        self.start()

    def let_in(self, password: str = ACCOUNT["password"]) -> None:
        self._users.write_text(f"{ACCOUNT['account']}:{password}\n")

    def new_calendar(self) -> None:
        name = uuid.uuid4().hex
        self.url = f"http://{self.netloc}/{ACCOUNT['account']}/{name}/"
        self.send("MKCALENDAR")
        self._made.append(self.url)

    def clear(self) -> None:
        """Delete every calendar that there is."""
        while self._made:
            httpx.delete(self._made.pop(), auth=self.auth).raise_for_status()

    def start(self) -> None:
        options = {
            "server-hosts": self.netloc,
            "auth-type": "htpasswd",
            "auth-htpasswd_filename": self._users,
            "auth-htpasswd_encryption": "plain",
            "auth-delay": 0,
            "storage-filesystem_folder": self._folder / "data",
            "logging-level": "warning",
        }
        said = [f"--{name}={value}" for name, value in options.items()]
        command = [sys.executable, "-m", "radicale", "--config", "", *said]
        self.process = subprocess.Popen(command)
        testing.until(self._answers, 20)

    def _answers(self) -> bool:
        assert self.process.poll() is None
        try:
            return httpx.get(f"http://{self.netloc}/", timeout=1).status_code < 500
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def send(self, method: str, name: str = "", body: str = "") -> None:
        url = f"{self.url}{name}"
        answer = httpx.request(method, url, content=body, auth=self.auth)
        assert answer.status_code < 300, answer.text

    def name_it(self, name: str) -> None:
        """Give the calendar the name that people see."""
        told = f"<D:prop><D:displayname>{name}</D:displayname></D:prop>"
        body = f'<D:propertyupdate xmlns:D="DAV:"><D:set>{told}</D:set>'
        self.send("PROPPATCH", body=f"{body}</D:propertyupdate>")

    def put(self, name: str, *lines: str, also: tuple[str, ...] = ()) -> None:
        event = ["BEGIN:VEVENT", f"UID:{name}", "DTSTAMP:20260101T000000Z", *lines]
        event += ["END:VEVENT", *also]
        whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//T//EN", *event]
        self.send("PUT", f"{name}.ics", "\r\n".join([*whole, "END:VCALENDAR", ""]))

    def names(self) -> list[str]:
        """What the calendar holds, as another client sees it."""
        answer = httpx.request(
            "PROPFIND", self.url, auth=self.auth, headers={"Depth": "1"}
        )
        return sorted(
            part.split("<")[0] for part in answer.text.split(self.url[-34:])[2:]
        )


@pytest.fixture(scope="session")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Server(tmp_path_factory.mktemp("radicale"), port)
    yield running
    running.stop()


@pytest.fixture
def server(radicale: Server) -> Iterator[Server]:
    radicale.new_calendar()
    yield radicale
    radicale.let_in()
    if radicale.process.poll() is not None:
        radicale.start()
    radicale.clear()


@pytest.fixture
def trial() -> type[Trial]:
    return Trial
