"""Files that are broken or meant to harm end as Refused, soon and with a reason."""

import io
import os
import zlib

import pypdf
import pytest

import extraction

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
    b"/Resources<</Font<</F 5 0 R>>/XObject<</X 4 0 R>>>>>>"
)
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(200)


@pytest.fixture(scope="session")
def outcome(apart):
    """How reading ends: ``read``, or the code of the refusal."""

    def _outcome(source, **limits):
        try:
            apart(source, **limits)
        except extraction.Refused as refused:
            return refused.code
        return "read"

    return _outcome


@pytest.fixture(scope="session")
def one_page(raw_pdf, stream):
    """A PDF of one page with a given content stream."""

    def _one_page(content, entries=b""):
        return raw_pdf(CATALOG, ONE_PAGE, PAGE, stream(content, entries), FONT)

    return _one_page


def test_the_page_that_hostile_ones_are_made_of_is_read(apart, one_page):
    document = apart(one_page(b"BT /F 12 Tf 72 700 Td (Still here) Tj ET"))
    assert document.text == "Still here"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (PNG, "unsupported"),
        (bytes(range(256)) * 20, "unsupported"),
        (b"\x7fELF" + bytes(500), "unsupported"),
        (b"{\\rtf1\\ansi Hello}", "unsupported"),
        (b"<?xml version='1.0'?><feed><entry/></feed>", "unsupported"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "unsupported"),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
        ),
        (b" \n\t \n", "no_text"),
        (b"<!doctype html><html><body></body></html>", "no_text"),
        (b"%PDF-1.7\n", "broken"),
        (b"%PDF-1.7\n" + b"trailer <</Root 1 0 R>> startxref 5 %%EOF", "broken"),
        (b"PK\x03\x04 no archive at all", "broken"),
    ],
)
def test_what_is_no_document_is_refused(refused, content, code):
    assert refused(content).code == code


def test_a_message_of_outlooks_own_is_told_what_to_be_saved_as(refused):
    name = "__properties_version1.0".encode("utf-16-le")
    assert "EML" in refused(b"\xd0\xcf\x11\xe0" + bytes(600) + name).reason


def test_an_image_that_is_named_like_a_pdf_is_refused(tmp_path, refused):
    (tmp_path / "scan.pdf").write_bytes(PNG)
    assert refused(tmp_path / "scan.pdf").code == "unsupported"


def test_a_pipe_is_no_file(tmp_path, refused):
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe").code == "unsupported"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_pdf_is_refused_or_read_but_never_hangs(pdf, outcome, share):
    whole = pdf([("Heading1", "Prices"), "A cleaning costs 80 euros."] * 5)
    part = whole[: int(len(whole) * share)]
    assert outcome(part) in ("read", "broken", "no_text")


@pytest.mark.parametrize("place", range(100, 1500, 400))
def test_a_pdf_with_damaged_bytes_is_refused_or_read(pdf, outcome, place):
    whole = bytearray(pdf(["A cleaning costs 80 euros."]))
    whole[place : place + 40] = b"\xff<<[(" * 8
    ends = ("read", "broken", "no_text", "encrypted", "too_many_pages")
    assert outcome(bytes(whole)) in ends


def test_a_pdf_without_text_is_refused(refused, one_page):
    assert refused(one_page(b"0 0 100 100 re f")).code == "no_text"


def test_a_pdf_that_needs_a_password_is_refused(pdf, refused):
    assert refused(_encrypted(pdf(["secret"]), "open sesame")).code == "encrypted"


def test_text_that_is_packed_as_a_picture_is_no_question_of_a_password(
    refused, one_page
):
    assert refused(one_page(b"BT ET", b"/Filter/JBIG2Decode")).code == "broken"


def test_a_pdf_that_only_restricts_printing_is_read(pdf, apart):
    assert apart(_encrypted(pdf(["not secret"]), "")).text == "not secret"


