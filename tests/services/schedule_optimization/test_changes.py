"""Bookings are made, moved and cancelled by words, by their own customer alone.

With the real services that are called: bookings, slots, calendars, notification.
"""

import importlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing

TURNS = "/api/v1/schedules/turns"
APPS = {
    "slot-management": "calendar",
    "calendar-provider": "calendar",
    "booking-management": "calendar",
    "notification": "operations",
}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY = {day: [{"opens": "08:00", "closes": "18:00"}] for day in DAYS}
OFFER = {"title": "Check-up", "timezone": "Europe/Berlin", "hours": DAILY}
MOVE = "can I move my appointment to 11:30?"


class Chat:
    """Turns of one customer in one conversation."""

    def __init__(self, mesh: testing.Mesh, name: str, **who: Any) -> None:
        self.mesh, self.who = mesh, {"roles": ("customer",), "subject": name} | who
        self.kept: dict[str, Any] = {}
        self.conversation = f"c-{name}"

    def say(self, message: str) -> str:
        asked = {"message": message, "conversation_id": self.conversation} | self.kept
        answer = self.mesh.post(TURNS, json=asked, **self.who)
        assert answer.status_code == 200, answer.text
        turn = answer.json()
        self.kept = turn["dialogue"]["arguments"] if turn["dialogue"] else {}
        return turn["reply"]

    def book(self, time: str) -> str:
        self.say(f"book a check-up tomorrow at {time}, my name is Ann Lee")
        self.say("ann@example.com")
        return self.say("yes")

    def bookings(self) -> list[Any]:
        one = self.mesh.wire.upstreams["booking-management"]
        mesh = testing.Mesh(one, self.mesh.wire, self.mesh.portal, self.mesh.tenant)
        return mesh.get("/api/v1/bookings", **self.who).json()["items"]


@pytest.fixture
def mesh(database: FastAPI) -> Iterator[testing.Mesh]:
    os.environ.setdefault("CALENDAR_PROVIDER_SECRET", "a-secret-for-tests-only")
    names = {name: name.replace("-", "_") for name in APPS}
    apps = {
        name: importlib.import_module(f"services.{APPS[name]}.{module}.app").app
        for name, module in names.items()
    }
    from services.calendar.schedule_optimization.app import app

    with testing.mesh(app, upstreams=apps | {"database-operations": database}) as one:
        slots = testing.Mesh(apps["slot-management"], one.wire, one.portal, one.tenant)
        slots.put("/api/v1/slots/offers/check-up", json=OFFER)
        yield one


def test_a_customer_books_moves_and_cancels_by_words(mesh: testing.Mesh) -> None:
    ann = Chat(mesh, "ann")
    assert "It is booked" in ann.book("10:00")
    [booking] = ann.bookings()
    question = ann.say(MOVE)
    assert "Shall I move Check-up from" in question
    assert question.count("Europe/Berlin, UTC+0") == 2
    assert ann.bookings() == [booking]
    assert "It is moved" in ann.say("yes")
    [moved] = ann.bookings()
    assert moved["id"] == booking["id"]
    assert moved["slot_id"] != booking["slot_id"]
    assert "Shall I cancel Check-up" in ann.say("cancel my booking please")
    assert ann.bookings() == [moved]
    assert "It is cancelled" in ann.say("yes")
    [left] = ann.bookings()
    assert (left["status"], left["hold_id"]) == ("cancelled", "")
    assert "no booking of yours" in ann.say("cancel my booking please")


def test_a_name_and_an_address_are_changed_by_words(mesh: testing.Mesh) -> None:
    """What else the booking says stays: its time, and the other one of the two."""
    ann = Chat(mesh, "ann")
    ann.book("10:00")
    [booking] = ann.bookings()
    assert "name Ann Ley?" in ann.say("please change the name to Ann Ley")
    assert ann.bookings() == [booking]
    assert "It is changed" in ann.say("yes")
    [changed] = ann.bookings()
    assert changed["customer"] == booking["customer"] | {"name": "Ann Ley"}
    assert changed["slot_id"] == booking["slot_id"]


