"""Which status follows which, and when."""

from datetime import UTC, datetime, timedelta
from itertools import product
from types import SimpleNamespace
from typing import get_args

import pytest

import reservations
from contracts.calendar.bookings import BookingStatus

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
STATUSES = get_args(BookingStatus)
BEFORE = {
    ("pending", "confirmed"),
    ("pending", "cancelled"),
    ("confirmed", "confirmed"),
    ("confirmed", "cancelled"),
    ("confirmed", "checked_in"),
}
AFTER = {
    ("pending", "confirmed"),
    ("pending", "cancelled"),
    ("confirmed", "checked_in"),
    ("confirmed", "completed"),
    ("confirmed", "no_show"),
    ("checked_in", "completed"),
}


def allowed(was: str, status: str, now: datetime) -> bool:
    try:
        reservations.require(SimpleNamespace(status=was, start=START), status, now)
    except reservations.NotNow:
        return False
    return True


@pytest.mark.parametrize(
    ("now", "expected"), [(START - MINUTE, BEFORE), (START, AFTER)]
)
def test_only_these_statuses_follow(now: datetime, expected: set) -> None:
    pairs = set(product(STATUSES, STATUSES))
    assert {pair for pair in pairs if allowed(*pair, now)} == expected


def test_nobody_is_checked_in_more_than_a_day_early() -> None:
    assert not allowed("confirmed", "checked_in", START - DAY - MINUTE)
    assert allowed("confirmed", "checked_in", START - DAY)
