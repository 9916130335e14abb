"""What a locale, a currency or the wording of a text says of how amounts are written.

From CLDR, by `babel`: the sign before the decimals and the money of a territory.
Nothing rests on what is merely likely: where territories of a language differ, it is
open.
"""

from functools import cache

import babel
from babel import core, languages, numbers
from text_to_num import find_numbers

import money
from amounts import _words
from amounts._tokens import Token


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


def spoken(found: list[Token], language: str) -> list[tuple[int, int, str]]:
    """Numbers in words: first token, the one after the last, and the digits."""
    spelt = _words.table("spellings").get(language, {})
    # The blanks between words mean something to it, and figures must mean nothing.
    said = []
    for each in found:
        word = each.lower if each.kind != "figure" else "§"
        said += [Spoken(spelt.get(word, word)), Spoken(" ")]
    return [
        (one.start // 2, (one.end + 1) // 2, one.text.replace(",", "."))
        for one in find_numbers(said, language, 0)
        if not one.is_ordinal
    ]


def parsed(locale: str | None) -> babel.Locale | None:
    """The locale of a BCP 47 tag; of its language alone where the rest is unknown."""
    if not locale:
        return None
    for tag in (locale, locale.replace("_", "-").partition("-")[0]):
        try:
            return babel.Locale.parse(tag.replace("_", "-"), sep="-")
        except (ValueError, core.UnknownLocaleError):
            continue
    return None


def language_of(found: list[Token], locale: str | None) -> tuple[str, bool]:
    """The language that a text is in, and whether its wording says so.

    The locale's, unless the wording is clearly another's.
    """
    given = parsed(locale)
    first = given.language if given and given.language in _words.languages() else "en"
    points = {
        one: _wording(found, one) for one in dict.fromkeys((first, *_words.languages()))
    }
    best = max(points, key=lambda one: points[one])  # the first of equals
    ranked = sorted(points.values())
    return best, ranked[-1] > ranked[-2]


def _wording(found: list[Token], language: str) -> int:
    marks = _words.phrases(language, "marks")
    known = sum((each.lower,) in marks for each in found if each.kind == "word")
    return known + sum(end - start for start, end, _ in spoken(found, language))


def decimal_sign(locale: babel.Locale | None) -> str | None:
    """What a locale writes before decimals."""
    if locale is None:
        return None
    return locale.number_symbols["latn"]["decimal"]


@cache
def custom(currency: str) -> str | None:
    """What is before the decimals wherever the currency is at home, if all agree."""
    home = currency[:2]  # ISO 4217 begins with ISO 3166's territory
    signs = set()
    for language in languages.get_official_languages(home, de_facto=True):
        try:
            signs.add(decimal_sign(babel.Locale.parse(f"{language}_{home}")))
        except (ValueError, core.UnknownLocaleError):
            return None
    return signs.pop() if len(signs) == 1 else None


def own(candidates: tuple[str, ...], locale: babel.Locale | None) -> str | None:
    """The one of several currencies that a locale means.

    A territory's own; for a bare language that of its likely territory, where no other
    territory of that language has another of them.
    """
    if locale is None:
        return None
    if locale.territory:
        paid = set(numbers.get_territory_currencies(locale.territory))
        meant = paid & set(candidates)
    else:
        meant = _spoken_with(locale.language) & set(candidates)
        home = core.get_global("likely_subtags").get(locale.language, "")
        likely = set(numbers.get_territory_currencies(home[-2:])) if home else set()
        meant = meant if meant <= likely else set()
    return meant.pop() if len(meant) == 1 else None


@cache
def _spoken_with(language: str) -> set[str]:
    """The money of every territory where a language is official."""
    return {
        currency
        for territory in core.get_global("territory_currencies")
        if language in languages.get_official_languages(territory, de_facto=True)
        for currency in numbers.get_territory_currencies(territory)
        if currency in money.exponents()
    }
