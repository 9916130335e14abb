"""Slots: as the wall clock says, in every zone, and never where something is taken."""

import zoneinfo
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import openings
from openings import Occupied, Rule, Span

START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=731)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NINE_TO_FIVE = {day: [(time(9), time(17))] for day in range(5)}
ALWAYS = {day: [(time(0), time(0))] for day in range(7)}
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def transitions(zone: zoneinfo.ZoneInfo) -> list[datetime]:
    """Every change of the offset in these two years, to the minute, by halving."""
    found = []
    for day in range(731):
        low, high = START + timedelta(days=day), START + timedelta(days=day + 1)
        if low.astimezone(zone).utcoffset() == high.astimezone(zone).utcoffset():
            continue
        old = low.astimezone(zone).utcoffset()
        while high - low > MINUTE:
            middle = low + (high - low) // MINUTE // 2 * MINUTE
            is_old = middle.astimezone(zone).utcoffset() == old
            low, high = (middle, high) if is_old else (low, middle)
        found.append(high)
    return found


@pytest.fixture(scope="module")
def changes() -> dict[str, list[datetime]]:
    """The changes of every zone that has some; zones that change alike are one."""
    alike: dict[tuple, str] = {}
    for name in sorted(zoneinfo.available_timezones()):
        zone = zoneinfo.ZoneInfo(name)
        key = tuple(
            (at, *(m.astimezone(zone).utcoffset() for m in (at - MINUTE, at)))
            for at in transitions(zone)
        )
        if key:
            alike.setdefault(key, name)
    return {name: [at for at, *_ in key] for key, name in alike.items()}


def slots(rule: Rule, first: datetime, last: datetime) -> list[datetime]:
    return list(openings.free(rule, first, last, START - 72 * HOUR, Occupied()))


def always(zone: zoneinfo.ZoneInfo, hours: dict, minutes: int) -> Rule:
    length = minutes * MINUTE
    far = timedelta(days=800)
    return Rule(zone, hours, duration=length, every=length, horizon=far)


def test_the_tz_database_has_changes_to_look_at(changes: dict) -> None:
    assert sum(len(each) for each in changes.values()) > 40
    assert {"Australia/Lord_Howe", "America/Havana"} & set(changes)


def test_around_every_change_each_open_minute_is_in_exactly_one_slot(
    changes: dict,
) -> None:
    """Open all day, every five minutes: the slots are the whole time, none twice."""
    for name, moments in changes.items():
        rule = always(zoneinfo.ZoneInfo(name), ALWAYS, 5)
        for at in moments:
            found = slots(rule, at - 3 * HOUR, at + 3 * HOUR)
            assert found[0] == at - 3 * HOUR, name
            assert found[-1] == at + 3 * HOUR, name
            assert all(b - a == 5 * MINUTE for a, b in pairwise(found)), name


