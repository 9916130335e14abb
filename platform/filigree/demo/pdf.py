"""Sources as PDF. The same source gives the same bytes on every machine.

Pages are not compressed, because zlib's output differs between its versions, and only
the fonts that every PDF reader has are used, so that none is embedded.
"""

import io
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    ListFlowable,
    ListItem,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Table,
    TableStyle,
)

from filigree.demo import markup

MARGIN = 18 * mm
PADDING = 6
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=14)
TEXT = ParagraphStyle("text", parent=BODY, spaceAfter=6)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=9, leading=11, alignment=TA_LEFT)
HEADING = ParagraphStyle(
    "heading", fontName="Helvetica-Bold", fontSize=16, leading=20, spaceAfter=8
)
SUBHEADING = ParagraphStyle(
    "subheading", parent=HEADING, fontSize=12, leading=15, spaceBefore=8, spaceAfter=4
)
GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
    ]
)


def render(source: markup.Source) -> bytes:
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=A5,
        margins=MARGIN,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN + 4 * mm,
        bottomMargin=MARGIN,
        title=source.title,
        author="Brightwater Dental",
        invariant=1,
        pageCompression=0,
    )

    def frame(canvas: Canvas, page: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(MARGIN, A5[1] - 12 * mm, source.header)
        canvas.drawString(MARGIN, 10 * mm, source.footer)
        canvas.drawRightString(A5[0] - MARGIN, 10 * mm, f"Page {page.page}")

    story = [flowable(block) for block in source.blocks]
    template.build(story, onFirstPage=frame, onLaterPages=frame)
    return out.getvalue()


def flowable(block: markup.Block) -> Flowable:
    match block.kind:
        case "break":
            return PageBreak()
        case "heading":
            return Paragraph(inline(block.text), HEADING)
        case "subheading":
            return Paragraph(inline(block.text), SUBHEADING)
        case "table":
            return grid(block)
        case "bullets" | "steps":
            return listing(block)
        case _:
            return Paragraph(inline(block.text), TEXT)


def inline(text: str) -> str:
    return "".join(
        f"<b>{escape(words)}</b>" if bold else escape(words)
        for words, bold in markup.runs(text)
    )


def grid(block: markup.Block) -> Table:
    rows = [[Paragraph(inline(cell), CELL) for cell in row] for row in block.rows]
    return Table(
        rows,
        colWidths=column_widths(block.rows),
        style=GRID,
        repeatRows=1,
        spaceBefore=4,
        spaceAfter=8,
    )


def column_widths(rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Points per column: room for its longest word, and a share of what is left."""
    columns = list(zip(*rows, strict=True))
    least = [max(map(word_width, " ".join(column).split())) for column in columns]
    texts = [max(map(len, column)) for column in columns]
    left = A5[0] - 2 * MARGIN - 12 - sum(least)
    return [
        need + left * text / sum(texts) for need, text in zip(least, texts, strict=True)
    ]


def word_width(word: str) -> float:
    return stringWidth(word, CELL.fontName, CELL.fontSize) + 2 * PADDING + 1


def listing(block: markup.Block) -> ListFlowable:
    items = [ListItem(Paragraph(inline(row[0]), BODY)) for row in block.rows]
    if block.kind == "bullets":
        return ListFlowable(items, bulletType="bullet", start="•", leftIndent=12)
    return ListFlowable(items, bulletType="1", leftIndent=14)
