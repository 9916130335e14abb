"""Slips are counted as people make them: a swap of neighbours is one."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import edit_distance

WORD = st.text("abc", max_size=6)


@cache
def by_definition(said: str, meant: str) -> int:
    """The recursion that the distance is defined by."""
    if not said or not meant:
        return len(said) + len(meant)
    last = said[-1] != meant[-1]
    ways = [
        by_definition(said[:-1], meant) + 1,
        by_definition(said, meant[:-1]) + 1,
        by_definition(said[:-1], meant[:-1]) + last,
    ]
    if said[-2:] == meant[-2:][::-1] and len(said) > 1:
        ways.append(by_definition(said[:-2], meant[:-2]) + 1)
    return min(ways)


@pytest.mark.parametrize(
    ("said", "slipped"),
    [
        ("appointment", 0),
        ("apponitment", 1),
        ("apointment", 1),
        ("appointmemt", 1),
        ("appointmentt", 1),
        ("appoimtmnet", 2),
    ],
)
def test_a_letter_wrong_missing_too_many_or_swapped_is_one_slip(
    said: str, slipped: int
) -> None:
    assert edit_distance.distance(said, "appointment", 2) == slipped


@given(WORD, WORD, st.integers(0, 7))
def test_up_to_its_bound_it_is_the_defined_one(
    said: str, meant: str, most: int
) -> None:
    expected = min(by_definition(said, meant), most + 1)
    assert edit_distance.distance(said, meant, most) == expected


@given(WORD, WORD)
def test_it_is_symmetric_and_zero_only_for_equals(said: str, meant: str) -> None:
    there, back = (
        edit_distance.distance(said, meant, 6),
        edit_distance.distance(meant, said, 6),
    )
    assert there == back
    assert (there == 0) == (said == meant)
