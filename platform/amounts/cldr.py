"""What CLDR knows of currencies and figures, as the one small file that is read.

    python -m amounts.cldr        # renews cldr.json from the installed babel

`babel` keeps whole locales in memory, of which amounts need next to nothing: it is a
tool of the developer, and no service loads it.
"""

import json
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import babel
from babel import core, languages, numbers

import money
from amounts import _words
from amounts._tokens import tokens

FILE = Path(__file__).parent / "cldr.json"
ELSEWHERE = {"pt": ["pt_PT"], "es": ["es_MX"]}  # where names are others
NOUN_FIRST = {"fr", "es", "it", "pt"}


def decimal_sign(tag: str) -> str:
    return str(babel.Locale.parse(tag).number_symbols["latn"]["decimal"])


def decimal_signs() -> dict[str, str]:
    """By language, and by language and territory where that differs from it."""
    plain = [tag.split("_") for tag in babel.localedata.locale_identifiers()]
    known = {one[0]: decimal_sign(one[0]) for one in plain}
    for language, *rest in plain:
        sign = decimal_sign("_".join((language, *rest)))
        if len(rest) == 1 and len(rest[0]) < 4 and sign != known[language]:
            known[f"{language}-{rest[0]}"] = sign
    return known


def paid(at: date) -> dict[str, set[str]]:
    """The currencies that are paid with in each territory."""
    return {
        territory: set(numbers.get_territory_currencies(territory, at, at))
        & money.exponents().keys()
        for territory in core.get_global("territory_currencies")
    }


def homes() -> dict[str, str]:
    """The decimal sign wherever a currency is at home, if all languages there agree."""
    known = {}
    for code in money.exponents():
        spoken = languages.get_official_languages(code[:2], de_facto=True)
        tags = [f"{each}_{code[:2]}" for each in spoken]
        try:
            signs = {decimal_sign(tag) for tag in tags}
        except (ValueError, core.UnknownLocaleError):
            continue
        if len(signs) == 1:
            known[code] = signs.pop()
    return known


def spoken(territories: dict[str, set[str]]) -> Iterator[tuple[str, list[str]]]:
    """By language: the money of its likely territory, and that of all the others."""
    everywhere: dict[str, set[str]] = {}
    for territory, codes in territories.items():
        for each in languages.get_official_languages(territory, de_facto=True):
            everywhere.setdefault(each, set()).update(codes)
    for language, codes in sorted(everywhere.items()):
        likely = core.get_global("likely_subtags").get(language, "")[-2:]
        own = territories.get(likely, set())
        yield language, [" ".join(sorted(own)), " ".join(sorted(codes - own))]


def names(language: str) -> dict[str, str]:
    """Names and their nouns, in small letters, with the currencies they name."""
    known: dict[str, set[str]] = {}
    tags = (language, *ELSEWHERE.get(language, ()))
    for code, count, tag in product(sorted(money.exponents()), (None, 1, 2), tags):
        name = numbers.get_currency_name(code, count, babel.Locale.parse(tag))
        for key in wordings(name, language):
            known.setdefault(key, set()).add(code)
    return {key: " ".join(sorted(known[key])) for key in sorted(known)}


def wordings(name: str, language: str) -> set[str]:
    """ "US-Dollar": so, without the hyphen, and the noun alone"""
    words = _words.key(tokens(name))
    if "(" in words:  # old money and units of account
        return set()
    noun = words[0] if language in NOUN_FIRST else words[-1]
    return {" ".join(words), " ".join(each for each in words if each != "-"), noun}


def gathered(at: date) -> dict[str, Any]:
    """Everything, as it is at a date."""
    territories = paid(at)
    return {
        "at": at.isoformat(),
        "decimals": decimal_signs(),
        "territories": {t: " ".join(sorted(c)) for t, c in sorted(territories.items())},
        "homes": homes(),
        "languages": dict(spoken(territories)),
        "names": {language: names(language) for language in _words.languages()},
    }


if __name__ == "__main__":
    text = json.dumps(gathered(date.today()), ensure_ascii=False, indent=1)
    FILE.write_text(text + "\n")
