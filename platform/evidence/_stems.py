"""English stems as PostgreSQL's ``english`` configuration has them (Porter 2).

The algorithm is https://snowballstem.org/algorithms/english/stemmer.html, in the
version of PostgreSQL 18, which a test compares with; later versions have more
exceptions. Its pure Python package has those, and costs 3 MB of memory.
"""

import functools
import re

_VOWELS = "aeiouy"
_V = "[aeiouy]"
_DOUBLES = ("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt")
_LI = "cdeghkmnrt"

_WHOLE = {
    "skis": "ski",
    "skies": "sky",
    "idly": "idl",
    "gently": "gentl",
    "ugly": "ugli",
    "early": "earli",
    "only": "onli",
    "singly": "singl",
    "sky": "sky",
    "news": "news",
    "howe": "howe",
    "atlas": "atlas",
    "cosmos": "cosmos",
    "bias": "bias",
    "andes": "andes",
}
_AFTER_1A = frozenset(
    "inning outing canning herring earring proceed exceed succeed".split()
)
_PREFIXES = ("gener", "commun", "arsen")

_STEP2 = [
    ("ization", "ize"),
    ("ational", "ate"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("iveness", "ive"),
    ("tional", "tion"),
    ("biliti", "ble"),
    ("lessli", "less"),
    ("entli", "ent"),
    ("ation", "ate"),
    ("alism", "al"),
    ("aliti", "al"),
    ("ousli", "ous"),
    ("iviti", "ive"),
    ("fulli", "ful"),
    ("ogist", "og"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("abli", "able"),
    ("izer", "ize"),
    ("ator", "ate"),
    ("alli", "al"),
    ("bli", "ble"),
    ("ogi", "og"),
    ("li", ""),
]
_STEP3 = [
    ("ational", "ate"),
    ("tional", "tion"),
    ("alize", "al"),
    ("icate", "ic"),
    ("iciti", "ic"),
    ("ative", ""),
    ("ical", "ic"),
    ("ness", ""),
    ("ful", ""),
]
_STEP4 = (
    "ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic"
).split()


def _region(word: str, start: int) -> int:
    found = re.compile(f"{_V}[^aeiouy]").search(word, start)
    return found.end() if found else len(word)


def _regions(word: str) -> tuple[int, int]:
    for prefix in _PREFIXES:
        if word.startswith(prefix):
            return len(prefix), _region(word, len(prefix))
    first = _region(word, 0)
    return first, _region(word, first)


def _ends_short(word: str) -> bool:
    return bool(
        re.search(r"[^aeiouy][aeiouy][^aeiouywxY]$", word)
        or re.search(r"^[aeiouy][^aeiouy]$", word)
    )


def _consonants(word: str) -> str:
    if word.startswith("y"):
        word = "Y" + word[1:]
    return re.sub(r"(?<=[aeiouy])y", "Y", word)


def _step1a(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1] if re.search(_V, word[:-2]) else word
    return word


def _restored(word: str, first: int) -> str:
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    if word.endswith(_DOUBLES) and not re.fullmatch("[aeo](.)\\1", word):
        return word[:-1]
    return word + "e" if first >= len(word) and _ends_short(word) else word


def _step1b(word: str, first: int) -> str:
    for suffix in ("eedly", "eed"):
        if word.endswith(suffix):
            at = len(word) - len(suffix)
            return word[:at] + "ee" if at >= first else word
    for suffix in ("ingly", "edly", "ing", "ed"):
        if word.endswith(suffix):
            return _cut1b(word, suffix, first)
    return word


def _cut1b(word: str, suffix: str, first: int) -> str:
    stem = word[: -len(suffix)]
    if suffix == "ing" and re.fullmatch(r"[^aeiouy]y", stem):
        return stem[0] + "ie"
    return _restored(stem, first) if re.search(_V, stem) else word


def _step2(word: str, first: int) -> str:
    for suffix, put in _STEP2:
        if word.endswith(suffix):
            stem = word[: -len(suffix)]
            kept = (
                len(stem) < first
                or (suffix == "ogi" and not stem.endswith("l"))
                or (suffix == "li" and not stem.endswith(tuple(_LI)))
            )
            return word if kept else stem + put
    return word


def _step3(word: str, first: int, second: int) -> str:
    for suffix, put in _STEP3:
        if word.endswith(suffix):
            stem = word[: -len(suffix)]
            region = second if suffix == "ative" else first
            return stem + put if len(stem) >= region else word
    return word


def _step4(word: str, second: int) -> str:
    for suffix in _STEP4:
        if word.endswith(suffix):
            stem = word[: -len(suffix)]
            held = suffix == "ion" and not stem.endswith(("s", "t"))
            return word if len(stem) < second or held else stem
    return word


def _step5(word: str, first: int, second: int) -> str:
    at = len(word) - 1
    if word.endswith("e"):
        if at >= second or (at >= first and not _ends_short(word[:-1])):
            return word[:-1]
    elif word.endswith("ll") and at >= second:
        return word[:-1]
    return word


@functools.lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The stem of one lower-case word."""
    if word in _WHOLE:
        return _WHOLE[word]
    if len(word) <= 2:
        return word
    word = _consonants(word.removeprefix("'"))
    first, second = _regions(word)
    word = _step1a(re.sub(r"('s'?|')$", "", word))
    if word in _AFTER_1A:
        return word
    word = _step1b(word, first)
    word = re.sub(r"(?<=.)([^aeiouy])[yY]$", r"\1i", word)
    word = _step3(_step2(word, first), first, second)
    return _step5(_step4(word, second), first, second).lower()
