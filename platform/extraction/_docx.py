"""DOCX: ZIP and XML read directly, since only a few of its elements carry text.

python-docx would hold the whole tree in memory and needs lxml, 15 MB together.
Pages are known only where Word noted them or an author broke them.
"""

from typing import BinaryIO

from extraction import _docx_edges, _office
from extraction._builder import Builder
from extraction._docx_body import Body
from extraction._docx_notes import Notes
from extraction._docx_numbering import Numbering
from extraction._docx_styles import Styles
from extraction._limits import Limits
from extraction._parts import Container

_GENERIC = ("Word Document", "Document")


def read(file: BinaryIO, builder: Builder, limits: Limits) -> int | None:
    """Fill *builder*; the number of pages, or None where no page break is known."""
    container = Container(file, limits)
    styles = Styles()
    container.parse("word/styles.xml", styles)
    title = _office.title(container)
    builder.title = "" if title in _GENERIC else title
    notes = {kind: _notes(container, kind) for kind in ("footnotes", "endnotes")}
    numbering = Numbering()
    container.parse("word/numbering.xml", numbering)

    def reading(to: Builder) -> Body:
        return Body(to, styles, numbering, notes, limits.pages)

    body = reading(builder)
    container.parse("word/document.xml", body)
    for line in _docx_edges.lines(container, limits, reading):
        builder.paragraph(line)
    return body.page if body.breaks else None


def _notes(container: Container, kind: str) -> dict[str, str]:
    """The texts of footnotes or endnotes, by their numbers."""
    notes = Notes()
    container.parse(f"word/{kind}.xml", notes)
    return notes.texts
