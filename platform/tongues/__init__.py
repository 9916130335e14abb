"""Tongues: which language a text is in, by its common words and some letters.

tongues.spoken("Wann haben Sie geöffnet?")  # "de"
tongues.language("Wann haben Sie geöffnet?")  # "german", as PostgreSQL has it
"""

import functools
import re
import unicodedata

from tongues._words import COMMON

__all__ = ["ENGLISH", "language", "plain", "spoken"]

ENGLISH = "english"
_NAMES = {
    "en": ENGLISH,
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "nl": "dutch",
}
_LETTERS = {
    "de": re.compile("[ßäöü]", re.IGNORECASE),
    "fr": re.compile(r"[çœèàêâîôûëïù]|(?<!\w)(?:[ldjnmtsc]|qu)['’]\w", re.IGNORECASE),
    "es": re.compile("[ñáíóú¿¡]", re.IGNORECASE),
}
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 2000  # characters, of which so many words tell enough


def plain(text: str) -> str:
    """In lower case and without accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


@functools.cache
def _tongues() -> dict[str, list[str]]:
    """The languages that each word is common in."""
    found: dict[str, list[str]] = {}
    for tongue, words in COMMON.items():
        for word in words.split():
            found.setdefault(word, []).append(tongue)
    return found


@functools.lru_cache(maxsize=512)
def spoken(text: str, least: int = 1) -> str:
    """The language (ISO 639-1) that most words of a text are common in, *least* of
    them, or its letters where that is 0; "" where none or several are."""
    sample = text[:_SAMPLE]
    scores = _heard(_WORD.findall(plain(sample)))
    for tongue, letters in _LETTERS.items():
        if scores[tongue] >= least and letters.search(sample):
            scores[tongue] += 1
    best = max(scores.values())
    likely = [tongue for tongue, score in scores.items() if score == best]
    return likely[0] if len(likely) == 1 and best >= max(least, 1) else ""


def _heard(said: list[str]) -> dict[str, int]:
    """How many of the words are common in each language; letters alone say nothing:
    "y" is short for yes."""
    scores, told = dict.fromkeys(COMMON, 0), set()
    for word in said:
        for tongue in _tongues().get(word, ()):
            scores[tongue] += 1
            if len(word) > 1:
                told.add(tongue)
    return {tongue: score * (tongue in told) for tongue, score in scores.items()}


def language(text: str, otherwise: str = ENGLISH) -> str:
    """The language of a text by its English name, *otherwise* where neither words nor
    letters tell it."""
    return _NAMES.get(spoken(text, least=0), otherwise)
