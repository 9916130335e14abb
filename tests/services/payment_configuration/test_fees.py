"""What rules make of an amount, for every rule and every amount."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tariffs
from contracts.payment.rules import FeeRule, QuoteRequest, StoredRules
from services.payment.payment_configuration.app import quoted

MOST = 10**9
POINTS = st.integers(0, 10_000)
MONEY = st.integers(0, 10**6)
AMOUNTS = st.integers(0, MOST)
# Around ends, caps and halves, where mistakes are.
NEAR = st.integers(1, 3)


@st.composite
def fee_rules(draw: Any) -> FeeRule:
    ends = sorted(draw(st.sets(st.integers(1, MOST), max_size=4)))
    tiers = [
        {"up_to": end, "basis_points": draw(POINTS), "fixed": draw(MONEY)}
        for end in [*ends, None]
    ]
    least = draw(MONEY)
    return FeeRule(
        name="fee",
        methods=draw(st.sampled_from([[], ["card"], ["transfer"]])),
        basis_points=draw(POINTS),
        fixed=draw(MONEY),
        tiers=draw(st.sampled_from([tiers, []])),
        least=least,
        cap=draw(st.none() | st.integers(least, 10**7)),
    )


def rules(given: list[FeeRule], **tax: Any) -> StoredRules:
    return StoredRules(
        payee="Smile Dental",
        default_currency="EUR",
        currencies=["EUR"],
        methods=["card", "transfer"],
        fees=given,
        tax=tax,
        version=3,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


TAXES = st.fixed_dictionaries(
    {"basis_points": POINTS, "inclusive": st.booleans(), "on_fees": st.booleans()}
)
RULES = st.builds(
    lambda given, tax: rules(given, **tax), st.lists(fee_rules(), max_size=4), TAXES
)


def quote(by: StoredRules, amount: int, method: str = "card") -> Any:
    sum_of = {"minor_units": amount, "currency": "EUR"}
    return quoted(by, QuoteRequest(amount=sum_of, method=method))


@given(RULES, AMOUNTS)
def test_the_parts_sum_to_the_total(by, amount):
    made = quote(by, amount)
    assert made.fee == sum(each.minor_units for each in made.fees)
    on_top = 0 if made.tax_inclusive else made.tax
    assert made.total == made.amount + made.fee + on_top


@given(RULES, AMOUNTS)
def test_no_fee_exceeds_its_cap_or_falls_below_its_least(by, amount):
    for rule in by.fees:
        due = tariffs.charge(rule, amount)
        assert due >= rule.least
        assert rule.cap is None or due <= rule.cap


@given(RULES, AMOUNTS, st.integers(0, 10**6) | NEAR)
def test_paying_more_never_costs_less(by, amount, more):
    lower, higher = quote(by, amount), quote(by, amount + more)
    assert higher.total >= lower.total + more
    assert (higher.fee, higher.tax) >= (lower.fee, lower.tax)


@given(fee_rules(), NEAR)
def test_nor_does_it_at_the_end_of_a_tier(rule, beyond):
    for tier in rule.tiers[:-1]:
        assert tariffs.charge(rule, tier.up_to + beyond) >= tariffs.charge(
            rule, tier.up_to
        )


@given(RULES, AMOUNTS)
def test_tax_that_is_contained_in_the_price_leaves_a_net_that_gives_it_back(by, amount):
    made, rate = quote(by, amount), by.tax.basis_points
    base = amount + made.fee if by.tax.on_fees else amount
    if made.tax_inclusive:
        net = base - made.tax
        assert abs(net * rate - made.tax * 10_000) * 2 <= 10_000 + rate


@pytest.mark.parametrize(
    ("amount", "due"),
    [(49, 0), (50, 1), (149, 1), (150, 2)],
)
def test_half_a_minor_unit_of_a_fee_is_rounded_up(amount, due):
    assert tariffs.charge(FeeRule(name="fee", basis_points=100), amount) == due


@pytest.mark.parametrize(
    ("amount", "due"),
    [(0, 30), (10_000, 530), (10_001, 530), (10_050, 531), (20_000, 630)],
)
def test_a_tier_counts_for_its_own_part_of_the_amount(amount, due):
    tiers = [{"up_to": 10_000, "basis_points": 500}, {"basis_points": 100}]
    assert tariffs.charge(FeeRule(name="fee", fixed=30, tiers=tiers), amount) == due


@pytest.mark.parametrize(("amount", "due"), [(100, 0), (101, 25), (200, 25)])
def test_the_fixed_part_of_a_tier_is_due_once_the_amount_reaches_into_it(amount, due):
    rule = FeeRule(name="fee", tiers=[{"up_to": 100}, {"fixed": 25}])
    assert tariffs.charge(rule, amount) == due


def test_a_fee_is_due_for_its_methods_and_its_currency_alone():
    of_cards = FeeRule(name="card fee", methods=["card"], fixed=30)
    of_dollars = FeeRule(name="dollar fee", currency="USD", fixed=50)
    by = rules([of_cards, of_dollars])
    assert [each.name for each in quote(by, 100).fees] == ["card fee"]
    assert quote(by, 100, "transfer").fees == []


@pytest.mark.parametrize(
    ("tax", "due", "total"),
    [
        ({"basis_points": 1900, "inclusive": True}, 1597, 10_100),
        ({"basis_points": 1900, "inclusive": False}, 1900, 12_000),
        ({"basis_points": 1900, "inclusive": False, "on_fees": True}, 1919, 12_019),
        ({"basis_points": 1900, "inclusive": True, "on_fees": True}, 1613, 10_100),
    ],
)
def test_tax_is_on_the_amount_and_on_fees_where_it_says_so(tax, due, total):
    made = quote(rules([FeeRule(name="fee", fixed=100)], **tax), 10_000)
    assert (made.tax, made.total) == (due, total)
