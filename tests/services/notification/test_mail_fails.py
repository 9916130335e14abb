"""Whatever a mail server does: what it does not take waits, and arrives once it does.

The server speaks SMTP in a way that aiosmtpd does not: it breaks off, or says nothing.
"""

import importlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing
from contracts.operations.events import NotificationDue

PATH = "/api/v1/notifications"
# What fails, and what is said instead of what; None: the connection ends there.
FAILURES = {
    "silent": {"hello": ""},
    "closed at once": {"hello": None},
    "busy": {"hello": "421 too many connections"},
    "a page": {"hello": "HTTP/1.1 400 Bad Request"},
    "closed at its name": {"EHLO": None, "HELO": None},
    "sender refused": {"MAIL": "550 not you"},
    "greylisted": {"RCPT": "451 4.7.1 greylisted, come back in five minutes"},
    "mailbox full": {"RCPT": "452 4.2.2 the mailbox is full"},
    "nobody there": {"RCPT": "550 5.1.1 no such user"},
    "no data now": {"DATA": "451 not now"},
    "spam": {"end": "554 5.7.1 rejected"},
    "disk full": {"end": "452 insufficient storage"},
    "closed within": {"DATA": None},
    "silent after": {"end": ""},
    "closed after": {"end": None},
}
MAY_BE_TWICE = ("silent after", "closed after")  # who sent it cannot know


class Post(socketserver.StreamRequestHandler):
    """SMTP (RFC 5321) as far as it is spoken, and ``server.fails`` of it."""

    def handle(self) -> None:
        if not self.say("hello", "220 here"):
            return
        while line := self.rfile.readline():
            verb = line[:4].upper().decode().strip()
            if not self.say(verb, "354 go on" if verb == "DATA" else "250 ok"):
                return
            if verb == "DATA" and "DATA" not in self.server.fails:
                body = list(iter(self.rfile.readline, b".\r\n"))
                if (self.server.fails.get("end") or "2")[0] == "2":
                    self.server.taken.append(b"".join(body).decode())
                if not self.say("end", "250 taken"):
                    return

    def say(self, when: str, usual: str) -> bool:
        """Whether it goes on."""
        said = self.server.fails.get(when, usual)
        if said == "":
            self.server.over.wait(60.0)
        if not said:
            return False
        self.wfile.write(f"{said}\r\n".encode())
        return True


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.fails: dict[str, str | None] = {}
        self.taken: list[str] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        at = f"127.0.0.1:{self.server_address[1]}"
        return f"mailto://{at}?from=desk@shop.example&to={{to}}"

    def end(self) -> None:
        self.fails = {}
        self.over.set()


@pytest.fixture
def server() -> Iterator[Server]:
    with testing.answering(Server()) as made:
        yield made
        made.end()


Opened = Callable[..., FastAPI]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """The application with a mail server at an address."""
    module = importlib.import_module("services.operations.notification.app")

    def make(url: str, **said: str) -> FastAPI:
        monkeypatch.setenv("NOTIFICATION_EMAIL", url)
        for name, value in said.items():
            monkeypatch.setenv(name, value)
        return importlib.reload(module).app

    yield make
    monkeypatch.undo()
    importlib.reload(module)


def begun(desk: testing.Mesh, **more: Any) -> str:
    to = {"id": "ada", "email": "ada@example.org"}
    asked = {"recipient": to, "subject": "Your booking", "text": "On Friday."}
    answer = desk.post(PATH, json=asked, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def tried(desk: testing.Mesh, id: str, attempt: int) -> dict[str, Any]:
    desk.deliver(NotificationDue(notification_id=id, attempt=attempt))
    return dict(desk.get(f"{PATH}/{id}").json())


@pytest.mark.parametrize("how", FAILURES)
def test_a_message_that_is_not_taken_waits_and_arrives_once_it_is(
    how: str, server: Server, opened: Opened, database: FastAPI
) -> None:
    app = opened(server.url, PROVIDER_TIMEOUT="3")
    with testing.mesh(app, upstreams={"database-operations": database}) as desk:
        id = begun(desk)
        server.fails = FAILURES[how]
        failed = tried(desk, id, 1)
        assert failed["status"] == "scheduled"
        [delivery] = failed["deliveries"]
        assert (delivery["outcome"], bool(delivery["reason"])) == ("failed", True)
        due = desk.published("notification.due")[-1]
        assert (due["data"]["attempt"], bool(due["deliver_at"])) == (2, True)
        server.end()
        for _ in range(2):
            assert tried(desk, id, 2)["status"] == "delivered"
    assert len(server.taken) == (2 if how in MAY_BE_TWICE else 1)
    assert all("Subject: Your booking" in each for each in server.taken)


@pytest.mark.parametrize(
    "url",
    [
        "mailto://127.0.0.1:{port}?from=desk@shop.example&to={{to}}",
        "mailto://no.such.invalid?from=desk@shop.example&to={{to}}",
        "mailtos://u:hush@127.0.0.1:{port}?from=desk@shop.example&to={{to}}&mode=ssl",
    ],
    ids=["refused", "no such name", "no TLS"],
)
def test_a_server_that_cannot_be_reached_is_tried_later(
    url: str, server: Server, opened: Opened, database: FastAPI
) -> None:
    port = server.server_address[1]
    if url.startswith("mailto://127"):
        server.shutdown()
        server.server_close()
    app = opened(url.format(port=port), PROVIDER_TIMEOUT="10")
    with testing.mesh(app, upstreams={"database-operations": database}) as desk:
        failed = tried(desk, begun(desk), 1)
    assert failed["status"] == "scheduled"
    assert failed["deliveries"][0]["reason"]
    assert "hush" not in str(failed)
    assert server.taken == []


def test_addresses_of_one_business_that_are_refused_stop_no_others_messages(
    server: Server, opened: Opened, database: FastAPI
) -> None:
    own = {"CIRCUIT_BREAKER_THRESHOLD": "1", "CIRCUIT_BREAKER_RECOVERY": "600"}
    app = opened(server.url, **own)
    with testing.mesh(app, upstreams={"database-operations": database}) as desk:
        server.fails = FAILURES["nobody there"]
        for _ in range(2):
            kept = tried(desk, begun(desk), 1)
        assert "left alone" in kept["deliveries"][0]["reason"]
        server.end()
        desk.tenant = f"{desk.tenant}-other"
        assert tried(desk, begun(desk), 1)["status"] == "delivered"
    assert len(server.taken) == 1


def test_a_server_that_was_left_alone_is_tried_again_by_itself(
    server: Server, opened: Opened, database: FastAPI
) -> None:
    own = {"CIRCUIT_BREAKER_THRESHOLD": "1", "CIRCUIT_BREAKER_RECOVERY": "0.3"}
    app = opened(server.url, **own)
    with testing.mesh(app, upstreams={"database-operations": database}) as desk:
        id = begun(desk)
        server.fails = FAILURES["busy"]
        assert tried(desk, id, 1)["status"] == "scheduled"
        server.end()
        testing.until(lambda: tried(desk, id, 2)["status"] == "delivered")
    assert len(server.taken) == 1
