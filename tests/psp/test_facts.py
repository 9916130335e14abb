"""Facts join in any order, and come to sums that money can have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import psp

AMOUNTS = st.integers(0, 1_000)
STATES = st.integers(0, 2)


def facts() -> st.SearchStrategy[psp.Facts]:
    """Some of what can be told of two payments at the provider."""
    names = st.sampled_from(["p", "q"])
    kinds = [
        st.tuples(names.map("asked/{}".format), st.tuples(AMOUNTS, st.just("EUR"))),
        st.tuples(names.map("captured/{}".format), st.tuples(AMOUNTS)),
        st.tuples(names.map("returned/{}".format), st.tuples(AMOUNTS)),
        st.tuples(names.map("refund/{}/r".format), st.tuples(STATES, AMOUNTS)),
        st.tuples(names.map("dispute/{}/d".format), st.tuples(STATES, st.just("why"))),
        st.tuples(
            names.map("course/{}".format),
            st.tuples(AMOUNTS, STATES, st.sampled_from(["", "lost"])),
        ),
    ]
    told = st.lists(st.one_of(kinds), max_size=8)
    return told.map(lambda each: {name: list(fact) for name, fact in each})


@given(facts(), facts(), facts())
def test_joining_is_a_semilattice(a: psp.Facts, b: psp.Facts, c: psp.Facts) -> None:
    assert psp.joined(a, b) == psp.joined(b, a)
    assert psp.joined(psp.joined(a, b), c) == psp.joined(a, psp.joined(b, c))
    assert psp.joined(a, a) == a
    assert psp.joined(a, psp.joined(a, b)) == psp.joined(a, b)


@given(st.lists(facts(), min_size=1, max_size=6))
def test_what_is_captured_never_shrinks_and_refunds_never_exceed_it(
    told: list[psp.Facts],
) -> None:
    known: psp.Facts = {}
    for each in told:
        before = psp.standing(known)
        known = psp.joined(known, each)
        after = psp.standing(known)
        if before.currency:
            assert after.captured >= before.captured
        assert 0 <= after.refunded <= after.captured


def test_a_refund_that_failed_later_is_taken_out_of_the_providers_sum() -> None:
    paid = {"asked/p": [1_000, "EUR"], "captured/p": [1_000], "returned/p": [700]}
    known = paid | {"refund/p/a": [psp.FAILED, 500]}
    assert psp.standing(known).refunded == 200
    assert psp.left(known) == {"p": 800}


def test_what_is_promised_is_left_no_more_but_not_yet_refunded() -> None:
    paid = {"asked/p": [1_000, "EUR"], "captured/p": [1_000]}
    known = paid | {"refund/p/a": [psp.PENDING, 400]}
    assert psp.left(known) == {"p": 600}
    assert psp.standing(known).refunded == 0


def test_the_payment_that_got_furthest_is_the_one_that_is_shown() -> None:
    known = {"asked/p": [10, "EUR"], "asked/q": [10, "EUR"], "link/q": ["l-2"]}
    known |= {"course/p": [9, 2, "expired"], "captured/q": [10], "link/p": ["l-1"]}
    found = psp.standing(known)
    assert (found.provider_id, found.link_id) == ("q", "l-2")
    assert (found.captured, found.failure) == (10, None)


def test_amounts_survive_the_way_to_stripe_and_back() -> None:
    for currency in ("EUR", "JPY", "KWD", "ISK", "UGX", "MGA"):
        there = psp.to_stripe(12_300, currency)
        assert psp.from_stripe(there, currency) == 12_300
    assert psp.to_stripe(500, "JPY") == 500
    assert psp.to_stripe(500, "ISK") == 50_000
    assert psp.to_stripe(1_000, "KWD") == 1_000


@pytest.mark.parametrize(("amount", "currency"), [(1_001, "KWD"), (150, "MGA")])
def test_what_stripe_has_no_amount_for_is_unpayable(amount: int, currency: str) -> None:
    with pytest.raises(psp.Unpayable):
        psp.to_stripe(amount, currency)
