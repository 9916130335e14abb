"""What a PDF's pages show becomes headings, paragraphs, items and rows."""

import io

import pypdf
import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import (
    ListFlowable,
    ListItem,
    PageBreak,
    Paragraph,
    Table,
)

import extraction

PRICES = [
    ["Service", "Duration", "Price"],
    ["Cleaning", "30 min", "€80"],
    ["Root canal treatment", "1 h 30 min", "€450"],
    ["Check-up", "20 min", "€40"],
]
GRID = [("GRID", (0, 0), (-1, -1), 1, colors.black)]


@pytest.fixture(scope="session")
def drawn():
    """A PDF that *draw* paints on a canvas."""

    def _drawn(draw):
        out = io.BytesIO()
        page = canvas.Canvas(out, pagesize=A4)
        draw(page)
        page.save()
        return out.getvalue()

    return _drawn


def lines(page, texts, y=700, size=10, font="Helvetica", leading=12):
    page.setFont(font, size)
    for at, text in enumerate(texts):
        page.drawString(70, y - at * leading, text)


def test_larger_text_is_a_heading_with_a_level_by_its_size(pdf, blocks):
    body = "A paragraph that is set in the usual size of the text. " * 3
    file = pdf(
        [
            ("Title", "Guide"),
            ("Heading2", "Prices"),
            body,
            ("Heading3", "More"),
            body,
        ]
    )
    found = blocks(file)
    assert [block for block in found if block[0].startswith("heading")] == [
        ("heading1", "Guide"),
        ("heading2", "Prices"),
        ("heading3", "More"),
    ]


def test_a_short_bold_line_is_a_heading_below_the_larger_ones(pdf, blocks):
    body = "A paragraph that is set in the usual size of the text. " * 3
    found = blocks(pdf([("Heading1", "Handbook"), "<b>Opening hours</b>", body]))
    assert found[:2] == [("heading1", "Handbook"), ("heading2", "Opening hours")]


def test_bold_words_in_a_sentence_stay_in_it(pdf, blocks):
    sentence = "We remove <b>plaque and tartar</b> from all of your teeth. " * 4
    [found] = blocks(pdf([sentence]))
    assert found[0] == "paragraph"
    assert "We remove plaque and tartar from all of your teeth. We" in found[1]


def test_the_outline_decides_what_is_a_heading(drawn, blocks):
    def draw(page):
        lines(page, ["Parking", "There is a car park behind the house for you."], 700)
        page.bookmarkPage("p")
        page.addOutlineEntry("Parking", "p", level=0)

    assert blocks(drawn(draw))[0] == ("heading1", "Parking")


def test_each_row_of_a_table_has_the_names_of_its_columns(pdf, blocks):
    found = blocks(pdf(["Our prices for this year.", Table(PRICES, style=GRID)]))
    assert found[1:] == [
        ("table_row", "Service: Cleaning; Duration: 30 min; Price: €80"),
        (
            "table_row",
            "Service: Root canal treatment; Duration: 1 h 30 min; Price: €450",
        ),
        ("table_row", "Service: Check-up; Duration: 20 min; Price: €40"),
    ]


def test_a_cell_of_several_lines_is_one_cell(pdf, blocks):
    style = getSampleStyleSheet()["BodyText"]
    long = Paragraph("A cleaning of all teeth with a check of the gums", style)
    rows = [["Service", "Price"], [long, "€80"], ["Check-up", "€40"]]
    table = Table(rows, colWidths=[110, 60], style=GRID)
    assert blocks(pdf([table])) == [
        (
            "table_row",
            "Service: A cleaning of all teeth with a check of the gums; Price: €80",
        ),
        ("table_row", "Service: Check-up; Price: €40"),
    ]


def test_cells_that_stand_at_the_bottom_of_their_row_are_of_that_row(pdf, blocks):
    style = getSampleStyleSheet()["BodyText"]
    hours = [
        Paragraph(f"{day} from half past nine until noon", style)
        for day in ("Wednesday", "Thursday", "Saturday", "Sunday")
    ]
    names = ["Geckos", "Spiders", "Lizards", "Newts"]
    pairs = zip(names, hours, strict=True)
    rows = [["Club", "When", "Price"], *([name, when, "€13"] for name, when in pairs)]
    table = Table(rows, colWidths=[80, 100, 60], style=GRID)  # bottom by default
    found = blocks(pdf([table, "Children of every age are welcome in all of these."]))
    assert found[:2] == [
        (
            "table_row",
            "Club: Geckos; When: Wednesday from half past nine until noon; Price: €13",
        ),
        (
            "table_row",
            "Club: Spiders; When: Thursday from half past nine until noon; Price: €13",
        ),
    ]


def test_a_table_that_goes_on_overleaf_keeps_its_names(pdf, read):
    rows = [["Item", "Code", "Price"]]
    rows += [[f"Thing {at}", f"T{at}", f"€{at}"] for at in range(60)]
    document = read(pdf([Table(rows)]))
    assert document.pages == 2
    [first, last] = [document.of(document.blocks[at]) for at in (0, -1)]
    assert first == "Item: Thing 0; Code: T0; Price: €0"
    assert last == "Item: Thing 59; Code: T59; Price: €59"
    assert document.blocks[-1].page == 2