def _encrypted(content, password):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_ten_thousand_pages_are_too_many(raw_pdf, stream, refused):
    kids = b"3 0 R " * 10_000
    tree = b"<</Type/Pages/Kids[%s]/Count 10000>>" % kids
    content = stream(b"BT /F 12 Tf (x) Tj ET")
    file = raw_pdf(CATALOG, tree, PAGE, content, FONT)
    assert refused(file).code == "too_many_pages"


def test_a_page_tree_that_lies_about_its_count_is_bounded(raw_pdf, stream, refused):
    tree = b"<</Type/Pages/Kids[%s]/Count 1>>" % (b"3 0 R " * 10_000)
    content = stream(b"BT /F 12 Tf (x) Tj ET")
    file = raw_pdf(CATALOG, tree, PAGE, content, FONT)
    assert refused(file).code in ("too_many_pages", "expands")


def test_a_page_tree_in_a_circle_is_refused(raw_pdf, refused):
    tree = b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"
    assert refused(raw_pdf(CATALOG, tree)).code in ("broken", "no_text", "expands")


def test_cross_references_in_a_circle_end(raw_pdf, stream, apart):
    content = stream(b"BT /F 12 Tf 72 700 Td (Here) Tj ET")
    objects = (CATALOG, ONE_PAGE, PAGE, content, FONT)
    place = raw_pdf(*objects).index(b"xref\n0")
    file = raw_pdf(*objects, trailer=b"/Prev %d" % place)
    assert apart(file).text == "Here"


def test_a_form_that_draws_itself_ends(raw_pdf, stream, refused):
    entries = (
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>"
    )
    loop = stream(b"/X Do /X Do", entries)
    file = raw_pdf(CATALOG, ONE_PAGE, PAGE, loop, FONT)
    assert refused(file).code in ("no_text", "broken")


def test_a_deflated_bomb_in_a_pdf_is_refused(one_page, refused):
    packed = zlib.compress(bytes(130 * 2**20), 9)
    file = one_page(packed, b"/Filter/FlateDecode")
    assert refused(file).code in ("expands", "killed", "broken")


def test_a_bomb_within_a_bomb_is_refused(one_page, refused):
    packed = bytes(130 * 2**20)
    for _ in range(3):
        packed = zlib.compress(packed, 9)
    file = one_page(packed, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]")
    assert refused(file).code in ("expands", "killed", "broken")


def test_arrays_nested_beyond_reason_are_refused(one_page, refused):
    content = b"[" * 50_000 + b"]" * 50_000 + b" TJ"
    assert refused(one_page(content)).code in ("too_deep", "broken", "no_text")


def test_a_page_that_draws_without_end_is_cut_off(one_page, refused):
    content = b"BT /F 12 Tf " + b"1 0 0 1 5 5 Tm (a) Tj " * 600_000 + b"ET"
    packed = zlib.compress(content, 9)
    file = one_page(packed, b"/Filter/FlateDecode")
    assert refused(file, seconds=1).code in ("killed", "expands")


PARTS = ["word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"]


@pytest.mark.parametrize("part", PARTS)
def test_a_zip_bomb_is_refused(zipped, refused, part):
    assert refused(zipped(" " * (12 * 2**20), part=part)).code == "expands"


def test_a_zip_that_unpacks_to_more_than_allowed_is_refused(zipped, refused):
    whole = zipped(" " * (2 * 2**20))
    assert refused(whole, expansion=2**20).code == "expands"


def test_a_zip_of_something_else_is_refused(zipped, refused):
    refusal = refused(zipped(part="photos/1.xml"))
    assert refusal.code == "unsupported"
    assert "DOCX, XLSX" in refusal.reason


