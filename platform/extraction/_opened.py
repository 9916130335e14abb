"""A document that was read and cut, piece by piece: never whole in memory.

Lines of JSON in a file: the head, the text in pieces, the chunks until the end.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from extraction import _wire
from extraction._chunks import Chunk, each_chunk
from extraction._document import FACTS, Extracted, Heading, as_json, tree
from extraction._limits import Limits
from extraction._refused import Refused

PIECE = 100_000  # characters of text in a line
_LINE = 2**20  # bytes
_OUTLINE = 500_000  # bytes of the headings
_TITLE = 120  # characters of a title there
_DEEPEST, _LEVELS = 6, 6


@dataclass(frozen=True)
class Opened:
    """A read document. To be gone through once, in this order: texts, then chunks.

    ``hierarchy`` are its headings as JSON has them, without the deepest where those are
    too many. ``length`` is in characters.
    """

    title: str
    language: str
    media_type: str
    pages: int | None
    length: int
    unread_pages: list[int]
    hierarchy: list[dict[str, Any]]
    file: BinaryIO

    def facts(self) -> dict[str, Any]:
        """``title``, ``language``, ``media_type``, ``pages``, ``unread_pages``."""
        return {name: getattr(self, name) for name in FACTS}

    def texts(self) -> Iterator[str]:
        """The canonical text in pieces of at most `PIECE` characters."""
        for start in range(0, self.length, PIECE):
            with _wire.believing_nothing():
                piece = str(_line(self.file))
                if len(piece) != min(PIECE, self.length - start):
                    raise ValueError("a piece is missing")
            yield piece

    def chunks(self) -> Iterator[Chunk]:
        """The chunks in order."""
        while line := self.file.readline(_LINE):
            with _wire.believing_nothing():
                chunk = _chunk(json.loads(line), self.length)
            yield chunk


def write(
    out: BinaryIO, document: Extracted, cut: tuple[int, int], limits: Limits
) -> None:
    """What `read` reads, with the chunks that `chunk` makes of that *cut*.

    Refused when they are too many, with a part of it written.
    """
    told = {"length": len(document.text), "hierarchy": _outline(document)}
    _write_line(out, document.facts() | told)
    for start in range(0, len(document.text), PIECE):
        _write_line(out, document.text[start : start + PIECE])
    for count, chunk in enumerate(each_chunk(document, *cut)):
        if count == limits.chunks:
            many = f"it makes more than {limits.chunks:,} passages; send it in parts"
            raise Refused("too_long", many)
        _write_line(out, chunk)


def read(file: BinaryIO, limits: Limits) -> Opened:
    """The document that was written; raises its Refused, or one for nonsense."""
    with _wire.believing_nothing():
        head = _line(file)
        if refused := _wire.refusal(head):
            raise refused
        return Opened(
            **_wire.facts(head),
            length=_within(int(head["length"]), limits.characters),
            hierarchy=[_heading(each, _LEVELS) for each in head["hierarchy"]],
            file=file,
        )


def _write_line(out: BinaryIO, value: Any) -> None:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    out.write(text.encode() + b"\n")


def _line(file: BinaryIO) -> Any:
    return json.loads(file.readline(_LINE))


def _outline(document: Extracted) -> list[dict[str, Any]]:
    """The headings as a tree, without the deepest where all are too many."""
    every = document.headings()
    kept: list[Heading] = []
    for deepest in range(_DEEPEST, 0, -1):
        kept = [each for each in every if each.level <= deepest]
        if sum(map(_size, kept)) <= _OUTLINE:
            break
    room = _OUTLINE
    fitting = [each for each in kept if (room := room - _size(each)) >= 0]
    return [as_json(node, _TITLE) for node in tree(fitting)]


def _size(heading: Heading) -> int:
    """The bytes that it takes at most."""
    return 4 * min(len(heading.title), _TITLE) + 80


def _heading(given: dict[str, Any], levels: int) -> dict[str, Any]:
    below = [_heading(each, levels - 1) for each in given["children"] if levels]
    return {
        "title": str(given["title"])[:_TITLE],
        "level": int(given["level"]),
        "page": _wire.number(given["page"]),
        "start": int(given["start"]),
        "children": below,
    }


def _chunk(given: list[Any], length: int) -> Chunk:
    section, page, start, end, text, page_starts, section_starts = given
    if not 0 <= start < end <= length or len(text) != end - start:
        raise ValueError("a chunk lies outside of the text")
    pages = [(int(at), int(number)) for at, number in page_starts]
    sections = [(int(at), _titles(path)) for at, path in section_starts]
    place = _titles(section), _wire.number(page), int(start), int(end)
    return Chunk(*place, str(text), pages, sections)


def _titles(path: list[Any]) -> list[str]:
    return [str(title)[:500] for title in path[:_LEVELS]]


def _within(number: int, most: int) -> int:
    if not 0 < number <= most:
        raise ValueError("a number is out of its bounds")
    return number
