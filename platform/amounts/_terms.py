"""A number and the currency beside it, wherever it is written: "€50", "50 euros"."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from amounts import _words
from amounts._figures import Reading
from amounts._line import Line
from amounts._markers import Marker
from amounts._numbers import Number, numbers

NEAR = 4  # tokens between a word of weighing and a weight
BETWEEN = {".", ":", "-", "–", "−", "+"}  # "Fr. 50", "EUR: 50", "50-euro", "€-50"


@dataclass(frozen=True)
class Term:
    """Tokens from ``first`` to before ``end``. ``codes`` is None where nothing says.

    ``trails``: the currency is behind its number. ``part``: the exponent of a part.
    """

    first: int
    end: int
    number: Number
    codes: tuple[str, ...] | None = None
    part: int | None = None
    trails: bool = False
    doubt: str | None = None
    is_listed: bool = False  # with what follows it

    @property
    def is_bare(self) -> bool:
        return self.codes is None

    @property
    def is_amount(self) -> bool:
        return self.codes is not None and self.part is None

    def plus(self, value: Decimal, end: int) -> "Term":
        return replace(self, number=self.number.plus(value, end), end=end)


def terms(line: Line) -> list[Term]:
    """Every number of the line, with its currency where it has one."""
    made: list[Term] = []
    known = numbers(line)
    taken = 0  # markers before this token belong to somebody
    for number, following in pairwise([*known, None]):
        one = _coined(line, number) or _marked(line, number, following, taken)
        taken = one.end
        made.append(one)
    taken_by = {at for one in made for at in range(one.first, one.end)}
    made += [one for one in _coins(line) if one.first not in taken_by]
    return sorted(made, key=lambda one: one.first)


def _marked(line: Line, number: Number, following: Number | None, taken: int) -> Term:
    lead = _lead(line, number, taken)
    trail = _trail(line, number, lead)
    if trail and following and _leads(line, trail, number, following, lead):
        trail = None
    return _specified(line, _halved(line, _term(number, lead, trail)))


def _specified(line: Line, one: Term) -> Term:
    """ "$60 US" """
    said = line.tokens[one.end].text if one.end < len(line.tokens) else ""
    code = _words.table("behind").get(said)
    if code is None or code not in (one.codes or ()):
        return one
    return replace(one, end=one.end + 1, codes=(code,))


def _term(number: Number, lead: Marker | None, trail: Marker | None) -> Term:
    first = lead.first if lead else number.first
    end = trail.end if trail else number.end
    if lead and trail:
        both = tuple(code for code in lead.codes if code in trail.codes)
        return Term(first, end, number, both)
    if trail:
        return Term(first, end, number, trail.codes, trail.part, trails=True)
    return Term(first, end, number, lead.codes if lead else None)


def _halved(line: Line, one: Term) -> Term:
    """ "due euro e mezzo", "two euros and a half" """
    half = line.half(one.end) if one.trails else None
    return one.plus(*half) if half else one


def _lead(line: Line, number: Number, taken: int) -> Marker | None:
    at = number.first
    while line.word(at - 1) in BETWEEN or line.is_said_as(at - 1, "minus"):
        at -= 1
    one = _before(line, {at, number.first}, taken)
    # "euro 2024", "not in dollars - 90 euros"
    is_hardly = number.is_hardly or _is_named_behind(line, number)
    return None if one and one.is_noun and is_hardly else one


def _before(line: Line, ends: set[int], taken: int) -> Marker | None:
    known = (one for one in line.markers if one.leads and one.end in ends)
    return next((one for one in known if one.first >= taken), None)


def _is_named_behind(line: Line, number: Number) -> bool:
    return any(one.first == number.end and one.is_noun for one in line.markers)


def _trail(line: Line, number: Number, lead: Marker | None) -> Marker | None:
    at = number.end + _joint(line, number)
    one = next((one for one in line.markers if one.first == at), None)
    if one and lead and not set(lead.codes) & set(one.codes):
        return None
    return None if one and _is_weight(line, number, one) else one


def _is_weight(line: Line, number: Number, marker: Marker) -> bool:
    """ "I lost 12 pounds" """
    said = {line.word(at) for at in range(number.first - NEAR, number.first)}
    is_pounds = marker.is_noun and "GBP" in marker.codes
    return is_pounds and bool(said & {*_words.table("weighs").split()})


def is_bracketed(line: Line, number: Number) -> bool:
    """ "(35.00) USD": less than nothing, as accounts have it"""
    return line.word(number.first - 1) == "(" and line.word(number.end) == ")"


def _joint(line: Line, number: Number) -> int:
    """How many tokens join a number to its currency: "50-euro", "millions d'euros",
    "50ish euros", "fifty or so euros" """
    if length := line.phrase("about_after", number.end):
        return length
    if is_bracketed(line, number):
        return 1
    if line.word(number.end) in {"-", ".", "+"}:
        return 1
    is_large = number.is_scaled or (number.value or 0) >= 1000
    return line.phrase("of", number.end) if is_large else 0


def _leads(
    line: Line, one: Marker, number: Number, following: Number, lead: Marker | None
) -> bool:
    """Whether a marker between two numbers belongs to the second."""
    if following.first != one.end or not one.leads or one.is_noun:
        return False
    if line.glued(following.first) != line.glued(one.first):
        return line.glued(following.first)
    # Written the same way throughout, as the first one shows.
    leading = line.markers[0].first < number.first
    return number.is_hardly or lead is not None or leading


def _coined(line: Line, number: Number) -> Term | None:
    """ "two fivers" """
    coin = _words.table("coins").get(line.word(number.end))
    if coin is None or number.value is None:
        return None
    end = number.end + 1
    return Term(
        number.first, end, number.times(Decimal(coin[0]), end), tuple(coin[1].split())
    )


def _coins(line: Line) -> list[Term]:
    """ "a fiver": a piece of money that has its amount in its name"""
    made = []
    for at, token in enumerate(line.tokens):
        if coin := _words.table("coins").get(token.lower):
            value = (Reading(Decimal(coin[0])),)
            number = Number(at, at + 1, value, is_figure=False)
            made.append(Term(at, at + 1, number, tuple(coin[1].split())))
    return made
