"""Reading a document's file: its text and passages, or why there are none.

A file is fetched before its reading counts as an attempt, so that an outage of the
store is not held against it.
"""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import admission
import extraction
from contracts.knowledge.documents import DEFAULT_BASE, Document, Settings
from ingest import _life, _passages
from ingest._library import Library

AT_ONCE = 100_000  # characters that are stored in one transaction, about
# Times that reading may be cut short before the file is to blame. A file only shares
# the blame for a process that died with all that it did at the time.
ATTEMPTS = 4
AGAIN_AND_AGAIN = "reading it was cut short repeatedly"
# A file may keep its reader busy for a minute: one tenant's files, one after the other,
# leave the second reader to the others' in turn.
turn = admission.Admission(2, each=1, most=1000, seconds=None).turn


async def read(library: Library, found: Any) -> int | None:
    """Read a stored document's file; how many passages, None of one that failed."""
    document = found.value
    with tempfile.NamedTemporaryFile() as file:
        try:
            await _fetch(library, document, file)
        except library.platform.NotFound:
            _refuse(library, document, "its file is gone", found.version)
            return None
        base = await library.bases.find(document.knowledge_base_id)
        if base is None and document.knowledge_base_id != DEFAULT_BASE:
            # It was deleted while the file came, and nobody knew of the document yet.
            library.remove(document)
            return None
        settings = base.settings if base else Settings()
        begun = _life.begin(document, library.platform.now())
        version = await _commit(library, document, begun, found.version)
        try:
            opened = _opened(document, Path(file.name), settings)
            async with opened as read:
                return await _store(library, document, read, version)
        except extraction.Refused as refused:
            _refuse(library, document, refused.reason, version)
            return None
        except (OSError, library.platform.UpstreamFailed):
            await _excuse(library, document)
            raise


async def _excuse(library: Library, document: Document) -> None:
    """Take back that an attempt counts: a store or a disk without room has ended it.

    Where that cannot be told either, it does.
    """
    with contextlib.suppress(library.platform.UpstreamFailed, library.platform.Stale):
        found = await library.documents.read(document.id)
        if _life.is_unread(found.value, document.revision):
            again = {"attempts": document.attempts}
            await _commit(library, document, again, found.version)


async def _fetch(library: Library, document: Document, file: Any) -> None:
    id = _life.file_id(document.id, document.revision)
    async for piece in library.files.fetch(id):
        file.write(piece)
    file.flush()


@contextlib.asynccontextmanager
async def _opened(
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


async def _store(
    library: Library, document: Document, read: extraction.Opened, version: int
) -> int:
    """Store what was read, a bounded part at a time; how many passages.

    The document is at *version*: whoever replaces, deletes or narrows it meanwhile ends
    this, as nothing is stored but beside a change at the version before. What stood
    meanwhile, and its file, stands until all is stored.
    """
    library.erase(document)  # what an attempt before may have left
    chunks, held = 0, 0
    for piece in _passages.pieces(document, read):
        if held and held + piece.size > AT_ONCE:
            version = await _go_on(library, document, piece.share, version)
            held = 0
        where = library.contents if piece.index is None else library.chunks
        where.put(piece.id, piece.value, index=piece.index)
        held += piece.size
        chunks += piece.index is not None
    # Where there is no room for it, that is known here, and not when it is announced.
    version = await _go_on(library, document, 1.0, version)
    titled = {"title": document.title or read.title}
    done = read.facts() | titled | _life.cut(chunks)
    if document.standing:
        library.withdraw(document)
        alone = done | _life.withdraw()
        library.put(document.model_copy(update=alone), version)
    else:
        library.documents.patch(document.id, done, version=version)
    return chunks


def _refuse(library: Library, document: Document, reason: str, version: int) -> None:
    """What cannot be read has failed, with all of it that was stored by now; what it
    should replace is read again."""
    library.erase(document)
    if document.standing:
        now = library.platform.now()
        was = _life.refuse(document, document.standing, reason, now)
        library.put(was, version)
        library.news.removed(document)
        library.order(was)
    else:
        library.documents.patch(document.id, _life.fail(reason), version=version)


async def _go_on(
    library: Library, document: Document, share: float, version: int
) -> int:
    """Commit what waits, with which *share* is stored; the version that this leaves."""
    going_on = _life.go_on(share, library.platform.now())
    return await _commit(library, document, going_on, version)


async def _commit(
    library: Library, document: Document, changes: dict[str, Any], version: int
) -> int:
    """Commit these changes with all that waits; the version that they leave."""
    library.documents.patch(document.id, changes, version=version)
    *_, version = await library.platform.commit()
    return version
