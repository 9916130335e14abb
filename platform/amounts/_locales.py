"""What a locale, a currency or the wording of a text says of how amounts are written.

From CLDR: the sign before the decimals and the money of a territory. Nothing rests on
what is merely likely: where territories of a language differ, it is open.
"""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from text_to_num import find_numbers

from amounts import _numerals, _words
from amounts._tokens import Token


class Locale(NamedTuple):
    """A language, and the territory where one is named."""

    language: str
    territory: str | None = None


class Spoken:
    """A token as `text2num` wants it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def text(self) -> str:
        return self._text

    def nt_separated(self, previous: "Spoken") -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False


def spoken(found: Sequence[Token], language: str) -> list[tuple[int, int, str]]:
    """Numbers in words: first token, the one after the last, and the digits."""
    if language in _words.table("numerals"):
        return list(_numerals.spoken([each.lower for each in found], language))
    spelt = _words.table("spellings").get(language, {})
    respelt = _words.table("respelt").get(language, {})
    # The blanks between words mean something to it, and figures must mean nothing.
    said = []
    for each in found:
        word = each.lower if each.kind != "figure" else "§"
        for other, usual in respelt.items():
            word = word.replace(other, usual)
        said += [Spoken(spelt.get(word, word)), Spoken(" ")]
    return [
        (one.start // 2, (one.end + 1) // 2, one.text.replace(",", "."))
        for one in find_numbers(said, language, 0)
        if not one.is_ordinal
    ]


@cache
def _table(name: str) -> dict[str, Any]:
    """A part of cldr.json; the rest of it is not kept."""
    return json.loads((Path(__file__).parent / "cldr.json").read_text())[name]


@cache
def names(language: str) -> dict[str, str]:
    """CLDR's names of currencies and their nouns; several currencies have some."""
    whole = json.loads((Path(__file__).parent / "cldr.json").read_text())
    return whole["names"][language]


@cache
def full_names() -> dict[str, str]:
    """Those of several words in every language, which name one currency each."""
    known: dict[str, str] = {}
    for language in _words.languages():
        for name, codes in names(language).items():
            if " " in name and " " not in codes:
                known.setdefault(name, codes)
    return known


def parsed(tag: str | None) -> Locale | None:
    """The locale of a BCP 47 tag; None where its language is not known."""
    language, *rest = (tag or "").replace("_", "-").split("-")
    if language.lower() not in _table("decimals"):
        return None
    territories = [
        each.upper() for each in rest if each.upper() in _table("territories")
    ]
    return Locale(language.lower(), *territories[:1])


def language_of(found: list[Token], locale: str | None) -> tuple[str, bool]:
    """The language that a text is in, and whether its wording says so.

    The locale's, unless the wording is clearly another's: one word is not enough.
    """
    return _language_of(tuple(found), locale)


@lru_cache(maxsize=64)  # one message is asked several things
def _language_of(found: tuple[Token, ...], locale: str | None) -> tuple[str, bool]:
    given = parsed(locale)
    first = given.language if given and given.language in _words.languages() else "en"
    points = {
        one: _wording(found, one) for one in dict.fromkeys((first, *_words.languages()))
    }
    points[first] += given is not None
    best = max(points, key=lambda one: points[one])  # the first of equals
    ranked = sorted(points.values())
    return best, ranked[-1] > ranked[-2]


def _wording(found: Sequence[Token], language: str) -> int:
    marks = _words.phrases(language, "marks")
    known = sum((each.lower,) in marks for each in found if each.kind == "word")
    return known + sum(end - start for start, end, _ in spoken(found, language))


def decimal_sign(locale: Locale | None) -> str | None:
    """What a locale writes before decimals."""
    if locale is None:
        return None
    known = _table("decimals")
    return known.get("-".join(filter(None, locale))) or known[locale.language]


def custom(currency: str) -> str | None:
    """What is before the decimals wherever the currency is at home, if all agree."""
    return _table("homes").get(currency)


def own(candidates: tuple[str, ...], locale: Locale | None) -> str | None:
    """The one of several currencies that a locale means.

    A territory's own; for a bare language that of its likely territory, where no other
    territory of that language has another of them.
    """
    if locale is None:
        return None
    if locale.territory:
        here, elsewhere = _table("territories")[locale.territory], ""
    else:
        here, elsewhere = _table("languages").get(locale.language, ("", ""))
    meant = {*here.split()} & {*candidates}
    others = {*elsewhere.split()} & {*candidates}
    return meant.pop() if len(meant) == 1 and not others else None
