"""A file into what is stored of it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import extraction
from contracts.infrastructure.database import Index
from contracts.knowledge.documents import Chunk, Content, Document, Settings
from ingest import _life, _passages

# Times that reading may be cut short before the file is to blame. A file only shares
# the blame for a process that died with all that it did at the time.
ATTEMPTS = 4


@dataclass(frozen=True)
class Read:
    """The changes to the document, and what to store beside it.

    ``content`` is None of a file that is refused.
    """

    changes: dict[str, Any]
    chunks: list[tuple[Chunk, Index]]
    content: Content | None


async def read(document: Document, file: Path, settings: Settings) -> Read:
    """What *file* says, in passages as *settings* want them; why not, if refused.

    *document* is as it was before this attempt. Reading runs in a process of its own,
    cutting in a thread: neither holds the loop.
    """
    if document.attempts >= ATTEMPTS:
        return Read(_life.fail("reading it was cut short repeatedly"), [], None)
    try:
        found = await extraction.extract(file, document.name)
        made = await asyncio.to_thread(_passages.chunks, document, found, settings)
    except extraction.Refused as refused:
        return Read(_life.fail(refused.reason), [], None)
    done = {"stage": "embedding", "progress": 0.7, "chunks": len(made)}
    titled = {"title": document.title or found.title}
    content = {"knowledge_base_id": document.knowledge_base_id} | found.content()
    return Read(found.facts() | done | titled, made, Content.model_validate(content))
