"""The texts of one slide, shape by shape."""

from extraction import _clean, _office
from extraction._parts import Handler
from extraction._table import Table

# Shapes that say the same on every slide, or nothing of their own.
_AROUND = frozenset(["dt", "ftr", "sldNum", "hdr", "sldImg"])
_TITLES = frozenset(["title", "ctrTitle"])


def _shape(name: str) -> str:
    return _office.local(name, "presentationml")


def _drawn(name: str) -> str:
    return _office.local(name, "drawingml")


class Slide(Handler):
    """A handler for a slide, or for its notes.

    ``title`` and ``texts`` are paragraphs; ``tables`` come without their places.
    """

    def __init__(self) -> None:
        self.title: list[str] = []
        self.texts: list[str] = []
        self.tables: list[Table] = []
        self.hidden = False
        self._kind = ""  # of the placeholder that the shape fills
        self._skipped = 0  # depth below what is not shown
        self._shape_hidden = False
        self._in_table = False
        self._in_text = False
        self._raised = self._struck = False
        self._is_group = False  # what was opened last
        self._hiding = 0  # groups that are open, from the first hidden one on
        self._paragraph: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped or name == _office.FALLBACK:
            self._skipped += 1
            return
        self._start_shape(_shape(name), attributes)
        if _drawn(name) == "rPr":
            self._raised = attributes.get("baseline", "0")[:1] in "123456789"
            self._struck = attributes.get("strike", "noStrike") != "noStrike"
        self._start_drawn(_drawn(name), attributes)

    def _start_shape(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "sld":
                self.hidden = attributes.get("show") in ("0", "false")
            case "sp" | "graphicFrame" | "pic" | "cxnSp":
                self._kind, self._shape_hidden, self._is_group = "", False, False
            case "grpSp":
                self._is_group = True
                self._hiding += self._hiding > 0
            case "cNvPr":
                is_hidden = attributes.get("hidden") in ("1", "true")
                self._shape_hidden = is_hidden
                if is_hidden and self._is_group:
                    self._hiding = max(self._hiding, 1)
            case "ph":
                self._kind = attributes.get("type", "body")

    def _start_drawn(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "tbl":
                self.tables.append(Table())
                self._in_table = True
            case "tr" if self._in_table:
                self.tables[-1].rows.append([])
            case "tc" if self._in_table:
                self.tables[-1].begin_cell()
                self.tables[-1].widen(attributes.get("gridSpan", ""))
                self.tables[-1].merged = attributes.get("vMerge") in ("1", "true")
            case "p":
                self._paragraph = []
            case "br":
                self._paragraph.append(" ")
            case "t":
                self._in_text = True

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        if _shape(name) == "grpSp":
            self._hiding -= self._hiding > 0
        match _drawn(name):
            case "r":
                self._raised = self._struck = False
            case "t":
                self._in_text = False
            case "p":
                self._end_paragraph("".join(self._paragraph))
            case "tc" if self._in_table:
                self.tables[-1].end_cell()
            case "tbl":
                self._in_table = False

    def characters(self, text: str) -> None:
        if self._in_text and not self._skipped and not self._struck:
            self._paragraph.append(_clean.raised(text) if self._raised else text)

    def _end_paragraph(self, text: str) -> None:
        if self._shape_hidden or self._hiding or self._kind in _AROUND:
            return
        if self._in_table:
            self.tables[-1].write(text, 0)
        else:
            (self.title if self._kind in _TITLES else self.texts).append(text)
