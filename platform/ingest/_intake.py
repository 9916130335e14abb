"""Where documents are kept: their files, their passages, and who may read them.

What is written joins what the platform commits next. A file is fetched before its
reading counts as an attempt, so that an outage of the store is not held against it.
"""

import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from contracts.knowledge.documents import (
    DEFAULT_BASE,
    Document,
    NewDocument,
    Settings,
)
from ingest import _life, _read

TRIES = 5  # to write beside others who write the same document
Tell = Callable[[Document], None]


class Documents(Protocol):
    """A collection: what is put, patched or deleted joins what is committed next."""

    async def read(self, id: str) -> Any: ...

    async def find(self, id: str) -> Any: ...

    async def matching(self, filter: dict[str, Any], *, limit: int) -> list[Any]: ...

    def each(self, filter: dict[str, Any]) -> AsyncIterator[Any]: ...

    def put(self, id: str, value: Any, **how: Any) -> None: ...

    def patch(
        self, id: str, body: dict[str, Any], *, version: int | None = None
    ) -> None: ...

    def delete(self, id: str) -> None: ...

    def delete_all(self, filter: dict[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Files:
    """How a file is stored, at once: name, pieces, media type; and how it is had."""

    store: Callable[[str, AsyncIterator[bytes], str], Awaitable[None]]
    fetch: Callable[[str], AsyncIterator[bytes]]


class Upload(Protocol):
    """A received file."""

    name: str
    media_type: str
    size: int
    sha256: str

    def pieces(self) -> AsyncIterator[bytes]: ...


class Platform(Protocol):
    """What a service stands on: its unit of work, its clock, its failures.

    Stale: a document is not at its version. Conflict: another has its unique key.
    """

    Stale: type[Exception]
    Conflict: type[Exception]
    NotFound: type[Exception]

    def commit(self) -> Awaitable[list[int | None]]: ...

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class News:
    """Publishes, with the next commit, what happened to a document.

    ``overdue`` is published later, when a document should have been ready or failed.
    """

    received: Tell
    overdue: Tell
    described: Tell
    removed: Tell


@dataclass(frozen=True, slots=True)
class Intake:
    """Documents with their files, passages and texts, in their bases."""

    bases: Documents
    documents: Documents
    chunks: Documents
    contents: Documents
    files: Files
    platform: Platform
    news: News

    async def take(self, new: NewDocument, upload: Upload) -> Document:
        """The document of a file: a new one, or that of the same bytes as it stands.

        A known one takes the stricter readers of the two. NotFound without its base.
        """
        if new.knowledge_base_id != DEFAULT_BASE:
            await self.bases.read(new.knowledge_base_id)
        for _ in range(TRIES):
            if known := await self._known(new, upload):
                return await self._narrowed(known, new.roles)
            begun = {"id": uuid.uuid4().hex, "created_at": self.platform.now()}
            document = await self._accept(new.model_dump() | begun, upload)
            try:
                await self.platform.commit()
            except self.platform.Conflict:
                # Somebody sent the same bytes at the same time, and was first.
                self.news.removed(document)
                continue
            return document
        raise self.platform.Conflict("the same file comes and goes; send it again")

    async def replace(self, known: Document, upload: Upload) -> Document:
        """The document with another content; what it said before is gone at once."""
        if known.sha256 == upload.sha256 and known.status != "failed":
            return known
        self.forget(known)
        kept = known.model_dump(include={*NewDocument.model_fields, "id", "created_at"})
        return await self._accept(kept | {"revision": known.revision + 1}, upload)

    def forget(self, document: Document) -> None:
        """Take a document's text out of search, answers and caches."""
        self.chunks.delete_all({"document_id": document.id})
        self.contents.delete(document.id)
        self.news.removed(document)

    async def current(
        self, event: Any, waits: Callable[[Document, int], bool]
    ) -> Any | None:
        """The stored document of an event, if it still *waits* at that revision."""
        try:
            found = await self.documents.read(event.document_id)
        except self.platform.NotFound:
            return None
        return found if waits(found.value, event.revision) else None

    async def read(self, found: Any) -> int | None:
        """Read a stored document's file; how many passages, None of one that failed."""
        document = found.value
        with tempfile.NamedTemporaryFile() as file:
            try:
                await self._fetch(document, file)
            except self.platform.NotFound:
                gone = _life.fail("its file is gone")
                self.documents.patch(found.id, gone, version=found.version)
                return None
            base = await self.bases.find(document.knowledge_base_id)
            settings = base.settings if base else Settings()
            begun = _life.begin(document, self.platform.now())
            self.documents.patch(found.id, begun, version=found.version)
            [version] = await self.platform.commit()
            read = await _read.read(document, Path(file.name), settings)
        self.documents.patch(found.id, read.changes, version=version)
        for chunk, index in read.chunks:
            self.chunks.put(chunk.id, chunk, index=index)
        if read.content is None:
            return None
        self.contents.put(found.id, read.content)
        return len(read.chunks)

    def look(self, found: Any) -> None:
        """Look at what takes long: without vectors it is found by words alone.

        What nobody reads any more is ordered again; ``read`` ends what never succeeds.
        """
        now = self.platform.now()
        if ending := _life.give_up(found.value):
            self.documents.patch(found.id, ending, version=found.version)
        elif _life.is_abandoned(found.value, now):
            again = {"updated_at": now}
            self.documents.patch(found.id, again, version=found.version)
            self._order(found.value)
        else:
            self.news.overdue(found.value)

    async def _known(self, new: NewDocument, upload: Upload) -> Document | None:
        """The document of these bytes; one that failed makes way for another try."""
        base = new.knowledge_base_id
        same = {"knowledge_base_id": base, "sha256": upload.sha256}
        for found in await self.documents.matching(same, limit=1):
            if found.status != "failed":
                return found
            self.documents.delete(found.id)
        return None

    async def _accept(self, given: dict[str, Any], upload: Upload) -> Document:
        """The file, stored, and its document with the order to read it."""
        file = {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
        document = Document(**given, **file, updated_at=self.platform.now())
        id = _life.file_id(document.id, document.revision)
        await self.files.store(id, upload.pieces(), upload.media_type)
        key = f"{document.knowledge_base_id}/{document.sha256}"
        self.documents.put(document.id, document, unique=[key])
        self._order(document)
        return document

    def _order(self, document: Document) -> None:
        self.news.received(document)
        self.news.overdue(document)

    async def _narrowed(self, document: Document, roles: list[str]) -> Document:
        """The document, from now on read by no role that *roles* do not admit."""
        if _life.strictest(document.roles, roles) == document.roles:
            return document
        for _ in range(TRIES):
            found = await self.documents.read(document.id)
            changed = {"roles": _life.strictest(found.value.roles, roles)}
            self.documents.patch(found.id, changed, version=found.version)
            async for chunk in self.chunks.each({"document_id": found.id}):
                self.chunks.patch(chunk.id, changed)
            self.news.described(found.value)
            try:
                await self.platform.commit()
            except (self.platform.Stale, self.platform.NotFound):
                continue
            return found.value.model_copy(update=changed)
        raise self.platform.Stale(f"{document.id} changes all the time")

    async def _fetch(self, document: Document, file: Any) -> None:
        id = _life.file_id(document.id, document.revision)
        async for piece in self.files.fetch(id):
            file.write(piece)
        file.flush()