def test_a_truncated_docx_is_refused(word, refused):
    whole = word(lambda document: document.add_paragraph("Hello"))
    assert refused(whole[: len(whole) // 2]).code == "broken"


def test_a_docx_of_broken_xml_is_refused(zipped, refused):
    assert refused(zipped(xml=b"<w:document><w:body>")).code == "broken"


def test_entities_that_multiply_are_refused(zipped, refused):
    declared = b'<!DOCTYPE d [<!ENTITY a "%s">' % (b"ha" * 100)
    for name, part in zip(b"bcdefg", b"abcdef", strict=True):
        declared += b'<!ENTITY %c "%s">' % (name, b"&%c;" % part * 20)
    file = zipped(xml=declared + b"]><d>&g;</d>")
    assert refused(file).code == "broken"


@pytest.mark.parametrize("part", PARTS)
def test_entities_that_name_a_file_are_refused(zipped, refused, part):
    xml = b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>'
    assert refused(zipped(xml=xml, part=part)).code == "broken"


def test_a_docx_nested_beyond_reason_is_refused(zipped, refused):
    body = "<w:p>" * 100_000 + "</w:p>" * 100_000
    assert refused(zipped(body)).code == "too_deep"


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html>" + b"<div>" * 200_000 + b"deep",
        b"<!doctype html><table><tr><td>a<td>" + b"<b>" * 100_000 + b"deep",
        b"<!doctype html><pre>" + b"<i>" * 100_000 + b"deep",
        b"# Title\n\n" + b"> " * 50_000 + b"deep",
        b"# Title\n\n" + b"".join(b" " * (2 * at) + b"- x\n" for at in range(2_000)),
        b"# Title\n\n" + b"[" * 50_000,
        b"# Title\n\n" + b"*a _b " * 20_000,
        b"# Title\n\n" + b"<" * 100_000,
        b"# Title\n\n" + b"`" * 30_000 + b"a" + b"`" * 29_000,
        b"<!doctype html><style>" + b".a{" * 100_000 + b"</style><p>deep",
        b"<!-- -->" * 8_000 + b"<p>deep",
        b'a,b\n"' + b"x" * 3_000_000,
        b"." * 3_000_000,
    ],
    ids=lambda content: str(content[:40]),
)
def test_markup_beyond_reason_ends_in_time(outcome, content):
    ends = ("read", "too_deep", "killed", "broken")
    assert outcome(content, seconds=1) in ends


def test_elements_nested_beyond_reason_are_refused_before_they_are_parsed(refused):
    # Parsed, they would take minutes: the refusal would be for the time.
    deep = b"<!doctype html>" + b"<div><p>a<br>" * 200_000 + b"deep"
    assert refused(deep).code == "too_deep"


def test_what_needs_no_end_tag_is_not_taken_for_nested(outcome):
    lines = b"<!doctype html><table>" + b"<tr><td>word<br><p>word" * 3_000
    assert outcome(lines + b"<!--" + b"<div>" * 100 + b"-->") == "read"


def test_a_file_above_the_limit_is_refused_before_it_is_read(refused):
    assert refused(b"x" * 2_000, bytes=1_999).code == "too_large"


def test_a_text_above_the_limit_is_refused(refused):
    assert refused(b"word " * 1_000, characters=900).code == "too_long"


def test_more_blocks_than_allowed_are_refused(refused):
    assert refused(b"a,b\n" + b"1,2\n" * 100, blocks=50).code == "too_long"


def test_more_memory_than_allowed_is_refused(refused):
    lines = b"<!doctype html>" + b"<p>word</p>" * 400_000
    told = refused(lines, memory=64 * 2**20)
    assert told.code == "killed"
    assert "more than 64 MiB of memory" in told.reason


@pytest.mark.parametrize("before", [b"", b"# ", b"- "])
def test_markdown_of_a_million_brackets_is_read_within_its_time(outcome, before):
    """Each is looked for in all that follows: some minutes, if its marks were read."""
    marks = b"# Title\n\n" + before + b"[" * 1_000_000
    assert outcome(marks, name="x.md") == "read"


def test_lists_in_one_another_that_count_down_are_read_within_their_time(outcome):
    assert (
        outcome(b"<!doctype html>" + (b"<ol reversed>" + b"<li>x" * 300) * 90) == "read"
    )
