"""A DOCX's styles, lists and tables are kept; what is deleted or hidden is not."""

import pytest

import extraction

PAGES = {"We open": 1, " at 9.": 2, "8:00": 2, "9:00": 3}
SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RUN = "<w:p><w:r>{}<w:t>{}</w:t></w:r></w:p>"


def test_headings_and_text_are_told_apart(word, blocks):
    def write(file):
        file.add_heading("Handbook", 0)
        file.add_heading("Prices", 1)
        file.add_paragraph("All prices include tax.")
        file.add_heading("Children", 2)
        file.add_paragraph("Half price.")

    assert blocks(word(write)) == [
        ("heading1", "Handbook"),
        ("heading1", "Prices"),
        ("paragraph", "All prices include tax."),
        ("heading2", "Children"),
        ("paragraph", "Half price."),
    ]


def test_the_hierarchy_is_the_tree_of_headings(word, read):
    def write(file):
        for level, title in [(1, "A"), (2, "A1"), (3, "A1x"), (2, "A2"), (1, "B")]:
            file.add_heading(title, level)
        file.add_paragraph("End.")

    [a, b] = read(word(write)).hierarchy
    assert (a.title, [child.title for child in a.children]) == ("A", ["A1", "A2"])
    assert [child.title for child in a.children[0].children] == ["A1x"]
    assert (b.title, b.children) == ("B", [])


def test_each_row_of_a_table_has_the_names_of_its_columns(word, blocks):
    def write(file):
        table = file.add_table(0, 2)
        for texts in (("Service", "Price"), ("Cleaning", "€80"), ("Check-up", "")):
            for cell, text in zip(table.add_row().cells, texts, strict=True):
                cell.text = text

    assert blocks(word(write)) == [
        ("table_row", "Service: Cleaning; Price: €80"),
        ("table_row", "Service: Check-up"),
    ]


def test_merged_cells_count_for_every_row_they_span(word, blocks):
    def write(file):
        table = file.add_table(3, 3)
        for at, name in enumerate(("Day", "Who", "Hours")):
            table.cell(0, at).text = name
        table.cell(1, 0).merge(table.cell(2, 0)).text = "Monday"
        for row, who, hours in ((1, "Weber", "9-12"), (2, "Hill", "13-17")):
            table.cell(row, 1).text, table.cell(row, 2).text = who, hours

    assert blocks(word(write)) == [
        ("table_row", "Day: Monday; Who: Weber; Hours: 9-12"),
        ("table_row", "Day: Monday; Who: Hill; Hours: 13-17"),
    ]


def test_a_table_inside_a_cell_is_text_of_that_cell(word, blocks):
    def write(file):
        outer = file.add_table(2, 2)
        for at, text in enumerate(("Service", "Options", "Cleaning")):
            outer.cell(at // 2, at % 2).text = text
        inner = outer.cell(1, 1).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "Deluxe", "€99"

    assert blocks(word(write)) == [
        ("table_row", "Service: Cleaning; Options: Deluxe: €99")
    ]


@pytest.mark.parametrize(
    ("style", "mark"),
    [("List Bullet", ""), ("List Number", "1. "), ("List Bullet 2", "")],
)
def test_list_styles_make_items(word, blocks, style, mark):
    file = word(lambda document: document.add_paragraph("Rest for a day.", style))
    assert blocks(file) == [("list_item", f"{mark}Rest for a day.")]


def level(depth, text, kind="decimal", more=""):
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(*levels, lists=""):
    scheme = f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>'
    own = '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    return f'<w:numbering xmlns:w="{SPACE}">{scheme}{own}{lists}</w:numbering>'


def listed(text, depth, of=1):
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{of}"/>'
        f"</w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
    )


