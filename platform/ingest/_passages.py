"""A read document as what is stored of it: its text in parts, and its chunks.

The same document at the same revision gives the same under the same ids.
"""

from collections.abc import Iterator
from typing import NamedTuple

import extraction
import passages
from contracts.infrastructure.database import Index
from contracts.knowledge.documents import Chunk, Content, Document, Part

INHERITED = {"knowledge_base_id", "revision", "roles", "tags"}
OVERHEAD = 500  # characters of a stored chunk besides its words


class Piece(NamedTuple):
    """Something to store under an id. ``size`` in characters, about; ``share`` of the
    document is stored with it."""

    id: str
    value: Content | Chunk
    index: Index | None
    size: int
    share: float


def pieces(document: Document, read: extraction.Opened) -> Iterator[Piece]:
    """Everything to store of *read*, in its order: the text, then every passage with
    the index entry that finds it.

    Who may read a passage is who may read its document.
    """
    title = document.title or read.title
    of = {"knowledge_base_id": document.knowledge_base_id, "title": title}
    for at, text in enumerate(read.texts()):
        # What a document says begins under its own id.
        id, content = document.id, Content(text=text, hierarchy=read.hierarchy, **of)
        if at:
            id = f"{document.id}-{document.revision}-{at}"
            content = Part(text=text, document_id=document.id, part=at, **of)
        share = at * extraction.PIECE / read.length / 2
        yield Piece(id, content, None, len(text), share)
    shared = document.model_dump(include=INHERITED)
    for position, passage in enumerate(read.chunks()):
        chunk = Chunk(
            id=f"{document.id}-{document.revision}-{position}",
            document_id=document.id,
            position=position,
            title=title,
            language=read.language,
            **shared,
            **passage._asdict(),
        )
        size = len(chunk.text) + sum(map(len, [title, *chunk.section])) + OVERHEAD
        share = 0.5 + passage.end / read.length / 2
        yield Piece(chunk.id, chunk, passages.entry(chunk), size, share)
