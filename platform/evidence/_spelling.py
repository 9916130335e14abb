"""A misspelt word of a question to the word of the passages that was meant.

A word of English is not misspelt, though no passage has it: else "fine" would become
"find", and a question about fines a question about something else.
"""

import functools
import itertools
from collections.abc import Iterable
from pathlib import Path

import edit_distance
from evidence import _words
from evidence.types import Passage, Statistics

ENGLISH = Path(__file__).with_name("english.txt")
_SHORTEST, _LONG = 4, 8


@functools.lru_cache(maxsize=256)
def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(word for word in _words.words(text) if len(word) >= _SHORTEST)


@functools.lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    return _words.STOP | _words.FILLER | _words.LIGHT | _words.listed()


@functools.lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    """The stems of ``english.txt`` by their first letter, a space around each: a set
    takes ten times that."""
    found: dict[str, list[str]] = {}
    for line in ENGLISH.read_text("utf-8").splitlines():
        for stem in line.split() if not line.startswith("#") else ():
            found.setdefault(stem[0], []).append(stem)
    return {letter: f" {' '.join(stems)} " for letter, stems in found.items()}


def _is_english(word: str) -> bool:
    stems = _words.stems_of(word)
    return any(f" {stem} " in _english().get(stem[:1], "") for stem in stems)


def _unknown(word: str, facts: Statistics) -> bool:
    if len(word) < _SHORTEST or not word.isalpha() or word in _everyday():
        return False
    held = (facts.terms.get(stem, (0, 0.0))[0] for stem in _words.stems_of(word))
    return not any(held) and not _is_english(word)


@functools.lru_cache(maxsize=1)
def _everyday_by_letter() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in _everyday():
        found.setdefault(word[0], []).append(word)
    return found


def _meant(word: str, used: Iterable[str]) -> str | None:
    """The nearest known word that could be meant; the first in order of ties.

    It begins as it was meant: slips of the first letter are rare (1.4 and 3.3 % of two
    collections, Kukich 1992), and what differs there is mostly another word.
    """
    most = 2 if len(word) >= _LONG else 1
    begun = (other for other in used if other[0] == word[0])
    known = itertools.chain(begun, _everyday_by_letter().get(word[0], ()))
    near = ((edit_distance.distance(word, other, most), other) for other in known)
    best = min(near, default=(most + 1, ""))
    return best[1] if best[0] <= most else None


def corrected(question: str, passages: list[Passage], facts: Statistics) -> str:
    """The question with words that nobody uses replaced by those nearly spelt alike."""
    plain = " ".join(piece for piece in question.split() if not piece.isupper())
    wrong = [w for w in dict.fromkeys(_words.words(plain)) if _unknown(w, facts)]
    if not wrong:
        return question
    known: set[str] = set()
    for passage in passages:
        known |= _vocabulary(passage.text) | _vocabulary(passage.title)
    found = {word: _meant(word, known) for word in wrong}
    return " ".join(_replaced(piece, found) for piece in question.split())


def _replaced(piece: str, found: dict[str, str | None]) -> str:
    bare = piece.strip("?.,!;:\"'()")
    meant = found.get(bare.lower())
    return piece.replace(bare, meant) if meant else piece
