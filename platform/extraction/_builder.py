"""The canonical text, block by block, within the limits."""

from collections.abc import Iterable
from typing import get_args

from extraction import _clean, _language
from extraction._document import Block, Extracted, Kind, PageStart
from extraction._limits import Limits
from extraction._packed import Packed
from extraction._refused import Refused

KINDS: tuple[Kind, ...] = get_args(Kind)
_DEEPEST = 6
_TITLE = 300
_LOOSE = 2_000  # pieces that are objects of their own


def _block(kind: int, start: int, end: int, page: int, level: int) -> Block:
    return Block(KINDS[kind], start, end, page or None, level)


class Builder:
    """Collects blocks in reading order; Refused beyond the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._joined: list[str] = []  # what the short pieces before make
        self._pieces: list[str] = []
        self._blocks = Packed(_block, 5)
        self._turns: list[PageStart] = []
        self._last: Kind | None = None
        self._length = 0
        self.title = ""
        self.unread_pages: list[int] = []

    def heading(self, text: str, level: int, page: int | None = None) -> None:
        level = min(max(level, 1), _DEEPEST)
        self._add("heading", _clean.one_line(text), page, level)

    def paragraph(
        self, text: str, page: int | None = None, turns: Iterable[PageStart] = ()
    ) -> None:
        """*turns*: where within *text* further pages begin."""
        self._turn(text, turns, self._add("paragraph", _clean.one_line(text), page))

    def verbatim(self, text: str) -> None:
        """A paragraph whose line breaks mean something, of what has no pages."""
        self._add("paragraph", _clean.several_lines(text), None)

    def list_item(
        self, text: str, page: int | None = None, turns: Iterable[PageStart] = ()
    ) -> None:
        """*turns* as those of a paragraph."""
        self._turn(text, turns, self._add("list_item", _clean.one_line(text), page))

    def table_row(self, text: str, page: int | None = None) -> None:
        self._add("table_row", _clean.one_line(text), page)

    def _turn(self, text: str, turns: Iterable[PageStart], start: int) -> None:
        """Note the pages that begin within *text*, which stands at *start*."""
        for at, page in turns:
            self._turns.append((start + len(_clean.one_line(text[:at])), page))

    def _add(self, kind: Kind, text: str, page: int | None, level: int = 0) -> int:
        """Where in the document *text* begins."""
        if not text:
            return self._length
        if self._last:
            joint = self._joint(kind)
            self._pieces.append(joint)
            self._length += len(joint)
        start, self._length = self._length, self._length + len(text)
        self._pieces.append(text)
        if len(self._pieces) > _LOOSE:
            self._joined.append("".join(self._pieces))
            self._pieces.clear()
        self._blocks.add(KINDS.index(kind), start, self._length, page or 0, level)
        self._last = kind
        self._check()
        return start

    def _joint(self, kind: Kind) -> str:
        """Rows and items of one kind stand close together."""
        close = kind == self._last and kind in ("list_item", "table_row")
        return "\n" if close else "\n\n"

    def _check(self) -> None:
        if self._length > self._limits.characters:
            most = self._limits.characters
            raise Refused("too_long", f"it has more than {most:,} characters of text")
        if len(self._blocks) > self._limits.blocks:
            most = self._limits.blocks
            raise Refused("too_long", f"it has more than {most:,} paragraphs and rows")

    def built(self, media_type: str, name: str, pages: int | None) -> Extracted:
        """The document; its title is the stated one, the first heading, or *name*."""
        if not self._blocks:
            raise Refused("no_text", "there is no text in it that can be read")
        if pages is None:
            # What pages there seemed to be, such as a first one, nobody knows of.
            pageless, self._blocks = self._blocks, Packed(_block, 5)
            for block in pageless:
                self._blocks.add(KINDS.index(block.kind), *block[1:3], 0, block.level)
            self._turns.clear()
        text = "".join([*self._joined, *self._pieces])
        self._joined.clear()
        title = _clean.one_line(self.title) or self._first_heading(text)
        title = title or _clean.one_line(name)
        language = _language.guess(text)
        return Extracted(
            title[:_TITLE],
            language,
            media_type,
            pages,
            text,
            self._blocks,
            self._turns,
            self.unread_pages,
        )

    def _first_heading(self, text: str) -> str:
        headings = [block for block in self._blocks[:50] if block.kind == "heading"]
        if not headings:
            return ""
        first = min(headings, key=lambda block: (block.level, block.start))
        return text[first.start : first.end]
