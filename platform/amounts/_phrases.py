"""Several terms that say one thing: euros and cents, ranges, quantity and price."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from amounts._line import Line
from amounts._terms import Term

HOURS = {"am", "pm", "uhr", "h"}
MOST = 10_000  # of one thing
APART = 6  # tokens between a quantity and its price, at most
Step = Callable[[Line, Term, Term], list[Term] | None]


def composed(line: Line, found: list[Term]) -> list[Term]:
    """The terms, with those that belong together made one, or given what they share."""
    for step in (_with_parts, _with_decimals, _shared, _multiplied):
        found = _each_pair(line, found, step)
    return found


def _each_pair(line: Line, found: list[Term], step: Step) -> list[Term]:
    made: list[Term] = []
    for one in found:
        both = step(line, made[-1], one) if made else None
        made[-1:] = both if both is not None else [*made[-1:], one]
    return made


def _with_parts(line: Line, one: Term, other: Term) -> list[Term] | None:
    """ "12 euros and 50 cents" """
    between = other.first - one.end
    joined = between == 0 or (
        between == 1 and (line.word(one.end) == "," or line.is_said_as(one.end, "and"))
    )
    value = other.number.value
    if not (joined and one.is_amount and other.part and value is not None):
        return None
    if value >= 10**other.part:
        return None
    return [one.plus(value.scaleb(-other.part), other.end)]


def _with_decimals(line: Line, one: Term, other: Term) -> list[Term] | None:
    """ "12 euros 50", "five pounds twenty", "doce euros con cincuenta" """
    between = other.first - one.end
    joined = between == 0 or (between == 1 and line.is_said_as(one.end, "and"))
    if not (joined and one.is_amount and one.trails and other.is_bare):
        return None
    if not _is_cents(line, other, between) or not _is_whole(one):
        return None
    return [one.plus(other.number.value.scaleb(-2), other.end)]


def _is_cents(line: Line, other: Term, between: int) -> bool:
    value, written = other.number.value, line.word(other.first)
    if value is None or not (0 < value < 100) or value % 1:
        return False
    shaped = len(written) == 2 and between == 0 if other.number.is_figure else value > 9
    return shaped and ends_there(line, other.end)


def _is_whole(one: Term) -> bool:
    value = one.number.value
    return value is not None and value % 1 == 0


def ends_there(line: Line, at: int) -> bool:
    """Whether what follows is no noun that the number before it counts."""
    if at >= len(line.tokens) or line.tokens[at].kind != "word":
        return line.word(at) not in {"%", "°", "/", "-"}
    known = line.is_said_as(at, "marks") or bool(line.phrase("each", at))
    return known and not line.is_said_as(at, "units")


def _shared(line: Line, one: Term, other: Term) -> list[Term] | None:
    """ "50-100 €", "between €50 and 100", "50 or 60 euros", "20 and 30 euros" """
    doubt = _relation(line, one, other)
    if doubt is None:
        return None
    one, other = _borrowed(line, one, other)
    if doubt and one.codes and other.codes:
        return [replace(one, doubt=doubt), replace(other, doubt=doubt)]
    return [one, other]


def _borrowed(line: Line, one: Term, other: Term) -> tuple[Term, Term]:
    """Both, with the currency that only one of them names."""
    if one.is_bare and other.trails:
        return replace(one, codes=other.codes, part=other.part), other
    if other.is_bare and one.is_amount and ends_there(line, other.end):
        return one, replace(other, codes=one.codes)
    return one, other


def _relation(line: Line, one: Term, other: Term) -> str | None:
    """What the words between two numbers make of them; None if nothing."""
    length = other.first - one.end
    spanning = line.phrase_before("between", one.first)
    meanings = {"range": "range", "or": "choice", "and": "range" if spanning else ""}
    for kind, doubt in meanings.items():
        if length and line.phrase(kind, one.end) == length:
            return doubt
    return None


def _multiplied(line: Line, one: Term, other: Term) -> list[Term] | None:
    """ "3 x €12.50", "€12.50 x 3", "two tickets at 15 euros", "2 books, €9 each" """
    if other.first - one.end == 1 and line.is_said_as(one.end, "times"):
        price, quantity = (one, other) if one.is_amount else (other, one)
        return _product(line, price, quantity)
    return _product(line, other, one) if _counts(line, one, other) else None


def _counts(line: Line, one: Term, other: Term) -> bool:
    """Whether a number counts what a price a few words later is for."""
    if not (line.phrase("each", other.end) or line.phrase_before("at", other.first)):
        return False
    between = line.tokens[one.end : other.first]
    is_noun = bool(between) and between[0].kind == "word"
    near = len(between) <= APART and all(
        each.kind == "word" or each.text in ",@:-" for each in between
    )
    return is_noun and near and line.word(one.end) not in HOURS


def _product(line: Line, price: Term, quantity: Term) -> list[Term] | None:
    factor = quantity.number.value or Decimal(0)
    plain = price.is_amount and quantity.is_bare and not quantity.number.is_hardly
    if not plain or factor % 1 or not 0 < factor <= MOST:
        return None
    first, end = min(price.first, quantity.first), max(price.end, quantity.end)
    end += line.phrase("each", end)
    number = price.number.times(factor, end)
    return [replace(price, first=first, end=end, number=number)]
