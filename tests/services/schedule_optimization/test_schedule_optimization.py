"""Schedules: what is said becomes an absolute time, and what is open is asked."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chassis import testing

PATH = "/api/v1/schedules"
NOW = "2026-11-25T10:00:00+01:00"


@pytest.fixture(scope="module")
def mesh() -> Iterator[testing.Mesh]:
    from services.calendar.schedule_optimization.app import app

    with testing.mesh(app) as running:
        yield running


def ask(mesh: testing.Mesh, text: str, /, **more: Any) -> httpx.Response:
    asked = {"text": text, "reference": NOW, "timezone": "Europe/Berlin"}
    return mesh.post(f"{PATH}/interpret", json=asked | more, roles=("customer",))


def test_next_friday_at_three_has_a_date_a_zone_and_an_offset(
    mesh: testing.Mesh,
) -> None:
    told = ask(mesh, "next Friday at three").json()
    assert told["start"] == "2026-11-27T15:00:00+01:00"
    assert told["end"] == "2026-11-27T16:00:00+01:00"
    assert told["grain"] == "hour"
    assert "27 November 2026 at 15:00 (Europe/Berlin, UTC+01:00)" in told["text"]
    assert len(told["ambiguous"]) == 2  # which Friday, and which three


def test_the_reference_is_seen_from_the_zone_that_was_named(
    mesh: testing.Mesh,
) -> None:
    late = {"reference": "2026-11-25T23:30:00Z", "timezone": "Asia/Tokyo"}
    told = ask(mesh, "tomorrow at 14:30", **late).json()
    assert told["start"] == "2026-11-27T14:30:00+09:00"
    assert told["timezone"] == "Asia/Tokyo"


def test_the_locale_decides_whether_the_day_or_the_month_comes_first(
    mesh: testing.Mesh,
) -> None:
    here = ask(mesh, "03/04/2027", locale="en-GB").json()
    there = ask(mesh, "03/04/2027", locale="en-US").json()
    assert here["start"].startswith("2027-04-03")
    assert there["start"].startswith("2027-03-04")


def test_what_says_no_time_is_answered_with_none_and_a_question(
    mesh: testing.Mesh,
) -> None:
    told = ask(mesh, "how much is a haircut?").json()
    assert (told["start"], told["end"], told["grain"]) == (None, None, None)
    assert told["ambiguous"]


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ({"timezone": "Mars/Olympus"}, 400),
        ({"reference": "2026-11-25T10:00:00"}, 422),
        ({"text": ""}, 422),
        ({"unknown": 1}, 422),
    ],
)
def test_a_bad_request_is_refused(
    mesh: testing.Mesh, bad: dict[str, Any], status: int
) -> None:
    assert ask(mesh, "tomorrow", **bad).status_code == status
