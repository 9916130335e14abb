"""Taking files in: a new document, or another content for one that is there."""

import contextlib
import uuid
from typing import Any

import stored_documents
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
        known = await _known(library, new.knowledge_base_id, upload)
        if known and known.status != "failed":
            return await _narrowed(library, known, new.roles)
        begun = {"id": uuid.uuid4().hex, "created_at": platform.now()}
        document = _document(library, new.model_dump() | begun, upload)
        # Told before it is there: nobody else would know of it, if this process ended
        # before the document is committed.
        library.news.lost(document)
        await platform.commit()
        await _stored(library, document, upload)
        _keep(library, document, None)
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
    Of several who replace it at once the last counts, and each has a revision, and so
    a file, of its own. Stale: others replace it all the time.
    """
    platform = library.platform
    if _has(known, upload):
        return known
    file = await _promised(library, known.id)
    await _stored(library, file, upload)
    for _ in range(TRIES):
        found = await library.documents.read(known.id)
        known = found.value
        if _has(known, upload):
            break
        about = {"revision": file.revision, "standing": _life.stands(known)}
        about |= known.model_dump(include=KEPT) | {"promised": known.promised}
        document = _document(library, about, upload)
        _keep(library, document, found.version)
        library.forget(known)
        try:
            await platform.commit()
            return document
        except platform.Stale:
            continue
        except platform.Conflict as exc:
            raise platform.Conflict(await _whose(library, known, upload)) from exc
    else:
        raise platform.Stale(f"{known.id} changes all the time")
    library.news.removed(file)
    return known


async def _promised(library: Library, id: str) -> Document:
    """The document with a revision that nobody else has or gets, to be stored."""
    platform = library.platform
    for _ in range(TRIES):
        found = await library.documents.read(id)
        revision = _life.next_revision(found.value)
        promise = {"promised": revision}
        library.documents.patch(id, promise, version=found.version)
        file = found.value.model_copy(update={"revision": revision})
        library.news.lost(file)  # as of a new one
        with contextlib.suppress(platform.Stale):
            await platform.commit()
            return file
    raise platform.Stale(f"{id} changes all the time")


async def _whose(library: Library, known: Document, upload: Upload) -> str:
    """Why these bytes cannot be *known*'s: another has them. It is named to those who
    may read it."""
    other = await _known(library, known.knowledge_base_id, upload)
    is_open = (
        other and stored_documents.strictest(other.roles, known.roles) == known.roles
    )
    named = f"{other.title or other.name} ({other.id})" if other and is_open else "one"
    return f"another document is this very file: {named}; delete one of the two"


def _has(known: Document, upload: Upload) -> bool:
    """Whether these are its bytes already."""
    return known.sha256 == upload.sha256 and known.status != "failed"


async def _known(library: Library, base: str, upload: Upload) -> Document | None:
    """The document of these bytes; one that failed makes way for another try."""
    either = [{"sha256": upload.sha256}, {"standing.sha256": upload.sha256}]
    same = {"knowledge_base_id": base, "any": either}
    return next(iter(await library.documents.matching(same, limit=1)), None)


def _document(library: Library, given: dict[str, Any], upload: Upload) -> Document:
    file = {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
    return Document(**given, **file, updated_at=library.platform.now())


async def _stored(library: Library, document: Document, upload: Upload) -> None:
    id = _life.file_id(document.id, document.revision)
    await library.files.store(id, upload.pieces(), upload.media_type)


def _keep(library: Library, document: Document, version: int | None) -> None:
    """Put a document whose file is there, with the order to read it.

    Nobody else may have its bytes in this base, nor those that stand meanwhile.
    """
    library.platform.cancel(_life.file_id(document.id, document.revision))
    library.put(document, version)
    library.order(document)


async def _narrowed(library: Library, document: Document, roles: list[str]) -> Document:
    """The document, from now on read by no role that *roles* do not admit."""
    platform = library.platform
    if stored_documents.strictest(document.roles, roles) == document.roles:
        return document
    for _ in range(TRIES):
        found = await library.documents.read(document.id)
        changed = {"roles": stored_documents.strictest(found.value.roles, roles)}
        stored = library.documents, library.chunks, found
        fate = await stored_documents.describe(*stored, changed, platform.now())
        if fate == "unread":
            library.order(found.value)
        library.news.described(found.value)
        try:
            await platform.commit()
        except (platform.Stale, platform.NotFound):
            continue
        return (await library.documents.read(found.id)).value
    raise platform.Stale(f"{document.id} changes all the time")


async def follow(library: Library, event: Any) -> Document | None:
    """Have the passages of a long document follow how that is described; the document,
    where they have another title by that and so mean something else. Those of any other
    were changed with it."""
    try:
        found = await library.documents.read(event.document_id)
    except library.platform.NotFound:
        return None
    # Whoever reads it stores them as it is described.
    is_stored = found.value.stage not in _life.READING
    of = {"document_id": found.id}
    if not is_stored or await library.chunks.count(of) <= stored_documents.AT_ONCE:
        return None
    stored = library.documents, library.chunks, found
    is_renamed = await stored_documents.follow(*stored, library.platform)
    return found.value if is_renamed else None
