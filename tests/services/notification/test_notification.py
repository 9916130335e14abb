"""Notifications: told once, in time, as the recipient wants, or known to have failed.

E-mail goes to a real SMTP server, SMS and push into the inbox.
"""

import importlib
import itertools
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from chassis import testing
from contracts.assistant.events import ConversationHandedOver
from contracts.operations.events import NotificationDue

PATH = "/api/v1/notifications"
ADA = {"id": "ada", "sms": "+491701234567"}
SMS = {"recipient": ADA, "text": "Your table is ready."}


class Mailbox:
    """Takes what it is given, once ``takes`` is set."""

    def __init__(self) -> None:
        self.takes, self.subjects = True, list[str]()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if not self.takes:
            return "451 try again later"
        lines = envelope.content.decode().splitlines()
        self.subjects += [line[9:] for line in lines if line.startswith("Subject: ")]
        return "250 OK"


def configured() -> None:
    """Read the environment as a new process would: others import the service, too."""
    service = importlib.import_module("services.operations.notification.app")
    importlib.reload(service)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ["NOTIFICATION_EMAIL"] = (
        f"mailto://127.0.0.1:{port}?from=desk@shop.example&to={{to}}"
    )
    os.environ["CIRCUIT_BREAKER_THRESHOLD"] = "50"
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    configured()
    yield box
    server.stop()
    del os.environ["NOTIFICATION_EMAIL"], os.environ["CIRCUIT_BREAKER_THRESHOLD"]
    configured()


@pytest.fixture
def desk(mailbox: Mailbox, database: Any) -> Iterator[testing.Mesh]:
    from services.operations.notification.app import app

    mailbox.takes = True
    mailbox.subjects.clear()
    with testing.mesh(app, upstreams={"database-operations": database}) as mesh:
        yield mesh


def told(desk: testing.Mesh, **asked: Any) -> dict[str, Any]:
    answer = desk.post(PATH, json=SMS | asked)
    assert answer.status_code == 201, answer.text
    return answer.json()


def due(desk: testing.Mesh) -> dict[str, Any]:
    return desk.published("notification.due")[-1]


def tried(desk: testing.Mesh, id: str, attempt: int = 1) -> dict[str, Any]:
    desk.deliver(NotificationDue(notification_id=id, attempt=attempt))
    return desk.get(f"{PATH}/{id}").json()


def inbox(desk: testing.Mesh) -> list[dict[str, Any]]:
    return desk.get("/api/v1/inbox").json()["items"]


def prefers(desk: testing.Mesh, **likes: Any) -> None:
    answer = desk.put("/api/v1/preferences/ada", json=likes)
    assert answer.status_code == 200, answer.text


def test_a_message_arrives_once_however_often_it_is_due(desk: testing.Mesh) -> None:
    id = told(desk)["id"]
    for _ in range(3):
        assert tried(desk, id)["status"] == "delivered"
    assert [(one["to"], one["text"]) for one in inbox(desk)] == [
        (ADA["sms"], SMS["text"])
    ]


def test_the_same_key_asks_once_and_another_asks_again(desk: testing.Mesh) -> None:
    def asked(key: str) -> str:
        sent = desk.post(PATH, json=SMS, headers={"Idempotency-Key": key})
        return sent.json()["id"]

    assert asked("a-key-of-mine-1") == asked("a-key-of-mine-1")
    assert asked("a-key-of-mine-1") != asked("a-key-of-mine-2")
    assert len(desk.get(PATH).json()["items"]) == 2


def test_the_latest_message_is_the_first_in_the_inbox(desk: testing.Mesh) -> None:
    ids = [told(desk)["id"] for _ in range(3)]
    for id in ids:
        tried(desk, id)
    assert [one["id"] for one in inbox(desk)] == ids[::-1]


def test_it_waits_for_its_time(desk: testing.Mesh) -> None:
    at = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    id = told(desk, send_at=at.isoformat())["id"]
    assert datetime.fromisoformat(due(desk)["deliver_at"]) == at
    assert tried(desk, id)["status"] == "scheduled"
    assert inbox(desk) == []


def test_it_waits_for_the_end_of_quiet_hours_unless_it_is_urgent(
    desk: testing.Mesh,
) -> None:
    now = datetime.now(UTC)
    end = now + timedelta(hours=2)
    quiet = {"start": f"{now - timedelta(hours=1):%H:%M}", "end": f"{end:%H:%M}"}
    prefers(desk, quiet=quiet)
    assert tried(desk, told(desk)["id"])["status"] == "scheduled"
    wakes = datetime.fromisoformat(due(desk)["deliver_at"])
    assert (wakes.hour, wakes.minute) == (end.hour, end.minute)
    assert tried(desk, told(desk, urgent=True)["id"])["status"] == "delivered"


