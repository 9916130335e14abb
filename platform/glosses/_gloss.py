"""A text word by word in English, with the places of its words."""

import bisect
import dataclasses
import functools
import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from glosses import _compounds, _times
from glosses._stems import stem
from glosses._table import Table, table
from normalization import plain

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
_BETWEEN = re.compile(r"[ '’\-]*")
_BEGINS = re.compile(r"(?:\A|[.!?:;\n|])[\s\"'«»„“¿¡*-]*\Z")
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays "
    "wednesdays thursdays fridays saturdays sundays".split()
)
_TO = frozenset(["at", "to", "until"])


@dataclasses.dataclass(frozen=True)
class Gloss:
    """English ``text``; ``places``: (where in it, where in the original) each piece
    begins, with the end of both."""

    text: str
    places: tuple[tuple[int, int], ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original of which the gloss is ``text[start:end]``."""
        first = bisect.bisect_right(self.places, start, key=lambda p: p[0]) - 1
        after = bisect.bisect_left(self.places, end, key=lambda p: p[0])
        return self.places[first][1], self.places[after][1]


class _Word(NamedTuple):
    start: int
    end: int
    text: str
    plain: str


class _Piece(NamedTuple):
    """``text[start:end]`` of the original, and its English."""

    start: int
    end: int
    english: str


def _words(text: str) -> list[_Word]:
    return [
        _Word(*match.span(), match[0], plain(match[0]))
        for match in _WORD.finditer(text)
    ]


def _length(text: str, words: list[_Word], at: int, phrase: tuple[str, ...]) -> int:
    """How many words the phrase is long, 0 where it is not at that place."""
    said = words[at : at + len(phrase)]
    if tuple(word.plain for word in said) != phrase:
        return 0
    gaps = (text[a.end : b.start] for a, b in itertools.pairwise(said))
    return len(phrase) if all(map(_BETWEEN.fullmatch, gaps)) else 0


def _phrase(
    text: str, words: list[_Word], at: int, known: Table
) -> tuple[int, str] | None:
    """(words, English) of the longest known phrase that begins at a word."""
    for phrase, english in known.phrases.get(words[at].plain, ()):
        if length := _length(text, words, at, phrase):
            return length, english
    return None


@functools.lru_cache(maxsize=4096)
def _one(spelt: str, language: str) -> str | None:
    """The English of one word in lower case, None where it is not known."""
    known, word = table(language), plain(spelt)
    english = (
        known.spelt.get(spelt)
        or known.words.get(word)
        or known.stems.get(stem(word, language))
    )
    if english is None and language == "german":
        return _compounds.english(word)
    return english


def _unknown(word: _Word, language: str) -> str:
    """What has no English is itself, without its ending unless it may be a name."""
    return word.text if word.text[0].isupper() else stem(word.plain, language)


def _pieces(text: str, language: str) -> Iterator[_Piece]:
    words, known = _words(text), table(language)
    at = 0
    while at < len(words):
        word = words[at]
        found = _phrase(text, words, at, known)
        if found:
            length, english = found
        else:
            length, english = 1, _one(word.text.lower(), language)
        if english is None:
            said = _unknown(word, language)
        else:
            is_first = word.text[0].isupper() and _BEGINS.search(text, 0, word.start)
            said = english[0].upper() + english[1:] if is_first else english
        yield _Piece(word.start, words[at + length - 1].end, said)
        at += length


def _ranged(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces, what stands between two days or figures being "to"."""
    found = list(pieces)
    for at in range(1, len(pieces) - 1):
        before, here, after = (
            piece.english.lower() for piece in pieces[at - 1 : at + 2]
        )
        is_days = before in _DAYS and after in _DAYS
        is_figures = before[0].isdigit() and after[0].isdigit()
        if here in _TO and (is_days or is_figures):
            found[at] = pieces[at]._replace(english="to")
    return found


@functools.lru_cache(maxsize=256)
def gloss(text: str, language: str) -> Gloss:
    """A text of that language in English, of its words those that are known."""
    timed, places = _times.spelt(text, language)
    parts: list[str] = []
    marks: list[tuple[int, int]] = []
    length, ended = 0, 0
    for piece in _ranged(list(_pieces(timed, language))):
        between = timed[ended : piece.start]
        # What stands between words is as it is, sign for sign.
        for offset in range(len(between)):
            marks.append((length + offset, places[ended + offset]))
        length += len(between)
        marks.append((length, places[piece.start]))
        parts += [between, piece.english]
        length, ended = length + len(piece.english), piece.end
    rest = timed[ended:]
    marks += [(length + offset, places[ended + offset]) for offset in range(len(rest))]
    marks.append((length + len(rest), len(text)))
    return Gloss("".join([*parts, rest]), tuple(marks))
