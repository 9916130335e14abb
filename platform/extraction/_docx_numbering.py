"""The numbers that a DOCX counts by itself: ISO/IEC 29500-1, 17.9."""

from extraction._docx_styles import attribute, is_on, local
from extraction._numbering import Level, Scheme
from extraction._parts import Handler


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
