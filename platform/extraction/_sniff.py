"""What a file is, by its content. Its name decides nothing.

Anything that is text is taken at least as plain text; a binary that is none of the
supported types is refused.
"""

import re
from typing import BinaryIO

from extraction import _csv, _decode, _json, _mail_head
from extraction._limits import Limits
from extraction._refused import Refused

PDF = "application/pdf"
MAIL = "message/rfc822"
OFFICE = "application/vnd.openxmlformats-officedocument."
ODT = "application/vnd.oasis.opendocument.text"
READ = (
    "PDF, DOCX, XLSX, PPTX, ODT, HTML, Markdown, CSV, JSON, e-mail and plain text are"
    " read"
)
_PARTS = {  # what tells Office files from other containers
    "word/document.xml": f"{OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
    ODT: ODT,  # of the type that its part says
}

_HEAD = 1024  # bytes within which a PDF must begin, as its readers have it
_SAMPLE = 64 * 2**10  # characters
_FOREIGN = {
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"RIFF": "an image or a recording",
    b"{\\rtf": "a document in the RTF format",
    b"%!PS": "a PostScript file",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!": "a compressed file",
    b"BZh": "a compressed file",
    b"\xfd7zXZ": "a compressed file",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}
_HTML = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_TAGS = re.compile(
    r"</?(div|p|h[1-6]|table|tr|td|ul|ol|li|body|head|span|section|article)[\s/>]",
    re.IGNORECASE,
)
_XML = re.compile(r"\s*(<\?xml|<!doctype|<svg)", re.IGNORECASE)
_MARKS = re.compile(
    r"^(\#{1,6}[ \t]+\S|[ ]{0,3}(```|~~~)|[ ]{0,3}>[ ]"
    r"|\|.*\|[ \t]*$|={3,}[ \t]*$|-{3,}[ \t]*$)|\[[^\[\]\n]{1,300}\]\([^()\n]{1,300}\)"
    r"|\*\*[^*\n]{1,300}\*\*",
    re.MULTILINE,
)


def kind(file: BinaryIO, limits: Limits) -> tuple[str, str]:
    """The media type, and the text of what is text; Refused for what is neither."""
    head = file.read(_HEAD)
    file.seek(0)
    if not head:
        raise Refused("empty", "it is empty")
    if b"%PDF-" in head:
        return PDF, ""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(file), ""
    _refuse_foreign(head)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _old_office(file)
    text = _decode.text(file.read(limits.bytes + 1))
    kind = _of_text(text)
    # A message says for each of its parts in which encoding that is.
    file.seek(0)
    return kind, "" if kind == MAIL else text


def _refuse_foreign(head: bytes) -> None:
    for start, what in _FOREIGN.items():
        if head.startswith(start) and (len(start) > 2 or b"\0" in head):
            raise Refused("unsupported", f"it is {what}; {READ}")


def _of_zip(file: BinaryIO) -> str:
    import zipfile  # 2 MB, with what it imports

    try:
        with zipfile.ZipFile(file) as container:
            names = set(container.namelist())
            if "mimetype" in names:
                with container.open("mimetype") as stated:
                    names.add(stated.read(len(ODT) + 1).decode("latin-1"))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("broken", "it is a damaged Office or ZIP file") from error
    finally:
        file.seek(0)
    for part, known in _PARTS.items():
        if part in names:
            return known
    raise Refused("unsupported", f"it is a ZIP file, or of another Office; {READ}")


def _old_office(file: BinaryIO) -> Refused:
    """An OLE container: an encrypted DOCX, a message, or a DOC from before 2007."""
    for piece in iter(lambda: file.read(2**20), b""):
        if "EncryptedPackage".encode("utf-16-le") in piece:
            return Refused("encrypted", "it needs a password")
        if "__properties_version1.0".encode("utf-16-le") in piece:
            return Refused("unsupported", "it is Outlook's own format; save it as EML")
    return Refused(
        "unsupported", "it is in an old Office format; save it as DOCX, XLSX or PPTX"
    )


def _of_text(text: str) -> str:
    sample = text[:_SAMPLE]
    if _HTML.match(_COMMENT.sub("", sample)):
        return "text/html"
    if _XML.match(sample):
        raise Refused("unsupported", "it is XML of an unknown kind")
    if _mail_head.is_there(sample):
        return MAIL
    if _json.is_json(text):
        return "application/json"
    if _csv.delimiter(sample):
        return "text/csv"
    if sample.lstrip().startswith("<") and len(_TAGS.findall(sample)) >= 2:
        return "text/html"
    return "text/markdown" if _is_marked(sample) else "text/plain"


def _is_marked(sample: str) -> bool:
    return bool(re.search(r"^#{1,6}[ \t]+\S", sample, re.MULTILINE)) or (
        sum(1 for _ in _MARKS.finditer(sample)) >= 2
    )
