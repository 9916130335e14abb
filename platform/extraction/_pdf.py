"""PDF: lines with their places from pypdf, then structure from size and space."""

import contextlib
import sys
from typing import Any, BinaryIO

from extraction import _pdf_layout, _pdf_lines, _pdf_running
from extraction._builder import Builder
from extraction._limits import Limits
from extraction._refused import Refused

_PIECE = 2**20
_KEPT_PAGES = 8  # after so many pages what pypdf remembers is dropped
_JUNK_TITLES = (".doc", ".docx", ".pdf", ".indd", ".odt", ".tex", ".xls", ".ppt")


def read(file: BinaryIO, builder: Builder, limits: Limits) -> int:
    """Fill *builder*; the number of pages."""
    _spare_imports(file)
    import pypdf
    from pypdf import errors

    pypdf.overwrite_configuration(**_configuration(limits))
    try:
        return _read(pypdf.PdfReader(file), builder, limits)
    except (errors.FileNotDecryptedError, errors.DependencyError) as error:
        raise Refused("encrypted", "it needs a password") from error
    except errors.EmptyFileError as error:
        raise Refused("empty", "it is empty") from error
    except errors.LimitReachedError as error:
        raise Refused("expands", "it unpacks to far more than its size") from error
    # Every other error of pypdf, and whatever else a damaged file makes it raise, is
    # "broken" to the caller.


def _spare_imports(file: BinaryIO) -> None:
    """Keep pypdf from importing what only pictures and encrypted files need (9 MB)."""
    modules: dict[str, Any] = sys.modules
    modules.setdefault("PIL", None)
    if not _mentions(file, b"/Encrypt"):
        modules.setdefault("cryptography", None)


def _mentions(file: BinaryIO, word: bytes) -> bool:
    """Whether *word* is in the file; a trailer is never compressed."""
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


def _read(reader: Any, builder: Builder, limits: Limits) -> int:
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("encrypted", "it needs a password")
    pages = _count(reader, limits)
    lines: list[list[_pdf_lines.Line]] = []
    characters = 0
    for number in range(pages):
        page = _pdf_lines.of_page(reader.pages[number], number + 1)
        characters += sum(len(line.text) for line in page)
        if characters > limits.characters:
            most = limits.characters
            raise Refused("too_long", f"it has more than {most:,} characters of text")
        lines.append(page)
        if number % _KEPT_PAGES == _KEPT_PAGES - 1:
            reader.resolved_objects.clear()
    builder.title = _title(reader)
    body = _pdf_running.without(lines)
    _pdf_layout.place(body, _outline(reader), builder)
    return pages


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
    """The stated title, unless a program put a file name there."""
    title = ""
    with contextlib.suppress(Exception):  # the text does not depend on it
        title = str((reader.metadata or {}).get("/Title") or "").strip()
    junk = title.lower().endswith(_JUNK_TITLES) or "untitled" in title.lower()
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
