"""What marks in a file mean is read: raised, crossed out, folded, or prompting."""

import json

import pytest

ODT = "application/vnd.oasis.opendocument.text"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "style")
)


def run(text, properties=""):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


RAISED = '<w:vertAlign w:val="superscript"/>'


@pytest.mark.parametrize(
    "page",
    [
        "<p>It costs €62.50<sup>1</sup> for 9 m<sup>2</sup> on the 1<sup>st</sup>.</p>",
        "<p>It costs €62.50<sup><a href=#n>1</a></sup> for 9 m<sup>2</sup> on the 1st.",
    ],
)
def test_a_raised_figure_of_a_page_is_none_of_the_number_before_it(read, page):
    html = f"<html><body>{page}</body></html>".encode()
    assert read(html).text == "It costs €62.50¹ for 9 m² on the 1st."


def test_a_raised_figure_of_a_docx_is_none_of_the_number_before_it(read, zipped):
    body = run("€62.50") + run("1", RAISED) + run(" on the 1") + run("st", RAISED)
    assert read(zipped(f"<w:p>{body}</w:p>")).text == "€62.50¹ on the 1st"


def test_an_odt_has_raised_figures_and_a_title(read, zipped):
    xml = f"""<office:document-content {SPACES}><style:style style:name="T1">
        <style:text-properties style:text-position="super 58%"/></style:style>
        <style:style style:name="P1" style:parent-style-name="Title"/>
        <text:p text:style-name="P1">Terms</text:p>
        <text:p>€62.50<text:span text:style-name="T1">1</text:span> each</text:p>
        </office:document-content>"""
    document = read(_odt(xml))
    assert [(block.kind, document.of(block)) for block in document.blocks] == [
        ("heading", "Terms"),
        ("paragraph", "€62.50¹ each"),
    ]


def _odt(content):
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        container.writestr("mimetype", ODT)
        container.writestr("content.xml", content)
    return out.getvalue()


def test_what_is_crossed_out_holds_no_more(read, zipped):
    page = b"<html><body><p>Now <del>&pound;99</del> <s>95</s> &pound;79.</p></body>"
    assert read(page).text == "Now £79."
    crossed = run("£99", "<w:strike/>") + run("£79", '<w:strike w:val="0"/>')
    assert read(zipped(f"<w:p>{crossed}</w:p>")).text == "£79"


def test_a_control_that_nobody_filled_in_says_nothing(read, zipped):
    prompt = "<w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
    body = "".join(
        f"<w:sdt>{properties}<w:sdtContent><w:p>{run(text)}</w:p></w:sdtContent></w:sdt>"
        for properties, text in ((prompt, "Click here."), ("", "Client: Marlow."))
    )
    assert read(zipped(body)).text == "Client: Marlow."


def test_the_button_of_a_folded_answer_is_its_question(blocks):
    page = b"<html><body><h3><button>Are dogs allowed?</button></h3><p>On a lead.</p>"
    assert blocks(page + b"<button>Send</button>") == [
        ("heading3", "Are dogs allowed?"),
        ("paragraph", "On a lead."),
    ]


def test_a_title_in_a_table_of_a_page_is_none_of_its_columns(blocks):
    cells = "<tr><td>Room<td>Half day<tr><td>Elm<td><b>€</b>120</table>"
    page = f"<html><body><table><tr><td colspan=2>Rooms{cells}".encode()
    assert blocks(page) == [
        ("paragraph", "Rooms"),
        ("table_row", "Room: Elm; Half day: €120"),
    ]


def test_names_of_columns_may_stand_in_two_rows_of_a_page(blocks):
    page = (
        "<html><body><table><tr><th rowspan=2>Plan<th colspan=2>Price"
        "<tr><th>monthly<th>yearly<tr><td>Basic<td>€9<td>€90</table>"
    )
    assert blocks(page.encode()) == [
        ("table_row", "Plan: Basic; Price monthly: €9; Price yearly: €90")
    ]


def test_html_in_data_is_read_as_its_reader_sees_it(blocks):
    answer = "<p>Yes, within <b>10&nbsp;km</b>.</p>"
    assert blocks(json.dumps([{"q": "Near?", "a": answer}]).encode()) == [
        ("table_row", "q: Near?; a: Yes, within 10 km.")
    ]
    sheet = b"Item;Text\nLock;<p>For <b>doors</b></p>\nKey;3 < 4 and 5 > 4\n"
    assert [text for _, text in blocks(sheet)] == [
        "Item: Lock; Text: For doors",
        "Item: Key; Text: 3 < 4 and 5 > 4",
    ]


def test_a_question_of_linked_data_stands_beside_its_answer(read):
    page = {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": "Do you ship?",
                "acceptedAnswer": {"@type": "Answer", "text": "To Norway."},
            }
        ],
    }
    said = read(json.dumps(page).encode()).text
    assert said == "mainEntity\n\nname: Do you ship?; acceptedAnswer: To Norway."


def test_boxes_and_frames_of_markdown_are_no_text(read):
    said = read(b"# Do\n\n> [!NOTE]\n> Keys cost 15.\n\n- [x] Bring ID\n- [ ] Sign\n")
    assert said.text == "Do\n\nKeys cost 15.\n\nBring ID\nSign"
