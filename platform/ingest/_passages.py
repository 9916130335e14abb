"""A read document as the chunks that are stored, and by what each is found.

The same document at the same revision gives the same chunks under the same ids.
"""

from collections.abc import Iterator

import extraction
import passages
from contracts.infrastructure.database import Index
from contracts.knowledge.documents import Chunk, Document, Settings

INHERITED = {"knowledge_base_id", "revision", "roles", "tags"}


def chunks(
    document: Document, read: extraction.Extracted, settings: Settings
) -> list[tuple[Chunk, Index]]:
    """Every passage of *read* in its order, with the index entry that finds it.

    Who may read a passage is who may read its document. CPU-bound: half a second for a
    million characters.
    """
    budget, overlap = settings.chunk_tokens, settings.chunk_overlap
    found = extraction.chunk(
        read, budget_tokens=budget, overlap=min(overlap, budget // 2)
    )
    return list(_stored(document, read, found))


def _stored(
    document: Document, read: extraction.Extracted, found: list[extraction.Chunk]
) -> Iterator[tuple[Chunk, Index]]:
    title = document.title or read.title
    shared = document.model_dump(include=INHERITED)
    for position, passage in enumerate(found):
        chunk = Chunk(
            id=f"{document.id}-{document.revision}-{position}",
            document_id=document.id,
            position=position,
            title=title,
            language=read.language,
            **shared,
            **passage._asdict(),
        )
        yield chunk, passages.entry(chunk)