def test_on_every_change_the_opening_hours_stay_on_the_wall(changes: dict) -> None:
    """On the days around each: from nine, and for the last time at half past four."""
    wanted = [time(9 + half // 2, half % 2 * 30) for half in range(16)]
    for name, moments in changes.items():
        zone = zoneinfo.ZoneInfo(name)
        every_day = {day: [(time(9), time(17))] for day in range(7)}
        rule = always(zone, every_day, 30)
        for at in moments:
            middle = at.astimezone(zone).date()
            first = datetime.combine(middle - timedelta(days=1), time(0), zone)
            last = datetime.combine(middle + timedelta(days=1), time(23, 59), zone)
            shown = [s.astimezone(zone) for s in slots(rule, first, last)]
            assert Counter(s.date() for s in shown) == {
                middle + timedelta(days=n): 16 for n in (-1, 0, 1)
            }, name
            assert [s.time() for s in shown] == wanted * 3, name


def test_at_night_a_slot_is_where_the_wall_says_and_lasts_its_time(
    changes: dict,
) -> None:
    """Against each minute looked at by itself: 00:30 to 04:00, forty-five minutes."""
    hours = {day: [(time(0, 30), time(4))] for day in range(7)}
    for name, moments in changes.items():
        zone = zoneinfo.ZoneInfo(name)
        rule = always(zone, hours, 45)
        for at in moments:
            minutes = [at + n * 5 * MINUTE for n in range(-72, 84)]
            shown = {m: m.astimezone(zone) for m in minutes}
            is_open = {m: time(0, 30) <= w.time() < time(4) for m, w in shown.items()}
            wanted = [
                m
                for m in minutes[:-9]
                if all(is_open[m + n * 5 * MINUTE] for n in range(9))
                and (shown[m].hour * 60 + shown[m].minute - 30) % 45 == 0
            ]
            found = slots(rule, minutes[0], minutes[-10])
            assert found == wanted, (name, at)


def test_a_night_over_midnight_is_of_the_day_on_which_it_begins() -> None:
    """Friday from ten at night to three, with a break, and not on a holiday."""
    night = {4: [(time(22), time(3))]}
    rule = Rule(BERLIN, night, breaks=[(time(23, 30), time(0, 30))])
    friday = datetime(2026, 11, 27, 12, tzinfo=BERLIN)
    found = [s.astimezone(BERLIN) for s in slots(rule, friday, friday + 24 * HOUR)]
    shown = [f"{s:%a %H:%M}" for s in found]
    assert shown[:4] == ["Fri 22:00", "Fri 22:30", "Fri 23:00", "Sat 00:30"]
    assert (shown[-1], len(shown)) == ("Sat 02:30", 8)
    closed = Rule(BERLIN, night, holidays=frozenset({friday.date()}))
    assert slots(closed, friday, friday + 24 * HOUR) == []
    open_into = Rule(BERLIN, night, holidays=frozenset({date(2026, 11, 28)}))
    assert len(slots(open_into, friday, friday + 24 * HOUR)) == 10
    # Whoever begins to look after midnight sees the rest of the night.
    late = datetime(2026, 11, 28, 1, tzinfo=BERLIN)
    assert [
        f"{s.astimezone(BERLIN):%H:%M}" for s in slots(rule, late, late + HOUR)
    ] == [
        "01:00",
        "01:30",
        "02:00",
    ]


def test_twice_an_hour_that_is_lived_twice_and_never_one_that_is_not() -> None:
    rule = always(BERLIN, ALWAYS, 60)
    for day, hours in ((date(2027, 3, 28), 23), (date(2027, 10, 31), 25)):
        first = datetime.combine(day, time(0), BERLIN)
        last = datetime.combine(day, time(23), BERLIN)
        shown = [s.astimezone(BERLIN).hour for s in slots(rule, first, last)]
        assert len(shown) == hours
        assert shown.count(2) == hours - 23


MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def shop(**more) -> Rule:
    return Rule(zoneinfo.ZoneInfo("UTC"), NINE_TO_FIVE, **more)


def on_monday(rule: Rule, occupied: Occupied | None = None, now=START) -> list[str]:
    found = openings.free(rule, MONDAY, MONDAY + 24 * HOUR, now, occupied or Occupied())
    return [f"{start:%H:%M}" for start in found]


def at(hour: float) -> datetime:
    return MONDAY + hour * HOUR


def test_breaks_and_holidays_are_closed() -> None:
    lunch = shop(breaks=[(time(12), time(12, 45))], every=HOUR, duration=HOUR)
    hours = (9, 10, 11, 13, 14, 15, 16)
    assert on_monday(lunch) == [f"{hour:02}:00" for hour in hours]
    assert on_monday(shop(holidays=frozenset({date(2026, 11, 23)}))) == []


def test_a_date_may_have_hours_of_its_own_or_none() -> None:
    def on(*hours: tuple[time, time]) -> list[str]:
        exceptions = {date(2026, 11, 23): hours}
        return on_monday(shop(exceptions=exceptions, every=HOUR, duration=HOUR))

    assert on((time(8), time(10)), (time(19), time(20))) == ["08:00", "09:00", "19:00"]
    assert on() == []
    free_sunday = shop(exceptions={date(2026, 11, 22): [(time(10), time(11))]})
    sunday = MONDAY - 24 * HOUR
    found = openings.free(free_sunday, sunday, MONDAY, START, Occupied())
    assert next(f"{each:%a %H:%M}" for each in found) == "Sun 10:00"


def test_the_hours_of_a_day_are_told_as_the_wall_shows_them() -> None:
    def told(rule: Rule, day: date) -> list[str]:
        return [f"{a:%H:%M}-{b:%H:%M}" for a, b in openings.hours_on(rule, day)]

    lunch = shop(
        breaks=[(time(12), time(12, 45))],
        exceptions={date(2026, 12, 24): [(time(8), time(12))], date(2026, 12, 31): ()},
        holidays=frozenset({date(2026, 12, 25)}),
    )
    assert told(lunch, date(2026, 11, 23)) == ["09:00-12:00", "12:45-17:00"]
    assert told(lunch, date(2026, 12, 24)) == ["08:00-12:00"]
    assert told(lunch, date(2026, 12, 25)) == told(lunch, date(2026, 12, 31)) == []
    night = Rule(BERLIN, {6: [(time(22), time(3))], 5: [(time(18), time(0))]})
    the_clocks_change = date(2027, 3, 28)
    assert told(night, the_clocks_change) == ["22:00-03:00"]
    assert told(night, the_clocks_change - timedelta(days=1)) == ["18:00-00:00"]


def test_the_next_open_day_is_the_first_with_hours_within_the_horizon() -> None:
    rule = shop(holidays=frozenset({date(2026, 11, 30)}))
    assert openings.next_open(rule, date(2026, 11, 27)) == date(2026, 12, 1)
    assert openings.next_open(Rule(BERLIN, {}), date(2026, 11, 27)) is None
    soon = shop(horizon=timedelta(days=2))
    assert openings.next_open(soon, date(2026, 11, 27)) is None


def test_a_slot_is_open_if_all_of_it_lies_within_the_hours() -> None:
    rule = shop(breaks=[(time(12), time(12, 45))], duration=HOUR)
    said = {9.25: True, 8.75: False, 16: True, 16.25: False, 11.5: False, 13: True}
    assert {hour: openings.is_open(rule, at(hour)) for hour in said} == said
    night = Rule(BERLIN, {0: [(time(22), time(3))]}, duration=HOUR)
    assert openings.is_open(night, at(25))
    assert not openings.is_open(night, at(26.5))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 23)),
        min_size=1,
        max_size=5,
    )
)
def test_opened_is_what_any_of_the_rules_has_open_and_nothing_else(hours: list) -> None:
    """Compared at the middle of every half hour of a week with each rule by itself."""
    rules = [
        always(BERLIN, {day: [(time(opens), time((opens + length) % 24))]}, 5)
        for day, opens, length in hours
    ]
    week = at(0), at(7 * 24)
    spans = openings.opened(rules, *week)
    assert spans == sorted(spans)
    assert all(one.end < other.start for one, other in pairwise(spans))
    for n in range(7 * 48):
        moment = week[0] + (30 * n + 15) * MINUTE
        is_in = any(span.start <= moment < span.end for span in spans)
        assert is_in == any(openings.is_open(rule, moment) for rule in rules)


