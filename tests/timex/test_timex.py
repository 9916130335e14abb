"""Whatever is said: absolute, on the zone's clock, and asked where it is open."""

from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import timex

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
ZONES = ("Europe/Berlin", "America/St_Johns", "Africa/Cairo", "Pacific/Apia", "UTC")
GRAINS = {"minute", "hour", "part_of_day", "day", "week", "month"}
NOW = datetime(2026, 11, 25, 10, tzinfo=BERLIN)
WORDS = sorted({word for each in timex.languages("en") for word in each.words})
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.integers(0, 2030).map(str),
    st.sampled_from(["3/4", "31.12.", "9:30", "25:61", "3pm", "-", "x", "2027-02-30"]),
)


def say(text: str, now: datetime = NOW, locale: str = "en") -> timex.Reading:
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)
    return timex.read(text, now, zone, locale)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES, min_size=1, max_size=6).map(" ".join),
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
    st.sampled_from(["en", "de-DE", "fr", "es_MX", "xx", ""]),
)
def test_any_words_give_a_span_of_the_zone_or_none_and_a_question(
    text: str, now: datetime, zone: str, locale: str
) -> None:
    read = timex.read(text, now, ZoneInfo(zone), locale)
    if read.start is None or read.end is None:
        assert (read.start, read.end, read.grain, read.text) == (None,) * 4
        assert read.ambiguous
        return
    assert read.start.astimezone(UTC) < read.end.astimezone(UTC)
    assert read.grain in GRAINS
    assert str(read.start.tzinfo) == str(read.end.tzinfo) == zone
    # A time that the clocks skip does not come back from UTC as it was.
    there_and_back = read.start.astimezone(UTC).astimezone(ZoneInfo(zone))
    assert there_and_back.replace(tzinfo=None) == read.start.replace(tzinfo=None)
    assert read.text
    assert str(read.start.year) in read.text
    assert zone in read.text


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_text_at_all_is_answered(text: str) -> None:
    assert timex.read(text, NOW, BERLIN).ambiguous is not None


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "next Friday at three: 27 November or 4 December, 15:00 or 03:00"),
        ("de", "nächsten Freitag um drei"),
        ("fr", "vendredi prochain à trois heures"),
        ("es", "el próximo viernes a las tres"),
    ],
)
def test_next_friday_at_three_is_asked_about_in_every_language(
    locale: str, text: str
) -> None:
    read = say(text.partition(":")[0], locale=locale)
    assert read.start == datetime(2026, 11, 27, 15, tzinfo=BERLIN)
    which_day, which_half = read.ambiguous
    assert "27" in which_day
    assert "4" in which_day
    assert "15:00" in which_half
    assert "03:00" in which_half


def test_the_echo_has_date_weekday_zone_and_offset() -> None:
    said = {
        locale: say("2027-03-29 15:00", locale=locale).text
        for locale in "de en".split()
    }
    assert said == {
        "de": "Montag, 29. März 2027 um 15:00 (Europe/Berlin, UTC+02:00)",
        "en": "Monday, 29 March 2027 at 15:00 (Europe/Berlin, UTC+02:00)",
    }
    span = say("tomorrow between 2 and 4pm").text
    assert span == (
        "Thursday, 26 November 2026 at 14:00 to 16:00 (Europe/Berlin, UTC+01:00)"
    )
    days = say("this weekend").text
    assert days == (
        "Saturday, 28 November 2026 to Sunday, 29 November 2026"
        " (Europe/Berlin, UTC+01:00)"
    )


@pytest.mark.parametrize(
    ("locale", "zone", "month", "asks"),
    [
        ("en", "Europe/Dublin", 12, True),
        ("", "Europe/Dublin", 12, True),
        ("en", "America/Toronto", 12, True),
        ("en", "UTC", 12, True),
        ("en", "America/New_York", 3, True),
        ("en", "US/Pacific", 3, True),
        ("en", "Asia/Manila", 3, True),
        ("en-US", "Europe/Dublin", 3, True),
        ("en-US", "America/New_York", 3, False),
        ("en-IE", "Europe/Berlin", 12, False),
        ("en-IE", "America/New_York", 12, True),
        ("de", "America/New_York", 12, False),
    ],
)
def test_the_order_of_figures_is_asked_about_where_no_region_or_another_one_is_told(
    locale: str, zone: str, month: int, asks: bool
) -> None:
    read = timex.read("03/12/2027", NOW, ZoneInfo(zone), locale)
    assert read.start is not None
    assert read.start.month == month
    months = {month, *(other[0].month for other in read.others)}
    assert (months == {3, 12}, bool(read.ambiguous)) == (asks, asks)