def test_clauses_have_the_numbers_that_their_readers_see(zipped, read):
    levels = (
        level(0, "Article %1", "upperRoman"),
        level(1, "%1.%2", more="<w:isLgl/>"),
        level(2, "(%3)", "lowerLetter"),
    )
    texts = [("Scope", 0), ("All bookings.", 1), ("Cancellation", 0), ("Free.", 1)]
    texts += [("Half price:", 1), ("when late;", 2), ("on Sundays.", 2), ("Law", 0)]
    body = "".join(listed(*each) for each in texts)
    assert read(zipped(body, numbering=numbering(*levels))).text.splitlines() == [
        "Article I Scope",
        "1.1 All bookings.",
        "Article II Cancellation",
        "2.1 Free.",
        "2.2 Half price:",
        "(a) when late;",
        "(b) on Sundays.",
        "Article III Law",
    ]


def test_a_list_that_begins_anew_is_counted_anew(zipped, read):
    anew = (
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="4"/></w:lvlOverride></w:num>'
    )
    part = numbering(level(0, "%1)"), lists=anew)
    gone = (
        listed("", 0)
        .replace("<w:r>", "<w:del><w:r>")
        .replace("</w:r>", "</w:r></w:del>")
    )
    body = listed("Ask.", 0) + gone + listed("Pay.", 0) + listed("Go.", 0, of=2)
    body += listed("Unnumbered.", 0, of=0)
    text = read(zipped(body, numbering=part)).text
    assert text.split() == ["1)", "Ask.", "2)", "Pay.", "4)", "Go.", "Unnumbered."]


def test_headings_are_numbered_by_their_style_and_rows_by_their_cells(zipped, read):
    style = (
        f'<w:styles xmlns:w="{SPACE}"><w:style w:styleId="H">'
        '<w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        "</w:pPr></w:style></w:styles>"
    )
    part = numbering(level(0, "§ %1", more='<w:pStyle w:val="H"/>'))
    heading = '<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    cells = "".join(
        f"<w:tc>{each}</w:tc>" for each in (listed("", 0), RUN.format("", "Fees"))
    )
    body = heading.format("Scope") + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    document = read(zipped(body, numbering=part, styles=style))
    assert [heading.title for heading in document.hierarchy] == ["§ 1 Scope"]
    assert document.text.endswith("§ 2: Fees")


def test_what_a_tracked_change_replaced_is_not_how_it_looks(zipped, blocks):
    listed = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    was = f"<w:pPrChange><w:pPr>{listed}</w:pPr></w:pPrChange>"
    struck = "<w:rPr><w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange></w:rPr>"
    body = RUN.format(struck, "Open daily.").replace(
        "<w:p>", f"<w:p><w:pPr>{was}</w:pPr>"
    )
    part = numbering(level(0, "%1."))
    assert blocks(zipped(body, numbering=part)) == [("paragraph", "Open daily.")]


def test_a_text_box_of_an_older_word_is_read(zipped, read):
    box = "<w:pict><w:txbxContent>{}</w:txbxContent></w:pict>"
    inner = RUN.format("", "Breakfast is from 7 to 10.")
    body = f"<w:p><w:r><w:t>Hours:</w:t>{box.format(inner)}</w:r></w:p>"
    assert read(zipped(body)).text == "Hours: Breakfast is from 7 to 10."


def test_page_breaks_count_pages(word, read):
    def write(file):
        file.add_paragraph("First.")
        file.add_page_break()
        file.add_paragraph("Second.")

    document = read(word(write))
    assert document.pages == 2
    assert [block.page for block in document.blocks] == [1, 2]


def test_without_page_breaks_the_number_of_pages_is_unknown(zipped, read):
    document = read(zipped(RUN.format("", "Hello")))
    assert document.pages is None
    assert extraction.chunk(document)[0].page is None


def test_paragraphs_and_rows_are_on_the_page_on_which_they_begin(zipped, read):
    turn = '<w:r><w:br w:type="page"/></w:r>'
    run = "<w:r><w:t>{}</w:t></w:r>"
    row = "<w:tr><w:tc><w:p>{}</w:p></w:tc></w:tr>"
    over = f"<w:p>{run.format('We open')}{turn}{run.format('at 9. Do come.')}</w:p>"
    rows = [run.format("8:00"), turn + run.format("9:00"), run.format("10:00")]
    table = f"<w:tbl>{''.join(map(row.format, rows))}</w:tbl>"
    document = read(zipped(over + table))
    assert [block.page for block in document.blocks] == [1, 2, 3, 3]
    places = [(document.text.index(text), page) for text, page in PAGES.items()]
    assert document.page_starts == places


