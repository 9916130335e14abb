"""ISO 4217: which currencies there are, and how many minor units make one unit.

The official list, as the `iso4217` package carries it. CLDR's digits are something
else: what is customary in print (AFN and IQD have none there, two and three here).
"""

from decimal import Decimal
from functools import cache

import iso4217


class UnknownCurrency(ValueError):
    """Not the code of a currency that money is kept in."""


@cache
def exponents() -> dict[str, int]:
    """Every currency that is paid with, by its code: no funds, metals or test codes."""
    funds = iso4217.raw_xml.iterfind(".//CcyNm[@IsFund]")
    nothing = {each.text for each in funds}
    listed = {
        code: entry["CcyMnrUnts"]
        for code, entry in iso4217.raw_table.items()
        if code and entry["CcyNm"] not in nothing
    }
    return {code: int(digits) for code, digits in listed.items() if digits.isdigit()}


def exponent(currency: str) -> int:
    """How many decimals: 2 for EUR, 0 for JPY, 3 for KWD."""
    try:
        return exponents()[currency]
    except KeyError:
        raise UnknownCurrency(f"{currency!r} is no currency of ISO 4217") from None


def units(minor_units: int, currency: str) -> Decimal:
    """The amount in whole units: 1250 EUR is 12.50."""
    return Decimal(minor_units).scaleb(-exponent(currency))


def minor(amount: Decimal, currency: str) -> int | None:
    """An amount of units in minor units; None where that is no whole number."""
    scaled = amount.scaleb(exponent(currency))
    return int(scaled) if scaled == scaled.to_integral_value() else None