def test_the_zones_of_those_who_put_the_month_first_are_those_of_the_tz_database() -> (
    None
):
    table = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text()
    rows = [line.split("\t") for line in table.splitlines() if line[0] != "#"]
    region = {row[2]: f"en-{row[0].lower()}" for row in rows}
    differ = []
    for zone, tag in region.items():
        read = timex.read("03/12/2027", NOW, ZoneInfo(zone), "en")
        said = timex.read("03/12/2027", NOW, ZoneInfo(zone), tag)
        # What is decided for a region is the likelier of the two for its zone.
        if read.start != said.start:
            differ.append(zone)
    assert differ == []


def test_a_text_in_another_language_than_the_locale_is_read_in_its_own() -> None:
    assert say("übermorgen um halb vier nachmittags").start == datetime(
        2026, 11, 27, 15, 30, tzinfo=BERLIN
    )
    assert say("mañana por la tarde", locale="de").grain == "part_of_day"


def test_a_time_that_the_clocks_skip_is_after_the_gap_and_asked_about() -> None:
    read = say("28 March 2027 at 02:30")
    assert read.start == datetime(2027, 3, 28, 3, 30, tzinfo=BERLIN)
    assert "02:30" in read.ambiguous[0]
    assert "03:30" in read.ambiguous[0]


def test_a_time_that_comes_twice_is_asked_about_with_both_offsets() -> None:
    now = datetime(2026, 10, 20, 10, tzinfo=NEW_YORK)
    read = say("November 1st at 01:30", now)
    assert read.start is not None
    assert read.start.utcoffset() == timedelta(hours=-4)
    assert "UTC-04:00" in read.ambiguous[0]
    assert "UTC-05:00" in read.ambiguous[0]


def test_hours_from_now_are_elapsed_hours_whatever_the_clocks_do() -> None:
    now = datetime(2027, 3, 28, 1, 30, tzinfo=BERLIN)
    read = say("in 2 hours", now)
    assert read.start is not None
    assert read.start - now.astimezone(UTC) == timedelta(hours=2)
    assert read.start.hour == 4


def test_a_day_of_a_change_lasts_from_midnight_to_midnight() -> None:
    read = say("on 28 March 2027")
    assert read.start is not None
    assert read.end is not None
    length = read.end.astimezone(UTC) - read.start.astimezone(UTC)
    assert length == timedelta(hours=23)


def test_a_day_whose_midnight_is_skipped_begins_when_it_begins() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    read = say("24 April 2026", datetime(2026, 4, 1, 10, tzinfo=cairo))
    assert read.start == datetime(2026, 4, 24, 1, tzinfo=cairo)


@pytest.mark.parametrize("text", ["yesterday at 5pm", "today at 9am", "last week"])
def test_what_has_passed_is_told(text: str) -> None:
    assert any("passed" in each for each in say(text).ambiguous)


def test_a_time_of_today_that_has_passed_is_tomorrows() -> None:
    assert say("9am").start == datetime(2026, 11, 26, 9, tzinfo=BERLIN)
    assert say("11am").start == datetime(2026, 11, 25, 11, tzinfo=BERLIN)


def test_a_date_that_is_not_the_weekday_that_was_said_is_asked_about() -> None:
    assert say("Friday, 4 December 2026 at 3pm").ambiguous == ()
    assert "weekday" in say("Monday, 4 December 2026 at 3pm").ambiguous[0]


def test_friday_on_a_friday_is_in_a_week_and_asked_about() -> None:
    friday = datetime(2026, 11, 27, 10, tzinfo=BERLIN)
    read = say("Friday at 15:00", friday)
    assert read.start == datetime(2026, 12, 4, 15, tzinfo=BERLIN)
    assert len(read.ambiguous) == 1
    assert say("this Friday at 15:00", friday).start == friday.replace(hour=15)
    assert say("next Friday at 15:00", friday).ambiguous == ()


@pytest.mark.parametrize(
    "text", ["32/13/2026", "31/12/9999 at 11pm", "in 99999999 days", "99:99", "at 25"]
)
def test_what_is_no_time_is_not_taken_for_another(text: str) -> None:
    assert say(text).start is None


def test_a_month_that_has_no_such_day_is_asked_about() -> None:
    read = say("31 February")
    assert read.grain == "month"
    assert read.ambiguous


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "tomorrow at 25"),
        ("en", "tomorrow at 24:30"),
        ("de", "morgen um 25 Uhr"),
        ("fr", "demain à 27h"),
        ("es", "mañana a las 25"),
        ("nl", "morgen om 26 uur"),
    ],
)
def test_an_hour_that_no_day_has_is_none_of_that_day(locale: str, text: str) -> None:
    read = timex.read(text, NOW, BERLIN, locale)
    assert [each.about for each in read.ambiguous] == ["hour"]
    assert "clock" not in read.names


@pytest.mark.parametrize(
    ("locale", "text"), [("en", "at 25 past 3"), ("en", "in 30 hours"), ("fr", "25h30")]
)
def test_a_number_that_is_no_hour_may_be_minutes(locale: str, text: str) -> None:
    asked = {each.about for each in timex.read(text, NOW, BERLIN, locale).ambiguous}
    assert ("hour" in asked) == (text == "25h30")


