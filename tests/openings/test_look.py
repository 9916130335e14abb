"""Looking: page after page nothing is missed, and near a full time there are others."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import openings
from openings import Look, Occupied, Span

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = timedelta(days=1)
HOURS = [{"opens": time(9), "closes": time(12)}]
DAILY = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), HOURS)


def look(*busy: Span, unknown: str | None = None, **terms: Any) -> Look:
    rule = openings.rule(timezone="UTC", hours=DAILY, **{"duration": 30} | terms)

    async def occupied(span: Span) -> Occupied:
        # As of a store: only what lies in the span that was asked for.
        those = [each for each in busy if each.start < span.end]
        return Occupied(busy=those, unknown=unknown)

    return Look(rule, NOW, occupied)


def test_pages_have_every_slot_once_and_end_with_the_span() -> None:
    looking = look(horizon_days=400)
    span, found, after = Span(NOW, NOW + 100 * DAY), list[datetime](), None
    while after or not found:
        page, after = asyncio.run(looking.page(span, after, 50))
        assert len(page) <= 50
        found += page
    wanted = [
        NOW + day * DAY + timedelta(hours=1, minutes=half * 30)
        for day in range(100)
        for half in range(6)
    ]
    assert found == wanted


def test_nothing_is_shown_behind_the_horizon() -> None:
    span = Span(NOW, NOW + 100 * DAY)
    page, after = asyncio.run(look(horizon_days=2).page(span, None, 50))
    assert (len(page), after) == (12, None)
    late = Span(NOW + 50 * DAY, NOW + 60 * DAY)
    assert asyncio.run(look(horizon_days=2).page(late, None, 50)) == ([], None)


def test_when_weeks_are_full_the_nearest_are_those_behind_them() -> None:
    full = Span(NOW - DAY, NOW + 40 * DAY)
    near = asyncio.run(look(full).near(NOW + DAY))
    assert len(near) >= 3
    first = NOW + 40 * DAY + timedelta(hours=1)
    assert near == [first + n * timedelta(minutes=30) for n in range(len(near))]


def test_what_is_unknown_is_not_near_and_is_told() -> None:
    looking = look(unknown="the calendar is gone")
    assert asyncio.run(looking.near(NOW + DAY)) == []
    assert asyncio.run(looking.seats(NOW + timedelta(hours=1))) == []
    assert looking.unknown == "the calendar is gone"


def test_a_slot_has_seats_only_where_it_begins() -> None:
    looking = look(capacity=2)
    nine = NOW + timedelta(hours=1)
    assert asyncio.run(looking.seats(nine)) == [0, 1]
    for other in (nine + timedelta(minutes=10), nine - DAY, NOW):
        assert asyncio.run(looking.seats(other)) == []
