"""Amounts that are told by another: "half of 80 euros", "20% off 50 euros", "80 euros
plus a 10% tip", "90 euros divided by 3".

Only what comes out in whole minor units is known; of the rest it is asked what it is.
"""

import re
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from amounts import _locales, _words
from amounts._line import LONGEST, Line
from amounts._terms import Term

FIGURE = re.compile(r"\d+(?:[.,]\d+)?")
ELIDED = ("d", "de", "di", "'", "’", "-")
WHOLE = Fraction(1)
# What a share makes of an amount, by the words before and behind it; others are open.
MORE = {("less", ""): -1, ("more", ""): 1, ("more", "tip"): 1, ("less", "tip"): 1}
MORE |= {("with", "tip"): 1, ("", "tip"): 1}
MORE |= dict.fromkeys(((kind, "discount") for kind in ("less", "with", "")), -1)


class Part(NamedTuple):
    """So much of what is said beside it, which with it goes from ``first`` to ``end``.
    ``share`` is None where nobody can say how much."""

    share: Fraction | None
    first: int
    end: int


def parted(line: Line, one: Term) -> Term:
    """The term as what is said to be a part of it, or with a part more or less."""
    for said in (_share_of, _more_or_less, _divided):
        if part := said(line, one):
            first, end = part.first, part.end
            if part.share is None:
                return replace(one, first=first, end=end, doubt="number")
            number = one.number.shared(part.share)
            return replace(one, first=first, end=end, number=number)
    return one


def _share_of(line: Line, one: Term) -> Part | None:
    """ "half of 80 euros", "10% of the 80 euros", "20% off 50 euros" """
    at = one.first - line.phrase_before("from", one.first)
    if at == one.first:
        return None
    if _is_of_a_tip(line, at):
        return Part(None, one.first, one.end)
    is_discount = _is_percent_of(line, "discount", at)
    at -= is_discount or _is_percent_of(line, "deposit", at)
    while line.word(at - 1) in ELIDED:  # "30 % d'acompte"
        at -= 1
    found = _named(line, at) or _fraction(line, at) or _percent_before(line, at)
    if found is None:
        return None
    is_off = is_discount or bool(line.phrase_before("off", one.first))
    return Part(_less(found.share, is_off=is_off), found.first, one.end)


def _is_percent_of(line: Line, kind: str, end: int) -> bool:
    """ "a 20% discount", "30 % d'acompte", until before that token"""
    before = {line.word(end - 2), line.word(end - 4)}
    return line.is_said_as(end - 1, kind) and "%" in before


def _less(share: Fraction | None, *, is_off: bool) -> Fraction | None:
    """The share, or what is left without it."""
    return WHOLE - share if is_off and share is not None else share


def _is_of_a_tip(line: Line, end: int) -> bool:
    """Whether nobody knows if it alone, or with the rest, is paid: "a 10% tip on 50
    euros", "a tip of 10% on 50 euros"."""
    if line.is_said_as(end - 1, "tip"):
        return line.word(end - 2) == "%"
    said = _percent_before(line, end)
    return said is not None and line.is_said_as(said.first - 2, "tip")


def _named(line: Line, end: int) -> Part | None:
    """ "a third", until before that token"""
    known = _words.shares(line.language)
    for first in range(max(0, end - LONGEST), end):
        if value := known.get(_words.key(line.tokens[first:end])):
            return Part(value, first, end)
    return None


def _fraction(line: Line, end: int) -> Part | None:
    """ "3/4", until before that token"""
    over, under = line.word(end - 3), line.word(end - 1)
    is_said = line.word(end - 2) == "/" and over.isdigit() and under.isdigit()
    if not is_said or not 0 < int(over) < int(under):
        return None
    return Part(Fraction(int(over), int(under)), end - 3, end)


def _percent_before(line: Line, end: int) -> Part | None:
    first = end
    while line.word(first - 1) == "%":
        first -= 1
    return _percent(line, first)


def _percent(line: Line, first: int) -> Part | None:
    """The share in percent from there on, which is blotted out but for its signs."""
    end = first
    while line.word(end) == "%":
        end += 1
    if end == first:
        return None
    said = line.text[line.tokens[first].start : line.tokens[end - 1].end]
    figure = FIGURE.match(said)
    share = Fraction(figure[0].replace(",", ".")) / 100 if figure else None
    return Part(share, first, end)


def _more_or_less(line: Line, one: Term) -> Part | None:
    """ "80 euros less 10%", "80 euros plus a 10% tip", "80 euros, 10% discount" """
    kind, length = _joint(line, one.end)
    if not length:
        return None
    at = one.end + length
    at += line.is_said_as(at, "articles")
    said = _named_percent(line, at) or _percent(line, at)
    if said is None:
        return None
    name = _name(line, at) or _name(line, said.end)
    if kind == name == "":
        return None  # another sentence's
    sign = MORE.get((kind, name)) if said.share is not None else None
    share = None if sign is None else WHOLE + sign * (said.share or 0)
    return Part(share, one.first, said.end + bool(_name(line, said.end)))


def _named_percent(line: Line, at: int) -> Part | None:
    """ "VAT at 23%" """
    if not _name(line, at):
        return None
    joint = line.phrase("at", at + 1) or line.phrase("from", at + 1)
    return _percent(line, at + 1 + joint)


def _joint(line: Line, at: int) -> tuple[str, int]:
    """The kind of the words there, and how many tokens they are."""
    for kind in ("less", "more", "with"):
        if length := line.phrase(kind, at):
            return kind, length
    return "", int(line.word(at) == ",")


def _name(line: Line, at: int) -> str:
    names = ("tip", "discount", "deposit")
    return next((each for each in names if line.is_said_as(at, each)), "")


def _divided(line: Line, one: Term) -> Part | None:
    """ "90 euros divided by 3"; "split 3 ways" may mean all of it."""
    if line.phrase("split", one.end):
        return Part(None, one.first, one.end)
    at = one.end + line.phrase("divided", one.end)
    by = _number(line, at) if at > one.end else None
    return Part(Fraction(1) / by, one.first, at + 1) if by else None


def _number(line: Line, at: int) -> int:
    """The number of one token there; 0 for none."""
    if line.word(at).isdigit():
        return int(line.word(at))
    spoken = _locales.spoken(line.tokens[at : at + 1], line.language)
    return int(spoken[0][2]) if spoken and spoken[0][2].isdigit() else 0
