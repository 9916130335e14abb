"""Amounts of money in a text: what is meant, or what is to be asked about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import money
from amounts import _bare, _doubts, _figures, _locales, _markers
from amounts._line import Line
from amounts._phrases import composed
from amounts._terms import Term, terms

Doubt = Literal[
    "currency",
    "number",
    "range",
    "choice",
    "about",
    "each",
    "vague",
    "negative",
    "too large",
]
# Before what is only said again; "(eine Milliarde".
NO_DIGIT = re.compile(r"\D")
AGAIN = re.compile(r"[(\[=](?:eine?|une?|una?)?|i\.e\.")
SEVERAL = ("range", "choice")
NAMELESS = ("number", "vague", "negative", "too large")  # doubts of the amount itself


@dataclass(frozen=True)
class Mention:
    """An amount, as ``text``, from ``start`` to before ``end`` of what was searched.

    ``minor_units`` and ``currency`` are None where they are not clear. ``doubt`` is
    what to ask about; in a range, a choice or an approximation the amount is known.
    ``candidates`` are the currencies that it might be. ``parts`` are minor units that
    it adds up.
    """

    start: int
    end: int
    minor_units: int | None
    currency: str | None
    doubt: Doubt | None = None
    candidates: tuple[str, ...] = ()
    text: str = ""
    parts: tuple[int, ...] = ()

    @property
    def money(self) -> dict[str, int | str] | None:
        """``minor_units`` and ``currency`` where both are known."""
        if self.minor_units is None or self.currency is None:
            return None
        return {"minor_units": self.minor_units, "currency": self.currency}


def find(
    text: str,
    locale: str | None = None,
    currency: str | None = None,
    *,
    is_answer: bool = False,
) -> list[Mention]:
    """Every amount in the text, in its order.

    *locale* is a BCP 47 tag; *currency* is meant where the text names none, or a name
    that several share. An *is_answer* to a question for an amount may name it by a
    number alone. Nothing is guessed: see ``Mention.doubt``.
    """
    line = Line(text, locale, currency, is_answer)
    found = composed(line, terms(line))
    out = _doubts.denied(line, found)
    made = [_mention(line, one) for one in _bare.money(line, found, out)]
    made += _vague(line, found)
    each = _once(text, sorted(made, key=lambda one: one.start))
    return [replace(one, text=text[one.start : one.end]) for one in each]


def language(text: str, locale: str | None = None) -> str:
    """The language of the text among those that are understood."""
    return Line(text, locale, None).language


def _mention(line: Line, one: Term) -> Mention:
    start, end = line.tokens[one.first].start, line.tokens[one.end - 1].end
    codes = one.codes or _expected(line, one)
    code = _markers.resolve(codes, line.currency, line.locale)
    if others := _doubts.rivals(line, one):
        return Mention(start, end, None, None, "currency", codes + others)
    if code is None:
        doubt = one.doubt if one.doubt in SEVERAL else "currency"
        return Mention(start, end, None, None, doubt, codes)
    units = _units(line, one, code)
    doubt = "number" if units is None else _doubts.doubt(line, one, units)
    clear = None if doubt in NAMELESS else units
    return Mention(start, end, clear, code, doubt, (code,))


def _expected(line: Line, one: Term) -> tuple[str, ...]:
    return (line.currency,) if one.is_bare and line.currency else ()


def _units(line: Line, one: Term, code: str) -> int | None:
    if code not in money.exponents():
        return None
    read = one.number.readings
    if one.part is not None:
        if one.part != money.exponent(code):
            return None
        read = one.number.times(Decimal(1).scaleb(-one.part), one.end).readings
    if one.number.is_twofold:
        return None
    told = _locales.decimal_sign(line.locale)
    habits = {told, line.worded_sign}
    return _figures.meant(read, code, told, habits, _locales.custom(code))


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
    """Without what is only said again in brackets: "EUR 50 (fifty euros)".

    What is said so settles a figure that is open: "1,000 KWD (un dinar kuwaití)".
    """
    kept: list[Mention] = []
    for one in found:
        before = kept[-1] if kept else None
        if before is None or one.doubt or not _is_again(text, before, one):
            kept.append(one)
        elif before.minor_units is None:
            kept[-1] = one
    yield from kept


def _is_again(text: str, before: Mention, one: Mention) -> bool:
    """Whether it is what was said just before, or one way to read that."""
    if not AGAIN.fullmatch(text[before.end : one.start].strip()):
        return False
    if before.doubt == "number" and before.minor_units is None:
        figures = NO_DIGIT.sub("", text[before.start : before.end]).strip("0")
        is_same = figures == str(one.minor_units).strip("0")
    else:
        is_same = before.minor_units == one.minor_units
    return is_same and before.currency == one.currency
