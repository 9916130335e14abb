"""Sheets, slides and OpenDocument texts: what they show, and nothing that they hide."""

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pptx
import pytest
import xlsxwriter
from pptx.util import Inches

from extraction._xlsx_formats import Format

SINCE = datetime(1899, 12, 30)
ODT_TYPE = "application/vnd.oasis.opendocument.text"
SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "fo": "xsl-fo-compatible",
    }.items()
)
STYLES = (
    '<style:style style:name="H"><style:text-properties text:display="none"/>'
    '</style:style><style:style style:name="B">'
    '<style:paragraph-properties fo:break-before="page"/></style:style>'
)


def saved(file):
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def odt(body, manifest="", kind=ODT_TYPE, styles=""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        container.writestr("mimetype", kind)
        container.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        container.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:automatic-styles>{STYLES}"
            f"</office:automatic-styles><office:body>{body}</office:body>"
            "</office:document-content>",
        )
        if styles:
            container.writestr(
                "styles.xml",
                f"<office:document-styles {SPACES}>{styles}</office:document-styles>",
            )
    return out.getvalue()


def test_a_sheet_is_rows_with_names_as_they_are_shown(blocks):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Prices"
    rows = [
        ["Our boats"],
        ["Boat", "Hour", "Since", "Shed"],
        ["Canoe", 12.5, date(2026, 3, 1), "North"],
        ["Raft", 1234, date(2026, 4, 2), None],
        ["Sold one", 1, date(2026, 4, 2), None],
        [],
        ["All prices include tax."],
        [],
        ["For children"],
        ["Canoe", 6, None, None],
    ]
    for cells in rows:
        sheet.append(cells)
    for row in (3, 4, 5):
        sheet.cell(row, 2).number_format = '#,##0.00\\ "€"'
        sheet.cell(row, 3).number_format = "dd.mm.yyyy"
    sheet.merge_cells("D3:D4")
    sheet.row_dimensions[5].hidden = True
    hours = book.create_sheet("Hours")
    hours.append(["Day", "Opens", "Key"])
    hours.append(["Monday", time(9, 30), 4711])
    hours.column_dimensions["C"].hidden = True
    book.create_sheet("Salaries").sheet_state = "hidden"
    book["Salaries"].append(["Ann", 5000])
    assert blocks(saved(book)) == [
        ("heading1", "Prices"),
        ("heading2", "Our boats"),
        ("table_row", "Boat: Canoe; Hour: 12.50 €; Since: 2026-03-01; Shed: North"),
        ("table_row", "Boat: Raft; Hour: 1234.00 €; Since: 2026-04-02; Shed: North"),
        ("paragraph", "All prices include tax."),
        ("heading2", "For children"),
        ("table_row", "Boat: Canoe; Hour: 6"),
        ("heading1", "Hours"),
        ("table_row", "Day: Monday; Opens: 09:30"),
    ]


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006"


def workbook(texts, cells):
    """A sheet as spreadsheet programs write it: cells name texts of the whole book."""
    rows = "".join(f"<row>{''.join(row)}</row>" for row in cells)
    named = {"rId1": "worksheets/sheet1.xml", "rId2": "sharedStrings.xml"}
    kinds = {"rId1": "worksheet", "rId2": "sharedStrings"}
    related = "".join(
        f'<Relationship Id="{id}" Type="{RELATED}/{kinds[id]}" Target="{target}"/>'
        for id, target in named.items()
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKED}/content-types"><Override '
        'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKED}/relationships"><Relationship '
        f'Id="rId1" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{RELATED}"><sheets><sheet '
        'name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKED}/relationships">'
        f"{related}</Relationships>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{texts}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData>"
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for name, text in parts.items():
            container.writestr(name, text)
    return out.getvalue()