def test_a_yes_after_another_dialogue_was_in_between_is_asked_for_again(
    mesh: testing.Mesh,
) -> None:
    ann = Chat(mesh, "ann")
    ann.book("10:00")
    assert "Shall I cancel" in ann.say("cancel my booking please")
    ann.kept |= {"resumed": True}
    assert "Shall I cancel" in ann.say("yes")
    assert "It is cancelled" in ann.say("yes")


def test_another_customer_finds_none_of_them(mesh: testing.Mesh) -> None:
    ann, ben = Chat(mesh, "ann"), Chat(mesh, "ben")
    ann.book("10:00")
    for text in (MOVE, "cancel my booking please"):
        assert "no booking of yours" in ben.say(text)
    stolen = Chat(mesh, "ben")
    ann.say("cancel my booking please")
    stolen.kept = ann.kept
    assert "no longer be changed" in stolen.say("yes")
    assert [each["status"] for each in ann.bookings()] == ["confirmed"]


@pytest.mark.parametrize("who", [{"roles": ("owner",)}, {"subject": "key-1"}])
def test_who_speaks_for_many_changes_those_of_the_conversation_alone(
    mesh: testing.Mesh, who: dict[str, Any]
) -> None:
    first, second = (Chat(mesh, "desk", **who) for _ in range(2))
    second.conversation = "c-another"
    first.book("10:00")
    assert "no booking of yours" in second.say(MOVE)
    assert "Shall I move" in first.say(MOVE)


def test_of_two_it_asks_which_and_a_repeated_yes_does_it_once(
    mesh: testing.Mesh,
) -> None:
    ann = Chat(mesh, "ann")
    ann.book("10:00")
    ann.book("15:00")
    assert "Which of your bookings" in ann.say("cancel my booking please")
    assert "at 15:00" in ann.say("the one at 3pm")
    kept = dict(ann.kept)
    assert "It is cancelled" in ann.say("yes")
    ann.kept = kept
    assert "It is cancelled" in ann.say("yes")
    by_time = {each["start"][11:13]: each["status"] for each in ann.bookings()}
    assert sorted(by_time.values()) == ["cancelled", "confirmed"]


def test_while_bookings_cannot_be_asked_nothing_changes(mesh: testing.Mesh) -> None:
    ann = Chat(mesh, "ann")
    ann.book("10:00")
    away = mesh.wire.upstreams.pop("booking-management")
    assert "Nothing was" in ann.say("cancel my booking please")
    mesh.wire.upstreams["booking-management"] = away
    ann.say("cancel my booking please")
    mesh.wire.upstreams.pop("booking-management")
    assert "may not be cancelled yet" in ann.say("yes")
    mesh.wire.upstreams["booking-management"] = away
    assert "It is cancelled" in ann.say("yes")


def test_that_a_calendar_is_unknown_is_said_apart_from_what_failed(
    mesh: testing.Mesh,
) -> None:
    ann = Chat(mesh, "ann")
    ann.book("10:00")
    slots = mesh.wire.upstreams["slot-management"]
    desk = testing.Mesh(slots, mesh.wire, mesh.portal, mesh.tenant)
    assert "Shall I move" in ann.say(MOVE)
    known = {"calendar_id": "c1", "state": "known", "busy": []}
    mesh.wire.upstreams["calendar-provider"] = {"busy": known}
    unknown = OFFER | {"calendars": ["c1"]}
    put = desk.put("/api/v1/slots/offers/check-up", json=unknown)
    assert put.status_code == 200, put.text
    known["state"] = "unknown"
    assert "I do not know what is free" in ann.say("yes")
    desk.put("/api/v1/slots/offers/check-up", json=OFFER)
    assert "It is moved" in ann.say("yes")
