"""Amounts as Stripe writes them, which is not always in ISO 4217's minor units.

Source: docs.stripe.com/currencies, zero-decimal, three-decimal and special cases.
"""

import money

# Without decimals in ISO 4217, but written by Stripe with two, which are zeros.
LONGER = frozenset({"ISK", "UGX"})
# With two decimals in ISO 4217, but written by Stripe without any.
SHORTER = frozenset({"MGA"})


class Unpayable(ValueError):
    """Stripe cannot take this amount of this currency."""


def to_stripe(minor_units: int, currency: str) -> int:
    """Minor units as Stripe's amount; Unpayable where it has no such amount."""
    if currency in LONGER:
        return minor_units * 100
    if minor_units % (step := money.step(currency)):
        message = f"amounts of {currency} are whole multiples of {step} minor units"
        raise Unpayable(message)
    return minor_units // 100 if currency in SHORTER else minor_units


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's amount in minor units."""
    if currency in LONGER:
        return amount // 100
    return amount * 100 if currency in SHORTER else amount