def test_texts_that_a_book_keeps_once_are_read_in_their_cells(blocks):
    texts = (
        "<si><t>Boat</t></si><si><t>Hour</t></si>"
        "<si><r><t>Ca</t></r><r><t>noe</t></r></si>"
        "<si><t>東京</t><rPh><t>トウキョウ</t></rPh></si>"
    )
    cells = [
        ['<c r="A1" t="s"><v>0</v></c>', '<c r="B1" t="s"><v>1</v></c>'],
        ['<c r="A2" t="s"><v>2</v></c>', '<c r="B2"><v>12</v></c>'],
        ['<c r="A3" t="s"><v>3</v></c>', '<c r="B3" t="s"><v>99</v></c>'],
    ]
    assert blocks(workbook(texts, cells)) == [
        ("table_row", "Boat: Canoe; Hour: 12"),
        ("table_row", "Boat: 東京"),
    ]


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("General", 80.0, "80"),
        ("General", 0.1 + 0.2, "0.3"),
        ("General", -2.5, "-2.5"),
        ("0.00", 2.0, "2.00"),
        ("#,##0", 1234567.0, "1234567"),
        ("0.##", 2.5, "2.5"),
        ("00000", 1067.0, "01067"),
        ("0,", 12_000.0, "12"),
        ("0%", 0.19, "19%"),
        ("0.0 %", 0.195, "19.5 %"),
        ("[$€-407] 0.00", 5.0, "€ 5.00"),
        ('0 "min";[Red]-0 "min"', 30.0, "30 min"),
        ("# ?/?", 0.5, "0.5"),
        ("0.00E+00", 1200.0, "1200"),
        ("@", 7.0, "7"),
        ("dd.mm.yyyy", 46_000.0, "2025-12-09"),
        ("yyyy-mm-dd hh:mm", 46_000.75, "2025-12-09 18:00"),
        ("[$-409]mmm yyyy", 46_000.0, "2025-12"),
        ("d/m/yy", 1.0, "1900-01-01"),
        ("h:mm AM/PM", 0.5, "12:00"),
        ("[h]:mm", 1.5, "36:00"),
        ("dd.mm.yyyy", -1.0, "-1"),
    ],
)
def test_a_number_is_shown_as_its_format_says(code, value, shown):
    assert Format(code).shown(value, SINCE) == shown


