"""What a workbook says once for all of its sheets: names, texts, formats."""

from array import array
from datetime import datetime

from extraction import _clean, _office
from extraction._parts import Handler
from extraction._xlsx_formats import BUILT_IN, Format

_SHOWN = ("visible", "")


def _local(name: str) -> str:
    return _office.local(name, "spreadsheetml")


class Run:
    """How the part of a cell's text looks that is being read."""

    def __init__(self) -> None:
        self._is_raised = self._is_crossed_out = False

    def start(self, own: str, attributes: dict[str, str]) -> None:
        if own in ("si", "is", "r"):
            self._is_raised = self._is_crossed_out = False
        elif own == "vertAlign":
            self._is_raised = attributes.get("val") == "superscript"
        elif own == "strike":
            self._is_crossed_out = _is_on(attributes)

    def shown(self, text: str) -> str:
        if self._is_crossed_out:
            return ""
        return _clean.raised(text) if self._is_raised else text


def _is_on(attributes: dict[str, str]) -> bool:
    return attributes.get("val", "1") in ("1", "true")


class Texts(Handler):
    """A handler for ``xl/sharedStrings.xml``: cells name a text by its number.

    One long text: a hundred thousand of them would take ten times as much.
    """

    def __init__(self) -> None:
        self._all = bytearray()
        self._ends = array("L", [0])
        self._skipped = 0
        self._in_text = False
        self._run = Run()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        own = _local(name)
        self._skipped += own == "rPh"
        self._in_text = own == "t" and not self._skipped
        self._run.start(own, attributes)

    def end(self, name: str) -> None:
        own = _local(name)
        self._in_text = False
        self._skipped -= own == "rPh"
        if own == "si":
            self._ends.append(len(self._all))

    def characters(self, text: str) -> None:
        if self._in_text:
            self._all += self._run.shown(text).encode(errors="replace")

    def of(self, number: str) -> str:
        at = int(number) if number.isdecimal() else len(self._ends)
        if at + 1 >= len(self._ends):
            return ""
        return self._all[self._ends[at] : self._ends[at + 1]].decode()


class Formats(Handler):
    """A handler for ``xl/styles.xml``: how the numbers of each style are shown, and
    which styles cross out what they show."""

    def __init__(self) -> None:
        self._codes = dict(BUILT_IN)
        self._fonts: list[bool] = []  # whether each crosses out
        self._crossing: set[int] = set()
        self._styles: list[int] = []
        self._in_styles = False
        self._made: dict[int, Format] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        own, number = _local(name), attributes.get("numFmtId", "")
        known = int(number) if number.isdecimal() else 0
        if own == "cellXfs":
            self._in_styles = True
        elif own == "numFmt":
            self._codes[known] = attributes.get("formatCode", "")
        elif own == "xf" and self._in_styles:
            self._begin_style(known, attributes.get("fontId", ""))
        elif own == "font":
            self._fonts.append(False)
        elif own == "strike" and self._fonts:
            self._fonts[-1] = _is_on(attributes)

    def _begin_style(self, code: int, font: str) -> None:
        if font.isdecimal() and any(self._fonts[int(font) : int(font) + 1]):
            self._crossing.add(len(self._styles))
        self._styles.append(code)

    def crosses_out(self, style: str) -> bool:
        return style.isdecimal() and int(style) in self._crossing

    def end(self, name: str) -> None:
        if _local(name) == "cellXfs":
            self._in_styles = False

    def of(self, style: str) -> Format:
        at = int(style) if style.isdecimal() else 0
        known = self._styles[at] if at < len(self._styles) else 0
        if known not in self._made:
            self._made[known] = Format(self._codes.get(known, "General"))
        return self._made[known]


class Book(Handler):
    """A handler for ``xl/workbook.xml``: the sheets that are shown, and from when days
    are counted."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []  # name and relation
        self.texts, self.formats = Texts(), Formats()
        self._since = datetime(1899, 12, 30)
        self.is_stale = False  # what its formulas say is to be computed anew

    def start(self, name: str, attributes: dict[str, str]) -> None:
        own = _local(name)
        if own == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self._since = datetime(1904, 1, 1)
        elif own == "calcPr":
            self.is_stale = attributes.get("fullCalcOnLoad") in ("1", "true")
        elif own == "sheet" and attributes.get("state", "") in _SHOWN:
            related = _office.related(attributes)
            self.sheets.append((attributes.get("name", ""), related))

    def shown(self, text: str, kind: str, style: str) -> str:
        """What a cell says whose value is *text*; nothing for an error."""
        match kind:
            case "s":
                return self.texts.of(text)
            case "b":
                return "TRUE" if text == "1" else "FALSE"
            case "e":
                return ""
            case "n" if text:
                return self._number(text, style)
        return text

    def _number(self, text: str, style: str) -> str:
        try:
            value = float(text)
            return self.formats.of(style).shown(value, self._since)
        except (ValueError, OverflowError):  # no number, or beyond the calendar
            return text
