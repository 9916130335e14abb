"""Of a PDF is read what a reader has in sight: what is filled in is, a layer that is
not shown is not."""

import io

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

FONTS = b"/Resources<</Font<</F 5 0 R>>%s>>"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
TREE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
SAID = "BT /F 11 Tf 70 700 Td (The fee is 12 euros.) Tj ET"


@pytest.fixture(scope="session")
def seen(raw_pdf, stream, read):
    """The text of a PDF's one page, its catalogue, page and resources as given."""

    def _seen(drawn, *others, catalogue=b"", page=b"", resources=b""):
        said = FONTS % resources
        box = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        file = raw_pdf(
            b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
            TREE,
            box + said + page + b">>",
            stream(drawn.encode()),
            HELVETICA,
            *others,
        )
        return read(file).text

    return _seen


def said(text, x=70, y=680):
    return f" BT /F 11 Tf {x} {y} Td ({text}) Tj ET "


def form(value, kind="/Tx", more=""):
    field = (
        f"<</Type/Annot/Subtype/Widget/FT{kind}/T(rent)/V{value}"
        f"/Rect[200 676 400 692]{more}>>"
    )
    return {"page": f"/Annots[{field}]".encode()}


@pytest.fixture(scope="session")
def lease():
    """A form that a program filled in, with the looks of its fields."""
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    page.setFont("Helvetica", 11)
    for y, text in ((720, "Tenant:"), (690, "Rent:"), (660, "Pets:")):
        page.drawString(70, y, text)
    looks = {"x": 200, "width": 200, "height": 18, "fontSize": 11}
    page.acroForm.textfield(name="tenant", value="Mira Koller", y=715, **looks)
    page.acroForm.textfield(name="rent", value="1,240", y=685, **looks)
    page.acroForm.checkbox(name="pets", checked=True, x=200, y=658, size=14)
    page.save()
    return out.getvalue()


def test_what_is_filled_into_a_form_stands_beside_its_names(lease, read):
    rows = ["Tenant: Mira Koller", "Rent: 1,240", "Pets: ✓"]
    assert read(lease).text.splitlines() == rows


@pytest.mark.parametrize("value", ["(1,240)", "<FEFF0031002C003200340030>"])
def test_a_value_without_a_look_is_read(seen, value):
    drawn = SAID + said("Rent:")
    assert "Rent: 1,240" in seen(drawn, **form(value)).replace("\n", " ")


@pytest.mark.parametrize(
    "given",
    [
        form("(1,240)", more="/F 2"),
        form("(1,240)", more="/Ff 8192"),
        form("/Off", "/Btn"),
    ],
)
def test_a_field_that_is_hidden_or_not_ticked_says_nothing(seen, given):
    assert seen(SAID + said("Rent:"), **given).endswith("Rent:")


def test_a_text_typed_onto_a_page_is_read_and_a_folded_note_is_not(seen, stream):
    look = b"/Type/XObject/Subtype/Form/BBox[0 0 200 20]" + FONTS % b""
    typed = stream(b"BT /F 11 Tf 2 4 Td (From May it is 14 euros.) Tj ET", look)
    box = "/Contents(Ask the boss.)/Rect[70 640 270 660]"
    notes = f"<</Subtype/FreeText{box}/AP<</N 6 0 R>>>><</Subtype/Text{box}>>"
    text = seen(SAID, typed, page=f"/Annots[{notes}]".encode())
    assert text == "The fee is 12 euros.\n\nFrom May it is 14 euros."


LAYERS = b"<</Type/OCG/Name(Staff)>>", b"<</Type/OCG/Name(All)>>"
BOTH = b"/Properties<</A 6 0 R/B 7 0 R/G<</Type/OCMD/OCGs[6 0 R]>>>>"
ON_LAYERS = " ".join(
    f"/OC /{name} BDC {said(text, y=y)} EMC"
    for name, text, y in (
        ("A", "Staff pay 5.", 660),
        ("B", "Children are free.", 640),
        ("G", "Staff pay 4.", 620),
    )
)


@pytest.mark.parametrize("default", ["/OFF[6 0 R]", "/BaseState/OFF/ON[7 0 R]"])
def test_a_layer_that_is_not_shown_is_not_read(seen, default):
    told = f"/OCProperties<</OCGs[6 0 R 7 0 R]/D<<{default}>>>>".encode()
    text = seen(SAID + ON_LAYERS, *LAYERS, catalogue=told, resources=BOTH)
    assert text == "The fee is 12 euros.\n\nChildren are free."


def test_a_form_on_a_layer_that_is_not_shown_is_not_read(seen, stream):
    look = b"/Type/XObject/Subtype/Form/OC 6 0 R/BBox[0 0 600 800]" + FONTS % b""
    hidden = stream(said("Staff pay 5.").encode(), look)
    told = b"/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>"
    text = seen(
        SAID + " /X Do",
        LAYERS[0],
        hidden,
        catalogue=told,
        resources=b"/XObject<</X 7 0 R>>",
    )
    assert text == "The fee is 12 euros."


def test_what_is_cut_off_a_page_or_beyond_it_is_not_read(seen):
    drawn = SAID + said("It was 9 euros.", y=100) + said("Far.", x=900)
    cut = b"/CropBox[0 400 600 800]"
    assert seen(drawn, page=cut) == "The fee is 12 euros."


