"""Values hold no secrets, only references to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import secret_references


@given(st.from_regex(r"secret://[a-z0-9]{1,20}(/[a-z-]{1,20}){0,3}", fullmatch=True))
def test_a_reference_is_fit_under_any_name(reference):
    secret_references.require_fit("stripe.api_key", reference)
    secret_references.require_fit("a", [{"password": reference}])


@pytest.mark.parametrize(
    "value", ["secret://", "secret:///a", "secret://a b", "secret://a/../b\n"]
)
def test_what_only_begins_like_a_reference_is_unfit(value):
    with pytest.raises(secret_references.Unfit):
        secret_references.require_fit("key", value)


@given(st.from_regex(r"[a-zA-Z0-9]{12,30}", fullmatch=True))
def test_a_secret_is_unfit_and_never_repeated(secret):
    with pytest.raises(secret_references.Unfit) as refused:
        secret_references.require_fit("mail", {"smtp": {"password": secret}})
    assert secret not in str(refused.value)
    assert "mail.smtp.password" in str(refused.value)


@pytest.mark.parametrize("value", [True, 3, "warm", {"max_tokens": 5}, ["a"], ""])
def test_ordinary_values_are_fit(value):
    secret_references.require_fit("tone", value)


def test_a_value_is_bounded_in_size_and_depth():
    deep: object = "x"
    for _ in range(20):
        deep = [deep]
    for value in (deep, "x" * 20_000):
        with pytest.raises(secret_references.Unfit):
            secret_references.require_fit("key", value)
