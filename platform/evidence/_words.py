"""Text to words: what is compared when a question meets a sentence.

A word is compared by its stem, and through the groups of ``thesaurus.txt`` by the words
that customers use for it.
"""

import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from evidence import _stems
from normalization import unaccented

STOP = frozenset(
    (
        "i me my myself we our ours ourselves you your yours yourself yourselves he "
        "him his himself she her hers herself it its itself they them their theirs "
        "themselves what which who whom this that these those am is are was were be "
        "been being have has had having do does did doing a an the and but if or "
        "because as until while of at by for with about against between into "
        "through during before after above below to from up down in out on off over "
        "under again further then once here there when where why how all any both "
        "each few more most other some such no nor not only own same so than too "
        "very s t can will just don should now"
    ).split()
)
"""PostgreSQL's english.stop."""

FILLER = frozenset(
    (
        "hi hello hey dear please thanks thank thx sorry ok okay yes yeah well um "
        "actually just also maybe perhaps really quite possible possibly tell know "
        "want wanted need like would could should might shall let lets get got give "
        "take go going come make say ask asking wonder wondering question info "
        "information detail details anyone someone somebody anything something "
        "everything thing things kind sort way case whether since still already yet "
        "much many lot lots bit sure happen happens happened us im ive id ill dont "
        "doesnt cant couldnt wont isnt arent whats hows wheres whos mine able "
        "there's one ones etc vs per available offer offered find use using used "
        "have having look looking think mean work works wish hope must may see"
    ).split()
)
"""Words that carry the tone of a question, not its subject."""

LIGHT = frozenset(
    (
        "bring put leave keep stay come visit place people person shop store clinic "
        "practice hotel guesthouse office company business house day week month "
        "year today tomorrow tonight evening morning afternoon new old good best "
        "normal ordinary usual regular different another else own big small large "
        "little first second next last whole together alone home without within "
        "around inside outside away back ahead advance extra special per person's "
        "buy sell give pay cost price time number name call send write talk speak "
        "turn set run hold carry wear start stop begin end finish try help receive "
        "arrive meet join live charge must cannot accept owner site list kind type "
        "near nearby towards somewhere currently soon later early late night hour "
        "minute often always never again "
        "framework program software tool project application package town city village "
        "island club museum school university firm husband's broken wrong right full "
        "part half able need needed necessary required"
    ).split()
)
"""Words of many questions that say less than their rarity in a few documents does."""

_SHORTENED = re.compile(r"(?:n't|'(?:s|m|re|ve|ll|d))\Z")
_SHORT_FORMS = frozenset({"wo", "ca", "sha", "ai"})  # of "won't", "can't", …

_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*", re.UNICODE)
# "TB-404" is one word: its parts would be found in "TB-114", too.
_CODE = re.compile(r"[a-z]+-\d+")
_LETTERS = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "­": None})


def plain(text: str) -> str:
    """Lower case, no accents, plain quotes and dashes; maybe shorter."""
    if text.isascii():
        return text.lower()
    return unaccented(text.translate(_LETTERS)).lower()


def words(text: str) -> list[str]:
    """The lower-case words; "check-up", "9:30" and "4.90" stay whole where joined."""
    return _WORD.findall(plain(text))


@functools.lru_cache(maxsize=2048)
def is_subject(word: str) -> bool:
    """Whether a word can say what a text is about; "what's" and "don't" cannot."""
    base = _SHORTENED.sub("", word)
    tones = base in STOP or base in FILLER or (base != word and base in _SHORT_FORMS)
    return len(base) > 1 and not tones and word not in FILLER


@functools.lru_cache(maxsize=8192)
def stems_of(word: str) -> tuple[str, ...]:
    """The stem of a word, and those of the parts of a hyphenated one."""
    whole = _stems.stem(word.replace("'s", ""))
    if "-" not in word or _CODE.fullmatch(word):
        return (whole,)
    parts = [part for part in word.split("-") if len(part) > 1]
    return (_stems.stem(word.replace("-", "")), *map(_stems.stem, parts))


