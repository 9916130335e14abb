"""What was read: one canonical text and where its parts are.

Spans count characters (code points) of ``Extracted.text``: ``text[start:end]``.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Kind = Literal["heading", "paragraph", "list_item", "table_row"]
Language = Literal["english", "german", "french", "spanish", "simple"]
PageStart = tuple[int, int]  # where in a text a page begins, and which
FACTS = ("title", "language", "media_type", "pages", "unread_pages")


class Block(NamedTuple):
    """A part of the text; ``level`` is 1 to 6 for headings and 0 otherwise.

    ``page`` counts from 1 and is where the block begins; None where there are no pages.
    """

    kind: Kind
    start: int
    end: int
    page: int | None
    level: int


class Heading(NamedTuple):
    """A node of the heading tree; its section ends where the next one begins."""

    title: str
    level: int
    page: int | None
    start: int
    children: "list[Heading]"


@dataclass(frozen=True)
class Extracted:
    """A document's text and structure. ``pages`` is None where there are none.

    ``turns`` are the pages that begin within a block, ``unread_pages`` those that are
    pictures of text, which nobody has recognised in them.
    """

    title: str
    language: Language
    media_type: str
    pages: int | None
    text: str
    blocks: Sequence[Block]
    turns: list[PageStart] = field(default_factory=list)
    unread_pages: list[int] = field(default_factory=list)

    @property
    def page_starts(self) -> list[PageStart]:
        """Where each page begins that begins with something to read, in order."""
        paged = ((block.start, block.page) for block in self.blocks if block.page)
        firsts = (
            next(same) for _, same in itertools.groupby(paged, lambda one: one[1])
        )
        return sorted([*firsts, *self.turns])

    def of(self, block: Block) -> str:
        return self.text[block.start : block.end]

    @property
    def hierarchy(self) -> list[Heading]:
        """The headings as a tree; a skipped level has no node."""
        return tree(self.headings())

    def headings(self) -> list[Heading]:
        """The headings in order, none below another."""
        return [
            Heading(self.of(block), block.level, block.page, block.start, [])
            for block in self.blocks
            if block.kind == "heading"
        ]

    def facts(self) -> dict[str, Any]:
        """``title``, ``language``, ``media_type``, ``pages``, ``unread_pages``."""
        return {name: getattr(self, name) for name in FACTS}


def tree(headings: Iterable[Heading]) -> list[Heading]:
    """*headings* below one another, by their levels."""
    roots: list[Heading] = []
    open_nodes: list[Heading] = []
    for heading in headings:
        while open_nodes and open_nodes[-1].level >= heading.level:
            open_nodes.pop()
        siblings = open_nodes[-1].children if open_nodes else roots
        siblings.append(heading)
        open_nodes.append(heading)
    return roots


def as_json(node: Heading, longest: int) -> dict[str, Any]:
    """``{"title", "level", "page", "start", "children"}``, titles cut at *longest*."""
    # At most six levels deep, as levels only grow downwards.
    children = [as_json(child, longest) for child in node.children]
    return node._asdict() | {"title": node.title[:longest], "children": children}
