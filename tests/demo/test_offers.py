"""What can be booked at the demo's business, as its documents say it."""

import csv
import re
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

import filigree.demo
import openings
from contracts.calendar.slots import StoredOffer
from filigree.demo import bookable

DOCUMENTS = Path(filigree.demo.__file__).parent / "documents"
HOURS = (DOCUMENTS / "opening-hours.md").read_text()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
NOW = datetime.fromisoformat("2026-11-21T12:00:00+00:00")


def rule(name: str) -> openings.Rule:
    offer = StoredOffer(name=name, version=1, **bookable.offers()[name])
    return openings.rule_of(offer)


def on(day: str, name: str = "check-up") -> list[str]:
    """When slots begin on that day, on the clinic's clock."""
    of = rule(name)
    first = datetime.combine(date.fromisoformat(day), time(), of.zone)
    last = first + timedelta(days=1)
    free = openings.free(of, first, last, NOW, openings.Occupied())
    return [f"{each.astimezone(of.zone):%H:%M}" for each in free]


def test_slots_lie_within_the_hours_that_the_clinic_tells() -> None:
    table = re.findall(r"\| (\w+day) \| ([\d:]+|closed) \| ([\d:]+|closed) \|", HOURS)
    assert [day for day, *_ in table] == WEEKDAYS
    for at, (_, opens, closes) in enumerate(table):
        starts = on(f"2026-12-{7 + at:02}")  # a week from Monday
        if opens == "closed":
            assert starts == []
        else:
            assert starts[0] == f"{opens:0>5}"
            assert starts[-1] < f"{closes:0>5}"


def test_the_last_appointment_of_tuesday_starts_when_the_clinic_says() -> None:
    assert "the last appointment starts at 19:15" in HOURS
    assert on("2026-12-08")[-1] == on("2026-12-08", "hygiene")[-1] == "19:15"


@pytest.mark.parametrize(
    ("said", "day", "first", "last"),
    [
        ("24 December 2026: Quayside open 8:00 to 12:00", "2026-12-24", "08:00", "12"),
        ("25 to 27 December 2026: both clinics closed", "2026-12-26", None, None),
        ("open 10:00 to 14:00 for emergencies only", "2026-12-28", None, None),
        ("31 December 2026 to 3 January 2027: both", "2027-01-02", None, None),
        ("Monday 4 January 2027: normal hours again", "2027-01-04", "08:00", "18"),
    ],
)
def test_slots_over_christmas_are_as_the_clinic_tells(
    said: str, day: str, first: str | None, last: str | None
) -> None:
    assert said in HOURS
    starts = on(day)
    assert (starts[0] if starts else None) == first
    assert all(each < (last or "") for each in starts)


@pytest.mark.parametrize(
    ("name", "of"), [("check-up", "Check-up adult"), ("hygiene", "Scale and polish")]
)
def test_what_can_be_booked_takes_as_long_as_the_clinic_tells(
    name: str, of: str
) -> None:
    with (DOCUMENTS / "appointment-types.csv").open() as file:
        told = {row["type"]: row for row in csv.DictReader(file)}[of]
    minutes = int(told["duration_minutes"])
    assert rule(name).duration == timedelta(minutes=minutes)
    assert told["book_online"] == "yes"
