"""Amounts of money in figures, with their ISO code, and in words."""

import json
import re
from functools import cache
from importlib.resources import files

import money
from amounts_in_words import _numbers


@cache
def _names() -> dict[str, dict[str, list[str]]]:
    """By language and code: of one unit, and of several."""
    text = files("amounts_in_words").joinpath("cldr.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, list[str]]] = json.loads(text)
    return found


def amount(minor_units: int, currency: str, language: str) -> str:
    """ "49.99 EUR (forty-nine and 99/100 euros)"; UnknownCurrency.

    English where the language is not known; figures alone above ``LARGEST``.
    """
    language = _known(language)
    scale = 10 ** money.exponent(currency)
    whole, part = divmod(minor_units, scale)
    told = f"{figures(minor_units, currency, language)} {currency}"
    if whole > _numbers.LARGEST:
        return told
    return f"{told} ({_words(whole, part, scale, currency, language)})"


def figures(minor_units: int, currency: str, language: str) -> str:
    """ "49.99", without its currency; UnknownCurrency."""
    sign = _numbers.rules()[_known(language)]["sign"]
    return f"{money.units(minor_units, currency):f}".replace(".", sign)


def _known(language: str) -> str:
    return language if language in _numbers.rules() else "en"


def _words(whole: int, part: int, scale: int, currency: str, language: str) -> str:
    """ "|" is where the noun begins: what is before it agrees with it."""
    rules = _numbers.rules()[language]
    name = _names()[language][currency][(whole, part) != (1, 0)]
    some = f" {rules['and']} {part}/{scale} " if part else "|"
    text = f"{_numbers.number(whole, language)}{some}{name}"
    for pattern, agreed in rules["mended"]:
        text = re.sub(pattern, agreed, text)
    return text.replace("|", " ")