def test_hours_without_column_names_are_rows_of_their_own(pdf, blocks):
    hours = Table([["Monday", "9-17"], ["Tuesday", "9-18"], ["Sunday", "closed"]])
    assert blocks(pdf([hours])) == [
        ("table_row", "Monday: 9-17"),
        ("table_row", "Tuesday: 9-18"),
        ("table_row", "Sunday: closed"),
    ]


def test_rows_may_have_names_without_a_name_above_them(pdf, blocks):
    rows = [
        ["", "Gas", "Injection"],
        ["Youngest age", "6", "16"],
        ["Food", "yes", "no"],
    ]
    assert blocks(pdf([Table(rows, style=GRID)])) == [
        ("table_row", "Youngest age; Gas: 6; Injection: 16"),
        ("table_row", "Food; Gas: yes; Injection: no"),
    ]


def test_a_table_without_space_between_its_rows_keeps_them_apart(pdf, blocks):
    style = [
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ]
    found = blocks(pdf([Table(PRICES, style=style, rowHeights=11)]))
    assert [text for _, text in found] == [
        "Service: Cleaning; Duration: 30 min; Price: €80",
        "Service: Root canal treatment; Duration: 1 h 30 min; Price: €450",
        "Service: Check-up; Duration: 20 min; Price: €40",
    ]


def test_bulleted_items_are_items_without_their_bullets(pdf, blocks):
    style = getSampleStyleSheet()["BodyText"]
    texts = ["Rest for a day.", "Drink plenty of water and do not smoke. " * 3]
    items = [ListItem(Paragraph(text, style)) for text in texts]
    found = blocks(pdf(["Please:", ListFlowable(items, bulletType="bullet")]))
    assert found == [
        ("paragraph", "Please:"),
        *(("list_item", text.strip()) for text in texts),
    ]


def test_blocks_know_their_pages(pdf, read):
    file = pdf(["On the first.", PageBreak(), "On the second.", PageBreak(), "Third."])
    document = read(file)
    assert document.pages == 3
    assert [block.page for block in document.blocks] == [1, 2, 3]


def test_what_repeats_at_the_edges_of_pages_is_read_once(pdf, read):
    def on_page(page, template):
        page.setFont("Helvetica", 8)
        page.drawString(60, 815, "Northside Dental")
        page.drawString(60, 40, "Call us: 021 555 0100.")
        page.drawString(60, 30, f"Page {template.page} of 3")

    pages = ("first", "second", "third")
    said = [f"On the {n} page much more is said than beside it." for n in pages]
    items = [said[0], PageBreak(), said[1], PageBreak(), said[2]]
    told = ["Northside Dental", *said, "Call us: 021 555 0100."]
    assert sorted(read(pdf(items, on_page)).text.split("\n\n")) == sorted(told)


def test_pages_that_say_nearly_the_same_keep_what_they_say(drawn, read):
    said = ["Room {0}", "It takes {0} hours.", "Bring shoes.", "Ask for key {0}."]

    def draw(page):
        for number in (1, 2, 3):
            lines(page, [each.format(number) for each in said])
            page.showPage()

    text = read(drawn(draw)).text
    for number in (1, 2, 3):
        assert f"It takes {number} hours." in text
        assert f"Ask for key {number}." in text
    assert text.count("Bring shoes.") == 3


def test_pages_of_one_line_are_not_empty(drawn, read):
    def draw(page):
        for number in (1, 2):
            lines(page, [f"The heron costs 12 euros page {number}"])
            page.showPage()

    assert "The heron costs 12 euros" in read(drawn(draw)).text


def test_numbered_headings_at_the_top_of_pages_are_kept(pdf, blocks):
    body = "Take your time and do it with care. " * 4
    items = []
    for at in (1, 2, 3):
        items += [("Heading1", f"Step {at}"), body + str(at * 1000), PageBreak()]
    found = blocks(pdf(items))
    assert [text for kind, text in found if kind == "heading1"] == [
        "Step 1",
        "Step 2",
        "Step 3",
    ]


def test_divided_words_are_made_whole(drawn, blocks):
    def draw(page):
        lines(page, ["The anaes-", "thetic works in a well-known way, as a well-"])
        lines(page, ["known and long-", "tested one."], 676)

    assert blocks(drawn(draw)) == [
        (
            "paragraph",
            "The anaesthetic works in a well-known way, as a well-known and"
            " longtested one.",
        )
    ]


def test_a_left_out_part_of_a_german_word_keeps_its_hyphen(drawn, read):
    text = read(drawn(lambda page: lines(page, ["Die Vor-", "und Nachsorge."]))).text
    assert text == "Die Vor- und Nachsorge."


def test_ligatures_become_letters(raw_pdf, stream, read):
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange"
        b" <00> <FF> endcodespacerange 1 beginbfchar <41> <FB01> endbfchar"
        b" endcmap end"
    )
    file = raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>",
        stream(b"BT /F 12 Tf 72 700 Td (Alling) Tj ET"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        stream(cmap),
    )
    assert read(file).text == "filling"