def _phrase(words_of_it: list[str]) -> str:
    return " ".join(_stems.stem(word) for word in words_of_it)


def _groups_as_written() -> list[str]:
    lines = Path(__file__).with_name("thesaurus.txt").read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@functools.lru_cache(maxsize=1)
def groups() -> dict[str, frozenset[str]]:
    """Stem, or stems of a phrase, to the thesaurus groups that it is in."""
    found: dict[str, set[str]] = {}
    for number, line in enumerate(_groups_as_written()):
        for entry in line.split():
            key = _phrase(entry.replace("-", "").split("_"))
            found.setdefault(key, set()).add(str(number))
    # Most are in the same few: each set is kept once.
    once: dict[frozenset[str], frozenset[str]] = {}
    sets = ((key, frozenset(numbers)) for key, numbers in found.items())
    return {key: once.setdefault(numbers, numbers) for key, numbers in sets}


@functools.lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """The single words of the thesaurus."""
    text = Path(__file__).with_name("thesaurus.txt").read_text("utf-8")
    return frozenset(word for word in text.split() if word.isalpha())


@functools.lru_cache(maxsize=256)
def synonyms(stem: str) -> frozenset[str]:
    """The single words, as they are written, of the thesaurus groups of a stem: what is
    "collected" is no "collection"."""
    numbers = map(int, groups().get(stem, ()))
    written = _groups_as_written()
    rows = (written[number].split() for number in numbers)
    kept = (row for row in rows if stem in map(_stems.stem, row))
    return frozenset(word for row in kept for word in row if word.isalpha())


@functools.lru_cache(maxsize=1)
def _beginnings() -> dict[str, int]:
    """The first stem of a thesaurus phrase to the words of the longest such phrase."""
    found: dict[str, int] = {}
    for key in groups():
        first, *rest = key.split(" ")
        if rest:
            found[first] = max(found.get(first, 0), 1 + len(rest))
    return found


Phrase = tuple[frozenset[str], frozenset[str]]
_KIN = 7


def _kin(stem: str) -> tuple[str, ...]:
    """A group of the words that begin alike, as "babysitter" and "babysitting".

    The same string for all of them, to spare memory.
    """
    return (sys.intern(f"{stem[:_KIN]}~"),) if len(stem) >= _KIN else ()


def _row(found: list[str]) -> list[str]:
    """One stem for each word, as the thesaurus has its phrases."""
    return [_stems.stem(word.replace("-", "")) for word in found]


def _held(row: list[str]) -> Iterator[tuple[list[str], frozenset[str]]]:
    """The phrases of the thesaurus in a row of stems, with their groups."""
    known, longest = groups(), _beginnings()
    begun = (at for at, stem in enumerate(row) if stem in longest)
    for at in begun:
        for end in range(at + 2, min(at + longest[row[at]], len(row)) + 1):
            if numbers := known.get(" ".join(row[at:end])):
                yield row[at:end], numbers


def groups_of(stem: str) -> frozenset[str]:
    """The thesaurus groups of one stem."""
    return groups().get(stem, frozenset()).union(_kin(stem))


def meanings(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems in a text, and the groups of its words and phrases."""
    stems: set[str] = set()
    numbers: set[str] = set()
    known, found = groups(), words(text)
    for word in found:
        its_own = stems_of(word)
        stems.update(its_own)
        for stem in its_own:
            numbers.update(known.get(stem, ()), _kin(stem))
    for _, held in _held(_row(found)):
        numbers.update(held)
    return frozenset(stems), frozenset(numbers)


def phrases(text: str) -> list[Phrase]:
    """(stems, groups) of each phrase of the thesaurus that stands in a text."""
    return [(frozenset(piece), held) for piece, held in _held(_row(words(text)))]
