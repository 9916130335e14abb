"""Amounts of money written out, so that nobody reads them in another way.

    amounts_in_words.amount(4_999, "EUR", "en")
    # "49.99 EUR (forty-nine and 99/100 euros)"

It names no business noun.
"""

from amounts_in_words._amounts import amount, figures
from amounts_in_words._numbers import LARGEST, number

__all__ = ["LARGEST", "amount", "figures", "number"]
