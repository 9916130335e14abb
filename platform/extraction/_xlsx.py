"""XLSX: what the sheets of a workbook show, row by row.

Read like a DOCX, from ZIP and XML: openpyxl takes 27 MB to be imported, and does not
tell merged cells where it reads as a stream.
"""

import re
from typing import BinaryIO

from extraction import _office
from extraction._builder import Builder
from extraction._grid import Grid
from extraction._limits import Limits
from extraction._parts import Container
from extraction._xlsx_book import Book
from extraction._xlsx_sheet import Merges, Sheet

BOOK = "xl/workbook.xml"
_UNNAMED = re.compile(r"(?:Sheet|Tabelle|Feuil|Hoja|Blad|Foglio)\s?\d+")


def read(file: BinaryIO, builder: Builder, limits: Limits) -> None:
    container = Container(file, limits)
    book = Book()
    container.parse(BOOK, book)
    related = _office.relations(container, BOOK)
    texts, styles = (related.kinds.get(k, "") for k in ("sharedStrings", "styles"))
    container.parse(texts, book.texts)
    container.parse(styles, book.formats)
    builder.title = _office.title(container)
    for name, relation in book.sheets:
        part = related.targets.get(relation, "")
        merges = Merges()
        container.parse(part, merges)
        grid = Grid(builder, "" if _UNNAMED.fullmatch(name) else name)
        container.parse(part, Sheet(book, grid, merges))
        grid.end()