@pytest.mark.parametrize(
    ("locale", "text", "utc"),
    [
        ("en", "tomorrow at 3pm my time", "2026-11-26 20:00"),
        ("en", "tomorrow at 15:00 New York time", "2026-11-26 20:00"),
        ("en", "3pm your time on Friday", "2026-11-27 14:00"),
        ("en", "Friday 3pm GMT", "2026-11-27 15:00"),
        ("en", "Friday at 3pm (ET)", "2026-11-27 20:00"),
        ("en", "10 July 2027 3pm EST", "2027-07-10 19:00"),
        ("en", "tomorrow noon in Tokyo time", "2026-11-26 03:00"),
        ("en", "three my time on Friday", "2026-11-27 20:00"),
        ("de", "morgen um 9 Uhr New Yorker Zeit", "2026-11-26 14:00"),
        ("de", "morgen 15 Uhr MEZ", "2026-11-26 14:00"),
        ("fr", "demain à 15h, heure d'Athènes", "2026-11-26 13:00"),
        ("es", "mañana a las 15:00 hora de Nueva York", "2026-11-26 20:00"),
        ("nl", "morgen om 15 uur Londense tijd", "2026-11-26 15:00"),
    ],
)
def test_a_clock_that_is_named_counts(locale: str, text: str, utc: str) -> None:
    read = timex.read(text, NOW, BERLIN, locale, NEW_YORK)
    assert read.start
    assert f"{read.start.astimezone(UTC):%Y-%m-%d %H:%M}" == utc
    assert read.start.tzinfo is BERLIN
    assert "zone" not in {each.about for each in read.ambiguous}


@pytest.mark.parametrize("text", ["3pm my time tomorrow", "3pm local time tomorrow"])
def test_a_clock_that_nobody_knows_is_asked_about(text: str) -> None:
    asked = {each.about for each in timex.read(text, NOW, BERLIN, "en").ambiguous}
    assert asked == {"zone"}


def test_an_abbreviation_is_the_speakers_own_where_it_is_one_of_theirs() -> None:
    shanghai, chicago = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Chicago")
    hours = {
        home: timex.read("Friday 3pm CST", NOW, BERLIN, "en", home).start
        for home in (shanghai, chicago)
    }
    assert hours[shanghai] == datetime(2026, 11, 27, 15, tzinfo=shanghai)
    assert hours[chicago] == datetime(2026, 11, 27, 15, tzinfo=chicago)


@pytest.mark.parametrize(
    ("locale", "text", "said"),
    [
        ("fr", "demain à 3 et demie", "15:30"),
        ("fr", "demain 10h est possible ?", "10:00"),
        ("de", "bei mir geht es morgen um 3", "15:00"),
        ("es", "cambiar mi hora a las 15:00 mañana", "15:00"),
        ("en", "my time is short, tomorrow at 4pm", "16:00"),
        ("en", "christmas time, at 3pm", "15:00"),
        ("en", "any time from 9am tomorrow", "09:00"),
    ],
)
def test_words_that_name_a_clock_elsewhere_name_none_here(
    locale: str, text: str, said: str
) -> None:
    read = timex.read(text, NOW, BERLIN, locale, NEW_YORK)
    assert read.start
    assert f"{read.start:%H:%M}" == said


@settings(max_examples=150, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 500_000),
    st.sampled_from(ZONES),
    st.sampled_from(timex.CODES),
)
def test_a_moment_that_is_said_is_read_back(
    now: datetime, minutes: int, zone: str, code: str
) -> None:
    at = (now + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    at = at.replace(second=0, microsecond=0)
    language = timex.languages(code)[0]
    text = timex.said(at, at + timedelta(minutes=1), "minute", language)
    read = timex.read(text, now, ZoneInfo(zone), code)
    # Which half of the day is meant stays open where people say it by twelves.
    assert {each.about for each in read.ambiguous} <= {"half", "fold", "past"}
    assert read.start is not None
    assert read.start.replace(fold=0) == at.replace(fold=0)


@pytest.mark.parametrize(("offset", "fold"), [("+02:00", 0), ("+01:00", 1)])
def test_an_offset_tells_which_of_two_times_is_meant(offset: str, fold: int) -> None:
    read = say(f"2027-10-31T02:30:00{offset}")
    told = datetime(2027, 10, 31, 2, 30, tzinfo=BERLIN, fold=fold)
    assert (read.start, read.ambiguous) == (told, ())
    assert read.start.utcoffset() == told.utcoffset()
    assert say("20271031T0230").ambiguous


def test_hours_of_several_days_are_those_of_each() -> None:
    read = say("next week after 3pm")
    begins = [read.start, *(start for start, _ in read.others)]
    monday = datetime(2026, 11, 30, 15, tzinfo=BERLIN)
    assert begins == [monday + timedelta(days=n) for n in range(7)]
    assert [each.about for each in read.ambiguous] == ["day"]
