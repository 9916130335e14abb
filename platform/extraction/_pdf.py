"""PDF: lines with their places, then structure from size and space."""

import contextlib
import gc
from typing import Any, BinaryIO, NamedTuple

from extraction import (
    _pdf_layout,
    _pdf_lines,
    _pdf_running,
    _pdf_slim,
    _pdf_spool,
    _pdf_text,
)
from extraction._builder import Builder
from extraction._limits import Limits
from extraction._refused import Refused

_PIECE = 64 * 2**10
_PICTURES = (
    "its pages are pictures, as those of a scan are; have their text recognised (OCR),"
    " and send it again"
)
_FEW = 25  # letters on the picture of a page, such as a stamp's
_KEPT_PAGES = 8  # after so many pages what pypdf remembers is dropped
_NAMELESS = ("untitled", "(anonymous)")  # the second is reportlab's
_JUNK_TITLES = (".doc", ".docx", ".pdf", ".indd", ".odt", ".tex", ".xls", ".ppt")


class Found(NamedTuple):
    """What pypdf finds in a file; ``outline`` are titles with their levels."""

    lines: _pdf_spool.Spool
    outline: dict[str, int]
    title: str
    pages: int
    pictures: list[int]  # the pages that are one, most of them


def read(file: BinaryIO, builder: Builder, limits: Limits) -> int:
    """Fill *builder*; the number of pages."""
    found = _found(file, limits)
    builder.title = found.title
    builder.unread_pages = _unread(found)
    if len(builder.unread_pages) == found.pages:
        raise Refused("no_text", _PICTURES)
    lines = _pdf_running.without(found.lines)
    _pdf_layout.place(lines, found.outline, builder)
    return found.pages


def _unread(found: Found) -> list[int]:
    """The pages that are pictures, as those of a scan are, and say next to nothing."""
    if not found.pictures:
        return []
    letters = _pdf_running.letters(found.lines)
    return [page for page in found.pictures if letters[page] < _FEW]


def _found(file: BinaryIO, limits: Limits) -> Found:
    # A trailer, which says so, is never compressed.
    is_encrypted = _mentions(file, b"/Encrypt")
    _pdf_slim.prepare(is_encrypted)
    import pypdf
    from pypdf import errors

    gc.freeze()
    pypdf.overwrite_configuration(**_configuration(limits))
    try:
        return _read(pypdf.PdfReader(file), limits)
    except (errors.FileNotDecryptedError, errors.DependencyError) as error:
        if not is_encrypted:  # text is packed as only pictures are
            raise
        raise Refused("encrypted", "it needs a password") from error
    except errors.EmptyFileError as error:
        raise Refused("empty", "it is empty") from error
    except errors.LimitReachedError as error:
        raise Refused("expands", "it unpacks to far more than its size") from error
    # Every other error of pypdf, and whatever else a damaged file makes it raise, is
    # "broken" to the caller.


def _mentions(file: BinaryIO, word: bytes) -> bool:
    """Whether *word* is in the file."""
    tail = b""
    found = False
    while not found and (piece := file.read(_PIECE)):
        found = word in tail + piece
        tail = piece[-len(word) :]
    file.seek(0)
    return found


def _configuration(limits: Limits) -> dict[str, Any]:
    """pypdf's own bounds, none wider than ours."""
    # What a page shows is text and drawing; a tenth of everything is plenty for one.
    stream = min(limits.expansion, max(limits.expansion // 4, 2**20))
    outputs = ("array_based_stream", "lzw", "run_length", "zlib")
    return {f"{kind}_maximum_output_length": stream for kind in outputs} | {
        "stream_decoding_work_maximum_length": limits.expansion,
        "page_tree_maximum_entries": limits.pages * 4 + 100,
        "page_tree_maximum_depth": 50,
        "outline_maximum_entries": 5_000,
        "outline_maximum_depth": 20,
        "xform_maximum_invocations_per_extraction": 500,
        "disable_legacy_handling": True,
    }


def _read(reader: Any, limits: Limits) -> Found:
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("encrypted", "it needs a password")
    pages = _count(reader, limits)
    lines = _pdf_spool.Spool()
    characters = 0
    pictures: list[int] = []
    assembly = _pdf_lines.Assembly(0)
    painter = _pdf_text.Painter(reader, lambda shown: assembly.take(shown))
    for number in range(pages):
        assembly = _pdf_lines.Assembly(number + 1)
        shown = reader.pages[number]
        painter.paint(shown)
        if painter.is_picture:
            pictures.append(number + 1)
        shown.clear()
        page = assembly.finished(painter.strokes)
        characters += sum(len(line.text) for line in page)
        if characters > limits.characters:
            most = limits.characters
            raise Refused("too_long", f"it has more than {most:,} characters of text")
        lines.add(page)
        if number % _KEPT_PAGES == _KEPT_PAGES - 1:
            reader.resolved_objects.clear()
            painter.forget()
            gc.collect()  # pages and what they show refer to one another
    return Found(lines, _outline(reader), _title(reader), pages, pictures)


def _count(reader: Any, limits: Limits) -> int:
    stated = reader.root_object.get("/Pages", {}).get("/Count", 0)
    if isinstance(stated, int) and stated > limits.pages:
        raise _too_many(limits)
    pages = len(reader.pages)
    if pages > limits.pages:
        raise _too_many(limits)
    return pages


def _too_many(limits: Limits) -> Refused:
    return Refused("too_many_pages", f"it has more than {limits.pages:,} pages")


def _title(reader: Any) -> str:
    """The stated title, unless a program put a file name or nothing's name there."""
    title = ""
    with contextlib.suppress(Exception):  # the text does not depend on it
        title = str((reader.metadata or {}).get("/Title") or "").strip()
    lower = title.lower()
    junk = lower.endswith(_JUNK_TITLES) or any(map(lower.__contains__, _NAMELESS))
    return "" if junk or title.startswith("Microsoft Word") else title


def _outline(reader: Any) -> dict[str, int]:
    """Titles of the outline with their levels, in the way `_pdf_layout` compares."""
    levels: dict[str, int] = {}
    with contextlib.suppress(Exception):  # the text does not depend on it
        waiting = [(reader.outline, 1)]
        while waiting:
            entries, level = waiting.pop()
            for entry in entries:
                if isinstance(entry, list):
                    waiting.append((entry, level + 1))
                else:
                    levels.setdefault(_pdf_layout.key(str(entry.title)), level)
    return levels
