"""When events make somebody busy."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import freebusy

Written = Callable[..., str]
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=BERLIN)


def text(day: int = 2, hour: int = 9, uid: str = "u", **more: object) -> str:
    start = at(day, hour)
    said = {"title": "Tea", "start": start, "end": start + timedelta(hours=1)}
    return freebusy.Entry(uid, **said | more).text(NOW)


def starts(*texts: str) -> list[str]:
    found = freebusy.busy(texts, *MONTH, "Europe/Berlin")
    return [f"{start.astimezone(BERLIN):%d %H}" for start, _ in found]


@pytest.mark.parametrize(
    "more", [{"status": "cancelled"}, {"is_declined": True}, {"is_free": True}]
)
def test_what_is_cancelled_declined_or_transparent_takes_no_time(
    more: dict[str, object],
) -> None:
    assert starts(text()) == starts(text(status="tentative")) == ["02 09"]
    assert starts(text(**more)) == []


def test_an_exception_blocks_its_own_time_and_frees_its_instances_alone() -> None:
    series = text(recurrence=["RRULE:FREQ=WEEKLY;COUNT=4"])
    assert starts(series) == ["02 09", "09 09", "16 09", "23 09"]
    moved = text(10, 15, instance=at(9, 9))
    assert starts(series, moved) == ["02 09", "10 15", "16 09", "23 09"]
    off = text(16, 9, instance=at(16, 9), status="cancelled")
    assert starts(series, moved, off) == ["02 09", "10 15", "23 09"]
    declined = text(23, 9, instance=at(23, 9), is_declined=True)
    assert starts(series, moved, off, declined) == ["02 09", "10 15"]


def test_an_exception_reaches_from_where_it_was_to_where_it_is() -> None:
    reach = freebusy.reach(text(20, 15, instance=at(9, 9)), "Europe/Berlin")
    assert reach.first <= at(9, 9)
    assert reach.last >= at(20, 16)


def test_whole_days_and_bare_times_are_those_of_the_calendars_zone(
    vevent: Written,
) -> None:
    day = freebusy.Entry("d", "Off", date(2026, 3, 29), date(2026, 3, 30)).text(NOW)
    [(start, end)] = freebusy.busy([day], *MONTH, "Europe/Berlin")
    assert end - start == timedelta(hours=23)
    bare = vevent("DTSTART:20260302T090000", "DURATION:PT1H")
    assert starts(bare) == ["02 09"]
    [(start, _)] = freebusy.busy([bare], *MONTH, "Asia/Tokyo")
    assert start == datetime(2026, 3, 2, 0, tzinfo=UTC)


def test_a_day_without_an_end_is_one_day_and_a_moment_takes_no_time(
    vevent: Written,
) -> None:
    [(start, end)] = freebusy.busy(
        [vevent("DTSTART;VALUE=DATE:20260302")], *MONTH, "UTC"
    )
    assert end - start == timedelta(days=1)
    assert starts(vevent("DTSTART:20260302T090000Z")) == []


def test_a_zone_of_the_texts_own_is_followed() -> None:
    whole = text().replace("TZID=Europe/Berlin", "TZID=Ours")
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    whole = whole.replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT")
    for each in (whole, freebusy.kept(whole)):
        [(start, _)] = freebusy.busy([each], *MONTH, "UTC")
        assert start == datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_what_is_kept_says_who_declined_and_nothing_about_who_was_invited(
    vevent: Written,
) -> None:
    lines = ["DTSTART:20260302T080000Z", "DTEND:20260302T090000Z", "SUMMARY:Tea"]
    invited = "ATTENDEE;PARTSTAT=DECLINED:mailto:Anna@Example.com"
    whole = vevent(*lines, invited, "ATTACH:http://a.example/x")
    assert starts(freebusy.kept(whole, ["bert@example.com"])) == ["02 09"]
    mine = freebusy.kept(whole, ["anna@example.com"])
    assert starts(mine) == []
    assert freebusy.shown(mine, "UTC")["status"] == "declined"
    assert not {"ATTENDEE", "ATTACH", "example"} & set(mine.replace(":", " ").split())
    assert "anna" not in mine.lower()


@pytest.mark.parametrize(
    "lines",
    [
        ["SUMMARY:never"],
        ["DTSTART:yesterday"],
        ["DTSTART:20260302T080000Z", "RRULE:FREQ=SECONDLY"],
        ["DTSTART:20260302T080000Z", "RRULE:FREQ=DAILY;BYMINUTE=1,2,3"],
        ["DTSTART:20260302T080000Z", "DTEND:20260301T080000Z"],
    ],
)
def test_what_cannot_be_understood_is_never_left_out(
    lines: list[str], vevent: Written
) -> None:
    for broken in (vevent(*lines), "no calendar"):
        with pytest.raises(freebusy.Unreadable):
            freebusy.busy([text(), broken], *MONTH, "UTC")


MOMENTS = st.integers(0, 31 * 24 * 4).map(
    lambda n: MONTH[0] + timedelta(minutes=15 * n)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.integers(1, 300)), max_size=6), MOMENTS)
def test_a_moment_is_busy_when_an_event_covers_it(
    events: list[tuple[datetime, int]], moment: datetime
) -> None:
    spans = [(start, start + timedelta(minutes=15 * n)) for start, n in events]
    texts = [
        freebusy.Entry(f"u{n}", "Tea", *span).text(NOW) for n, span in enumerate(spans)
    ]
    found = freebusy.busy(texts, *MONTH, "Europe/Berlin")
    covered = moment < MONTH[1] and any(a <= moment < b for a, b in spans)
    assert any(a <= moment < b for a, b in found) == covered
    assert all(a[1] < b[0] for a, b in pairwise(found))
