"""Words that were divided at the end of a line."""

import re
from collections.abc import Iterable

_COMPOUND = re.compile(r"\b[^\W\d_]+-[^\W\d_]+")
_DIVIDED = re.compile(r"([^\W\d_]+)-$")
_FIRST = re.compile(r"[^\W\d_]+")
# After these a hyphen stands for a part that is left out: "Vor- und Nachsorge".
_LINKS = frozenset("und oder bzw sowie and or et ou y o to bis".split())


def compounds(lines: Iterable[str]) -> set[str]:
    """The words that are written with a hyphen within a line."""
    return {found.lower() for line in lines for found in _COMPOUND.findall(line)}


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
    divided, first = _DIVIDED.search(above[-60:]), _FIRST.match(below)
    if not divided or not first or first[0].lower() in _LINKS:
        return f"{above} "
    keeps = f"{divided[0]}{first[0]}".lower() in known or not below[0].islower()
    return above if keeps else above[:-1]
