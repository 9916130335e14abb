"""Slots and calendars together: what a calendar has, or may have, is not offered."""

import importlib
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY = {day: [{"opens": "08:00", "closes": "18:00"}] for day in DAYS}
OFFER = {"title": "Check-up", "timezone": "Europe/Berlin", "hours": DAILY}
AWAY = "127.0.0.1:9"  # the port "discard", where nobody listens


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    os.environ.setdefault("CALENDAR_PROVIDER_SECRET", "a-secret-for-tests-only")
    monkeypatch.setenv("CALENDAR_PROVIDER_APPLE_HOSTS", AWAY)
    monkeypatch.setenv("MAX_RETRIES", "1")
    module = importlib.import_module("services.calendar.calendar_provider.app")
    return importlib.reload(module).app


@pytest.fixture
def mesh(database: FastAPI, provider: FastAPI) -> Iterator[testing.Mesh]:
    from services.calendar.slot_management.app import app

    upstreams = {"database-operations": database, "calendar-provider": provider}
    with testing.mesh(app, upstreams=upstreams) as running:
        yield running


@pytest.fixture
def calendars(mesh: testing.Mesh, provider: FastAPI) -> testing.Mesh:
    """The calendars that the slots are made of, as staff calls them."""
    return testing.Mesh(provider, mesh.wire, mesh.portal, mesh.tenant)


def connected(calendars: testing.Mesh, **more: str) -> str:
    asked = {"name": "Anna", "timezone": "Europe/Berlin"} | more
    answer = calendars.post("/api/v1/calendars", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def slots(mesh: testing.Mesh) -> dict[str, Any]:
    path, asked = "/api/v1/slots", {"service": "check-up"}
    answer = mesh.get(path, params=asked, roles=("customer",))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_offer_names_calendars_that_are_there_and_its_owner_hears_when_one_is_gone(
    mesh: testing.Mesh, calendars: testing.Mesh
) -> None:
    path, id = "/api/v1/slots/offers/check-up", connected(calendars)
    refused = mesh.put(path, json=OFFER | {"calendars": [id, "nope"]})
    assert refused.status_code == 400
    assert "there is no calendar nope" in refused.json()["message"]
    assert mesh.put(path, json=OFFER | {"calendars": [id]}).status_code == 200
    assert slots(mesh)["slots"]
    assert calendars.delete(f"/api/v1/calendars/{id}").status_code == 204
    told = slots(mesh)
    assert (told["slots"], told["degraded"]) == ([], f"{id}: there is no such calendar")
    [news] = calendars.published("calendar.failed")
    assert (news["data"]["state"], news["data"]["name"]) == ("removed", "Anna")
    assert mesh.put(path, json=OFFER | {"calendars": [id]}).status_code == 400
    mesh.wire.upstreams.pop("calendar-provider")
    unasked = mesh.put(path, json=OFFER | {"calendars": ["c1"]})
    assert unasked.status_code == 424
    assert "calendar-provider" in unasked.text
    assert mesh.put(path, json=OFFER).status_code == 200


def test_what_a_calendar_has_taken_is_not_offered_until_it_is_free_again(
    mesh: testing.Mesh, calendars: testing.Mesh
) -> None:
    id = connected(calendars)
    mesh.put("/api/v1/slots/offers/check-up", json=OFFER | {"calendars": [id]})
    before = slots(mesh)
    assert before["degraded"] is None
    slot = before["slots"][4]
    event = {"id": "e", "title": "Away", "timezone": "Europe/Berlin"}
    event |= {"start": slot["start"], "end": slot["end"]}
    path = f"/api/v1/calendars/{id}/events/e"
    assert calendars.put(path, json=event).status_code == 200
    after = [each["id"] for each in slots(mesh)["slots"]]
    assert after == [each["id"] for each in before["slots"] if each != slot]
    asked = {"slot_id": slot["id"]}
    assert mesh.post("/api/v1/slots/holds", json=asked).status_code == 409
    calendars.delete(path)
    assert slots(mesh)["slots"] == before["slots"]


def test_a_series_takes_its_time_on_every_day(
    mesh: testing.Mesh, calendars: testing.Mesh
) -> None:
    id = connected(calendars)
    mesh.put("/api/v1/slots/offers/check-up", json=OFFER | {"calendars": [id]})
    start = datetime.fromisoformat(slots(mesh)["slots"][0]["start"])
    lunch = start.replace(hour=12, minute=0)
    event = {"id": "l", "title": "Lunch", "timezone": "Europe/Berlin"}
    event |= {"start": lunch.isoformat(), "recurrence": ["RRULE:FREQ=DAILY"]}
    event |= {"end": (lunch + timedelta(hours=1)).isoformat()}
    calendars.put(f"/api/v1/calendars/{id}/events/l", json=event)
    times = {each["start"][11:16] for each in slots(mesh)["slots"]}
    assert {"11:30", "13:00"} <= times
    assert not {"12:00", "12:30"} & times


def test_of_a_calendar_that_cannot_be_read_nothing_is_offered_and_that_is_said(
    mesh: testing.Mesh, calendars: testing.Mesh
) -> None:
    there = {"url": f"http://{AWAY}/anna/", "account": "anna", "password": "p"}
    id = connected(calendars, kind="apple", **there)
    mesh.put("/api/v1/slots/offers/check-up", json=OFFER | {"calendars": [id]})
    found = slots(mesh)
    assert found["slots"] == []
    assert id in found["degraded"]
    # The owner is told when the sync ends, which a busy machine may not wait for.
    testing.until(lambda: len(calendars.published("calendar.failed")) == 1, 30)
