"""Prices for each of so many people: "12 euros a head, there are five of us"."""

from dataclasses import replace
from decimal import Decimal

from amounts import _words
from amounts._figures import Reading
from amounts._line import LONGEST, Line
from amounts._numbers import Number
from amounts._terms import Term

MOST = 1_000  # people for whom somebody pays


def by_heads(line: Line, found: list[Term]) -> list[Term]:
    """The terms, with the only price a head for all of the people that are named."""
    prices = [one for one in found if line.phrase("heads", one.end)]
    people = [one for one in found if _is_people(line, one)] + _parties(line)
    if len(prices) != 1 or len(people) != 1 or prices[0].number.is_hardly:
        return found
    whole = _of_all(line, prices[0], people[0])
    used = [*prices, *people]
    return sorted([*_without(found, used), whole], key=lambda one: one.first)


def _without(found: list[Term], used: list[Term]) -> list[Term]:
    return [one for one in found if one not in used]


def _of_all(line: Line, price: Term, many: Term) -> Term:
    factor = many.number.value or Decimal(0)
    number = replace(price.number.times(factor, price.number.end), is_scaled=False)
    end = price.end + line.phrase("heads", price.end)
    return replace(price, number=number, end=end, doubt=None)


def _is_people(line: Line, one: Term) -> bool:
    """ "we are five", "5 people" """
    many = one.number.value
    if not one.is_bare or many is None or not 0 < many <= MOST or many % 1:
        return False
    is_we = line.phrase_before("we", one.first)
    return bool(is_we or line.phrase("people", one.end))


def _parties(line: Line) -> list[Term]:
    """ "zu viert" """
    known, made = _words.table("parties"), list[Term]()
    for at in range(len(line.tokens)):
        for end in range(at + 2, min(at + LONGEST, len(line.tokens)) + 1):
            said = " ".join(_words.key(line.tokens[at:end]))
            if many := known.get(said):
                value = (Reading(Decimal(many)),)
                made.append(Term(at, end, Number(at, end, value, is_figure=False)))
    return made
