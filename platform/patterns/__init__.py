"""Patterns: which of a few things a short text asks for, by patterns of a table.

    known = patterns.Patterns({"pay": [r"pay (the|my) bill"], "none": []}, never=[…])
    known.of("please pay my bill")   # Wish("pay", confidence=0.9)

The table's order is the rank: of several wishes in one text the first named counts. It
names no business noun and knows no language; both are the table's.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

WHAT = "what", "more"  # groups of a pattern
ALONE, AMONG_OTHERS, NOTHING = 0.9, 0.7, 0.5


class Wish(NamedTuple):
    """``confidence`` is 0.9 for the only one, 0.7 for the first, 0.5 for nothing."""

    name: str
    confidence: float


class Patterns:
    """Patterns (case does not count) by the name of what they stand for.

    What ``never`` matches is taken out of a text before it is looked at.
    """

    def __init__(
        self,
        table: Mapping[str, Iterable[str]],
        never: Iterable[str] = (),
        otherwise: str = "none",
    ) -> None:
        self._table = {name: _any(patterns) for name, patterns in table.items()}
        self._never = _any(never)
        self._otherwise = otherwise

    def of(self, text: str) -> Wish:
        left = self._never.sub(" ", text)
        found = [name for name, pattern in self._table.items() if pattern.search(left)]
        if not found:
            return Wish(self._otherwise, NOTHING)
        return Wish(found[0], AMONG_OTHERS if found[1:] else ALONE)


def after(patterns: Iterable[str], text: str, ends: Iterable[str] = ()) -> str | None:
    """What the first pattern that is found has as its group ``what``, trimmed, and
    until before what one of *ends* matches; with a plus and its group ``more``, where
    it has that one."""
    over = _any(ends)
    for pattern in patterns:
        if found := re.search(pattern, text, re.IGNORECASE):
            said = found.groupdict()
            each = [over.split(said.get(n) or "", maxsplit=1)[0] for n in WHAT]
            trimmed = dict.fromkeys(" ".join(one.split()) for one in each)
            return " + ".join(filter(None, trimmed)) or None
    return None


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all; for none, one that nothing matches."""
    each = [f"(?:{pattern})" for pattern in patterns] or [r"(?!)"]
    return re.compile("|".join(each), re.IGNORECASE)
