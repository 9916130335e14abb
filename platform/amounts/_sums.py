"""Amounts that are added up or taken off: "20 euros plus 5 for the tip", "100 euros
less the 30 deposit"."""

from dataclasses import replace
from decimal import Decimal

from amounts._line import Line
from amounts._lists import ends_there
from amounts._terms import Term

WORDS = 2  # that may stand between an amount and its plus: "the deposit of 200 plus"


def summed(line: Line, one: Term, other: Term) -> list[Term] | None:
    """Both as one, where a word between them says so and both are known."""
    sign = _sign(line, one, other)
    if not sign or not (_is_known(one) and _is_known(other)):
        return None
    if not (_is_of_one_money(one, other) and _is_over(line, other)):
        return None
    value = sign * (other.number.value or Decimal(0))
    if (one.number.value or 0) + value <= 0:
        return None
    end = other.end + _is_for(line, other.end)
    return [replace(one.plus(value, end), is_listed=other.is_listed)]


def _is_of_one_money(one: Term, other: Term) -> bool:
    return one.codes == other.codes or (other.is_bare and one.is_amount)


def _sign(line: Line, one: Term, other: Term) -> int:
    """1 for a plus between them, -1 for a minus, 0 for neither."""
    begin = one.end + (line.word(one.end) == ",")
    for at in range(begin, min(begin + WORDS, other.first - 1) + 1):
        for kind, sign in (("more", 1), ("less", -1)):
            length = line.phrase(kind, at)
            is_dash = line.word(at) == "-"  # that of a range
            after = at + length + line.is_said_as(at + length, "articles")
            if length and not is_dash and after == other.first:
                return sign
        if at < len(line.tokens) and line.tokens[at].kind != "word":
            return 0
    return 0


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
    return any(line.is_said_as(at, kind) for kind in ("tip", "discount"))
