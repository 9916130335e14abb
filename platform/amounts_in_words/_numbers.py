"""Whole numbers in words, by rules as those of CLDR's rule-based number formats.

A rule is the text from its number on: ``<`` is how often its power of ten is in the
number, ``>`` what is left of it, ``[rest|none]`` depends on whether anything is left.
"""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

LARGEST = 999_999_999_999
CHOICE = re.compile(r"\[([^|\]]*)\|?([^\]]*)\]")


@cache
def rules() -> dict[str, Any]:
    """By language; ``numbers`` are the rules, ``mended`` what follows from them all."""
    text = files("amounts_in_words").joinpath("rules.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _numbers(language: str) -> list[tuple[int, str]]:
    known = rules()[language]["numbers"]
    return sorted(((int(base), text) for base, text in known.items()), reverse=True)


def number(value: int, language: str) -> str:
    """From 0 to ``LARGEST``, as it is before a masculine noun."""
    base, rule = next(each for each in _numbers(language) if each[0] <= value)
    power = 10 ** (len(str(base)) - 1)
    count, left = divmod(value, power) if base >= 100 else (1, value - base)
    text = CHOICE.sub(lambda found: found[1] if left else found[2], rule)
    if ">" in text:
        text = text.replace(">", number(left, language))
    return text.replace("<", number(count, language)) if "<" in text else text