def test_a_date_is_no_holiday_with_hours_of_its_own() -> None:
    both = date(2026, 12, 24)
    hours = {both: [{"opens": time(8), "closes": time(12)}]}
    with pytest.raises(openings.BadRule, match="2026-12-24"):
        openings.rule(timezone="UTC", hours={}, holidays=[both], exceptions=hours)
    late = {both: [{"opens": time(14), "closes": time(12)}]}
    with pytest.raises(openings.BadRule, match="14:00"):
        openings.rule(timezone="UTC", hours={}, exceptions=late)


def test_nothing_begins_before_the_lead_or_behind_the_horizon() -> None:
    late = shop(lead=2 * HOUR)
    assert on_monday(late, now=at(13.1)) == ["15:30", "16:00", "16:30"]
    near = shop(horizon=HOUR)
    assert on_monday(near, now=at(9)) == ["09:00", "09:30", "10:00"]


def test_a_seat_that_is_taken_is_free_for_others_alone() -> None:
    taken = Occupied([(Span(at(9), at(10)), 0)])
    assert on_monday(shop(), taken)[0] == "10:00"
    assert on_monday(shop(capacity=2), taken)[0] == "09:00"
    assert openings.seats(shop(capacity=2), at(9.5), taken) == [1]


def test_buffers_are_kept_free_of_others_and_may_lie_outside_the_hours() -> None:
    rule = shop(before=15 * MINUTE, after=15 * MINUTE)
    busy = Occupied(busy=[Span(at(11), at(12))])
    found = on_monday(rule, busy)
    assert (found[0], found[-1]) == ("09:00", "16:30")
    assert {"10:30", "11:00", "11:30", "12:00"}.isdisjoint(found)
    assert {"10:00", "12:30"} <= set(found)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": {0: [(time(9), time(8))]}},
        {"hours": {0: [(time(9), time(5))]}},
        {"hours": {0: [(time(9), time(9))]}},
        {"hours": {0: [(time(9, 1), time(10))]}},
        {"breaks": [(time(9, 0, 30), time(10))]},
        {"duration": 7 * MINUTE},
        {"every": timedelta()},
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(wrong: dict) -> None:
    given = {"zone": BERLIN, "hours": NINE_TO_FIVE} | wrong
    with pytest.raises(openings.BadRule):
        openings.checked(Rule(**given))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("garbage", "one is as appointment.20261123T0900Z.30.Europe/Berlin"),
        ("", "one is as"),
        ("a.b.30.Europe/Berlin", "'b' is no time as 20261123T0900Z"),
        ("a.20261323T0900Z.30.Europe/Berlin", "'20261323T0900Z' is no time"),
        ("a.18001123T0900Z.30.Europe/Berlin", "in no year"),
        ("a.20261123T0900Z.half.Europe/Berlin", "'half' are no whole minutes"),
        ("a.20261123T0900Z.-5.Europe/Berlin", "'-5' are no whole minutes"),
        ("a.20261123T0900Z.30.../etc/passwd", "no such time zone"),
        ("a.20261123T0900Z.30.", "no such time zone"),
        ("a.20261123T0900Z.30.Mars", "no such time zone"),
    ],
)
def test_what_is_no_slots_id_is_told_by_what_is_wrong(name: str, said: str) -> None:
    with pytest.raises(openings.BadRule, match=said):
        openings.wish(name)


