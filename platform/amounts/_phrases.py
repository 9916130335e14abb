"""Several terms that say one thing: euros and cents, quantity and price."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from amounts import _words
from amounts._heads import by_heads
from amounts._line import Line
from amounts._lists import ends_there, shared
from amounts._shares import parted
from amounts._sums import summed
from amounts._terms import Term

HOURS = {"am", "pm", "uhr", "h"}
MOST = 10_000  # of one thing
APART = 6  # tokens between a quantity and its price, at most
Step = Callable[[Line, Term, Term], list[Term] | None]


def composed(line: Line, found: list[Term]) -> list[Term]:
    """The terms, with those that belong together made one, or given what they share."""
    for step in (_with_parts, _with_decimals):
        found = _each_pair(line, found, step)
    found = _outermost([parted(line, one) for one in found])
    found = _each_pair(line, shared(line, found), _multiplied)
    found = by_heads(line, [_doubled(line, one) for one in found])
    return _each_pair(line, found, summed)


def _outermost(found: list[Term]) -> list[Term]:
    """Without numbers that are of another term's words: "two thirds of 90 euros"."""
    kept: list[Term] = []
    # A term that begins earlier, or as early and ends later, is met first.
    for one in sorted(found, key=lambda each: (each.first, -each.end)):
        if not kept or one.end > kept[-1].end:
            kept.append(one)
    return kept


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
    """ "12 euros 50", "five pounds twenty", "doce euros con cincuenta", "£3 50" """
    between = other.first - one.end
    takes = _takes_decimals(line, one, between) or _is_with(line, one, other)
    if not (takes and other.is_bare):
        return None
    if between == 0 and _is_digit(line, other):
        # "12 Euro 5" may be 12.05 or 12.50.
        is_open = ends_there(line, other.end)
        return [replace(one, end=other.end, doubt="number")] if is_open else None
    if not _is_cents(line, other, between):
        return None
    return [one.plus(other.number.value.scaleb(-2), other.end)]


def _is_digit(line: Line, one: Term) -> bool:
    """Whether it is below ten, in a figure or in one word."""
    if one.number.is_figure:
        return len(line.word(one.first)) == 1
    if line.word(one.first) in _words.table("multiples"):
        return False
    value = one.number.value or Decimal(0)
    return 0 < value < 10 and value % 1 == 0 and one.end - one.first == 1


def _is_with(line: Line, one: Term, other: Term) -> bool:
    """ "doce con cincuenta" """
    is_said = line.word(one.end) in {*_words.table("decimal_words").split()}
    is_whole = one.is_bare and _is_whole(one) and not one.number.is_hardly
    return is_said and other.first - one.end == 1 and is_whole


def _takes_decimals(line: Line, one: Term, between: int) -> bool:
    """Whether a number so many tokens later can be the decimals of a whole amount."""
    if not (one.is_amount and _is_whole(one)):
        return False
    if between == 0:
        return one.trails or line.tokens[one.first].kind == "sign"
    return between == 1 and one.trails and line.is_said_as(one.end, "and")


def _is_cents(line: Line, other: Term, between: int) -> bool:
    value, written = other.number.value, line.word(other.first)
    if value is None or not (0 < value < 100) or value % 1:
        return False
    # "35 euro e 50" is said everywhere but in English.
    joined = between == 0 or line.language != "en"
    shaped = len(written) == 2 and joined if other.number.is_figure else value > 9
    return shaped and ends_there(line, other.end)


def _is_whole(one: Term) -> bool:
    value = one.number.value
    return value is not None and value == value.to_integral_value()


def _multiplied(line: Line, one: Term, other: Term) -> list[Term] | None:
    """ "3 x €12.50", "€12.50 x 3", "two tickets at 15 euros", "2 books, €9 each" """
    if _is_often(line, one, other):
        price, quantity = (one, other) if one.is_amount else (other, one)
        return _product(line, price, quantity)
    if _is_repeated(line, one, other):
        return _product(line, one, other, other.end + _times(line, other.end))
    if _counts(line, one, other):
        if _is_joined(line, one, other):
            return _product(line, other, one)
        return [replace(other, doubt="number")]
    if _is_of(line, one, other):
        return [one, replace(other, doubt="number")]
    return _product(line, one, other) if _is_for(line, one, other) else None