def test_who_has_opted_out_is_not_told(desk: testing.Mesh) -> None:
    prefers(desk, opted_out=["sms", "push"])
    kept = tried(desk, told(desk)["id"])
    assert kept["status"] == "suppressed"
    why = {each["channel"]: each["outcome"] for each in kept["deliveries"]}
    assert why == {"email": "no_address", "sms": "opted_out", "push": "opted_out"}
    assert inbox(desk) == []


def test_the_recipients_order_counts_and_the_next_channel_steps_in(
    desk: testing.Mesh, mailbox: Mailbox
) -> None:
    everywhere = ADA | {"email": "ada@example.org", "push": "device-1"}
    prefers(desk, order=["push", "email"])
    tried(desk, told(desk, recipient=everywhere)["id"])
    assert [one["channel"] for one in inbox(desk)] == ["push"]
    mailbox.takes = False
    prefers(desk, order=["email", "sms"])
    done = tried(desk, told(desk, recipient=everywhere)["id"])
    assert done["status"] == "delivered"
    outcomes = [(one["channel"], one["outcome"]) for one in done["deliveries"]]
    assert outcomes == [("email", "failed"), ("sms", "delivered")]
    assert done["deliveries"][0]["reason"]


def test_an_email_that_is_refused_is_tried_again_ever_later_and_then_given_up(
    desk: testing.Mesh, mailbox: Mailbox
) -> None:
    mailbox.takes = False
    by_mail = {"id": "ada", "email": "ada@example.org"}
    id = told(desk, recipient=by_mail, subject="Hello")["id"]
    waits = []
    for attempt in range(1, 10):
        before = datetime.now(UTC)
        assert tried(desk, id, attempt)["status"] == "scheduled"
        assert due(desk)["data"]["attempt"] == attempt + 1
        waits.append(datetime.fromisoformat(due(desk)["deliver_at"]) - before)
    assert all(2 * a - timedelta(seconds=20) < b for a, b in itertools.pairwise(waits))
    assert sum(waits, timedelta()) > timedelta(hours=4)
    assert tried(desk, id, 10)["status"] == "failed"
    (given_up,) = desk.published("notification.failed")
    assert given_up["data"]["notification_id"] == id
    mailbox.takes = True
    assert tried(desk, id, 10)["status"] == "failed"
    assert mailbox.subjects == []


def test_an_email_arrives_when_the_server_is_back(
    desk: testing.Mesh, mailbox: Mailbox
) -> None:
    mailbox.takes = False
    by_mail = {"id": "ada", "email": "ada@example.org"}
    id = told(desk, recipient=by_mail, subject="Hello again")["id"]
    tried(desk, id)
    mailbox.takes = True
    assert tried(desk, id, 2)["status"] == "delivered"
    assert mailbox.subjects == ["Hello again"]


def test_a_template_is_filled_and_a_missing_variable_named(desk: testing.Mesh) -> None:
    words = {"subject": "For ${name}", "text": "Dear ${name}, it is ${day}."}
    assert desk.put("/api/v1/templates/due", json=words).status_code == 200
    asked = {"text": None, "template": "due"}
    made = told(desk, **asked, variables={"name": "Ada", "day": "Friday"})
    assert (made["subject"], made["text"]) == ("For Ada", "Dear Ada, it is Friday.")
    missing = desk.post(PATH, json=SMS | asked | {"variables": {"name": "Ada"}})
    assert missing.status_code == 400
    assert "day" in missing.json()["message"]
    unknown = desk.post(PATH, json=SMS | {"text": None, "template": "nosuch"})
    assert unknown.status_code == 404


def test_a_subject_stays_one_line_whatever_is_filled_in(desk: testing.Mesh) -> None:
    """After a line break an e-mail's head would go on, with a Bcc of a customer's."""
    words = {"subject": "For $name: due", "text": "Dear $name"}
    assert desk.put("/api/v1/templates/break", json=words).status_code == 200
    name = "Ada\r\nBcc: all@example.org"
    filled = {"text": None, "template": "break", "variables": {"name": name}}
    sent = desk.post(PATH, json=SMS | filled).json()
    assert sent["subject"] == "For Ada Bcc: all@example.org: due"
    assert sent["text"] == f"Dear {name}"


def test_a_template_with_a_placeholder_that_is_none_is_not_kept(
    desk: testing.Mesh,
) -> None:
    words = {"subject": "Hello", "text": "Dear {name}"}
    refused = desk.put("/api/v1/templates/braces", json=words)
    assert refused.status_code == 400
    assert "${name}" in refused.json()["message"]
    assert desk.get("/api/v1/templates/braces").status_code == 404
    variables = {"variables": {"name": "Ada"}}
    for_a_text = desk.post(PATH, json=SMS | {"text": "Dear $name"} | variables)
    assert (for_a_text.status_code, desk.published()) == (400, [])
    told(desk, text="{name} and $name are a text's own")