def test_more_page_breaks_than_allowed_are_refused(zipped, refused):
    page = '<w:p><w:r><w:br w:type="page"/><w:t>x</w:t></w:r></w:p>'
    assert refused(zipped(page * 30), pages=20).code == "too_many_pages"


def test_text_that_a_reader_does_not_see_is_left_out(zipped, read):
    body = (
        RUN.format("", "Seen.")
        + RUN.format("<w:rPr><w:vanish/></w:rPr>", "Hidden.")
        + "<w:p><w:del><w:r><w:delText>Deleted.</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>Inserted.</w:t></w:r></w:ins>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        + RUN.format("<w:rPr><w:dstrike/></w:rPr>", "Crossed out twice.")
        + RUN.format('<w:rPr><w:vanish w:val="0"/></w:rPr>', "Shown again.")
    )
    assert read(zipped(body)).text == "Seen.\n\nInserted.\n\nShown again."


def test_a_footnote_stands_below_the_paragraph_that_refers_to_it(zipped, blocks):
    note = '<w:footnote w:id="{}"{}>' + RUN + "</w:footnote>"
    line = note.format(0, ' w:type="separator"', "", "Line.")
    deleted = "<w:p><w:del><w:r><w:t>Deleted.</w:t></w:r></w:del></w:p>"
    notes = note.format(2, "", "", "Not in August.").replace(
        "</w:p>", f"</w:p>{deleted}"
    )
    body = (
        '<w:p><w:r><w:t>We open at 9</w:t></w:r><w:r><w:footnoteReference w:id="2"/>'
        "</w:r><w:r><w:t>.</w:t></w:r></w:p>" + RUN.format("", "Do come.")
    )
    part = f'<w:footnotes xmlns:w="{SPACE}">{line}{notes}</w:footnotes>'
    assert blocks(zipped(body, footnotes=part)) == [
        ("paragraph", "We open at 9."),
        ("paragraph", "Not in August."),
        ("paragraph", "Do come."),
    ]


def test_the_title_is_the_stated_one(word, read):
    def write(file):
        file.core_properties.title = "Aftercare leaflet"
        file.add_heading("After your visit", 1)
        file.add_paragraph("Rest.")

    assert read(word(write)).title == "Aftercare leaflet"


def test_runs_are_put_together_as_they_stand(zipped, read):
    body = (
        "<w:p><w:r><w:t>Clea</w:t></w:r><w:r><w:t>ning</w:t><w:tab/>"
        "<w:t>80</w:t><w:br/><w:t>euros</w:t></w:r></w:p>"
    )
    assert read(zipped(body)).text == "Cleaning 80 euros"


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        *((each, True) for each in ("3", "– 3 –", "1 / 3", "p. 3", "Seite 2 von 7")),
        *((each, True) for each in ("Page 1 of 3", "Página 1", "Page of 3", "S. 4/9")),
        *((each, False) for each in ("Call 5551234", "555-1234", "Suite 200", "")),
        *((each, False) for each in ("Room 4", "Page", "Open 24", "0800 11", "§ 3 b")),
    ],
)
def test_at_the_edge_of_a_page_its_number_alone_is_left_out(word, read, line, counts):
    def write(file):
        file.add_paragraph("Rules")
        file.sections[0].footer.paragraphs[0].text = line

    left = line and not counts
    assert read(word(write)).text == ("Rules\n\n" + line if left else "Rules")


def test_what_stands_at_the_edges_of_pages_is_read_once(word, read):
    def write(file):
        file.add_heading("House rules", 0)
        first, second = file.sections[0], file.add_section()
        second.header.is_linked_to_previous = False
        for section in (first, second):
            section.header.paragraphs[0].text = "Call 030 555 0199"
        first.footer.paragraphs[0].text = "Page 1 of 3"
        first.footer.add_paragraph("Open from 8 to 18")

    document = read(word(write))
    assert document.text == "House rules\n\nCall 030 555 0199\n\nOpen from 8 to 18"
    assert document.title == "House rules"
