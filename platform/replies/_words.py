"""Words of a text, and the phrases of ``words.json`` that it is made of."""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

Phrase = tuple[str, ...]
WORD = re.compile(r"[^\W_]+|👍|👎")


@cache
def table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        files("replies").joinpath("words.json").read_text(encoding="utf-8")
    )[name]
    return found


def words(text: str) -> list[str]:
    """In lower case and without accents, which people leave out."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall("".join(c for c in apart if not unicodedata.combining(c)))


@cache
def common() -> dict[str, frozenset[str]]:
    """Words that are in one language above all, by language."""
    return {one: frozenset(known) for one, known in table("common").items()}


@cache
def phrases() -> dict[Phrase, str]:
    """What each phrase is, of every language."""
    return {
        tuple(words(said)): kind
        for kind, languages in table("phrases").items()
        for known in languages.values()
        for said in known
    }


@cache
def longest() -> int:
    return max(map(len, phrases()))


def parts(text: str) -> Iterator[tuple[Phrase, str | None]]:
    """The text's phrases, each the longest there is, and the words that are in none."""
    left, known = words(text), phrases()
    while left:
        sizes = range(min(longest(), len(left)), 0, -1)
        size = next((n for n in sizes if tuple(left[:n]) in known), 1)
        said, left = tuple(left[:size]), left[size:]
        yield said, known.get(said)
