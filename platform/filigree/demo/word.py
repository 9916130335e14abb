"""Sources as DOCX. The same source gives the same bytes on every machine.

The archive is stored, not deflated, and every entry has the same time, because zlib's
output and the clock differ from run to run.
"""

import io
import zipfile
from datetime import datetime

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.text.paragraph import Paragraph

from filigree.demo import markup

WRITTEN = datetime(2026, 1, 1)
ENTRY_TIME = (2026, 1, 1, 0, 0, 0)
STYLES: dict[markup.Kind, str] = {
    "heading": "Heading 1",
    "subheading": "Heading 2",
    "bullets": "List Bullet",
    "steps": "List Number",
    "text": "Normal",
}
TABLE_STYLES = {"Normal Table", "Table Grid"}


def render(source: markup.Source) -> bytes:
    document = docx.Document()
    properties = document.core_properties
    properties.title = source.title
    properties.author = properties.last_modified_by = "Brightwater Dental"
    properties.created = properties.modified = WRITTEN
    document.sections[0].header.paragraphs[0].text = source.header
    document.sections[0].footer.paragraphs[0].text = source.footer
    for block in source.blocks:
        append(document, block)
    lighten(document)
    out = io.BytesIO()
    document.save(out)
    return stored(out.getvalue())


def append(document: Document, block: markup.Block) -> None:
    if block.kind == "break":
        document.add_page_break()
    elif block.kind == "table":
        append_table(document, block)
    else:
        for row in block.rows:
            write(document.add_paragraph(style=STYLES[block.kind]), row[0])


def append_table(document: Document, block: markup.Block) -> None:
    table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
    for row in block.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            write(cell.paragraphs[0], text)


def write(paragraph: Paragraph, text: str) -> None:
    for words, bold in markup.runs(text):
        paragraph.add_run(words).bold = bold or None


def lighten(document: Document) -> None:
    """Drop the template's hundred table styles: stored, they weigh 800 KB a file."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in TABLE_STYLES:
            style.delete()
    parts = document.part.rels
    for name in [key for key, part in parts.items() if "Effects" in part.reltype]:
        del parts[name]


def stored(archive: bytes) -> bytes:
    """The same archive without compression and with one fixed time."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as kept,
    ):
        for name in sorted(given.namelist(), key=lambda n: (n[0] != "[", n)):
            kept.writestr(zipfile.ZipInfo(name, ENTRY_TIME), given.read(name))
    return out.getvalue()
