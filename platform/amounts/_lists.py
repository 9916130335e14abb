"""Several amounts that are said together: ranges, choices, lists.

They share what only one of them names: "50, 60 or 70 euros".
"""

from dataclasses import replace

from amounts._line import Line
from amounts._terms import Term

DOUBTS = {"range": "range", "or": "choice", "and": "", "joint": "", "denied": ""}


def shared(line: Line, found: list[Term]) -> list[Term]:
    """The terms with the currencies and doubts that they have together."""
    made = list(found)
    pairs = range(len(made) - 1)
    for at in (*reversed(pairs), *pairs):
        made[at : at + 2] = _shared(line, made[at], made[at + 1])
    return made


def _shared(line: Line, one: Term, other: Term) -> list[Term]:
    doubt = relation(line, one, other)
    if doubt is None or one.number.is_hardly or other.number.is_hardly:
        return [one, other]
    if doubt == "number":
        return [one, replace(other, doubt=doubt)]
    one, other = _borrowed(line, replace(one, is_listed=True), other)
    if doubt and one.is_bare == other.is_bare:
        return [replace(one, doubt=doubt), replace(other, doubt=doubt)]
    return [one, other]


def _borrowed(line: Line, one: Term, other: Term) -> tuple[Term, Term]:
    """Both, with the currency that only one of them names."""
    if one.is_bare and other.trails:
        return replace(one, codes=other.codes, part=other.part, trails=True), other
    if other.is_bare and one.is_amount and ends_there(line, other.end):
        return one, replace(other, codes=one.codes)
    return one, other


def relation(line: Line, one: Term, other: Term) -> str | None:
    """The doubt that the words between two numbers put them in, which may be none:
    ""; None if they are not said together."""
    length = other.first - one.end
    if length == 0:
        return _in_a_row(one, other)
    if length == 1 and line.word(one.end) == ",":
        return _enumerated(line, one, other)
    if one.is_bare and other.is_bare and line.word(one.end) == "/":
        return None
    return _joined(line, one, length)


def _joined(line: Line, one: Term, length: int) -> str | None:
    """By so many tokens that are a phrase: "or", "rather than"."""
    found = (kind for kind in DOUBTS if line.phrase(kind, one.end) == length)
    kind = next(found, "")
    if kind == "and" and line.phrase_before("between", one.first):
        return "range"
    return DOUBTS.get(kind)


def _in_a_row(one: Term, other: Term) -> str | None:
    """ "20 30", "1 2 3 EUR" """
    if not one.is_bare or one.number.end != other.number.first:
        return None
    if other.is_bare:
        return "choice"
    return "number" if one.number.is_figure and other.number.is_figure else None


def _enumerated(line: Line, one: Term, other: Term) -> str | None:
    """ "50, 60 and 70 euros", or "20, 30?" """
    if other.is_listed:
        return other.doubt or ""
    begins = all(line.is_said_as(at, "filler") for at in range(one.first))
    return "choice" if one.is_bare and begins else None


def ends_there(line: Line, at: int) -> bool:
    """Whether what follows is no noun that the number before it counts."""
    if at >= len(line.tokens) or line.tokens[at].kind != "word":
        return line.word(at) not in {"%", "°", "/", "-"}
    said = any(line.is_said_as(at, kind) for kind in ("marks", "filler"))
    known = said or any(line.phrase(k, at) for k in ("each", "denied", "joint"))
    return known and not line.is_said_as(at, "units")
