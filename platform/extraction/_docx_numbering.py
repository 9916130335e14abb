"""The numbers that a DOCX counts by itself, such as "Article 4", "2.1" and "(b)".

ISO/IEC 29500-1, 17.9. They are no text of the file, but what its readers see and what
its clauses are referred to by.
"""

import re
from dataclasses import dataclass, field

from extraction._docx_styles import attribute, is_on, local
from extraction._parts import Handler

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
        return _written(self.counts.get(depth, self._level(depth).start), kind)


class Numbering(Handler):
    """A handler for ``word/numbering.xml``."""

    def __init__(self) -> None:
        self._schemes: dict[str, Scheme] = {}
        self._lists: dict[str, str] = {}  # schemes by the number of a list
        self._restarts: dict[str, dict[int, int]] = {}  # where a list begins anew
        self._scheme, self._level = Scheme(), Level()
        self._list = ""
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        own, value = local(name), attribute(attributes, "val")
        if own.startswith("num") or own.endswith("Override") or own == "abstractNumId":
            self._tell_list(own, value, attributes)
        elif own == "lvl":
            self._level = Level()
            # A list's own levels are those of its scheme, as far as is told here.
            if not self._list:
                depth = _number(attribute(attributes, "ilvl"))
                self._scheme.levels[depth] = self._level
        else:
            self._tell_scheme(own, value, attributes)
            self._tell_level(own, value, attributes)

    def _tell_list(self, own: str, value: str, attributes: dict[str, str]) -> None:
        match own:
            case "num":
                self._list = attribute(attributes, "numId")
            case "abstractNumId":
                self._lists[self._list] = value
            case "lvlOverride":
                self._depth = _number(attribute(attributes, "ilvl"))
            case "startOverride":
                restarts = self._restarts.setdefault(self._list, {})
                restarts[self._depth] = _number(value)
            case "numFmt":
                self._level.kind = value
            case "numStyleLink":
                self._scheme.elsewhere = value

    def _tell_scheme(self, own: str, value: str, attributes: dict[str, str]) -> None:
        match own:
            case "abstractNum":
                self._scheme = Scheme()
                number = attribute(attributes, "abstractNumId")
                self._schemes[number] = self._scheme
            case "styleLink":
                self._scheme.named = value

    def _tell_level(self, own: str, value: str, attributes: dict[str, str]) -> None:
        match own:
            case "start":
                self._level.start = _number(value)
            case "lvlText":
                self._level.text = value
            case "isLgl":
                self._level.is_legal = is_on(attributes)
            case "suff":
                self._level.gap = "" if value == "nothing" else " "
            case "pStyle":
                self._level.style = value

    def number(self, of: str, depth: int | None, style: str) -> str:
        """The number of the next paragraph of a list, with the gap behind it; without a
        *depth* it is the one of the paragraph's *style*."""
        scheme = self._own(self._schemes.get(self._lists.get(of, "")))
        if scheme is None:
            return ""
        if depth is None:
            styled = (at for at, level in scheme.levels.items() if level.style == style)
            depth = next(styled, 0)
        if (start := self._restarts.get(of, {}).pop(depth, None)) is not None:
            scheme.counts[depth] = start - 1
        return scheme.next(depth)

    def _own(self, scheme: Scheme | None) -> Scheme | None:
        """*scheme*, or the one that it refers to."""
        if scheme is None or not scheme.elsewhere:
            return scheme
        named = (s for s in self._schemes.values() if s.named == scheme.elsewhere)
        return next(named, scheme)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _written(number: int, kind: str) -> str:
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
