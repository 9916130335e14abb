"""Which sums of a currency a card can be charged: not every minor unit of all.

Source: docs.stripe.com/currencies, zero-decimal, three-decimal and special cases.
"""

# With two decimals in ISO 4217, but charged without any.
WHOLE = frozenset({"MGA"})
# With three decimals, of which the last must be zero.
TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def step(currency: str) -> int:
    """A card is charged whole multiples of so many minor units."""
    return 100 if currency in WHOLE else 10 if currency in TENS else 1