def test_an_owner_who_has_no_address_is_given_one(
    desk: testing.Mesh, mailbox: Mailbox
) -> None:
    owner = {"id": "owner"}
    assert tried(desk, told(desk, recipient=owner)["id"])["status"] == "delivered"
    assert inbox(desk) != []
    where = {"email": "dana@shop.example"}
    path = "/api/v1/addresses/owner"
    assert desk.put(path, json=where, roles=("agent",)).status_code == 403
    assert desk.put(path, json=where, roles=("owner",)).status_code == 200
    id = told(desk, recipient=owner, subject="Look at your calendar")["id"]
    assert tried(desk, id)["status"] == "delivered"
    assert "Look at your calendar" in mailbox.subjects
    assert desk.get(path).json()["email"] == "dana@shop.example"


def test_the_owner_is_told_who_waits_for_a_person_and_nobody_of_who_is_helped(
    desk: testing.Mesh,
) -> None:
    reason = {"conversation_id": "c-17", "reason": "a person answered"}
    desk.deliver(ConversationHandedOver(**reason))
    assert desk.published() == []
    desk.deliver(ConversationHandedOver(**reason, is_wished=True))
    [due] = desk.published("notification.due")
    told = tried(desk, due["data"]["notification_id"])
    assert told["status"] == "delivered"
    assert told["subject"] == "A customer asks for a person"
    assert "/api/v1/conversations/c-17/messages" in told["text"]


def test_what_waits_under_a_key_is_taken_back_and_stays_so(desk: testing.Mesh) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    ids = [told(desk, cancel_key="b-1", send_at=later)["id"] for _ in range(2)]
    other = told(desk, cancel_key="b-2", send_at=later)["id"]
    back = desk.post(f"{PATH}/cancellations", json={"cancel_key": "b-1"})
    assert sorted(back.json()["cancelled"]) == sorted(ids)
    assert [tried(desk, id)["status"] for id in ids] == ["cancelled", "cancelled"]
    assert desk.get(f"{PATH}/{other}").json()["status"] == "scheduled"
    assert inbox(desk) == []


def test_a_service_may_tell_on_behalf_of_a_customer_and_the_customer_may_not(
    desk: testing.Mesh,
) -> None:
    assert desk.post(PATH, json=SMS, roles=("customer",)).status_code == 403
    sent = desk.post(f"{PATH}/outgoing", json=SMS, roles=("customer",))
    assert sent.status_code == 201


def test_nobody_sees_what_another_business_sends(desk: testing.Mesh) -> None:
    id = told(desk)["id"]
    tried(desk, id)
    for path in (f"{PATH}/{id}", f"/api/v1/inbox/{id}"):
        assert desk.get(path, tenant="another").status_code == 404
    assert desk.get(PATH, tenant="another").json()["items"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"text": None},
        {"template": "due"},
        {"recipient": {"id": ""}},
        {"channel": "pigeon"},
        {"send_at": "2030-01-01T10:00:00"},
    ],
)
def test_bad_input_is_refused_and_nothing_is_sent(
    desk: testing.Mesh, asked: dict[str, Any]
) -> None:
    refused = desk.post(PATH, json=SMS | asked)
    assert refused.status_code in (400, 422)
    assert desk.published() == []


def test_a_customer_reads_nobodys_preferences(desk: testing.Mesh) -> None:
    path = "/api/v1/preferences/ada"
    desk.put(path, json={"opted_out": ["email"]})
    assert desk.get(path, roles=("customer",)).status_code == 403
    assert desk.get(path, roles=("agent",)).json()["opted_out"] == ["email"]


def test_preferences_want_a_zone_that_exists(desk: testing.Mesh) -> None:
    bad = desk.put("/api/v1/preferences/ada", json={"timezone": "Mars/Base"})
    assert bad.status_code == 422
    assert bad.json()["additional_data"]["errors"][0]["place"] == "body/timezone"
    assert desk.get("/api/v1/preferences/ada").json()["timezone"] == "UTC"


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": {"id": "ada", "email": "nope"}},
        {"recipient": {"id": "ada", "email": "a@b.example\nBcc: x@y.example"}},
        {"recipient": {"id": "ada", "sms": "abc"}},
        {"subject": "a\r\nBcc: x@y.example"},
    ],
)
def test_what_nobody_can_be_reached_at_and_two_lines_of_subject_are_refused(
    desk: testing.Mesh, wrong: dict[str, Any]
) -> None:
    assert desk.post(PATH, json=SMS | wrong).status_code == 422
