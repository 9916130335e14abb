"""Money: whole minor units of ISO 4217's currencies, and exact parts of them.

Never a float. It names no business noun.
"""

from money._charged import more_digits, step
from money._iso import UnknownCurrency, exponent, exponents, minor, units
from money._shares import allocate, share

__all__ = [
    "UnknownCurrency",
    "allocate",
    "exponent",
    "exponents",
    "minor",
    "more_digits",
    "share",
    "step",
    "units",
]
