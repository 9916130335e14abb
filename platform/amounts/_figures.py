"""A figure and what it can be read as: "1.234" is 1234 or 1.234.

Which of them is meant shows in the text's conventions and in the currency; where these
leave more than one, or none, nobody but the writer can say.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import money

GROUPED = re.compile(r"\d{1,3}(?:\D\d{3})+|\d{1,2}(?:\D\d{2})*\D\d{3}")
TAIL = re.compile(r"(?P<sign>[.,])(?:[-–—]{1,2}|=)$")
RAISED = re.compile(r"(?P<whole>.*\d)(?P<cents>[⁰¹²³⁴-⁹]{2})")
MIXED = re.compile(r"(?P<whole>\d+) (?P<over>\d)/(?P<under>\d)")
VULGAR = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}


@dataclass(frozen=True)
class Reading:
    """A value, and the sign that was taken for the one before its decimals, if any."""

    value: Decimal
    sign: str | None = None
    decimals: int = 0

    def times(self, factor: Decimal) -> "Reading":
        left = max(0, self.decimals - factor.adjusted())
        return replace(self, value=self.value * factor, decimals=left)


def readings(figure: str) -> tuple[Reading, ...]:
    """Everything that the figure can mean; nothing where it is malformed."""
    if mixed := MIXED.fullmatch(figure):
        whole, over, under = map(Decimal, mixed.groups())
        return (Reading(whole + over / under),)
    if raised := RAISED.fullmatch(figure):  # "4⁹⁹"
        cents = unicodedata.normalize("NFKC", raised["cents"])
        return tuple(_parted(f"{raised['whole']}.{cents}", "."))
    plus = VULGAR.get(figure[-1], Decimal(0))
    body = TAIL.sub(r"\g<sign>00", _bared(figure))
    return tuple(replace(one, value=one.value + plus) for one in _plain(body))


def _bared(figure: str) -> str:
    """Without vulgar fractions, and without a dash for no units: "-.50"."""
    return figure.rstrip("".join(VULGAR)).lstrip("-–—").replace(" . ", ".")


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
        Reading(each.value + Decimal(f"0.{decimals}"), sign, len(decimals))
        for each in _whole(whole or "0", sign)
    ]


def _whole(body: str, sign: str | None) -> list[Reading]:
    """Digits, or groups of them: of three, or India's of two and a last of three."""
    apart = re.sub(r"\d", "", body)
    if apart and (len(set(apart)) > 1 or not GROUPED.fullmatch(body)):
        return []
    return [Reading(Decimal(re.sub(r"\D", "", body)), sign)]


def meant(
    read: tuple[Reading, ...],
    currency: str,
    told: str | None,
    habits: set[str | None],
    custom: str | None,
) -> int | None:
    """The one value in whole minor units; None where none or several are possible.

    *told* is the decimal sign of the writer's own locale; where it is there, with as
    many decimals as the currency has, nothing else counts. *habits* are the signs that
    locale and wording speak for, *custom* the one where the currency is at home.
    """
    likely = read if len(read) == 1 else _likely(read, currency, told, habits, custom)
    # "1.500" of a Swiss, who writes no point between thousands: it may be a slip.
    if any(
        one.sign == told and one.decimals > money.exponent(currency) for one in read
    ):
        likely = [one for one in likely if one.sign == told]
    values = {money.minor(one.value, currency) for one in likely} - {None}
    return values.pop() if len(values) == 1 else None


def _likely(
    read: tuple[Reading, ...],
    currency: str,
    told: str | None,
    habits: set[str | None],
    custom: str | None,
) -> Sequence[Reading]:
    most = money.exponent(currency)
    # Nobody writes more decimals than the currency has, be they zeros.
    fit = [one for one in read if one.decimals <= most]
    own = [one for one in fit if one.sign == told and one.decimals == most]
    return own or [one for one in fit if _is_usual(one, most, habits, custom)]


def _is_usual(
    one: Reading, most: int, habits: set[str | None], custom: str | None
) -> bool:
    # Three digits after a sign are decimals of a dinar as well as a group: where the
    # dinar is at home says that they can be the former, not that they are the latter.
    return one.sign in habits or (one.sign == custom and (most < 3 or one.decimals > 0))
