"""Language identification: which one a text is in, by its common words and letters.

langid.spoken("Wann haben Sie geöffnet?")  # "de"
langid.language("Wann haben Sie geöffnet?")  # "german", as PostgreSQL has it
"""

import functools
import re

from langid._words import COMMON, OTHERS
from normalization import plain

__all__ = ["ENGLISH", "contracted", "language", "name", "spoken"]

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
    "it": re.compile("[èàìòù]", re.IGNORECASE),
    "pt": re.compile("[ãõâêô]", re.IGNORECASE),
}
_ADDRESS = re.compile(r"\S+@\S+|\b(?:https?://|www\.)\S+")  # in no language
_WORD = re.compile(r"[^\W\d_]+")
# What English writes with an apostrophe and people without; its ending is the group.
# What is another word as well ("its", "id", "im") only before some words.
_CLIPPED = re.compile(
    r"\b(?:(?:i|we|you|they)(ve)|(?:that|what|where|how|there|let|who)(s)"
    r"|(?:do|does|did|ca|could|is|was|are|were|have|has|wo|would|should)(nt)"
    r"|it(s)(?= (?:\W?\d|an?\b|the\b|for\b|me\b|my\b|not\b|all\b|ok|right|wrong"
    r"|correct|fine|too\b|about\b|under\b))"
    r"|i(d)(?= (?:like|love|prefer|rather|want|need)\b)|(?-i:i)(m)(?= [^\W\d_]))\b",
    re.IGNORECASE,
)
_SAMPLE = 2000  # characters, of which so many words tell enough


def contracted(text: str) -> str:
    """A text with the apostrophes that English has and people leave out: "thats right",
    "ive paid". In other languages such words are others: "im Mai", "dont"."""
    if not _CLIPPED.search(text) or spoken(text) not in ("", "en"):
        return text
    return _CLIPPED.sub(_apostrophe, text)


def _apostrophe(found: re.Match[str]) -> str:
    """Before the ending, or before its "t" where that is "nt"."""
    ending = next(each for each in found.groups() if each)
    at = len(found[0]) - (1 if ending.lower() == "nt" else len(ending))
    return f"{found[0][:at]}'{found[0][at:]}"


@functools.cache
def _tongues() -> dict[str, list[str]]:
    """The languages that each word is common in."""
    found: dict[str, list[str]] = {}
    for tongue, words in {**COMMON, **OTHERS}.items():
        for word in words.split():
            found.setdefault(word, []).append(tongue)
    return found


@functools.lru_cache(maxsize=512)
def spoken(text: str, least: int = 1) -> str:
    """The language (ISO 639-1) that most words of a text are common in, *least* of
    them, or its letters where that is 0; "" where none or several are. One in which
    little is said here is told where more words are its own than any other's."""
    scores = _scored(text[:_SAMPLE], least)
    others = {tongue: scores.pop(tongue) for tongue in OTHERS}
    for known in (scores, others):
        best = max(known.values())
        likely = [tongue for tongue, score in known.items() if score == best]
        is_best = best >= max(scores.values()) + (known is others)
        if is_best and best >= max(least, 1, *others.values()) and len(likely) == 1:
            return likely[0]
    return ""


def _scored(sample: str, least: int) -> dict[str, int]:
    """How many words, and letters beside *least* of them, tell each language."""
    scores = _heard(_WORD.findall(plain(_ADDRESS.sub(" ", sample))))
    for tongue, letters in _LETTERS.items():
        if scores[tongue] >= least and letters.search(sample):
            scores[tongue] += 1
    return scores


def _heard(said: list[str]) -> dict[str, int]:
    """How many of the words are common in each language; letters alone say nothing:
    "y" is short for yes."""
    scores, told = dict.fromkeys({**COMMON, **OTHERS}, 0), set()
    for word in said:
        for tongue in _tongues().get(word, ()):
            scores[tongue] += 1
            if len(word) > 1:
                told.add(tongue)
    return {tongue: score * (tongue in told) for tongue, score in scores.items()}


def name(tongue: str) -> str:
    """The English name of a language by its tag ("de", "de-AT"); English where there is
    none of it."""
    return _NAMES.get(tongue[:2].lower(), ENGLISH)


def language(text: str, otherwise: str = ENGLISH) -> str:
    """The language of a text by its English name, *otherwise* where neither words nor
    letters tell it."""
    return _NAMES.get(spoken(text, least=0), otherwise)
