"""A figure and what it can be read as: "1.234" is 1234 or 1.234.

Which of them is meant shows in the text's conventions and in the currency; where these
leave more than one, or none, nobody but the writer can say.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import money

SOFT = " \u00a0\u202f\u2009'’`_·"  # signs that only ever group
GROUPED = re.compile(r"\d{1,3}(?:\D\d{3})+|\d{1,2}(?:\D\d{2})*\D\d{3}")
TAIL = re.compile(r"[.,](?:[-–—]{1,2}|=)$")
VULGAR = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}


@dataclass(frozen=True)
class Reading:
    """A value, and the sign that was taken for the one before decimals, if any."""

    value: Decimal
    sign: str | None = None


def readings(figure: str) -> tuple[Reading, ...]:
    """Everything that the figure can mean; nothing where it is malformed."""
    plus = VULGAR.get(figure[-1], Decimal(0))
    body = TAIL.sub("", figure.rstrip("".join(VULGAR)))
    return tuple(Reading(each.value + plus, each.sign) for each in _plain(body))


def _plain(body: str) -> list[Reading]:
    signs = re.sub(r"[^.,]", "", body)
    if len(set(signs)) == 2 and signs.count(signs[-1]) == 1:
        return _parted(body, signs[-1])
    if len(signs) == 1:
        return _parted(body, signs) + _whole_too(body, signs)
    return _whole(body or "0", None) if len(set(signs)) < 2 else []


def _whole_too(body: str, sign: str) -> list[Reading]:
    """What the one sign in a figure makes of it if it only groups."""
    other = "," if sign == "." else "."
    return [] if body.startswith("0") else _whole(body, other)


def _parted(body: str, sign: str) -> list[Reading]:
    whole, _, decimals = body.rpartition(sign)
    return [
        Reading(each.value + Decimal(f"0.{decimals}"), sign)
        for each in _whole(whole or "0", sign)
    ]


def _whole(body: str, sign: str | None) -> list[Reading]:
    """Digits, or groups of them: of three, or India's of two and a last of three."""
    apart = re.sub(r"\d", "", body)
    if apart and (len(set(apart)) > 1 or not GROUPED.fullmatch(body)):
        return []
    return [Reading(Decimal(re.sub(r"\D", "", body)), sign)]


def meant(
    read: tuple[Reading, ...], currency: str, signs: Iterable[str | None]
) -> int | None:
    """The one value in whole minor units; None where none or several are possible.

    *signs* are the decimal signs that somebody's habits speak for.
    """
    habits = {each for each in signs if each} if len(read) > 1 else {*".,", None}
    values = {
        money.minor(each.value, currency) for each in read if each.sign in habits
    } - {None}
    return values.pop() if len(values) == 1 else None
