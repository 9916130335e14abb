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
WHOLE = Fraction(1)


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
    length = line.phrase_before("from", one.first)
    if not length:
        return None
    at, is_off = one.first - length, bool(line.phrase_before("off", one.first))
    if line.is_said_as(at - 1, "discount") and line.word(at - 2) == "%":
        at, is_off = at - 1, True  # "a 20% discount on 50 euros"
    elif line.is_said_as(at - 1, "tip") and line.word(at - 2) == "%":
        return Part(None, one.first, one.end)  # it alone, or with it: nobody knows
    found = _named(line, at) or _fraction(line, at) or _percent_before(line, at)
    if found is None or found.share is None:
        return found
    if line.is_said_as(found.first - 2, "tip"):  # "a tip of 10% on 50 euros"
        return Part(None, one.first, one.end)
    share = WHOLE - found.share if is_off else found.share
    return Part(share, found.first, one.end)


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
    kind = next((k for k in ("less", "more", "with") if line.phrase(k, one.end)), "")
    at = one.end + (line.phrase(kind, one.end) if kind else line.word(one.end) == ",")
    at += line.is_said_as(at, "articles")
    found = _percent(line, at)
    if found is None or at == one.end:
        return None
    is_tip = line.is_said_as(found.end, "tip")
    is_off = line.is_said_as(found.end, "discount")
    end = found.end + (is_tip or is_off)
    if kind in ("", "with") and not (is_tip or is_off):
        return Part(None, one.first, one.end) if kind else None
    if found.share is None:
        return Part(None, one.first, end)
    is_less = is_off or (kind == "less" and not is_tip)
    return Part(WHOLE - found.share if is_less else WHOLE + found.share, one.first, end)


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