def test_a_slide_is_a_page_with_its_notes(read):
    show = pptx.Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = "Hire"
    first.placeholders[1].text = "A canoe costs 12 euros.\nRafts are free."
    first.notes_slide.notes_text_frame.text = "Children pay half."
    hidden = show.slides.add_slide(show.slide_layouts[0])
    hidden.shapes.title.text = "Not yet"
    hidden._element.set("show", "0")
    third = show.slides.add_slide(show.slide_layouts[5])
    third.shapes.title.text = "Hours"
    box = (Inches(1), Inches(1), Inches(4), Inches(2))
    table = third.shapes.add_table(3, 2, *box).table
    for at, text in enumerate(["Day", "Open", "Monday", "9-17", "Sunday", "10-12"]):
        table.cell(at // 2, at % 2).text = text
    document = read(saved(show))
    assert document.pages == 3
    assert [(block.page, document.of(block)) for block in document.blocks] == [
        (1, "Hire"),
        (1, "A canoe costs 12 euros."),
        (1, "Rafts are free."),
        (1, "Children pay half."),
        (3, "Hours"),
        (3, "Day: Monday; Open: 9-17"),
        (3, "Day: Sunday; Open: 10-12"),
    ]


def test_an_opendocument_text_keeps_its_structure(read):
    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
    row = "<table:table-row>{}</table:table-row>"
    names = row.format(cell.format("", "Day") + cell.format("", "Opens"))
    down = ' table:number-rows-spanned="2"'
    first = row.format(cell.format("", "Monday") + cell.format(down, "9:00"))
    below = cell.format("", "Friday") + "<table:covered-table-cell/>"
    head = f"<table:table-header-rows>{names}</table:table-header-rows>"
    document = read(
        odt(
            "<text:tracked-changes><text:p>Deleted.</text:p></text:tracked-changes>"
            '<text:h text:outline-level="2">Hire</text:h>'
            "<text:p>A canoe<text:s/>costs 12.<text:note><text:note-citation>1"
            "</text:note-citation><text:note-body><text:p>Half for children.</text:p>"
            '</text:note-body></text:note><text:span text:style-name="H">Hidden.'
            "</text:span> Come.</text:p>"
            "<text:list><text:list-item><text:p>A raft</text:p></text:list-item>"
            '</text:list><text:p text:style-name="B">Overleaf.</text:p>'
            f"<table:table>{head}{first}{row.format(below)}</table:table>"
        )
    )
    assert (document.media_type, document.pages) == (ODT_TYPE, 2)
    assert [
        (block.kind, block.page, document.of(block)) for block in document.blocks
    ] == [
        ("heading", 1, "Hire"),
        ("paragraph", 1, "A canoe costs 12. Come."),
        ("paragraph", 1, "Half for children."),
        ("list_item", 1, "A raft"),
        ("paragraph", 2, "Overleaf."),
        ("table_row", 2, "Day: Monday; Opens: 9:00"),
        ("table_row", 2, "Day: Friday; Opens: 9:00"),
    ]


LEVEL = (
    '<text:list-level-style-number text:level="{}" style:num-format="{}"'
    ' style:num-prefix="{}" style:num-suffix="{}" text:display-levels="{}"/>'
)
LISTS = (
    '<text:list-style style:name="L">'
    f"{LEVEL.format(1, '1', '§ ', '.', 1)}{LEVEL.format(2, '1', '', '', 2)}"
    f"{LEVEL.format(3, 'a', '(', ')', 1)}</text:list-style>"
    '<text:list-style style:name="U"><text:list-level-style-bullet text:level="1"/>'
    "</text:list-style><text:outline-style>"
    '<text:outline-level-style text:level="1" style:num-format="I"'
    ' style:num-suffix="."/></text:outline-style>'
)


def test_clauses_of_an_opendocument_text_have_their_numbers(read):
    def item(text, below="", start=""):
        begins = f' text:start-value="{start}"' if start else ""
        words = f"<text:p>{text}</text:p>" if text else ""
        return f"<text:list-item{begins}>{words}{below}</text:list-item>"

    third = f"<text:list>{item('by post')}{item('by mail')}</text:list>"
    second = f"<text:list>{item('Rent')}{item('Deposit', third)}</text:list>"
    more = f"<text:list>{item('Pets')}</text:list>"
    first = item("<text:number>9.</text:number>Sums", second)
    written = (
        '<text:h text:outline-level="1">Terms</text:h>'
        '<text:h text:outline-level="1" text:is-list-header="true">Annex</text:h>'
        f'<text:list text:style-name="L">{first}'
        '</text:list><text:p>Aside.</text:p><text:list text:style-name="L"'
        f' text:continue-numbering="true">{item("Rules", more)}{item("Fees", start=7)}'
        f'</text:list><text:list text:style-name="L">{item("Anew")}</text:list>'
        f'<text:list text:style-name="U">{item("Linen")}</text:list>'
    )
    assert read(odt(written, styles=LISTS)).text.split("\n") == [
        *["I. Terms", "", "Annex", ""],
        *["§ 1. Sums", "1.1 Rent", "1.2 Deposit", "(a) by post", "(b) by mail", ""],
        *["Aside.", "", "§ 2. Rules", "2.1 Pets", "§ 7. Fees", "§ 1. Anew", "Linen"],
    ]


def test_what_is_crossed_out_in_an_opendocument_text_is_left_out(read):
    struck = (
        '<style:style style:name="Old"><style:text-properties'
        ' style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="Older" style:parent-style-name="Old"/>'
    )
    body = (
        '<text:p>A canoe costs <text:span text:style-name="Older">10</text:span> 12.'
        '</text:p><text:p text:style-name="Old">Rafts are free.</text:p>'
    )
    assert read(odt(body, styles=struck)).text == "A canoe costs 12."


def test_an_opendocument_text_without_a_page_break_has_no_pages_that_are_known(read):
    assert read(odt("<text:p>A canoe costs 12.</text:p>")).pages is None


def test_an_opendocument_text_with_a_password_is_refused(refused):
    locked = odt("", "<file-entry><encryption-data xmlns='urn:x'/></file-entry>")
    assert refused(locked).code == "encrypted"


def test_an_opendocument_of_another_kind_is_refused_with_what_is_read(refused):
    refusal = refused(odt("", kind=f"{ODT_TYPE[:-4]}spreadsheet"))
    assert refusal.code == "unsupported"
    assert "XLSX" in refusal.reason


def test_how_a_cells_text_looks_says_what_it_says(blocks):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Spa")
    raised = book.add_format({"font_script": 1})
    struck = book.add_format({"font_strikeout": True})
    sheet.write_row(0, 0, ["Service", "Price"])
    sheet.write_rich_string(1, 0, "Massage 20", raised, "3")
    sheet.write_rich_string(1, 1, "now ", struck, "€25", " €18")
    sheet.write_row(2, 0, ["Sold", 99], struck)
    sheet.write_row(3, 0, ["Pool", 0])
    sheet.write(4, 0, "Both")
    sheet.write_formula(4, 1, "=SUM(B2:B4)")  # which it computes as 0
    book.close()
    assert blocks(out.getvalue()) == [
        ("heading1", "Spa"),
        ("table_row", "Service: Massage 20³; Price: now €18"),
        ("table_row", "Service: Pool; Price: 0"),
        ("table_row", "Service: Both"),
    ]


def test_what_a_slide_crosses_out_or_hides_is_left_out(read):
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    box = (Inches(1), Inches(1), Inches(4), Inches(1))
    told = slide.shapes.add_textbox(*box).text_frame.paragraphs[0]
    told.add_run().text = "A canoe costs 12 euros"
    told.add_run().text = ", was 15"
    told.runs[1]._r.get_or_add_rPr().set("strike", "sngStrike")
    told.add_run().text = "."
    hidden = slide.shapes.add_group_shape()
    hidden._element.nvGrpSpPr.cNvPr.set("hidden", "1")
    hidden.shapes.add_textbox(*box).text_frame.text = "Staff pay half."
    inner = hidden.shapes.add_group_shape()
    inner.shapes.add_textbox(*box).text_frame.text = "Ann pays nothing."
    hidden.shapes.add_textbox(*box).text_frame.text = "Nobody knows."
    shown = slide.shapes.add_group_shape()
    shown.shapes.add_textbox(*box).text_frame.text = "Vouchers are valid for a year."
    text = read(saved(show)).text
    assert text == "A canoe costs 12 euros.\n\nVouchers are valid for a year."
