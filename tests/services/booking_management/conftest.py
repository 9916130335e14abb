"""Booking management among the real services that it calls."""

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from chassis import testing

PATH, BOOKINGS = "/api/v1/slots", "/api/v1/bookings"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY = {day: [{"opens": "08:00", "closes": "18:00"}] for day in DAYS}
OFFER = {"title": "Check-up", "timezone": "Europe/Berlin", "hours": DAILY}
ANNA = {"name": "Anna Berg", "email": "anna@example.com"}
OTHERS = ("slot-management", "calendar-provider", "notification")
FOLDERS = {"notification": "operations"}


class Office:
    """Bookings, slots, calendars and notifications of one tenant, on one database."""

    def __init__(self, mesh: testing.Mesh, apps: dict[str, FastAPI]) -> None:
        self.bookings, self.wire, self._apps = mesh, mesh.wire, apps
        self.slots, self.calendars, self.notification = (
            testing.Mesh(apps[name], mesh.wire, mesh.portal, mesh.tenant)
            for name in OTHERS
        )
        self.delivered: set[str] = set()

    def offer(self, name: str = "check-up", **more: Any) -> None:
        answer = self.slots.put(f"{PATH}/offers/{name}", json=OFFER | more)
        assert answer.status_code == 200, answer.text

    def connect(self) -> str:
        asked = {"name": "Dr. Wolf", "timezone": "Europe/Berlin"}
        return self.calendars.post("/api/v1/calendars", json=asked).json()["id"]

    def free(self, service: str = "") -> list[dict[str, Any]]:
        answer = self.slots.get(PATH, params={"service": service})
        assert answer.status_code == 200, answer.text
        return answer.json()["slots"]

    def is_free(self, slot: dict[str, Any]) -> bool:
        return slot["id"] in [each["id"] for each in self.free(slot["service"])]

    def held(self, slot: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A customer's hold."""
        asked = {"roles": ("customer",), "json": {"slot_id": slot["id"]}} | more
        answer = self.slots.post(f"{PATH}/holds", **asked)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def ask(self, path: str = "", **rest: Any) -> httpx.Response:
        """A customer's request to bookings, from who has the time of a busy machine."""
        headers = {"X-Request-Timeout": "60"} | rest.pop("headers", {})
        given = {"roles": ("customer",)} | rest
        return self.bookings.post(f"{BOOKINGS}{path}", headers=headers, **given)

    def propose(self, slot: dict[str, Any], **more: Any) -> httpx.Response:
        rest = {name: more.pop(name) for name in ("subject", "headers") if name in more}
        asked = {"slot_id": slot["id"], "customer": ANNA} | more
        return self.ask(json=asked, **rest)

    def booked(self, slot: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = self.propose(slot, confirm=True, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def booking(self, id: str) -> dict[str, Any]:
        return self.bookings.get(f"{BOOKINGS}/{id}").json()

    def events(self, calendar: str) -> list[dict[str, Any]]:
        path = f"/api/v1/calendars/{calendar}/events"
        return self.calendars.get(path).json()["items"]

    def inbox(self) -> list[dict[str, Any]]:
        return self.notification.get("/api/v1/inbox").json()["items"]

    def away(self, service: str) -> Callable[[], None]:
        """Nobody reaches the service, until the answer is called."""
        app = self.wire.upstreams.pop(service)
        return lambda: self.wire.upstreams.update({service: app})

    def pump(self, planned: str = "") -> None:
        """Deliver what is due, and what was *planned* of that kind until now, once."""
        known = [each["id"] for each in self.bookings.published()] if planned else []
        while waiting := [
            each
            for each in self.bookings.published()
            if each["id"] not in self.delivered
            and (
                _is_due(each)
                or (each["id"] in known and _kind(each).startswith(planned))
            )
        ]:
            for event in waiting:
                self.delivered.add(event["id"])
                self.deliver(event)

    def deliver(self, event: dict[str, Any]) -> None:
        for mesh in (self.bookings, self.notification):
            for one in mesh.app.state.consumers:
                if one.type == event["type"]:
                    mesh.deliver(one.event(**event["data"]), id=event["id"])


def _kind(event: dict[str, Any]) -> str:
    return event["data"].get("what", "")


def _is_due(event: dict[str, Any]) -> bool:
    return event["deliver_at"] is None or event["type"] == "notification.due"


@pytest.fixture
def unset(database: FastAPI) -> Iterator[Office]:
    """Of a business that has declared nothing."""
    os.environ.setdefault("CALENDAR_PROVIDER_SECRET", "a-secret-for-tests-only")
    from services.calendar.booking_management.app import app

    apps = {
        name: importlib.import_module(
            f"services.{FOLDERS.get(name, 'calendar')}.{name.replace('-', '_')}.app"
        ).app
        for name in OTHERS
    }
    upstreams = apps | {"database-operations": database}
    with testing.mesh(app, upstreams=upstreams) as running:
        yield Office(running, apps)


@pytest.fixture
def office(unset: Office) -> Office:
    """Of a business that can be booked, far ahead."""
    unset.offer(horizon_days=730)
    return unset


class Crash(Exception):
    """The process is gone: nothing of it is done after this."""


class Crashing(httpx.AsyncBaseTransport):
    """A wire of one service, which dies at its call number *at*.

    ``is_lost``: that call arrived, and nobody is there for the answer.
    """

    def __init__(self, wire: testing.Wire, at: int, *, is_lost: bool) -> None:
        self.wire, self.at, self.is_lost, self.calls = wire, at, is_lost, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.calls < self.at:
            return await self.wire.handle_async_request(request)
        if self.calls == self.at and self.is_lost:
            await self.wire.handle_async_request(request)
        raise Crash(f"at call {self.calls}")


@pytest.fixture
def crashing(office: Office) -> Callable[..., Any]:
    """``with crashing(3, is_lost=True) as wire``: bookings dies at its third call."""

    @contextmanager
    def dying(at: int, *, is_lost: bool) -> Iterator[Crashing]:
        runtime = office.bookings.app.state.runtime
        known, runtime.transport = (
            runtime.transport,
            Crashing(office.wire, at, is_lost=is_lost),
        )
        try:
            yield runtime.transport
        finally:
            runtime.transport = known

    return dying


class Interrupted(httpx.AsyncBaseTransport):
    """A wire of one service: *then* comes before its first *method* to that *end*."""

    def __init__(
        self, wire: testing.Wire, method: str, end: str, then: Callable[[], Any]
    ) -> None:
        self.wire, self.place, self.then = wire, (method, end), [then]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        method, end = self.place
        is_there = request.method == method and end in request.url.path
        if is_there and self.then:
            await anyio.to_thread.run_sync(self.then.pop())
        return await self.wire.handle_async_request(request)


@pytest.fixture
def interrupted(office: Office) -> Callable[..., Any]:
    """``with interrupted("PUT", "/events/", then)``: *then* comes in between."""

    @contextmanager
    def between(method: str, end: str, then: Callable[[], Any]) -> Iterator[None]:
        runtime = office.bookings.app.state.runtime
        known = runtime.transport
        runtime.transport = Interrupted(office.wire, method, end, then)
        try:
            yield
        finally:
            runtime.transport = known

    return between
