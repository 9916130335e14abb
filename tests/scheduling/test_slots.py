"""Slots for several people: nobody is busy, nobody is up at night, few gaps."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

import scheduling
from scheduling import Person, Span

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def span(start: float, hours: float = 1.0) -> Span:
    begins = MONDAY + timedelta(hours=start)
    return Span(begins, begins + timedelta(hours=hours))


def day(hours: range = range(24)) -> list[Span]:
    return [span(hour) for hour in hours]


def test_nobody_is_busy_in_what_is_suggested() -> None:
    people = [Person(BERLIN, [span(9, 2)]), Person(BERLIN, [span(12, 1)])]
    found = scheduling.suggest(day(), people, 99)
    starts = {each.slot.start.hour for each in found}
    assert starts.isdisjoint({9, 10, 12})
    assert {8, 11, 13} <= starts


def test_across_the_ocean_it_is_the_hour_that_both_work() -> None:
    people = [Person(BERLIN), Person(NEW_YORK)]
    best = scheduling.suggest(day(), people, 2)
    # 15:00 and 16:00 in Berlin are 9:00 and 10:00 in New York.
    assert [each.slot.start.hour for each in best] == [14, 15]
    assert best[0].outside == (0, 0)


def test_where_no_hour_suits_all_the_worst_off_gives_least() -> None:
    people = [Person(TOKYO), Person(NEW_YORK)]
    halves = [span(hour / 2, 2) for hour in range(48)]
    best = scheduling.suggest(halves, people, 1)[0]
    others = scheduling.suggest(halves, people, 99)
    assert max(best.outside) == min(max(each.outside) for each in others)


def test_a_slot_beside_an_appointment_comes_before_one_that_leaves_a_gap() -> None:
    people = [Person(UTC, [span(9), span(14)])]
    best = scheduling.suggest(day(range(9, 17)), people, 9)
    assert [each.slot.start.hour for each in best] == [10, 13, 15, 11, 12, 16]
    assert [each.gaps for each in best] == [0, 0, 0, 1, 1, 1]


def breaks(spans: list[Span]) -> int:
    """The gaps of a day: the stretches between its first and last appointment."""
    count, until = 0, None
    for each in sorted(spans):
        count += until is not None and each.start > until
        until = max(each.end, until or each.end)
    return count


@settings(max_examples=200)
@given(st.sets(st.integers(0, 23), max_size=8), st.integers(0, 23))
def test_gaps_are_those_that_the_day_has_with_and_without(
    busy: set[int], hour: int
) -> None:
    spans = [span(each) for each in sorted(busy - {hour})]
    person = Person(UTC, spans)
    assert person.gaps(span(hour)) == breaks([*spans, span(hour)]) - breaks(spans)


@settings(max_examples=200)
@given(st.integers(0, 7 * 48), st.integers(1, 96))
def test_minutes_outside_are_those_that_the_clock_shows_outside(
    start: int, length: int
) -> None:
    begins = datetime(2026, 10, 22, tzinfo=UTC) + timedelta(minutes=30 * start)
    slot = Span(begins, begins + timedelta(minutes=30 * length))
    person = Person(BERLIN)  # whose clocks change that Sunday
    halves = (begins + timedelta(minutes=30 * n) for n in range(length))
    local = [each.astimezone(BERLIN) for each in halves]
    outside = [t for t in local if t.weekday() > 4 or not 9 <= t.hour < 17]
    assert person.outside(slot) == 30 * len(outside)
