"""The application of calendar-provider, and a real CalDAV server."""

import importlib
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from chassis import testing

ACCOUNT = {"account": "anna@example.com", "password": "of-one-program"}
Configured = Callable[..., FastAPI]
# Imported where a calendar of theirs is first read, which takes seconds of CPU: on a
# busy machine longer than a customer is kept waiting for a calendar.
SDKS = ("caldav.davclient", "googleapiclient.discovery", "recurring_ical_events")


@pytest.fixture(scope="session", autouse=True)
def sdks() -> None:
    for each in SDKS:
        importlib.import_module(each)


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Configured:
    """Makes the application with CALENDAR_PROVIDER_* variables, as a process would."""
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
