"""Invitations: an absolute time in words, and a file that calendar programs read."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest

import invitations

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHANGED = datetime(2026, 11, 1, 8, tzinfo=UTC)


def appointment(start: datetime = START, **more: object) -> invitations.Appointment:
    known = {"uid": "b1", "title": "Check-up; the long, one", "sequence": 2}
    known |= {"timezone": "Europe/Berlin", "changed": CHANGED}
    end = start + timedelta(minutes=30)
    return invitations.Appointment(start=start, end=end, **known | more)


@pytest.mark.parametrize(
    ("start", "zone", "text"),
    [
        (
            START,
            "Europe/Berlin",
            "Monday, 23 November 2026, 10:00–10:30 (Europe/Berlin, UTC+01:00)",
        ),
        (
            START,
            "Asia/Kolkata",
            "Monday, 23 November 2026, 14:30–15:00 (Asia/Kolkata, UTC+05:30)",
        ),
        (
            datetime(2026, 7, 4, 3, 45, tzinfo=UTC),
            "America/New_York",
            "Friday, 3 July 2026, 23:45–04.07. 00:15 (America/New_York, UTC-04:00)",
        ),
    ],
)
def test_a_time_is_said_with_its_day_zone_and_offset(
    start: datetime, zone: str, text: str
) -> None:
    assert appointment(start, timezone=zone).when == text


@pytest.mark.parametrize(
    ("start", "wall"),
    [(START, "10:00 CET"), (datetime(2026, 7, 6, 8, tzinfo=UTC), "10:00 CEST")],
)
def test_the_file_is_one_event_on_the_wall_of_its_zone(
    start: datetime, wall: str
) -> None:
    whole = icalendar.Calendar.from_ical(appointment(start).file)
    (event,) = whole.walk("VEVENT")
    assert whole["METHOD"] == "PUBLISH"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("b1", 2, "CONFIRMED")
    assert event["SUMMARY"] == "Check-up; the long, one"
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["DTSTART"].dt == start
    assert f"{event['DTSTART'].dt:%H:%M %Z}" == wall
    assert [zone["TZID"] for zone in whole.walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_a_cancelled_one_takes_the_event_out() -> None:
    whole = icalendar.Calendar.from_ical(appointment(is_cancelled=True).file)
    assert whole["METHOD"] == "CANCEL"
    assert whole.walk("VEVENT")[0]["STATUS"] == "CANCELLED"


def test_the_same_appointment_makes_the_same_file() -> None:
    assert appointment().file == appointment().file


def test_a_letter_says_what_it_is_about_and_leaves_dollars_alone() -> None:
    words = {"subject": "$title", "text": "Hello $name, $when"}
    said = invitations.letter(words, appointment(), attached=True, name="$5 Sam")
    assert said["text"].startswith("Hello $5 Sam, Monday, 23 November 2026")
    assert [each["media_type"] for each in said["attachments"]] == ["text/calendar"]
    plain = invitations.letter(words, appointment(), attached=False, name="Sam")
    assert plain["attachments"] == []
