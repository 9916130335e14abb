"""Which sums of a currency a card can be charged: not every minor unit of all.

Source: docs.stripe.com/currencies, zero-decimal, three-decimal and special cases.
"""

# Without decimals in ISO 4217, but written with two, which are zeros.
LONGER = frozenset({"ISK", "UGX"})
# With two decimals in ISO 4217, but written and charged without any.
SHORTER = frozenset({"MGA"})
# With three decimals, of which the last must be zero.
TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def step(currency: str) -> int:
    """A card is charged whole multiples of so many minor units."""
    return 100 if currency in SHORTER else 10 if currency in TENS else 1


def more_digits(currency: str) -> int:
    """How many digits more than its minor units an amount has as a card is charged: 2,
    0 or -2."""
    return 2 * (currency in LONGER) - 2 * (currency in SHORTER)
