"""Signatures of webhooks, with Stripe's own library as the oracle."""

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

import psp

NOW = 1_800_000_000
BODY = '{"id": "evt_1", "größe": 12}'.encode()


@given(body=st.text(max_size=300), secret=st.text(min_size=1, max_size=40))
def test_what_is_signed_here_stripes_library_takes(body: str, secret: str) -> None:
    header = psp.sign(body.encode(), secret, NOW)
    if secret.strip():
        assert stripe.WebhookSignature.verify_header(body, header, secret)
    psp.verify(body.encode(), header, [secret], NOW)


def test_what_stripes_library_signs_is_taken_here() -> None:
    made = stripe.WebhookSignature.generate_signature_header
    psp.verify(BODY, made(BODY.decode(), "whsec_1", NOW), ["whsec_1"], NOW)


def test_several_secrets_and_several_signatures_count() -> None:
    old, new = (psp.sign(BODY, each, NOW) for each in ("old", "new"))
    both = f"{new},{old.partition(',')[2]}"
    for secrets in (["old"], ["new"], ["x", "old"], ["", "new"]):
        psp.verify(BODY, both, secrets, NOW)


@pytest.mark.parametrize(
    "header",
    [
        *("", "t=,v1=", "v1=" + "0" * 64, "t=1800000000", f"t={NOW},v1={'0' * 64}"),
        *(psp.sign(BODY + b" ", "s", NOW), psp.sign(BODY, "other", NOW)),
        *(psp.sign(BODY, "", NOW), psp.sign(BODY, "s", NOW).replace("v1", "v0")),
        *(psp.sign(BODY, "s", NOW)[:-1], psp.sign(BODY, "s", NOW).upper()),
        *(psp.sign(BODY, "s", NOW - 301), psp.sign(BODY, "s", NOW + 301)),
    ],
)
def test_anything_else_is_no_signature(header: str) -> None:
    with pytest.raises(psp.BadSignature):
        psp.verify(BODY, header, ["s", ""], NOW)


@pytest.mark.parametrize("age", [-300, 0, 300])
def test_a_signature_counts_for_five_minutes(age: int) -> None:
    psp.verify(BODY, psp.sign(BODY, "s", NOW - age), ["s"], NOW)


def test_without_a_secret_nothing_is_signed() -> None:
    with pytest.raises(psp.BadSignature):
        psp.verify(BODY, psp.sign(BODY, "", NOW), [""], NOW)
