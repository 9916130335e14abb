"""The reading process: one file on standard input, its document on standard output.

Imports only what the file's type needs: its memory counts against the caller's pod.
"""

import errno
import importlib
import logging
import os
from dataclasses import replace
from typing import Any, BinaryIO

from extraction import _bounds, _builder, _opened, _sniff, _wire
from extraction._document import Extracted
from extraction._limits import Limits, mib
from extraction._refused import Refused

# Of each kind: what its sender calls it, and the module that reads it.
KINDS = {
    _sniff.PDF: ("PDF", "_pdf"),
    f"{_sniff.OFFICE}wordprocessingml.document": ("DOCX", "_docx"),
    f"{_sniff.OFFICE}spreadsheetml.sheet": ("XLSX", "_xlsx"),
    f"{_sniff.OFFICE}presentationml.presentation": ("PPTX", "_pptx"),
    _sniff.ODT: ("ODT", "_odt"),
    "text/html": ("HTML", "_html"),
    "text/markdown": ("Markdown", "_markdown"),
    "text/csv": ("CSV", "_csv"),
    "application/json": ("JSON", "_json"),
    _sniff.MAIL: ("e-mail", "_mail"),
    "text/plain": ("text file", "_plain"),
}


def main(order: dict[str, Any]) -> None:
    """Read standard input as *order* says; ends the process."""
    limits = Limits(**order["limits"])
    logging.disable()
    memory = _bounds.apply(limits, _wire.largest(limits), order["parent"])
    limits = replace(limits, memory=memory)
    try:
        _answer(order, limits)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        os._exit(_bounds.NO_ROOM)
    # Nothing is left to tidy, and tearing down a large document takes time.
    os._exit(0)


def _answer(order: dict[str, Any], limits: Limits) -> None:
    """Write the document, or why there is none, to standard output."""
    with open(0, "rb", closefd=False) as file, open(1, "wb", closefd=False) as out:
        try:
            return _write(out, file, order, limits)
        except Refused as refused:
            told = refused
        except MemoryError:
            much = f"reading it takes more than {mib(limits.memory)} MiB of memory"
            told = Refused("killed", f"{much}; send it in parts")
        # What was read is given up by now, so that there is memory to say so.
        out.seek(0)
        out.truncate()
        _wire.write_refusal(out, told)


def _write(
    out: BinaryIO, file: BinaryIO, order: dict[str, Any], limits: Limits
) -> None:
    document = _document(file, order["name"], limits)
    if order["cut"] is None:
        _wire.write(out, document)
    else:
        _opened.write(out, document, order["cut"], limits)


def _document(file: BinaryIO, name: str, limits: Limits) -> Extracted:
    """The document, whatever a decoder raises on the way turned into Refused."""
    kind = "text/plain"
    builder = _builder.Builder(limits)
    try:
        kind, text = _sniff.kind(file, limits)
        pages = _read(kind, file, text, builder, limits)
        del text
        return builder.built(kind, name, pages)
    except RecursionError as error:
        raise Refused("too_deep", "its parts are nested too deeply") from error
    except (Refused, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        raise Refused("broken", f"it is a damaged {KINDS[kind][0]}") from error


def _read(
    kind: str, file: BinaryIO, text: str, builder: _builder.Builder, limits: Limits
) -> int | None:
    """Fill *builder*; the number of pages, where there are any.

    The reader is imported only here, as a file needs one of them. Where the kind was
    told by the text, that is read, else the file.
    """
    reader = importlib.import_module(f"extraction.{KINDS[kind][1]}")
    return reader.read(text or file, builder, limits)
