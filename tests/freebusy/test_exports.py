"""Calendars as Google, Outlook and Apple write them: when they make somebody busy."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import freebusy

Written = Callable[..., str]
BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2026, 3, 1, tzinfo=BERLIN), datetime(2026, 5, 1, tzinfo=BERLIN)
# A weekly series in UTC's UNTIL and with exceptions, one of them moved; whole days;
# what is free, declined and called off.
GOOGLE = """
    2 Mar 09:00 - 2 Mar 10:00
    4 Mar 00:00 - 6 Mar 00:00
    9 Mar 09:00 - 9 Mar 10:00
    30 Mar 09:00 - 30 Mar 10:00
    10 Apr 14:00 - 10 Apr 15:30
    13 Apr 09:00 - 13 Apr 10:00
"""
# A zone by Windows' name, two dates in one EXDATE, days away over the clocks' change.
OUTLOOK = """
    5 Mar 09:00 - 5 Mar 09:30
    6 Mar 11:00 - 6 Mar 12:00
    26 Mar 09:00 - 26 Mar 09:30
    28 Mar 00:00 - 30 Mar 00:00
    1 Apr 16:00 - 1 Apr 17:00
    9 Apr 09:00 - 9 Apr 09:30
"""
# This and all following moved; further dates, one longer than the rest; times without
# a zone; a night in which the clocks change.
APPLE = """
    3 Mar 18:00 - 3 Mar 19:30
    6 Mar 10:00 - 6 Mar 11:30
    9 Mar 10:00 - 9 Mar 11:30
    10 Mar 18:00 - 10 Mar 19:30
    17 Mar 18:00 - 17 Mar 19:30
    25 Mar 19:00 - 25 Mar 20:30
    27 Mar 07:00 - 27 Mar 07:30
    28 Mar 22:00 - 29 Mar 06:00
    29 Mar 07:00 - 29 Mar 07:30
    30 Mar 07:00 - 30 Mar 07:30
    30 Mar 10:00 - 30 Mar 11:30
    31 Mar 10:00 - 31 Mar 13:00
    1 Apr 19:00 - 1 Apr 20:30
    8 Apr 19:00 - 8 Apr 20:30
"""


def spelt(moment: datetime) -> str:
    here = moment.astimezone(BERLIN)
    return f"{here.day} {here:%b %H:%M}"


def busy(*texts: str) -> list[str]:
    found = freebusy.busy(texts, *SPRING, "Europe/Berlin")
    return [f"{spelt(start)} - {spelt(end)}" for start, end in found]


@pytest.mark.parametrize(
    ("name", "wanted"), [("google", GOOGLE), ("outlook", OUTLOOK), ("apple", APPLE)]
)
def test_a_calendar_of_theirs_is_busy_when_its_program_shows_it(
    name: str, wanted: str
) -> None:
    file = Path(__file__).parent / "exports" / f"{name}.ics"
    text = file.read_bytes().decode()
    kept = freebusy.kept(text, ["anna@example.com"])
    assert busy(kept) == [line.strip() for line in wanted.strip().splitlines()]
    # What is kept can be kept again, and goes out in a feed as it came.
    again = freebusy.feed("Anna", "Europe/Berlin", [freebusy.kept(kept)]).decode()
    assert busy(again) == busy(kept)


def test_hours_of_a_duration_elapse_and_its_days_are_the_walls(vevent: Written) -> None:
    start = "DTSTART;TZID=Europe/Berlin:20260329T010000"
    assert busy(vevent(start, "DURATION:PT2H")) == ["29 Mar 01:00 - 29 Mar 04:00"]
    assert busy(vevent(start, "DURATION:P1D")) == ["29 Mar 01:00 - 30 Mar 01:00"]
    long = vevent(start.replace("0329", "0328"), "DURATION:P1DT2H")
    assert busy(long) == ["28 Mar 01:00 - 29 Mar 04:00"]
    ends = vevent(start, "DTEND;TZID=Europe/Berlin:20260329T040000")
    assert busy(ends) == ["29 Mar 01:00 - 29 Mar 04:00"]


@pytest.mark.parametrize(
    "lasts", ["DURATION:PT30M", "DTEND;TZID=Europe/Berlin:20260327T030000"]
)
def test_what_begins_when_the_clocks_skip_it_is_not_lost(
    lasts: str, vevent: Written
) -> None:
    start = "DTSTART;TZID=Europe/Berlin:20260327T023000"
    found = busy(vevent(start, lasts, "RRULE:FREQ=DAILY;COUNT=4"))
    assert found == [
        "27 Mar 02:30 - 27 Mar 03:00",
        "28 Mar 02:30 - 28 Mar 03:00",
        "29 Mar 03:30 - 29 Mar 04:00",
        "30 Mar 02:30 - 30 Mar 03:00",
    ]


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    """From 02:45 to 02:15 on the wall is half an hour, when the clocks go back."""
    start = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    span = (start, start + timedelta(minutes=30))
    here, there = (each.astimezone(BERLIN) for each in span)
    text = freebusy.Entry("u", "Night", here, there).text(start)
    wide = (start - timedelta(days=1), start + timedelta(days=1))
    assert freebusy.busy([text], *wide, "Europe/Berlin") == [span]
    second = start + timedelta(hours=1)
    end = second + timedelta(minutes=10)
    late = freebusy.entry(
        second, end, "Europe/Berlin", all_day=False, uid="u", title="Later"
    )
    assert freebusy.busy([late.text(start)], *wide, "UTC") == [(second, end)]


def test_an_exception_for_all_that_follow_has_a_say_about_all_of_it(
    vevent: Written,
) -> None:
    start = "DTSTART;TZID=Europe/Berlin:2026030"
    series = vevent(f"{start}2T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=9")
    later = vevent(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260309T090000",
        "DTSTART;TZID=Europe/Berlin:20260310T150000",
        "DURATION:PT1H",
    )
    assert busy(series, later)[:3] == [
        "2 Mar 09:00 - 2 Mar 10:00",
        "10 Mar 15:00 - 10 Mar 16:00",
        "17 Mar 15:00 - 17 Mar 16:00",
    ]
    assert freebusy.reach(later, "Europe/Berlin").last.year == 9999
