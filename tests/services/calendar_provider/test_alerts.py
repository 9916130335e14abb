"""The owner of a calendar that cannot be read is told, once each time.

The real services all along: the owner registers, its calendar's server (Radicale)
fails, and what it is told is in the inbox.
"""

import importlib
import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing

PATH = "/api/v1/calendars"
WEEK = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-08T00:00:00Z"}
FOLDERS = {
    "authentication": "infrastructure.authentication",
    "notification": "operations.notification",
}


class Business:
    """One that has registered, with a calendar at *server*."""

    def __init__(self, calendars: testing.Mesh, server: Any) -> None:
        self.calendars, self.wire, self.server = calendars, calendars.wire, server
        self.delivered: set[str] = set()
        self.email = f"{uuid.uuid4().hex}@example.org"
        new = {"email": self.email, "password": "a long enough one", "business": "B"}
        made = self.of("authentication").post(
            "/api/v1/auth/register", json=new, tenant=None
        )
        self.tenant = calendars.tenant = made.json()["tenant"]
        self.pump()

    def of(self, service: str) -> testing.Mesh:
        one = self.wire.upstreams[service]
        calendars = self.calendars
        return testing.Mesh(one, self.wire, calendars.portal, calendars.tenant)

    def pump(self) -> None:
        """Deliver what is due, and what comes of that, to whoever consumes it."""
        while waiting := [
            each
            for each in self.calendars.published()
            if each["id"] not in self.delivered and each["type"] != "calendar.sync-due"
        ]:
            for event in waiting:
                self.delivered.add(event["id"])
                for mesh in (self.calendars, self.of("notification")):
                    for one in mesh.app.state.consumers:
                        if one.type == event["type"]:
                            mesh.deliver(one.event(**event["data"]), id=event["id"])

    def connected(self, **more: str) -> str:
        answer = self.calendars.post(PATH, json=self.asked(**more))
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def asked(self, **more: str) -> dict[str, str]:
        given = {"kind": "apple", "name": "Chair {1}", "timezone": "Europe/Berlin"}
        return given | {"url": self.server.url, **self.server.account, **more}

    def state(self, calendar: str) -> str:
        """What is known of when it is busy; what is due then is done."""
        path = f"{PATH}/{calendar}/busy"
        found = self.calendars.get(path, params=WEEK, roles=("customer",)).json()
        self.pump()
        return found["state"]

    def inbox(self) -> list[dict[str, Any]]:
        return self.of("notification").get("/api/v1/inbox").json()["items"]


@pytest.fixture
def business(database: FastAPI, configured: Any, server: Any) -> Iterator[Business]:
    os.environ.setdefault("AUTHENTICATION_SECRET", "a-secret-for-tests-only")
    apps = {
        name: importlib.import_module(f"services.{folder}.app").app
        for name, folder in FOLDERS.items()
    }
    provider = configured(APPLE_HOSTS=server.netloc, FRESH="0")
    upstreams = apps | {"database-operations": database}
    with testing.mesh(provider, upstreams=upstreams) as running:
        yield Business(running, server)


def test_the_owner_is_told_once_what_to_do_about_a_password_that_opens_nothing(
    business: Business, server: Any
) -> None:
    calendar = business.connected()
    assert business.state(calendar) == "known"
    assert business.inbox() == []
    server.let_in("another")
    assert [business.state(calendar) for _ in range(3)] == ["unknown"] * 3
    [told] = business.inbox()
    assert (told["to"], told["channel"]) == (business.email, "email")
    assert "Chair {1}" in told["subject"]
    for said in ("the server refuses the password", "Connect", "connect it again"):
        assert said in told["subject"] + told["text"]
    assert f"{PATH}/{calendar}/connection" in told["text"]


def test_connected_anew_it_is_the_same_calendar_and_what_fails_anew_is_told_anew(
    business: Business, server: Any
) -> None:
    calendar = business.connected()
    assert business.state(calendar) == "known"
    server.let_in("another")
    assert business.state(calendar) == "unknown"
    anew = business.asked(password="another")
    answer = business.calendars.put(f"{PATH}/{calendar}/connection", json=anew)
    assert (answer.status_code, answer.json()["state"]) == (200, "connecting")
    assert business.state(calendar) == "known"
    assert len(business.inbox()) == 1
    server.stop()
    assert [business.state(calendar) for _ in range(2)] == ["unknown"] * 2
    first, second = (told["subject"] for told in business.inbox())
    assert first != second


def test_a_calendar_that_never_could_be_read_is_told_too(business: Business) -> None:
    calendar = business.connected(password="wrong")
    assert business.state(calendar) == "unknown"
    assert len(business.inbox()) == 1


def test_each_calendar_is_told_by_itself(business: Business, server: Any) -> None:
    those = [business.connected(name=name) for name in ("Anna", "Ben")]
    server.stop()
    assert [business.state(one) for one in those] == ["unknown"] * 2
    told = "\n".join(each["subject"] for each in business.inbox())
    assert all(told.count(name) == 1 for name in ("Anna", "Ben"))


def test_who_else_is_to_be_told_can_be_said(business: Business, server: Any) -> None:
    desk = business.of("notification")
    other = {"sms": "+491701234567"}
    path = "/api/v1/addresses/owner"
    assert desk.get(path).json()["email"] == business.email
    assert desk.put(path, json=other, roles=("customer",)).status_code == 403
    assert desk.put(path, json=other).status_code == 200
    business.connected()
    server.let_in("another")
    business.state(business.connected())
    assert [told["to"] for told in business.inbox()] == [other["sms"]]


def test_while_nobody_can_be_told_the_alert_waits(
    business: Business, server: Any
) -> None:
    calendar = business.connected()
    away = business.wire.upstreams.pop("notification")
    server.let_in("another")
    path = f"{PATH}/{calendar}/busy"
    assert business.calendars.get(path, params=WEEK).json()["state"] == "unknown"
    [failed] = business.calendars.published("calendar.failed")
    alert = next(
        one
        for one in business.calendars.app.state.consumers
        if one.type == "calendar.failed"
    )
    with pytest.raises(Exception, match="notification"):
        business.calendars.deliver(alert.event(**failed["data"]), id=failed["id"])
    business.wire.upstreams["notification"] = away
    business.pump()
    assert len(business.inbox()) == 1
