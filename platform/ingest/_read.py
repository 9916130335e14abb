"""A file into what can be stored of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import extraction
from contracts.knowledge.documents import Document, Settings

# Times that reading may be cut short before the file is to blame. A file only shares
# the blame for a process that died with all that it did at the time.
ATTEMPTS = 4
AGAIN_AND_AGAIN = "reading it was cut short repeatedly"


@asynccontextmanager
async def opened(
    document: Document, file: Path, settings: Settings
) -> AsyncIterator[extraction.Opened]:
    """What *file* says, in passages as *settings* want them; Refused with the reason.

    *document* is as it was before this attempt. Reading and cutting run in a process of
    their own, and what they made is never whole in this one.
    """
    if document.attempts >= ATTEMPTS:
        raise extraction.Refused("killed", AGAIN_AND_AGAIN)
    budget = settings.chunk_tokens
    overlap = min(settings.chunk_overlap, budget // 2)
    async with extraction.opened(file, document.name, budget, overlap) as read:
        yield read
