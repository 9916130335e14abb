"""Amounts that a question tells, and the bounds that a sentence sets to such amounts.

"What is the discount for 60 costumes?" is answered by "with more than 50 we take 20 %
off", where no 60 stands, and "can my son of 16 hire one" by "from 18 years".
"""

import dataclasses
import math
import re
from collections.abc import Iterator

from evidence import _stems, _words

_SPELT = {
    word: float(value)
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen "
        "fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(),
        start=1,
    )
}
# No times of day: of "9:00 to 18:00" nothing is an amount. A currency's sign is a unit.
_NUMBER = (
    r"[€$£]?\s?(?:(?<![\w.,-])-)?(?<![\d:.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\d:])|"
    rf"\b(?:{'|'.join(_SPELT)})\b"
)
_UNIT = r"(?:\s*-?\s*([a-z°²]+))?"
_AGE = r"(?:(?:the\s+)?ages?\s+of\s+|aged?\s+)?"
_BETWEEN = re.compile(
    rf"(?:\bbetween\s+({_NUMBER}){_UNIT}\s*and|({_NUMBER}){_UNIT}\s*(?:to\b|-|until\b))"
    rf"\s*({_NUMBER}){_UNIT}"
)
_BELOW = re.compile(
    r"\b(?:(?:no|not)\s+(?:(?:more|longer|older|larger|higher)\s+than|over|above|exceed\w*)|"
    r"up\s+to|"
    r"(?:less|fewer|shorter|younger|smaller|lower)\s+than|under|below|at\s+most|within|"
    rf"maximum(?:\s+of)?|max\.?)\s+{_AGE}({_NUMBER}){_UNIT}|"
    rf"({_NUMBER}){_UNIT}\s+(?:or|and)\s+(?:less|fewer|under|younger|below)\b"
)
_ABOVE = re.compile(
    r"(?<!no\s)(?<!not\s)\b(?:(?:more|longer|older|larger|higher|taller)\s+than|over|above|"
    rf"exceed\w*|at\s+least|from|beyond|minimum(?:\s+of)?|min\.?)\s+{_AGE}({_NUMBER}){_UNIT}|"
    rf"({_NUMBER}){_UNIT}(?:\s+of\s+age)?\s+(?:or|and)\s+(?:more|over|older|above|up)\b"
)
_SHORT = {
    short: _stems.stem(unit)
    for unit, shorts in [
        ("metre", "m meter meters"),
        ("kilometre", "km kms"),
        ("kilogram", "kg kgs kilo kilos"),
        ("hour", "h hr hrs"),
        ("minute", "min mins"),
        ("year", "yr yrs"),
        ("degree", "° °c °f"),
        ("litre", "l liter liters"),
        ("€", "€ eur euro euros"),
        ("£", "£ gbp pound pounds"),
        ("$", "$ usd dollar dollars"),
    ]
    for short in shorts.split()
}


@dataclasses.dataclass(frozen=True)
class Amount:
    """``unit``: the stem of what it is an amount of; empty where that is not said."""

    value: float
    unit: str


@dataclasses.dataclass(frozen=True)
class Bound:
    """From ``low`` to ``high``, both included."""

    low: float
    high: float
    unit: str


def _amount(number: str, unit: str) -> Amount:
    spelt = _SPELT.get(number.strip())
    if spelt is not None:
        return Amount(spelt, _unit(unit))
    sign = number[:1] if number[:1] in "€$£" else ""
    plain = number.removeprefix(sign).replace(",", "")
    # "From 1 May" is a date, "who is eighteen may" is not.
    return Amount(float(plain), "may" if unit == "may" else _unit(sign or unit))


def _unit(word: str) -> str:
    if word in _SHORT:
        return _SHORT[word]
    return _stems.stem(word) if _words.is_subject(word) else ""


# "3D" is a name.
_TOLD = re.compile(
    rf"(?<![\w.,:/-])([€$£]?\d+(?:\.\d+)?)(?![a-gi-kn-z]\b){_UNIT}(?!\d|[:/,.]\d)"
)
_YEAR = re.compile(r"(?:19|20)\d\d\Z")


def amounts(question: str) -> dict[str, Amount]:
    """A question's numbers, as they are written there, with the amounts that they are.

    A year is none.
    """
    told = (match.groups("") for match in _TOLD.finditer(_words.plain(question)))
    found = {number.lstrip("€$£"): _amount(number, unit) for number, unit in told}
    return {n: a for n, a in found.items() if a.unit or not _YEAR.match(n)}


def bounds(text: str) -> tuple[Bound, ...]:
    """What a text bounds from below, from above or from both sides."""
    lower = _words.plain(text)
    found = []
    for between, its, low, unit, *high in _BETWEEN.findall(lower):
        least, most = _amount(between or low, its or unit), _amount(*high)
        found.append(Bound(least.value, most.value, most.unit or least.unit))
    rest = _BETWEEN.sub(" ", lower)
    for told in _told(_BELOW, rest):
        found.append(Bound(-math.inf, told.value, told.unit))
    for told in _told(_ABOVE, rest):
        found.append(Bound(told.value, math.inf, told.unit))
    return tuple(found)


def _told(pattern: re.Pattern[str], lower: str) -> Iterator[Amount]:
    for number, unit, other, its in pattern.findall(lower):
        yield _amount(number or other, unit or its)


_FITS, _SAME_UNIT = 0.9, 0.6


def settled(amount: Amount, found: tuple[Bound, ...]) -> float:
    """How far bounds settle what is asked of an amount, in [0, 1].

    Wholly where it lies within one, less where it lies outside of one of its unit:
    "up to 1.95 m" tells whether a van of 2.1 m fits in, too.
    """
    told = [_settled(amount, bound) for bound in found]
    return max(told, default=0.0)


def _settled(amount: Amount, bound: Bound) -> float:
    is_same = amount.unit == bound.unit
    if bound.low <= amount.value <= bound.high and (
        is_same or not amount.unit or not bound.unit
    ):
        return _FITS
    return _SAME_UNIT if is_same and amount.unit else 0.0
