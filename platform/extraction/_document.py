"""What was read: one canonical text and where its parts are.

Spans count characters (code points) of ``Extracted.text``: ``text[start:end]``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["heading", "paragraph", "list_item", "table_row"]
Language = Literal["english", "german", "french", "spanish", "simple"]


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
    """A document's text and structure. ``pages`` is None where there are none."""

    title: str
    language: Language
    media_type: str
    pages: int | None
    text: str
    blocks: list[Block]

    def of(self, block: Block) -> str:
        return self.text[block.start : block.end]

    @property
    def hierarchy(self) -> list[Heading]:
        """The headings as a tree; a skipped level has no node."""
        roots: list[Heading] = []
        open_nodes: list[Heading] = []
        for heading in self._headings():
            while open_nodes and open_nodes[-1].level >= heading.level:
                open_nodes.pop()
            siblings = open_nodes[-1].children if open_nodes else roots
            siblings.append(heading)
            open_nodes.append(heading)
        return roots

    def _headings(self) -> Iterator[Heading]:
        for block in self.blocks:
            if block.kind == "heading":
                title = self.of(block)
                yield Heading(title, block.level, block.page, block.start, [])

    def facts(self) -> dict[str, Any]:
        """``title``, ``language``, ``media_type``, ``pages``."""
        named = ("title", "language", "media_type", "pages")
        return {name: getattr(self, name) for name in named}

    def content(self) -> dict[str, Any]:
        """``title``, ``text`` and ``hierarchy`` as JSON has them.

        A heading is ``{"title", "level", "page", "start", "children"}``.
        """
        tree = [_as_json(node) for node in self.hierarchy]
        return {"title": self.title, "text": self.text, "hierarchy": tree}


def _as_json(node: Heading) -> dict[str, Any]:
    # At most six levels deep, as levels only grow downwards.
    children = [_as_json(child) for child in node.children]
    return node._asdict() | {"children": children}