def _is_often(line: Line, one: Term, other: Term) -> bool:
    """ "twice 20 euros", "3 x 20 euros", "20 euros times 3" """
    if line.word(one.first) in _words.table("multiples") and one.end == other.first:
        return True
    is_article = other.number.value == 1 and not other.number.is_figure  # "por una"
    is_joined = other.first - one.end == 1 and line.is_said_as(one.end, "times")
    return is_joined and not is_article


def _is_of(line: Line, one: Term, other: Term) -> bool:
    """Whether there may be several of that: "two payments of 50 euros" """
    between = line.tokens[one.end : other.first]
    shaped = len(between) == 2 and between[0].kind == "word"
    is_several = one.is_bare and not one.number.is_hardly and one.number.value != 1
    return shaped and is_several and line.is_said_as(other.first - 1, "parts")


def _is_repeated(line: Line, one: Term, other: Term) -> bool:
    """ "20 euros twice", "20 euros 3 times"; not what has happened so often."""
    is_multiple = line.word(other.first) in _words.table("multiples")
    if one.end != other.first or not (is_multiple or _times(line, other.end)):
        return False
    happened = {*_words.table("happened").split()}
    return not any(token.lower in happened for token in line.tokens[: one.first])


def _times(line: Line, at: int) -> int:
    """How many tokens from there say that a number before them is a frequency."""
    is_said = line.is_said_as(at, "times") and line.tokens[at].kind == "word"
    return int(is_said and len(line.word(at)) > 1)


def _doubled(line: Line, one: Term) -> Term:
    """ "double 50 euros", "das Doppelte von 50 Euro", "50 Euro doppelt" """
    if one.is_bare and not line.is_answer:
        return one
    if before := line.factor(one.first, -1):
        number = one.number.times(before.value, one.number.end)
        return replace(one, first=before.end, number=number)
    if after := line.factor(one.end, 1):
        number = one.number.times(after.value, after.end)
        return replace(one, end=after.end, number=number)
    return one


def _is_for(line: Line, one: Term, other: Term) -> bool:
    """Whether a price is for each of so many: "50 euros each for 3 people", "je 50 Euro
    für 3 Personen"."""
    length = line.phrase("each", one.end)
    is_each = length or line.phrase_before("each_before", one.first)
    at = one.end + length
    is_near = line.is_said_as(at, "for") and other.first == at + 1
    said = line.tokens[other.end : other.end + 1]
    return bool(is_each) and is_near and (not said or said[0].kind == "word")


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


def _is_joined(line: Line, one: Term, other: Term) -> bool:
    """Whether a price is clearly of what is counted: "2 cuts at €35", "2 cuts, €35"."""
    between = line.tokens[one.end : other.first]
    is_parted = any(each.kind == "sign" for each in between)
    is_parted |= line.is_said_as(other.first - 1, "for")
    return is_parted or bool(line.phrase_before("at", other.first))


def _product(
    line: Line, price: Term, quantity: Term, end: int = 0
) -> list[Term] | None:
    """What so many of a price come to, said until before the token *end* or later."""
    factor = quantity.number.value or Decimal(0)
    is_said = price.is_amount or (price.is_bare and _is_worded(line, price, quantity))
    if not is_said or price.number.is_hardly or not _is_count(quantity):
        return None
    first = price.first - line.phrase_before("each_before", price.first)
    first, end = min(first, quantity.first), max(price.end, quantity.end, end)
    end += line.phrase("each", end)
    number = price.number.times(factor, end)
    doubt = None if price.doubt == "choice" == quantity.doubt else price.doubt
    return [replace(price, first=first, end=end, number=number, doubt=doubt)]


def _is_count(quantity: Term) -> bool:
    factor = quantity.number.value or Decimal(0)
    is_number = quantity.is_bare and not quantity.number.is_hardly
    return is_number and 0 < factor <= MOST and factor % 1 == 0


def _is_worded(line: Line, price: Term, quantity: Term) -> bool:
    """Whether numbers alone are multiplied in words, and are no size: "2 x 20"."""
    low, high = min(price.first, quantity.first), max(price.end, quantity.end)
    signs = {"x", "×", "*"}
    said = {line.word(at) for at in range(low, high)}
    return line.is_answer or not said & signs