def test_two_columns_are_read_one_after_the_other(drawn, read):
    def draw(page):
        page.setFont("Helvetica", 10)
        for x, word in ((70, "left"), (320, "right")):
            for at in range(12):
                page.drawString(x, 700 - at * 12, f"the {word} column has line {at}")

    text = read(drawn(draw)).text
    assert text.index("left column has line 11") < text.index("right column has line 0")


def test_a_sentence_goes_on_over_a_page_and_the_next_is_on_that_one(drawn, read):
    def draw(page):
        lines(page, ["Please bring your card and all"])
        page.showPage()
        lines(page, ["of your papers with you. We look forward to seeing you."])

    document = read(drawn(draw))
    sentence = "Please bring your card and all of your papers with you."
    assert document.text == f"{sentence} We look forward to seeing you."
    [chunk] = extraction.chunk(document)
    assert chunk.page == 1
    assert chunk.page_starts == [(document.text.index(" of your papers"), 2)]
    assert extraction.chunk(document, 14, 0)[1].page == 2


def test_the_title_is_the_stated_one_unless_it_is_a_file_name(pdf, read):
    items = [("Title", "Price list"), "Some text that is longer than its heading."]
    assert read(pdf(items, title="Prices 2026")).title == "Prices 2026"
    assert read(pdf(items, title="prices-final.docx")).title == "Price list"
    assert read(pdf(items, title="Microsoft Word - x")).title == "Price list"
    assert read(pdf(items, title="(anonymous)")).title == "Price list"


def test_the_number_of_the_only_page_is_left_out(pdf, blocks):
    texts = ["Page 3 of the form is for the doctor, and the others are for you."]
    assert blocks(pdf(["Page 1", *texts, "Page 1 of 1"])) == [("paragraph", texts[0])]


def test_one_unreadable_page_is_not_passed_over(pdf, refused):
    """A price that silently went missing is worse than an error."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(["One.", PageBreak(), "Two."])))
    contents = pypdf.generic.StreamObject()
    contents.set_data(b"not deflated at all")
    contents[pypdf.generic.NameObject("/Filter")] = pypdf.generic.NameObject("/Unknown")
    page = writer.pages[1]
    page[pypdf.generic.NameObject("/Contents")] = writer._add_object(contents)
    out = io.BytesIO()
    writer.write(out)
    assert refused(out.getvalue()).code == "broken"


def test_a_picture_hides_no_text_and_a_font_names_its_own_signs(read, pictured):
    assert read(pictured(3_000)).text == "It costs 80 €."


def test_columns_that_are_drawn_line_by_line_are_read_one_after_the_other(drawn, read):
    left = ("We open at nine on week-", "days and at ten on", "Saturdays.")
    right = ("A visit costs forty", "euros and contains the", "tax for all guests.")

    def draw(page):
        for at, texts in enumerate(zip(left, right, strict=True)):
            for x, text in zip((60, 320), texts, strict=True):
                page.drawString(x, 700 - at * 14, text)

    text = read(drawn(draw)).text
    assert "We open at nine on weekdays and at ten on Saturdays." in text
    assert "A visit costs forty euros and contains the tax for all guests." in text


def test_a_table_of_wordy_cells_stays_a_table(drawn, blocks):
    rows = (
        ("polish of all teeth", "thirty minutes in all"),
        ("filling of one tooth", "up to an hour"),
        ("white filling", "an hour"),
    )

    def draw(page):
        for at, texts in enumerate(rows):
            for x, text in zip((60, 320), texts, strict=True):
                page.drawString(x, 700 - at * 14, text)

    assert {kind for kind, _ in blocks(drawn(draw))} == {"table_row"}


def columns(page, rows, xs, y=700, leading=14):
    page.setFont("Helvetica", 10)
    for at, row in enumerate(rows):
        for x, text in zip(xs, row, strict=False):
            page.drawString(x, y - at * leading, text)


def test_the_numbers_of_clauses_are_no_column_of_a_table(drawn, blocks):
    rows = [
        ("Article 4", "Cancellation"),
        ("4.1", "A booking may be cancelled until two days before it begins, and"),
        ("", "what was paid is paid back."),
        ("4.2", "Later cancellations cost half of the price."),
        ("(a)", "Those for medical reasons cost nothing."),
    ]
    assert blocks(drawn(lambda page: columns(page, rows, (70, 130)))) == [
        ("list_item", "Article 4 Cancellation"),
        (
            "list_item",
            "4.1 A booking may be cancelled until two days before it begins, and what"
            " was paid is paid back.",
        ),
        ("list_item", "4.2 Later cancellations cost half of the price."),
        ("list_item", "(a) Those for medical reasons cost nothing."),
    ]


def test_numbers_of_rows_that_have_a_name_are_cells(drawn, blocks):
    rows = [("Pos.", "Service"), ("1.1", "Cleaning"), ("1.2", "Polishing")]
    assert blocks(drawn(lambda page: columns(page, rows, (70, 130)))) == [
        ("table_row", "Pos.: 1.1; Service: Cleaning"),
        ("table_row", "Pos.: 1.2; Service: Polishing"),
    ]
