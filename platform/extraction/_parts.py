"""XML parts of a ZIP container, read as a stream, with hostile ones in mind.

No document type is allowed (so there are no entities to expand and nothing to fetch),
depth and expansion are bounded, and nothing is held but what the handler keeps.
"""

import zipfile
import zlib
from typing import BinaryIO
from xml.parsers import expat

from extraction._limits import MIB, Limits
from extraction._refused import Refused

_PIECE = 64 * 2**10
_ALWAYS_ALLOWED = 10 * MIB
_ENCRYPTED = 0x1  # ZIP's general purpose bit 0


class Handler:
    """Receives a part's elements; names are ``namespace local`` with a space. What one
    does not care for it leaves as it is here."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def characters(self, text: str) -> None: ...


class Container:
    """An opened ZIP file and what was taken out of it so far."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self._zip = zipfile.ZipFile(file)
        self._names = set(self._zip.namelist())
        self._expanded = 0

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def parse(self, name: str, handler: Handler) -> None:
        """Feed the part *name* to *handler*; a missing part feeds nothing."""
        if name not in self._names:
            return
        entry = self._zip.getinfo(name)
        if entry.flag_bits & _ENCRYPTED:
            raise Refused("encrypted", "it needs a password")
        parser = _parser(handler, self._limits)
        try:
            with self._zip.open(entry) as part:
                of_part = 0
                while piece := part.read(_PIECE):
                    of_part += len(piece)
                    self._count(len(piece), of_part, entry.compress_size)
                    parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise Refused("broken", "it is damaged") from error

    def _count(self, size: int, of_part: int, compressed: int) -> None:
        """The declared sizes may lie, so what really comes out is counted."""
        self._expanded += size
        disproportionate = (
            of_part > _ALWAYS_ALLOWED
            and of_part > self._limits.ratio * max(compressed, 1)
        )
        if self._expanded > self._limits.expansion or disproportionate:
            raise Refused("expands", "it unpacks to far more than its size")


def _parser(handler: Handler, limits: Limits) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.depth:
            raise Refused("too_deep", "its parts are nested too deeply")
        handler.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(name)

    def refuse(*_: object) -> None:
        raise Refused(
            "broken", "it declares a document type, which none of its kind does"
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.characters
    parser.StartDoctypeDeclHandler = refuse
    return parser
