"""Numbers in words of languages that `text2num` has not, where they are compounds.

A word is as many numerals as it is made of, "tvåhundrafemtio", and words go on as long
as they count down: "ett tusen två hundra".
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from amounts import _words

Spoken = tuple[int, int, str]  # first word, the one after the last, digits


def spoken(said: list[str], language: str) -> Iterator[Spoken]:
    """The numbers among words in small letters; an article alone is none."""
    first = 0
    while first < len(said):
        end, value = _longest(said, first, language)
        if value is not None and not (end == first + 1 and value == 1):
            yield first, end, str(value)
        first = max(end, first + 1)


def _longest(said: list[str], first: int, language: str) -> tuple[int, int | None]:
    end, parts, value = first, list[int](), None
    while end < len(said) and (more := _parts(said[end], language)):
        grown = _value([*parts, *more])
        if grown is None:
            break
        end, parts, value = end + 1, [*parts, *more], grown
    return end, value


def _parts(word: str, language: str) -> list[int]:
    """The numerals that a word is made of; none if anything else is in it."""
    known, pattern = _table(language)
    found = pattern.findall(word)
    return [known[each] for each in found] if "".join(found) == word else []


@cache
def _table(language: str) -> tuple[dict[str, int], re.Pattern[str]]:
    known = _words.table("numerals")[language]
    longest_first = sorted(known, key=len, reverse=True)
    return known, re.compile("|".join(longest_first))


def _value(parts: list[int]) -> int | None:
    """What they come to: 2, 100, 50 are 250; None where they are no one number."""
    for scale, most in ((1000, 1000), (100, 10)):
        if scale in parts:
            at = parts.index(scale)
            many, rest = _value(parts[:at]), _value(parts[at + 1 :])
            if many is None or rest is None or many >= most or rest >= scale:
                return None
            return (many or 1) * scale + rest
    return _small(parts)


def _small(parts: list[int]) -> int | None:
    """Of nothing, a unit, or tens and a unit."""
    tens = parts[:1] if parts and parts[0] >= 20 else []
    units = parts[len(tens) :]
    fits = len(units) < 2 and all(0 < each < (10 if tens else 20) for each in units)
    return sum(parts) if fits or parts == [0] else None


def written(parts: list[int]) -> Decimal:
    """What figures of Chinese come to: 2, 100, 5, 10 are 250."""
    total, digit = 0, None
    for part in parts:
        if part < 10:
            digit = part if digit is None else digit * 10 + part
        else:
            total, digit = total + (digit or 1) * part, None
    return Decimal(total + (digit or 0))
