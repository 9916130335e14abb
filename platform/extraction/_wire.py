"""How a document or a refusal gets from the reading process to its parent.

One line of JSON, then the text in UTF-8; `_opened` has the other form. The reading
process has handled hostile bytes, so the parent believes nothing about the shape of
what it says.
"""

import contextlib
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, get_args

from extraction._document import Block, Extracted, Kind, Language
from extraction._limits import Limits
from extraction._refused import CODES, Refused

_KINDS: tuple[str, ...] = get_args(Kind)
_LANGUAGES: tuple[str, ...] = get_args(Language)
_BLOCK = 60  # bytes of JSON, at most, for one block
_HEAD = 64 * 2**10
_COPIES = 4  # of the text: in pieces, in chunks that overlap, below their headings


def largest(limits: Limits) -> int:
    """The most bytes that a document within *limits* takes."""
    return limits.characters * 4 * _COPIES + limits.blocks * _BLOCK + _HEAD


def write(out: BinaryIO, document: Extracted) -> None:
    blocks = [(_KINDS.index(block.kind), *block[1:]) for block in document.blocks]
    head = document.facts() | {"blocks": blocks, "turns": document.turns}
    out.write(json.dumps(head, separators=(",", ":")).encode() + b"\n")
    out.write(document.text.encode())


def write_refusal(out: BinaryIO, refused: Refused) -> None:
    out.write(json.dumps({"code": refused.code, "reason": refused.reason}).encode())


def read(file: BinaryIO, limits: Limits) -> Extracted:
    """What the reading process wrote; raises its Refused, or one for nonsense."""
    with believing_nothing():
        head = json.loads(file.readline(largest(limits)))
        if refused := refusal(head):
            raise refused
        return _document(head, file.read(limits.characters * 4 + 1).decode())


@contextlib.contextmanager
def believing_nothing() -> Iterator[None]:
    """Refused for what is not shaped as it should be."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise Refused("killed", "reading it failed") from error


def refusal(head: dict[str, Any]) -> Refused | None:
    """The refusal that *head* is, if it is one."""
    if "code" not in head:
        return None
    return Refused(_one_of(CODES, head["code"]), str(head["reason"])[:500])


def facts(head: dict[str, Any]) -> dict[str, Any]:
    """Title, language, media type and what is told of pages, of their types."""
    return {
        "title": str(head["title"])[:500],
        "language": _one_of(_LANGUAGES, head["language"]),
        "media_type": str(head["media_type"])[:100],
        "pages": number(head["pages"]),
        "unread_pages": [*map(int, head["unread_pages"])],
    }


def number(given: Any) -> int | None:
    return None if given is None else int(given)


def _document(head: dict[str, Any], text: str) -> Extracted:
    blocks = [Block(_KINDS[kind], *place) for kind, *place in head["blocks"]]
    turns = [(int(at), int(page)) for at, page in head["turns"]]
    document = Extracted(**facts(head), text=text, blocks=blocks, turns=turns)
    if not all(_fits(block, text) for block in blocks):
        raise ValueError("a block lies outside of the text")
    return document


def _fits(block: Block, text: str) -> bool:
    return 0 <= block.start < block.end <= len(text)


def _one_of(known: tuple[str, ...], value: Any) -> Any:
    return known[known.index(value)]
