"""Amounts as Stripe writes them, which is not always in ISO 4217's minor units.

Source: docs.stripe.com/currencies, zero-decimal, three-decimal and special cases.
"""

import money


class Unpayable(ValueError):
    """Stripe cannot take this amount of this currency."""


def to_stripe(minor_units: int, currency: str) -> int:
    """Minor units as Stripe's amount; Unpayable where it has no such amount."""
    if minor_units % (step := money.step(currency)):
        message = f"amounts of {currency} are whole multiples of {step} minor units"
        raise Unpayable(message)
    return _shifted(minor_units, money.more_digits(currency))


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's amount in minor units."""
    return _shifted(amount, -money.more_digits(currency))


def _shifted(amount: int, digits: int) -> int:
    return amount * 10**digits if digits >= 0 else amount // 10**-digits
