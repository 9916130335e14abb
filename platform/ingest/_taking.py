"""Taking files in: a new document, or another content for one that is there."""

import uuid
from typing import Any

from contracts.knowledge.documents import DEFAULT_BASE, Document, NewDocument
from ingest import _life
from ingest._library import TRIES, Library
from ingest._ports import Upload

KEPT = {*NewDocument.model_fields, "id", "created_at"}


async def take(library: Library, new: NewDocument, upload: Upload) -> Document:
    """The document of a file: a new one, or that of the same bytes as it stands.

    A known one takes the stricter readers of the two. NotFound without its base.
    """
    platform = library.platform
    if new.knowledge_base_id != DEFAULT_BASE:
        await library.bases.read(new.knowledge_base_id)
    for _ in range(TRIES):
        known = await _known(library, new, upload)
        if known and known.status != "failed":
            return await _narrowed(library, known, new.roles)
        begun = {"id": uuid.uuid4().hex, "created_at": platform.now()}
        document = await _accept(library, new.model_dump() | begun, upload)
        if known:
            library.documents.delete(known.id)
        try:
            await platform.commit()
        except platform.Conflict:
            # Somebody sent the same bytes at the same time, and was first.
            library.news.removed(document)
            continue
        return document
    raise platform.Conflict("the same file comes and goes; send it again")


async def replace(library: Library, known: Document, upload: Upload) -> Document:
    """The document with another content; what it said is gone at once.

    Its file stays until the new one is read, for what cannot be read changes nothing.
    Stale: others replace it all the time.
    """
    platform = library.platform
    for _ in range(TRIES):
        found = await library.documents.read(known.id)
        known = found.value
        if known.sha256 == upload.sha256 and known.status != "failed":
            return known
        standing = _life.stands(known)
        about = known.model_dump(include=KEPT)
        about |= {"revision": _life.next_revision(known), "standing": standing}
        document = await _accept(library, about, upload, version=found.version)
        library.forget(known)
        try:
            await platform.commit()
        except platform.Stale:
            library.news.removed(document)
            continue
        return document
    raise platform.Stale(f"{known.id} changes all the time")


async def _known(library: Library, new: NewDocument, upload: Upload) -> Document | None:
    """The document of these bytes; one that failed makes way for another try."""
    base, is_its = new.knowledge_base_id, upload.sha256
    either = [{"sha256": is_its}, {"standing.sha256": is_its}]
    same = {"knowledge_base_id": base, "any": either}
    return next(iter(await library.documents.matching(same, limit=1)), None)


async def _accept(
    library: Library, given: dict[str, Any], upload: Upload, version: int | None = None
) -> Document:
    """The file, stored, and its document with the order to read it.

    Nobody else may have its bytes in this base, nor those that stand meanwhile.
    Before the file is there, it is said that it may get lost: nobody else would
    know of it, if this process ended before the document is committed.
    """
    platform = library.platform
    file = {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
    document = Document(**given, **file, updated_at=platform.now())
    id = _life.file_id(document.id, document.revision)
    library.news.lost(document)
    await platform.commit()
    await library.files.store(id, upload.pieces(), upload.media_type)
    platform.cancel(id)
    library.put(document, version)
    library.order(document)
    return document


async def _narrowed(library: Library, document: Document, roles: list[str]) -> Document:
    """The document, from now on read by no role that *roles* do not admit."""
    platform = library.platform
    if _life.strictest(document.roles, roles) == document.roles:
        return document
    for _ in range(TRIES):
        found = await library.documents.read(document.id)
        changed = {"roles": _life.strictest(found.value.roles, roles)}
        library.documents.patch(found.id, changed, version=found.version)
        async for chunk in library.chunks.each({"document_id": found.id}):
            library.chunks.patch(chunk.id, changed)
        library.news.described(found.value)
        try:
            await platform.commit()
        except (platform.Stale, platform.NotFound):
            continue
        return found.value.model_copy(update=changed)
    raise platform.Stale(f"{document.id} changes all the time")
