"""What a currency is divided into, and that parts add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import money

AMOUNTS = st.integers(0, 2**53 - 1)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("EUR", 2),
        ("JPY", 0),
        ("KWD", 3),
        ("AFN", 2),
        ("IQD", 3),
        ("HUF", 2),
        ("CLP", 0),
    ],
)
def test_a_currency_has_the_decimals_of_iso_4217(currency, digits):
    assert money.exponent(currency) == digits


@pytest.mark.parametrize("code", ["XAU", "XTS", "XXX", "CLF", "CHE", "DEM", "eur", ""])
def test_what_is_not_paid_with_is_no_currency(code):
    with pytest.raises(money.UnknownCurrency):
        money.exponent(code)


@given(AMOUNTS, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_units_and_minor_units_are_the_same_amount(amount, currency):
    assert money.minor(money.units(amount, currency), currency) == amount


def test_what_is_no_whole_number_of_minor_units_is_none():
    assert money.minor(Decimal("0.5"), "JPY") is None
    assert money.minor(Decimal("1.0005"), "KWD") is None


@pytest.mark.parametrize(
    ("amount", "basis_points", "part"),
    [(50, 100, 1), (49, 100, 0), (150, 100, 2), (1050, 190, 20), (1, 5000, 1)],
)
def test_half_a_minor_unit_is_rounded_up(amount, basis_points, part):
    assert money.share(amount, basis_points) == part


@given(AMOUNTS, st.integers(0, 10_000))
def test_a_share_is_at_most_half_a_minor_unit_off_and_never_more_than_the_whole(
    amount, basis_points
):
    part = money.share(amount, basis_points)
    assert abs(part * 10_000 - amount * basis_points) <= 5_000
    assert 0 <= part <= amount


@given(
    st.integers(-(2**53), 2**53),
    st.lists(st.integers(0, 2**53), min_size=1, max_size=30).filter(any),
)
def test_parts_add_up_and_are_within_one_of_their_exact_shares(total, weights):
    parts = money.allocate(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)
        assert weight or part == 0


def test_what_is_left_goes_to_the_largest_remainders_the_first_of_equals_first():
    assert money.allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert money.allocate(10, [1, 5, 5]) == [1, 5, 4]
    assert money.allocate(-10, [1, 5, 5]) == [-1, -5, -4]
