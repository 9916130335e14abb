"""Amounts of money in a text: what is meant, or what is to be asked about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import money
from amounts import _figures, _locales, _markers
from amounts._line import Line
from amounts._phrases import composed, ends_there
from amounts._terms import Term, terms

MOST = 2**53 - 1  # minor units; what JSON's readers take as exact
NEAR = 4  # tokens between a word of money and a number without a currency
Doubt = Literal[
    "currency", "number", "range", "choice", "about", "vague", "negative", "too large"
]


@dataclass(frozen=True)
class Mention:
    """An amount, as ``text``, from ``start`` to before ``end`` of what was searched.

    ``minor_units`` and ``currency`` are None where they are not clear. ``doubt`` is
    what to ask about; in a range, a choice or an approximation the amount is known.
    ``candidates`` are the currencies that it might be.
    """

    start: int
    end: int
    minor_units: int | None
    currency: str | None
    doubt: Doubt | None = None
    candidates: tuple[str, ...] = ()
    text: str = ""

    @property
    def money(self) -> dict[str, int | str] | None:
        """``minor_units`` and ``currency`` where both are known."""
        if self.minor_units is None or self.currency is None:
            return None
        return {"minor_units": self.minor_units, "currency": self.currency}


def find(
    text: str, locale: str | None = None, currency: str | None = None
) -> list[Mention]:
    """Every amount in the text, in its order.

    *locale* is a BCP 47 tag; *currency* is meant where the text names none, or a name
    that several share. Nothing is guessed: see ``Mention.doubt``.
    """
    line = Line(text, locale, currency)
    found = composed(line, terms(line))
    made = [_mention(line, one) for one in found if _is_money(line, one)]
    made += _vague(line, found)
    each = _once(text, sorted(made, key=lambda one: one.start))
    return [replace(one, text=text[one.start : one.end]) for one in each]


def language(text: str, locale: str | None = None) -> str:
    """The language of the text among those that are understood."""
    return Line(text, locale, None).language


def _is_money(line: Line, one: Term) -> bool:
    if not one.is_bare:
        return True
    if one.number.is_hardly or not ends_there(line, one.end):
        return False
    alone = all(
        token.kind == "sign"
        for at, token in enumerate(line.tokens)
        if not one.first <= at < one.end
    )
    return alone or _is_called_money(line, one)


def _is_called_money(line: Line, one: Term) -> bool:
    """ "pay 50", "a total of 12.50", "50 bezahlen" """
    if line.is_said_as(one.end, "money"):
        return True
    for at in range(one.first - 1, max(-1, one.first - 1 - NEAR), -1):
        if line.tokens[at].kind == "figure" or line.word(at) in {".", "!", "?", ";"}:
            return False
        if line.is_said_as(at, "money"):
            return True
    return False


def _mention(line: Line, one: Term) -> Mention:
    start, end = line.tokens[one.first].start, line.tokens[one.end - 1].end
    codes = one.codes or ((line.currency,) if one.is_bare and line.currency else ())
    code = _markers.resolve(codes, line.currency, line.locale) if codes else None
    if code is None:
        return Mention(start, end, None, None, "currency", codes)
    known = money.exponents().get(code)
    units = None if known is None else _units(line, one, code)
    if units is None:
        return Mention(start, end, None, code, "number", (code,))
    doubt = _doubt(line, one, units)
    clear = units if doubt not in ("negative", "too large") else None
    return Mention(start, end, clear, code, doubt, (code,))


def _units(line: Line, one: Term, code: str) -> int | None:
    read = one.number.readings
    if one.part is not None:
        if one.part != money.exponent(code):
            return None
        read = one.number.times(Decimal(1).scaleb(-one.part), one.end).readings
    if one.number.is_twofold:
        return None
    return _figures.meant(read, code, {*line.decimal_signs, _locales.custom(code)})


def _doubt(line: Line, one: Term, units: int) -> Doubt | None:
    if _is_negative(line, one):
        return "negative"
    if units > MOST:
        return "too large"
    if one.doubt:
        return one.doubt
    if line.phrase_before("vague", one.first) and units:
        return "about"
    return "about" if line.phrase_before("about", one.first) else None


def _is_negative(line: Line, one: Term) -> bool:
    before = {one.first - 1, one.number.first - 1}
    return any(_is_minus(line, at, one) for at in before)


def _is_minus(line: Line, at: int, one: Term) -> bool:
    """Whether the sign there is no hyphen, no range's dash and no list's bullet."""
    if line.is_said_as(at, "minus") or line.word(at) not in {"-", "–"}:
        return line.is_said_as(at, "minus")
    starts = at > one.first or not line.glued(at) or line.word(at - 1) == "("
    return line.glued(at + 1) and starts


def _vague(line: Line, found: list[Term]) -> Iterator[Mention]:
    """ "a few euros", "some money": a currency with no number to it"""
    taken = {at for one in found for at in range(one.first, one.end)}
    for one in line.markers:
        length = line.phrase_before("vague", one.first)
        if length and one.first not in taken and not one.part:
            start = line.tokens[one.first - length].start
            end = line.tokens[one.end - 1].end
            code = _markers.resolve(one.codes, line.currency, line.locale)
            yield Mention(start, end, None, code, "vague", one.codes)


def _once(text: str, found: list[Mention]) -> Iterator[Mention]:
    """Without what is only said again in brackets: "EUR 50 (fifty euros)"."""
    before: Mention | None = None
    for one in found:
        gap = text[before.end : one.start].strip() if before else ""
        same = before and (before.minor_units, before.currency) == (
            one.minor_units,
            one.currency,
        )
        if not (same and gap in ("(", "[", "=", "i.e.") and not one.doubt):
            yield one
        before = one
