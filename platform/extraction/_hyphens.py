"""Words that were divided at the end of a line."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

_COMPOUND = re.compile(r"\b[^\W\d_]+[-\u2010][^\W\d_]+")
_DIVIDED = re.compile(r"([^\W\d_]+)[-\u2010]$")
_FIRST = re.compile(r"[^\W\d_]+")
_WHOLE = re.compile(r"(?<![\w\u2010-])[^\W\d_]{3,}(?![\w\u2010-])")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uff00-\uff65]{2}")  # no space parts words
# After these a hyphen stands for a part that is left out: "Vor- und Nachsorge".
_LINKS = frozenset("und oder bzw sowie and or et ou y o to bis".split())


def known(lines: Sequence[str]) -> set[str]:
    """What *lines* say of the words that are divided between them: which they write
    with a hyphen, and which words they have whole that would be its parts or itself."""
    asked = {
        word
        for above, below in itertools.pairwise(lines)
        for word in _of_division(above, below)
    }
    seen: set[str] = set()
    above = ""
    for line in lines:
        seen.update(found.lower() for found in _COMPOUND.findall(line))
        # Here the second part of a word would be taken for a word.
        start = len(_FIRST.match(line)[0]) if _divided(above, line) else 0
        seen.update(asked.intersection(map(str.lower, _WHOLE.findall(line, start))))
        above = line
    return seen


def _divided(above: str, below: str) -> tuple[str, str] | None:
    """The parts of the word that is divided between two lines, if one is."""
    divided, first = _DIVIDED.search(above[-60:]), _FIRST.match(below)
    return (divided[1], first[0]) if divided and first else None


def _of_division(above: str, below: str) -> Iterator[str]:
    if parts := _divided(above, below):
        yield from map(str.lower, (*parts, "".join(parts)))


def joined(lines: Iterable[str], known: set[str]) -> str:
    """*lines* as one, divided words made whole; *known* ones keep their hyphen."""
    pieces: list[str] = []
    for line in lines:
        if pieces:
            pieces[-1] = _led_on(pieces[-1], line, known)
        pieces.append(line)
    return "".join(pieces)


def _led_on(above: str, below: str, known: set[str]) -> str:
    """*above* as it stands before *below* in one line."""
    parts = _divided(above, below)
    if _UNSPACED.fullmatch(above[-1:] + below[:1]):
        return above
    if not parts or parts[1].lower() in _LINKS:
        return f"{above} "
    first, second = map(str.lower, parts)
    is_of_two = {first, second} <= known and first + second not in known
    keeps = f"{first}-{second}" in known or is_of_two or not below[0].islower()
    return above if keeps else above[:-1]
