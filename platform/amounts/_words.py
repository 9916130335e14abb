"""The words around amounts: what was gathered by hand, by language, in words.json."""

import json
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from amounts._tokens import Token, tokens


@cache
def _file() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "words.json").read_text())


def languages() -> tuple[str, ...]:
    """Those whose words are understood."""
    return tuple(_file()["languages"])


def table(name: str) -> dict[str, Any]:
    """A table that is the same in every language."""
    return _file()[name]


@cache
def scales(language: str) -> dict[str, int]:
    """Words that multiply what is before them, with the power of ten."""
    return _file()["languages"][language]["scales"]


@cache
def phrases(language: str, kind: str) -> frozenset[tuple[str, ...]]:
    """Phrases of a kind (``range``, ``each``, …), as sequences of tokens."""
    given = _file()["languages"][language][kind]
    listed = given.split() if isinstance(given, str) else given
    return frozenset(key(tokens(each)) for each in listed)


@cache
def values(language: str, kind: str) -> dict[tuple[str, ...], Decimal]:
    """Phrases of a kind that stand for a number: ``half``, ``dozen``."""
    known = _file()["languages"][language][kind]
    return {key(tokens(phrase)): Decimal(value) for phrase, value in known.items()}


@cache
def shares(language: str) -> dict[tuple[str, ...], Fraction]:
    """Phrases that stand for a part of something: "a third"."""
    known = _file()["languages"][language]["share"]
    return {key(tokens(phrase)): Fraction(value) for phrase, value in known.items()}


def key(found: Iterable[Token]) -> tuple[str, ...]:
    return tuple(each.lower for each in found)
