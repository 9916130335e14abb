"""What names a currency in a text: codes, signs, names, slang; and names of its parts.

Names are CLDR's in the text's language. The noun in them alone ("dollars", "couronnes")
stands for every currency that has it, until something decides.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import babel
from babel import numbers

import money
from amounts import _locales, _words
from amounts._tokens import Token, tokens

LONGEST = 5  # tokens
NOUN_FIRST = {"fr", "es", "it", "pt"}


@dataclass(frozen=True)
class Marker:
    """Tokens from ``first`` to before ``end``, and the currencies that they may mean.

    ``part`` is the exponent of what it names a part with: 2 for cents. ``leads``: it
    may stand before its figure.
    """

    first: int
    end: int
    codes: tuple[str, ...]
    part: int | None = None
    leads: bool = True


def markers(found: list[Token], language: str) -> list[Marker]:
    """From left to right, the longest first, none over another."""
    made: list[Marker] = []
    at = 0
    while at < len(found):
        one = _longest(found, at, language)
        made += [one] if one else []
        at = one.end if one else at + 1
    return made


def _longest(found: list[Token], at: int, language: str) -> Marker | None:
    for end in range(min(at + LONGEST, len(found)), at, -1):
        said = found[at:end]
        if known := _known(tuple(each.text for each in said), language):
            return Marker(at, end, *known)
    return None


def _known(said: tuple[str, ...], language: str) -> tuple | None:
    written = " ".join(said)
    if written in money.exponents():
        return ((written,), None, True)
    if cased := _words.table("cased").get(written):
        return (tuple(cased.split()), None, True)
    key = written.lower()
    for table, leads in (("symbols", True), ("slang", key == "euro")):
        if codes := _words.table(table).get(key):
            codes = _words.table("symbols").get(codes, codes)
            return (tuple(codes.split()), None, leads)
    if key in _words.table("lowercase").split():
        return ((key.upper(),), None, True)
    if part := _words.table("parts").get(key):
        return (tuple(_words.table("parts_of").get(key, "").split()), part, False)
    codes = names(language).get(key)
    return (codes, None, False) if codes else None


@cache
def names(language: str) -> dict[str, tuple[str, ...]]:
    """CLDR's names and their nouns, in small letters, with the currencies they name."""
    known: dict[str, set[str]] = {}
    for code, count in product(money.exponents(), (None, 1, 2)):
        name = numbers.get_currency_name(code, count, babel.Locale.parse(language))
        for key in _wordings(name, language):
            known.setdefault(key, set()).add(code)
    return {key: tuple(sorted(codes)) for key, codes in known.items()}


def _wordings(name: str, language: str) -> set[str]:
    """ "US-Dollar": so, without the hyphen, and the noun alone"""
    words = _words.key(tokens(name))
    if "(" in words:  # old money and units of account
        return set()
    noun = words[0] if language in NOUN_FIRST else words[-1]
    return {" ".join(words), " ".join(each for each in words if each != "-"), noun}


def resolve(
    codes: tuple[str, ...], default: str | None, locale: babel.Locale | None
) -> str | None:
    """The one currency that is meant: the only one, the expected, the locale's own.

    None where it could be several. Of names that one currency has made its own (pounds)
    that one.
    """
    if len(codes) == 1:
        return codes[0]
    if default in codes:
        return default
    if local := _locales.own(codes, locale):
        return local
    famous = [each for each in _words.table("primary").split() if each in codes]
    # "Euro" and "¥" are not asked about; "cents" of the euro are like any others.
    return famous[0] if famous and "USD" not in codes else None
