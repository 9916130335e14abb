"""The body of a DOCX, element by element, into blocks."""

from extraction import _clean
from extraction._builder import Builder
from extraction._docx_numbering import Numbering
from extraction._docx_styles import Styles, attribute, heading_level, is_on, local
from extraction._office import FALLBACK
from extraction._paragraph import Paragraph
from extraction._parts import Handler
from extraction._refused import Refused
from extraction._table import Table

# Deleted text, field codes, and what properties were before a tracked change.
_SKIPPED = frozenset(
    "del moveFrom instrText delText pPrChange rPrChange tblPrChange trPrChange"
    " tcPrChange sectPrChange numberingChange".split()
)


class Body(Handler):
    """A handler for ``word/document.xml`` that fills *builder*.

    Tables are kept until they end; a table inside a cell is part of that cell's text.
    """

    def __init__(
        self,
        builder: Builder,
        styles: Styles,
        numbering: Numbering,
        notes: dict[str, dict[str, str]],
        pages: int,
    ) -> None:
        self._builder, self._styles, self._notes = builder, styles, notes
        self._numbering = numbering
        self._most_pages = pages
        self._paragraphs: list[Paragraph] = []
        self._tables: list[Table] = []
        self._skipped = 0
        self._in_text = False
        self._hidden = False
        self._raised = False
        self._controls = 0  # that are open
        self._prompted = 0  # at which of them nothing was filled in
        self._fresh = False  # nothing was read since the page began
        self.page = 1
        self.breaks = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped or local(name) in _SKIPPED or name == FALLBACK:
            self._skipped += 1
            if self._paragraphs and local(name) == "del":
                self._paragraphs[-1].is_cut = True
            return
        begin = getattr(self, f"_start_{local(name)}", None)
        if begin:
            begin(attributes)

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        finish = getattr(self, f"_end_{local(name)}", None)
        if finish:
            finish()

    def characters(self, text: str) -> None:
        if self._prompted or self._hidden or self._skipped:
            return
        if self._in_text:
            self._write(_clean.raised(text) if self._raised else text)

    def _write(self, text: str) -> None:
        self._fresh = self._fresh and not text.strip()
        if self._paragraphs:
            self._paragraphs[-1].write(text, self.page)

    def _start_p(self, _: dict[str, str]) -> None:
        self._paragraphs.append(Paragraph())

    def _start_pStyle(self, attributes: dict[str, str]) -> None:
        if self._paragraphs:
            self._paragraphs[-1].style = attribute(attributes, "val")

    def _start_outlineLvl(self, attributes: dict[str, str]) -> None:
        if self._paragraphs:
            level = heading_level(attribute(attributes, "val"))
            self._paragraphs[-1].level = level

    def _start_numId(self, attributes: dict[str, str]) -> None:
        # Number 0 takes a paragraph out of the list of its style.
        if self._paragraphs:
            number = attribute(attributes, "val")
            self._paragraphs[-1].listed = "" if number == "0" else number

    def _start_ilvl(self, attributes: dict[str, str]) -> None:
        depth = attribute(attributes, "val")
        if self._paragraphs and depth.isdecimal():
            self._paragraphs[-1].depth = int(depth)

    def _start_r(self, _: dict[str, str]) -> None:
        self._hidden = self._raised = False

    def _start_rStyle(self, attributes: dict[str, str]) -> None:
        if self._styles.is_hidden(attribute(attributes, "val")):
            self._hidden = True

    def _start_vanish(self, attributes: dict[str, str]) -> None:
        self._hidden = is_on(attributes)

    def _start_strike(self, attributes: dict[str, str]) -> None:
        self._hidden = self._hidden or is_on(attributes)

    _start_dstrike = _start_strike

    def _start_vertAlign(self, attributes: dict[str, str]) -> None:
        self._raised = attribute(attributes, "val") == "superscript"

    def _start_showingPlcHdr(self, attributes: dict[str, str]) -> None:
        """Until the control ends it says what is to be typed there."""
        if is_on(attributes):
            self._prompted = self._controls

    def _start_sdt(self, _: dict[str, str]) -> None:
        self._controls += 1

    def _end_sdt(self) -> None:
        self._controls -= 1
        if self._controls < self._prompted:
            self._prompted = 0

    def _start_t(self, _: dict[str, str]) -> None:
        self._in_text = True

    def _end_t(self) -> None:
        self._in_text = False

    def _start_tab(self, _: dict[str, str]) -> None:
        self._write(" ")

    def _start_cr(self, _: dict[str, str]) -> None:
        self._write(" ")

    def _start_noBreakHyphen(self, _: dict[str, str]) -> None:
        self._write("-")

    def _start_br(self, attributes: dict[str, str]) -> None:
        self._write(" ")
        if attribute(attributes, "type") == "page":
            self._turn_page()

    def _start_lastRenderedPageBreak(self, _: dict[str, str]) -> None:
        self._turn_page()

    def _turn_page(self) -> None:
        # Word notes where it broke pages, also right after a break that was typed.
        if self._fresh:
            return
        self._fresh = True
        self.breaks += 1
        self.page += 1
        if self.page > self._most_pages:
            most = self._most_pages
            raise Refused("too_many_pages", f"it has more than {most:,} pages")

    def _start_footnoteReference(self, attributes: dict[str, str]) -> None:
        self._note("footnotes", attributes)

    def _start_endnoteReference(self, attributes: dict[str, str]) -> None:
        self._note("endnotes", attributes)

    def _note(self, kind: str, attributes: dict[str, str]) -> None:
        if self._paragraphs:
            text = self._notes[kind].get(attribute(attributes, "id"), "")
            self._paragraphs[-1].notes.append(text)

    def _end_p(self) -> None:
        if not self._paragraphs:
            return
        paragraph = self._paragraphs.pop()
        self._number(paragraph)
        if self._paragraphs:  # a text box: part of the paragraph it is anchored in
            self._paragraphs[-1].write(f" {paragraph.whole} ", self.page)
        elif self._tables:
            page = paragraph.page(self.page)
            self._tables[-1].write(paragraph.whole, page)
        elif not self._styles.is_hidden(paragraph.style):
            self._place(paragraph, paragraph.page(self.page))

    def _number(self, paragraph: Paragraph) -> None:
        """Count *paragraph* in the list that it is of, and put its number before it."""
        is_said = bool(paragraph.text.strip())
        if not is_said and paragraph.is_cut:
            return
        of, depth, style = self._styles.numbering(paragraph.style)
        of = of if paragraph.listed is None else paragraph.listed
        depth = depth if paragraph.depth is None else paragraph.depth
        number = self._numbering.number(of, depth, style)
        # The rows of a table may be numbered, and their cells say nothing else.
        if number and (is_said or self._tables):
            paragraph.begin_with(number)

    def _place(self, paragraph: Paragraph, page: int) -> None:
        styled = self._styles.level(paragraph.style)
        level = styled if paragraph.level is None else paragraph.level
        if level and self._styles.is_title(paragraph.style):
            self._builder.title = self._builder.title or paragraph.text
        is_item = bool(paragraph.listed) or self._styles.is_list(paragraph.style)
        paragraph.place(self._builder, level, is_item, page)

    def _start_tbl(self, _: dict[str, str]) -> None:
        self._tables.append(Table())

    def _start_tr(self, _: dict[str, str]) -> None:
        if self._tables:
            self._tables[-1].rows.append([])

    def _start_tblHeader(self, attributes: dict[str, str]) -> None:
        if self._tables and is_on(attributes):
            self._tables[-1].headers = len(self._tables[-1].rows)

    def _start_tc(self, _: dict[str, str]) -> None:
        if self._tables:
            self._tables[-1].begin_cell()

    def _start_gridSpan(self, attributes: dict[str, str]) -> None:
        if self._tables:
            self._tables[-1].widen(attribute(attributes, "val"))

    def _start_vMerge(self, attributes: dict[str, str]) -> None:
        if self._tables:
            merged = attribute(attributes, "val") in ("", "continue")
            self._tables[-1].merged = merged

    def _end_tc(self) -> None:
        if self._tables:
            self._tables[-1].end_cell()

    def _end_tbl(self) -> None:
        if not self._tables:
            return
        for line, page in self._tables.pop().lines():
            if self._tables:
                self._tables[-1].write(line, page or self.page)
            else:
                self._builder.table_row(line, page)
