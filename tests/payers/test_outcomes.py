"""What became of a payment is what its services say, refunds included."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.payment.links import Link
from contracts.payment.payments import Payment
from payers import _outcomes

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def link(status: Any) -> Link:
    about = {"intent_id": "i", "payment_id": "i", "url": "u", "payee": "p"}
    about |= {"amount": {"minor_units": 1, "currency": "EUR"}, "provider": "local"}
    return Link(id="l", status=status, created_at=NOW, expires_at=NOW, **about)


def payment(status: Any) -> Payment | None:
    if status is None:
        return None
    about = {"intent_id": "i", "provider": "local", "currency": "EUR", "amount": 1}
    return Payment(id="i", status=status, created_at=NOW, updated_at=NOW, **about)


@pytest.mark.parametrize(
    ("of_link", "of_payment", "expected"),
    [
        ("live", None, "status_open"),
        ("live", "requires_action", "status_open"),
        ("live", "failed", "status_failed"),
        ("failed", "failed", "status_failed"),
        ("live", "confirmed", "status_paid"),
        ("paid", None, "status_paid"),
        ("expired", "confirmed", "status_paid"),
        ("paid", "disputed", "status_paid"),
        ("paid", "refunded", "status_refunded"),
        ("paid", "partially_refunded", "status_partly"),
        ("expired", None, "status_over"),
        ("expired", "failed", "status_over"),
    ],
)
def test_a_payment_is_told_as_it_is(
    of_link: str, of_payment: str | None, expected: str
) -> None:
    assert _outcomes.became(link(of_link), payment(of_payment)) == expected
