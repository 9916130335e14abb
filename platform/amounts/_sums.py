"""Amounts that are added up or taken off: "20 euros plus 5 for the tip", "100 euros
less the 30 deposit"."""

from dataclasses import replace
from decimal import Decimal

from amounts._line import Line
from amounts._lists import ends_there
from amounts._numbers import Number
from amounts._terms import Term

WORDS = 4  # that may stand between an amount and its plus: "the deposit of 200 plus"


def summed(line: Line, one: Term, other: Term) -> list[Term] | None:
    """Both as one, where a word between them says so and both are known."""
    sign = _sign(line, one, other)
    if not sign or not _are_known(one, other):
        return None
    if not (_is_of_one_money(line, one, other) and _is_over(line, other)):
        return None
    value = sign * (other.number.value or Decimal(0))
    made = one.plus(value, other.end + _is_for(line, other.end))
    codes = one.codes or other.codes
    number = _exact(made.number, other.number)
    whole = replace(made, number=number, codes=codes, is_listed=other.is_listed)
    return [whole] if (number.value or 0) > 0 else None


def _exact(number: Number, other: Number) -> Number:
    """The number, with as many decimals as either has."""
    most = max(each.decimals for each in (*number.readings, *other.readings))
    made = (replace(each, decimals=most) for each in number.readings)
    return replace(number, readings=tuple(made))


def _is_of_one_money(line: Line, one: Term, other: Term) -> bool:
    if one.is_bare and other.is_amount:
        return line.is_said_as(one.end, "for")  # "54 for the taxi and a 6 euro tip"
    return one.codes == other.codes or (other.is_bare and one.is_amount)


def _sign(line: Line, one: Term, other: Term) -> int:
    """1 for a plus between them, -1 for a minus, 0 for neither."""
    begin = one.end + (line.word(one.end) == ",")
    for at in range(begin, min(begin + WORDS, other.first - 1) + 1):
        if sign := _sign_at(line, at, other):
            return sign
        if line.tokens[at].kind != "word":
            return 0
    return 0


def _sign_at(line: Line, at: int, other: Term) -> int:
    """The same of the words from that token until before the other amount."""
    kinds = {"more": 1, "less": -1} | ({"with": 1} if _is_tip(line, other) else {})
    for kind, sign in kinds.items():
        length = line.phrase(kind, at)
        after = at + length + line.is_said_as(at + length, "articles")
        if length and after == other.first and line.word(at) != "-":  # a range's
            return sign
    return 0


def _is_tip(line: Line, other: Term) -> bool:
    """ "and a 6 euro tip" """
    return line.is_said_as(other.end, "tip")


def _are_known(one: Term, other: Term) -> bool:
    return _is_known(one) and _is_known(other)


def _is_known(one: Term) -> bool:
    is_sure = one.part is None and one.number.value is not None
    is_number = not (one.number.is_rough or (one.number.is_hardly and one.is_bare))
    return is_sure and is_number and not one.doubt


def _is_over(line: Line, other: Term) -> bool:
    """Whether it counts nothing: "plus 5 tip", and not "plus 2 coffees"."""
    if not other.is_bare or _is_for(line, other.end):
        return True
    at = other.end + line.phrase("of", other.end)
    return ends_there(line, other.end) or _is_for(line, at)


def _is_for(line: Line, at: int) -> bool:
    return any(line.is_said_as(at, kind) for kind in ("tip", "discount", "deposit"))
