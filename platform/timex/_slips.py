"""Words as they were meant: a slip of the finger, an elision, "elevenish"."""

import re
from functools import cache

import edit_distance
from timex._language import Language

SHORTEST = 6  # letters; shorter words are too near to others
LONG = 8  # of these, two slips are seen through
# Words that a slip is worth looking for in: all else may be somebody's name.
COUNTS = re.compile(r"[WM]\d+|D[+-]\d|TODAY|NOON|MIDNIGHT|WEEKEND|P[A-Z]+")
MARK = re.compile(r"(?<![^\s,])((?:\d[\d:.]*|[a-z]+)(?: ?[ap]\.?m\.?)?)[ -]?")


@cache
def _words(language: Language) -> dict[str, list[str]]:
    """Words that may have been meant, by their first letter."""
    words: dict[str, list[str]] = {}
    for word, tags in language.words.items():
        if len(word) >= SHORTEST and word.isalpha() and COUNTS.fullmatch(tags):
            words.setdefault(word[0], []).append(word)
    return words


def meant(said: str, language: Language) -> str:
    """The tags of the one word that was meant; ``_`` where none or several may be."""
    near: dict[str, int] = {}
    for word in _words(language).get(said[0], ()):
        allowed = 1 + (len(word) >= LONG and len(said) >= LONG - 1)
        wrong = edit_distance.distance(said, word, allowed)
        if wrong <= allowed and len(said) >= SHORTEST - 1:
            tags = language.words[word]
            near[tags] = min(wrong, near.get(tags, wrong))
    best = [tags for tags, wrong in near.items() if wrong == min(near.values())]
    return best[0] if len(best) == 1 else "_"


@cache
def _elision(language: Language) -> re.Pattern[str]:
    letters = "|".join(language.elided)
    words = "|".join(re.escape(word) for word in language.words if word[0] in "aeiouh")
    return re.compile(rf"(?<![a-z])(?:{letters})'(?=(?:{words})(?![a-z]))")


def spoken(text: str, language: Language) -> str:
    """The folded text without elisions ("d'avril") and endings ("elevenish")."""
    if language.elided:
        text = _elision(language).sub("", text)
    for ending, word in language.approximate.items():
        text = re.sub(
            rf"{MARK.pattern}{ending}(?![a-z])",
            lambda found, word=word: _about(found, word, language),
            text,
        )
    return text


def _about(found: re.Match[str], word: str, language: Language) -> str:
    """ "elevenish" is about eleven; "Spanish" is not."""
    is_time = found[1][0].isdigit() or found[1] in language.words
    return f"{word} {found[1]}" if is_time else found[0]
