"""Files that a person might upload and that no reader can read.

Each is small. A system that takes them must end with a stated reason, in bounded time
and memory, and lose nothing that it had.
"""

import io
import struct
import zipfile
import zlib

from reportlab.lib.pagesizes import A5
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from filigree.demo.word import ENTRY_TIME

EXPANDED = 64 * 1024 * 1024
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN_TYPE = "wordprocessingml.document.main+xml"
BOMB_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    f'"application/vnd.openxmlformats-officedocument.{MAIN_TYPE}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" '
    'Target="word/document.xml"/></Relationships>',
}
BOMB_HEAD = f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>'
BOMB_TAIL = "</w:t></w:r></w:p></w:body></w:document>"


def files(whole_pdf: bytes) -> dict[str, bytes]:
    """By name; `whole_pdf` is a sound file, one of these is its beginning."""
    return {
        "truncated.pdf": whole_pdf[: len(whole_pdf) // 3],
        "encrypted.pdf": encrypted_pdf(),
        "scan-without-text.pdf": textless_pdf(),
        "photo-named.pdf": png(),
        "bomb.docx": bomb(),
        "empty.txt": b"",
    }


def encrypted_pdf() -> bytes:
    """Opens with the password `quay` only."""
    out = io.BytesIO()
    lock = StandardEncryption("quay", ownerPassword="rope walk", strength=128)
    canvas = Canvas(out, pagesize=A5, invariant=1, pageCompression=0, encrypt=lock)
    canvas.drawString(60, 500, "Laboratory invoice 2026-117, confidential")
    canvas.save()
    return out.getvalue()


def textless_pdf() -> bytes:
    """A page as a scanner leaves it: marks, and not one letter."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A5, invariant=1, pageCompression=0)
    for line in range(12):
        canvas.rect(60, 480 - 30 * line, 300 - 13 * (line % 4), 8, fill=1)
    canvas.save()
    return out.getvalue()


def png(side: int = 16) -> bytes:
    """A grey square; zlib level 0 gives the same bytes everywhere."""
    pixels = (b"\x00" + b"\x80" * side) * side
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)),
            chunk(b"IDAT", zlib.compress(pixels, 0)),
            chunk(b"IEND", b""),
        ]
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + checksum


def bomb() -> bytes:
    """A valid DOCX of some 64 KB whose one sentence is 64 MiB long."""
    parts = BOMB_PARTS | {"word/document.xml": BOMB_HEAD + "a" * EXPANDED + BOMB_TAIL}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, ENTRY_TIME)
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED, compresslevel=9)
    return out.getvalue()