def test_what_is_written_across_a_page_is_in_no_line_of_it(seen):
    across = "BT /F 80 Tf .707 .707 -.707 .707 100 {} Tm (DRAFT) Tj ET "
    along = "BT /F 7 Tf 0 -1 1 0 684 300 Tm (Form 12-B) Tj ET "
    lines = ("The guarantee lasts", "for two years from the", "day of delivery.")
    text = "".join(said(line, y=700 - at * 14) for at, line in enumerate(lines))
    expected = "The guarantee lasts for two years from the day of delivery."
    found = seen(across.format(680) + along + text, page=b"/CropBox[0 0 900 900]")
    assert found.split("\n\n") == [expected, "DRAFT", "Form 12-B"]


LETTER = "Please find the contract below, signed by all of the tenants."


@pytest.fixture(scope="session")
def scanned():
    """A PDF whose pages say what is given, each on a picture of so much of it."""

    def _scanned(*pages, share=1.0):
        out = io.BytesIO()
        page = canvas.Canvas(out, pagesize=A4)
        for text in pages:
            width, height = A4
            page.drawInlineImage(Image.new("L", (9, 9)), 0, 0, width, height * share)
            page.drawString(70, 700, text)
            page.showPage()
        page.save()
        return out.getvalue()

    return _scanned


def test_pages_whose_text_nobody_recognised_are_told(scanned, read):
    document = read(scanned(LETTER, "", "Received 4 May", LETTER))
    assert document.facts()["unread_pages"] == [2, 3]


def test_a_scan_with_a_stamp_on_each_page_has_no_text(scanned, refused):
    found = refused(scanned(*["Scanned with the app of a well-known maker"] * 4))
    assert (found.code, "pictures" in found.reason) == ("no_text", True)


def test_a_picture_on_a_part_of_a_page_is_none_of_its_text(scanned, read):
    assert not read(scanned("Our garden", share=0.4)).facts()["unread_pages"]


PAPER = "1 1 1 rg 0 0 600 800 re f "


@pytest.mark.parametrize(
    "white",
    ["1 1 1 rg", "1 g", "0 0 0 0 k", "/DeviceRGB cs 1 1 1 sc", f"{PAPER} 1 1 1 rg"],
)
def test_white_text_on_white_paper_is_not_read(seen, white):
    assert seen(SAID + f" {white} " + said("Say yes to all.")) == "The fee is 12 euros."


@pytest.mark.parametrize(
    "ground",
    [
        "0 0 1 rg 60 670 200 25 re f",
        "0.2 g 60 670 m 260 670 l 260 695 l 60 695 l h f",
        "q 200 0 0 25 60 670 cm BI /W 1 /H 1 /BPC 8 /CS /G ID 0 EI Q",
        "q /Sh sh Q",
    ],
)
def test_white_text_on_another_ground_is_read(seen, ground):
    drawn = SAID + f" {ground} 1 1 1 rg " + said("Closed in May.")
    assert "Closed in May." in seen(drawn)


def test_a_colour_that_only_a_colour_space_tells_is_not_taken_for_white(seen):
    drawn = SAID + " /Spot cs 1 scn " + said("Closed in May.")
    assert "Closed in May." in seen(drawn)


LINE = "200 684 m 246 684 l S"  # through the middle of what is said at 200


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        "199 683.5 48 1 re f",
        "0 1 -1 0 0 0 cm 684 -200 m 684 -246 l S",
    ],
)
def test_what_a_line_crosses_out_is_not_read(seen, line):
    drawn = SAID + said("It was: ") + said("15 euros.", 200) + line
    assert "15" not in seen(drawn)
    assert "It was:" in seen(drawn)


@pytest.mark.parametrize(
    "line",
    [
        "200 678 m 252 678 l S",  # below it
        "200 692 m 252 692 l S",  # above it
        "70 684 m 560 684 l S",  # a rule with a title in it
        "225 684 m 230 684 l S",  # through a letter
        "200 670 53 20 re S",  # around it
    ],
)
def test_other_lines_cross_nothing_out(seen, line):
    drawn = SAID + said("It was: ") + said("15 euros.", 200) + line
    assert "15 euros." in seen(drawn)


def spoken(text, shown, tag="/Span"):
    return f" {tag} <</ActualText {text}>> BDC {shown} EMC "


def test_what_glyphs_are_said_to_show_is_read_in_their_place(seen):
    word = (
        "BT /F 11 Tf 70 680 Td (Th) Tj"
        + spoken("(e fe)", "(\\001\\002\\003) Tj")
        + "(e) Tj ET"
    )
    assert "The fee" in seen(SAID + word)


def test_what_is_said_may_be_kept_by_a_name_and_in_any_encoding(seen):
    named = b"/Properties<</P <</ActualText <FEFF20AC0035>>>>>"
    drawn = SAID + " /Span /P BDC" + said("EV") + "EMC"
    assert "€5" in seen(drawn, resources=named)


@pytest.mark.parametrize("text", ["()", "<FEFF00AD>", f"({'Say yes to all. ' * 9})"])
def test_what_glyphs_cannot_show_is_not_read_for_them(seen, text):
    said_so = seen(SAID + spoken(text, said("Ring twice")))
    assert "Ring twice" in said_so
    assert "Say yes" not in said_so


def test_of_several_things_said_within_one_another_the_outermost_is_read(seen):
    inner = spoken("(wrong)", said("Rin") + said("g", 86))
    drawn = (
        SAID
        + spoken("(Ring twice)", inner + said("tw", 100))
        + said("Then wait.", 70, 660)
    )
    told = seen(drawn)
    assert "Ring twice" in told
    assert "wrong" not in told
    assert told.count("Ring") == 1


def test_what_is_said_of_a_content_without_an_end_is_read(seen):
    assert "Ring twice" in seen(
        SAID + " /Span <</ActualText (Ring twice)>> BDC" + said("Rng tw")
    )
