"""The tables ``<language>.txt``: words and phrases, and what they are in English."""

import functools
import re
from pathlib import Path
from typing import NamedTuple

from glosses._stems import stem
from normalization import plain

LANGUAGES = ("german", "french", "spanish")
_SHORTEST = 4  # letters of a word whose other forms are its, too
_PARTS = re.compile(r"[_'’-]")


class Table(NamedTuple):
    """``phrases``: first word to the phrases that begin so, the longest first, each
    with its English; ``spelt``, ``words`` and ``stems``: word with its accents, word
    without them and stem to English."""

    phrases: dict[str, list[tuple[tuple[str, ...], str]]]
    spelt: dict[str, str]
    words: dict[str, str]
    stems: dict[str, str]


@functools.lru_cache(maxsize=len(LANGUAGES))
def table(language: str) -> Table:
    found = Table({}, {}, {}, {})
    path = Path(__file__).with_name(f"{language}.txt")
    lines = path.read_text("utf-8").splitlines()
    for line in (line for line in lines if not line.startswith("#")):
        english, _, forms = line.partition(": ")
        for form in forms.split():
            _put(found, _PARTS.split(form), english, language)
    for phrases in found.phrases.values():
        phrases.sort(key=lambda phrase: -len(phrase[0]))
    return found


def _put(found: Table, spelt: list[str], english: str, language: str) -> None:
    """The first of two meanings of a form stands; "où" and "ou" are two forms, but
    who sets no accents means the first of them."""
    words = tuple(map(plain, spelt))
    first, *rest = words
    if rest:
        found.phrases.setdefault(first, []).append((words, english))
        return
    found.spelt.setdefault(spelt[0].lower(), english)
    found.words.setdefault(first, english)
    if len(first) >= _SHORTEST:
        found.stems.setdefault(stem(first, language), english)
