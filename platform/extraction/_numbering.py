"""How the items of a list are numbered, such as "Article 4", "2.1" and "(b)".

These numbers are no text of a file, but what its readers see and what its clauses are
referred to by.
"""

import re
from dataclasses import dataclass, field

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_ROMAN = [
    *[(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")],
    *[(50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")],
]
_MOST = 9_999  # a number that letters or Roman figures write out


@dataclass
class Level:
    """How a level of a list is numbered: ``Article %1``, ``%1.%2``."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""
    is_legal: bool = False  # whatever the levels above are written in, here in figures
    gap: str = " "
    style: str = ""  # whose paragraphs are of this level


@dataclass
class Scheme:
    """The levels of a list, and how far each is counted."""

    levels: dict[int, Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    named: str = ""  # the style that this scheme is the one of
    elsewhere: str = ""  # the style whose scheme this is, if it says nothing itself

    def next(self, depth: int) -> str:
        """The number of a further paragraph at *depth*, with the gap behind it."""
        level = self.levels.get(depth)
        if level is None:
            return ""
        for above in range(depth):
            self.counts.setdefault(above, self._level(above).start)
        self.counts[depth] = self.counts.get(depth, level.start - 1) + 1
        for below in range(depth + 1, _LEVELS):
            self.counts.pop(below, None)
        if level.kind == "bullet":
            return ""
        text = _PLACE.sub(
            lambda place: self._told(int(place[1]) - 1, level), level.text
        )
        return f"{text}{level.gap}" if text.strip() else ""

    def _level(self, depth: int) -> Level:
        return self.levels.get(depth, Level())

    def _told(self, depth: int, by: Level) -> str:
        kind = "decimal" if by.is_legal else self._level(depth).kind
        return written(self.counts.get(depth, self._level(depth).start), kind)


def written(number: int, kind: str) -> str:
    """*number* in figures, letters or Roman figures."""
    if not 0 < number <= _MOST:
        return str(number)
    match kind:
        case "none":
            return ""
        case "lowerLetter" | "upperLetter":
            times, letter = divmod(number - 1, 26)
            text = chr(ord("A") + letter) * (times + 1)
        case "lowerRoman" | "upperRoman":
            text = _roman(number)
        case "decimalZero":
            return f"{number:02}"
        case _:
            return str(number)
    return text.lower() if kind.startswith("lower") else text


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        text += sign * times
    return text
