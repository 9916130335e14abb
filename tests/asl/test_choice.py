"""Comparisons of a Choice."""

from hypothesis import given
from hypothesis import strategies as st

from asl import _choice

DAY = 86_400 * 10**9  # nanoseconds


def stamp(nanoseconds: int, hours: int) -> str:
    """A moment of 31 January 2030, as a clock that is *hours* ahead of UTC shows it."""
    seconds, fraction = divmod(nanoseconds + hours * 3_600 * 10**9, 10**9)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    zone = f"+{hours:02}:00" if hours else "Z"
    return f"2030-01-31T{hour:02}:{minute:02}:{second:02}.{fraction:09}{zone}"


moments = st.integers(0, DAY // 2 - 1)


@given(moments, moments | st.integers(-3, 3), st.integers(0, 11), st.integers(0, 11))
def test_timestamps_are_ordered_to_the_nanosecond_whatever_their_zone(
    one: int, other: int, here: int, there: int
) -> None:
    other = other if abs(other) > 3 else min(max(one + other, 0), DAY // 2 - 1)
    left, right = stamp(one, here), stamp(other, there)
    assert _choice.compare("TimestampLessThan", left, right) is (one < other)
    assert _choice.compare("TimestampEquals", left, right) is (one == other)
    assert _choice.compare("TimestampGreaterThanEquals", left, right) is (one >= other)
