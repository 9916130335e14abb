"""Words of a text, and the phrases of ``words.json`` that it is made of."""

import json
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import langid
import normalization

Phrase = tuple[str, ...]
WORD = re.compile(r"[^\W_]+|[👍👎✅☑✔👌❌]")


@cache
def table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        files("replies").joinpath("words.json").read_text(encoding="utf-8")
    )[name]
    return found


def words(text: str) -> list[str]:
    """In lower case and without accents; apostrophes may be left out as well."""
    return WORD.findall(normalization.plain(langid.contracted(text)))


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
def alone() -> dict[str, str]:
    """What a message of a single word is that says something else among others."""
    return {said: kind for kind, known in table("alone").items() for said in known}


@cache
def _sizes() -> dict[str, list[int]]:
    """How many words the phrases have that begin with a word, the most first."""
    found: dict[str, set[int]] = {}
    for phrase in phrases():
        found.setdefault(phrase[0], set()).add(len(phrase))
    return {first: sorted(sizes, reverse=True) for first, sizes in found.items()}


@lru_cache(maxsize=64)
def parts(text: str) -> tuple[tuple[Phrase, str | None], ...]:
    """The text's phrases, each the longest there is, and the words that are in none.
    Remembered, since one message is asked several things."""
    said, known = tuple(words(text)), phrases()
    found, at = list[tuple[Phrase, str | None]](), 0
    while at < len(said):
        sizes = _sizes().get(said[at], ())
        size = next((n for n in sizes if said[at : at + n] in known), 1)
        phrase = said[at : at + size]
        found.append((phrase, known.get(phrase)))
        at += size
    return tuple(found)