def test_the_nearest_are_on_both_sides_and_in_order() -> None:
    found = [at(9), at(10), at(13), at(14), at(16)]
    assert openings.nearest(found, at(12), 3) == [at(10), at(13), at(14)]


spans = st.tuples(st.integers(0, 200), st.integers(1, 30)).map(
    lambda pair: Span(at(8) + pair[0] * 5 * MINUTE, at(8) + sum(pair) * 5 * MINUTE)
)


@settings(max_examples=60, deadline=None)
@given(
    taken=st.lists(st.tuples(spans, st.integers(0, 2)), max_size=8),
    busy=st.lists(spans, max_size=4),
    capacity=st.integers(1, 3),
    lengths=st.tuples(*[st.integers(1, 12)] * 2),
    buffers=st.tuples(*[st.integers(0, 6)] * 2),
)
def test_what_is_free_overlaps_nothing_and_nothing_free_is_missing(
    taken: list, busy: list, capacity: int, lengths: tuple, buffers: tuple
) -> None:
    """Against every start of the day, each compared with everything."""
    five = 5 * MINUTE
    rule = shop(
        capacity=capacity,
        duration=lengths[0] * five,
        every=lengths[1] * five,
        before=buffers[0] * five,
        after=buffers[1] * five,
    )

    def is_free(start: datetime) -> bool:
        begins, ends = start - rule.before, start + rule.duration + rule.after
        gone = {n for s, n in taken if s.start < ends and begins < s.end}
        is_busy = any(s.start < ends and begins < s.end for s in busy)
        return not is_busy and bool(set(range(capacity)) - gone)

    wanted, start = [], at(9)
    while start + rule.duration <= at(17):
        wanted += [start] if is_free(start) else []
        start += rule.every
    found = openings.free(
        rule, MONDAY, MONDAY + 24 * HOUR, START, Occupied(taken, busy)
    )
    assert list(found) == wanted
