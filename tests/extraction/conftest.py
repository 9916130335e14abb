"""Files made on the spot, and a way to read them that waits for the answer."""

import asyncio
import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

import extraction
from extraction import _worker

QUICK = extraction.Limits(seconds=20)
DOCUMENT_XML = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body>{}</w:body></w:document>"
)

Read = Callable[..., extraction.Extracted]


def _apart(
    source: bytes | Path, name: str = "file", **limits: Any
) -> extraction.Extracted:
    bounds = replace(QUICK, **limits)
    return asyncio.run(extraction.extract(source, name, bounds))


@pytest.fixture(scope="session")
def apart() -> Read:
    """Reads bytes or a path in a process of its own; limits by name."""
    return _apart


@pytest.fixture(scope="session")
def read() -> Read:
    """Reads bytes or a path; limits by name.

    In a process of its own what is hostile or a PDF, whose reader changes what the
    process has imported; a process for each of the others would take a minute in all.
    """

    def _read(
        source: bytes | Path, name: str = "file", **limits: Any
    ) -> extraction.Extracted:
        if isinstance(source, Path) or b"%PDF-" in source[:1024]:
            return _apart(source, name, **limits)
        return _worker._document(io.BytesIO(source), name, replace(QUICK, **limits))

    return _read


@pytest.fixture(scope="session")
def refused() -> Callable[..., extraction.Refused]:
    """Reads what must be refused; the refusal."""

    def _refused(source: bytes | Path, **limits: Any) -> extraction.Refused:
        with pytest.raises(extraction.Refused) as caught:
            _apart(source, **limits)
        assert caught.value.reason
        return caught.value

    return _refused


@pytest.fixture(scope="session")
def blocks(read: Read) -> Callable[..., list[tuple[str, str]]]:
    """Reads a file; its blocks as pairs of kind (and level) and text."""

    def _blocks(source: bytes, **limits: Any) -> list[tuple[str, str]]:
        document = read(source, **limits)
        return [
            (f"{block.kind}{block.level or ''}", document.of(block))
            for block in document.blocks
        ]

    return _blocks


@pytest.fixture(scope="session")
def pdf() -> Callable[..., bytes]:
    """A PDF of flowables; a string is a paragraph, (style, string) a styled one."""
    styles = getSampleStyleSheet()

    def _flowable(item: Any) -> Flowable:
        if isinstance(item, str):
            return Paragraph(item, styles["BodyText"])
        return Paragraph(item[1], styles[item[0]]) if isinstance(item, tuple) else item

    def _pdf(items: Iterable[Any], on_page: Any = None, **facts: Any) -> bytes:
        out = io.BytesIO()
        drawn = on_page or (lambda canvas, template: None)
        SimpleDocTemplate(out, **facts).build(
            [_flowable(item) for item in items], onFirstPage=drawn, onLaterPages=drawn
        )
        return out.getvalue()

    return _pdf


@pytest.fixture(scope="session")
def raw_pdf() -> Callable[..., bytes]:
    """A PDF of given objects, numbered from 1; the first is the catalogue."""

    def _raw_pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
        out = bytearray(b"%PDF-1.7\n")
        places = []
        for number, body in enumerate(objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        size = len(objects) + 1
        out += b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (size, trailer)
        out += b"startxref\n%d\n%%%%EOF\n" % start
        return bytes(out)

    return _raw_pdf


@pytest.fixture(scope="session")
def stream() -> Callable[..., bytes]:
    """A PDF stream object with given entries in its dictionary."""

    def _stream(content: bytes, entries: bytes = b"") -> bytes:
        head = b"<</Length %d%s>>" % (len(content), entries)
        return head + b"\nstream\n" + content + b"\nendstream"

    return _stream


@pytest.fixture(scope="session")
def pictured(raw_pdf: Any, stream: Any) -> Callable[[int], bytes]:
    """A PDF of a page with a sentence and a picture of so many bytes."""

    def _pictured(size: int) -> bytes:
        page = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>"
        )
        drawn = stream(b"/X Do BT /F 12 Tf 72 700 Td (It costs 80 \\200.) Tj ET")
        font = (
            b"<</Type/Font/Subtype/Type1/BaseFont/Own"
            b"/Encoding<</Type/Encoding/Differences[128/Euro]>>>>"
        )
        looks = b"/Type/XObject/Subtype /Image/Width 9/Height 9/Filter/DCTDecode"
        picture = stream(bytes(size), looks)
        tree = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
        return raw_pdf(
            b"<</Type/Catalog/Pages 2 0 R>>", tree, page, drawn, font, picture
        )

    return _pictured


@pytest.fixture(scope="session")
def word() -> Callable[..., bytes]:
    """A DOCX that *write* fills with python-docx."""

    def _word(write: Callable[[Any], object]) -> bytes:
        document = docx.Document()
        write(document)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    return _word


@pytest.fixture(scope="session")
def zipped() -> Callable[..., bytes]:
    """A DOCX whose ``word/document.xml`` is given, whole or as its body; or another
    container, of the *part* that tells what it is."""

    def _zipped(
        body: str = "",
        *,
        xml: bytes | None = None,
        part: str = "word/document.xml",
        **others: str,
    ) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
            container.writestr("[Content_Types].xml", "<Types/>")
            content = DOCUMENT_XML.format(body).encode() if xml is None else xml
            container.writestr(part, content)
            for name, text in others.items():
                container.writestr(f"word/{name}.xml", text)
        return out.getvalue()

    return _zipped
