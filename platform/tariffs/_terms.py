"""Which amounts of a currency can be paid at once."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import money

# Digits of an amount that card acquirers take: docs.stripe.com/currencies, "Minimum and
# maximum charge amounts". Theirs are minor units of ISO 4217 or more of them, never
# fewer but for MGA, so that nothing below is above what they take.
DIGITS = 8
MORE_DIGITS = {"IDR": 12}


class Limit(Protocol):
    """``most`` is None where nobody has set one."""

    @property
    def least(self) -> int: ...
    @property
    def most(self) -> int | None: ...


class Bounds(NamedTuple):
    """The least and the most of one payment, minor units."""

    least: int
    most: int


def usual_most(currency: str) -> int:
    """The most that is taken at once where nobody has set a limit, minor units."""
    digits = MORE_DIGITS.get(currency, DIGITS) - max(0, money.more_digits(currency))
    return int(10**digits) - 1


def bounds(limits: Mapping[str, Limit], currency: str) -> Bounds:
    """What can be paid at once of a currency, by the limits that are set."""
    limit = limits.get(currency)
    least = limit.least if limit else 1
    most = limit.most if limit else None
    return Bounds(least, usual_most(currency) if most is None else most)


def most_charged(limits: Mapping[str, Limit], currency: str) -> int:
    """The most that an amount may come to with all that is added to it."""
    return max(usual_most(currency), bounds(limits, currency).most)
