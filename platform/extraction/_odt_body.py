"""The body of an ODT, element by element, into blocks: OpenDocument 1.3, part 3."""

from extraction import _clean
from extraction._builder import Builder
from extraction._odt_lists import Lists
from extraction._odt_styles import Styles, local
from extraction._paragraph import Paragraph
from extraction._parts import Handler
from extraction._refused import Refused
from extraction._table import Table

# Deleted text, notes to reviewers, the signs of footnotes, what is hidden, and numbers
# as a program counted them when it saved the file.
_SKIPPED = frozenset(
    "text:tracked-changes office:annotation text:note-citation text:hidden-text"
    " text:hidden-paragraph text:number text:ruby-text text:sequence-decls"
    " office:forms".split()
)
_GAPS = frozenset(["text:s", "text:tab", "text:line-break"])


class Body(Handler):
    """A handler for ``content.xml`` that fills *builder*."""

    def __init__(self, builder: Builder, pages: int, styles: Styles) -> None:
        self._builder, self._most_pages = builder, pages
        self._styles, self._lists = styles, Lists(styles)
        self._paragraphs: list[Paragraph] = []
        self._tables: list[Table] = []
        self._down: dict[int, int] = {}  # rows that a merged cell goes on, by column
        self._items = 0
        self._skipped = 0
        self._raised: list[bool] = []  # of the spans that are open
        self.page = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        own = local(name)
        given = {local(key): value for key, value in attributes.items()}
        if self._skipped or own in _SKIPPED or self._is_hidden(given):
            self._skipped += 1
        elif self._styles.declare(own, given):
            pass
        elif own in _GAPS:
            self._write(" ")
        elif own.startswith("table:"):
            self._start_of_table(own, given)
        else:
            self._start(own, given)

    def _is_hidden(self, given: dict[str, str]) -> bool:
        is_section = given.get("text:display") == "none" and "text:name" in given
        return is_section or given.get("text:style-name", "") in self._styles.hidden

    def _start(self, own: str, given: dict[str, str]) -> None:
        match own:
            case "text:p" | "text:h":
                self._begin(given)
            case "text:list":
                self._lists.begin(given)
            case "text:list-item":
                self._items += 1
                self._lists.count(given)
            case "text:span":
                style = given.get("text:style-name")
                self._raised.append(style in self._styles.raising)
            case "text:soft-page-break":
                self._turn_page()

    def _begin(self, given: dict[str, str]) -> None:
        level = given.get("text:outline-level", "")
        style = given.get("text:style-name")
        if style in self._styles.on_a_new_page:
            self._turn_page()
        paragraph = Paragraph(int(level) if level.isdecimal() else 0)
        if style in self._styles.titles and not self._tables:
            paragraph.level = 1
        elif paragraph.level and not self._items and "text:is-list-header" not in given:
            self._lists.count_heading(paragraph.level)
        self._paragraphs.append(paragraph)

    def _turn_page(self) -> None:
        self.page += 1
        if self.page > self._most_pages:
            most = self._most_pages
            raise Refused("too_many_pages", f"it has more than {most:,} pages")

    def _start_of_table(self, own: str, given: dict[str, str]) -> None:
        if own == "table:table":
            self._tables.append(Table())
            self._down = {}
        elif not self._tables:
            return
        elif own == "table:table-row":
            self._tables[-1].rows.append([])
        elif own == "table:table-cell":
            self._begin_cell(given)
        elif own == "table:covered-table-cell":
            self._begin_covered()

    def _begin_cell(self, given: dict[str, str]) -> None:
        table, rows = self._tables[-1], given.get("table:number-rows-spanned", "")
        table.begin_cell()
        if rows.isdecimal() and table.rows:
            self._down[len(table.rows[-1])] = int(rows) - 1

    def _begin_covered(self) -> None:
        """A cell whose place another one takes, from its left or from above."""
        table = self._tables[-1]
        table.begin_cell()
        column = len(table.rows[-1]) if table.rows else 0
        if self._down.get(column, 0) > 0:
            self._down[column] -= 1
            table.merged = True

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        match own := local(name):
            case "text:p" | "text:h":
                self._end_paragraph(self._paragraphs.pop())
            case "text:list-item":
                self._items -= 1
                self._lists.forget()
            case "text:list":
                self._lists.end()
            case "text:span":
                self._raised.pop()
            case _ if self._tables:
                self._end_in_table(own)

    def _end_in_table(self, own: str) -> None:
        match own:
            case "table:table-cell" | "table:covered-table-cell":
                self._tables[-1].end_cell()
            case "table:table-header-rows":
                self._tables[-1].headers = len(self._tables[-1].rows)
            case "table:table":
                self._end_table(self._tables.pop())

    def characters(self, text: str) -> None:
        if not self._skipped:
            is_raised = bool(self._raised) and self._raised[-1]
            self._write(_clean.raised(text) if is_raised else text)

    def _write(self, text: str) -> None:
        if self._paragraphs:
            self._paragraphs[-1].write(text, self.page)

    def _end_paragraph(self, paragraph: Paragraph) -> None:
        page = paragraph.page(self.page)
        if paragraph.text.strip() and not self._paragraphs:
            paragraph.begin_with(self._lists.number())
        if self._paragraphs:  # a footnote, or a frame that is anchored in another one
            self._paragraphs[-1].notes += [paragraph.text, *paragraph.notes]
        elif self._tables:
            self._tables[-1].write(paragraph.whole, page)
        else:
            level, is_item = paragraph.level or 0, self._items > 0
            paragraph.place(self._builder, level, is_item, page)

    def _end_table(self, table: Table) -> None:
        for line, page in table.lines():
            if self._tables:
                self._tables[-1].write(line, page or self.page)
            else:
                self._builder.table_row(line, page)
