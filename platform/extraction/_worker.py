"""The reading process: one file on standard input, its document on standard output.

Imports only what the file's type needs: its memory counts against the caller's pod.
"""

import errno
import logging
import os
from typing import Any, BinaryIO

from extraction import _bounds, _builder, _opened, _sniff, _wire
from extraction._document import Extracted
from extraction._limits import Limits
from extraction._refused import Refused

NAMES = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "text/html": "HTML",
    "text/markdown": "Markdown",
    "text/csv": "CSV",
    "message/rfc822": "e-mail",
    "application/json": "JSON",
}


def main(order: dict[str, Any]) -> None:
    """Read standard input as *order* says; ends the process."""
    limits = Limits(**order["limits"])
    logging.disable()
    _bounds.apply(limits, _wire.largest(limits), order["parent"])
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
            document = _document(file, order["name"], limits)
            if order["cut"] is None:
                _wire.write(out, document)
            else:
                _opened.write(out, document, order["cut"], limits)
        except Refused as refused:
            out.seek(0)
            out.truncate()
            _wire.write_refusal(out, refused)


def _document(file: BinaryIO, name: str, limits: Limits) -> Extracted:
    """The document, whatever a decoder raises on the way turned into Refused."""
    kind = ""
    builder = _builder.Builder(limits)
    try:
        kind, text = _sniff.kind(file, limits)
        pages = _read(kind, file, text, builder, limits)
        return builder.built(kind, name, pages)
    except MemoryError:
        raise Refused("killed", "reading it takes too much memory") from None
    except RecursionError as error:
        raise Refused("too_deep", "its parts are nested too deeply") from error
    except Refused:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        known = NAMES.get(kind, "text file")
        raise Refused("broken", f"it is a damaged {known}") from error


def _read(
    kind: str,
    file: BinaryIO,
    text: str,
    builder: _builder.Builder,
    limits: Limits,
) -> int | None:
    match NAMES.get(kind):
        case "PDF":
            from extraction import _pdf

            return _pdf.read(file, builder, limits)
        case "DOCX":
            from extraction import _docx

            return _docx.read(file, builder, limits)
        case "HTML":
            from extraction import _html

            _html.read(text, builder, limits)
        case "Markdown":
            from extraction import _markdown

            _markdown.read(text, builder, limits)
        case "CSV":
            from extraction import _csv

            _csv.read(text, builder)
        case "e-mail":
            from extraction import _mail

            _mail.read(file, builder, limits)
        case "JSON":
            from extraction import _json

            _json.read(text, builder)
        case _:
            from extraction import _plain

            _plain.read(text, builder)
    return None
