"""Where documents are kept: their files, their passages, and who may read them.

What is written joins what the platform commits next. A file is fetched before its
reading counts as an attempt, so that an outage of the store is not held against it.
"""

import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import extraction
from contracts.infrastructure.database import Sort
from contracts.knowledge.documents import (
    DEFAULT_BASE,
    Content,
    Document,
    NewDocument,
    Settings,
)
from ingest import _life, _passages, _read
from ingest._ports import Documents, Files, News, Platform, Upload

KEPT = {*NewDocument.model_fields, "id", "created_at"}
TRIES = 5  # to write beside others who write the same document
AT_ONCE = 100_000  # characters that are stored in one transaction, about


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
            known = await self._known(new, upload)
            if known and known.status != "failed":
                return await self._narrowed(known, new.roles)
            begun = {"id": uuid.uuid4().hex, "created_at": self.platform.now()}
            document = await self._accept(new.model_dump() | begun, upload)
            if known:
                self.documents.delete(known.id)
            try:
                await self.platform.commit()
            except self.platform.Conflict:
                # Somebody sent the same bytes at the same time, and was first.
                self.news.removed(document)
                continue
            return document
        raise self.platform.Conflict("the same file comes and goes; send it again")

    async def replace(self, known: Document, upload: Upload) -> Document:
        """The document with another content; what it said is gone at once.

        Its file stays until the new one is read, for what cannot be read changes
        nothing. Stale: others replace it all the time.
        """
        for _ in range(TRIES):
            found = await self.documents.read(known.id)
            known = found.value
            if known.sha256 == upload.sha256 and known.status != "failed":
                return known
            standing = _life.stands(known)
            about = known.model_dump(include=KEPT)
            about |= {"revision": _life.next_revision(known), "standing": standing}
            document = await self._accept(about, upload, version=found.version)
            self.forget(known)
            try:
                await self.platform.commit()
            except self.platform.Stale:
                self.news.removed(document)
                continue
            return document
        raise self.platform.Stale(f"{known.id} changes all the time")

    def forget(self, document: Document) -> None:
        """Take a document's text out of search, answers and caches."""
        self._erase(document)
        self.news.removed(document)
        self._withdraw(document)

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
                self._refuse(document, "its file is gone", found.version)
                return None
            base = await self.bases.find(document.knowledge_base_id)
            settings = base.settings if base else Settings()
            begun = _life.begin(document, self.platform.now())
            version = await self._commit(document, begun, found.version)
            try:
                opened = _read.opened(document, Path(file.name), settings)
                async with opened as read:
                    return await self._store(document, read, version)
            except extraction.Refused as refused:
                self._refuse(document, refused.reason, version)
                return None

    async def content(self, id: str) -> Content:
        """What a document says, all of it; NotFound."""
        content = (await self.contents.read(id)).value
        parts = self.contents.each({"document_id": id}, [Sort(path="part")])
        texts = [content.text] + [part.value.text async for part in parts]
        return content.model_copy(update={"text": "".join(texts)})

    async def is_needed(self, event: Any) -> bool:
        """Whether the file that an event is about is one of a document's now."""
        found = await self.documents.find(event.document_id)
        return found is not None and event.revision in _life.revisions(found)

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
        base, is_its = new.knowledge_base_id, upload.sha256
        either = [{"sha256": is_its}, {"standing.sha256": is_its}]
        same = {"knowledge_base_id": base, "any": either}
        return next(iter(await self.documents.matching(same, limit=1)), None)

    async def _accept(
        self, given: dict[str, Any], upload: Upload, version: int | None = None
    ) -> Document:
        """The file, stored, and its document with the order to read it.

        Nobody else may have its bytes in this base, nor those that stand meanwhile.
        Before the file is there, it is said that it may get lost: nobody else would
        know of it, if this process ended before the document is committed.
        """
        file = {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
        document = Document(**given, **file, updated_at=self.platform.now())
        id = _life.file_id(document.id, document.revision)
        self.news.lost(document)
        await self.platform.commit()
        await self.files.store(id, upload.pieces(), upload.media_type)
        self.platform.cancel(id)
        self._put(document, version)
        self._order(document)
        return document

    async def _store(
        self, document: Document, read: extraction.Opened, version: int
    ) -> int:
        """Store what was read, a bounded part at a time; how many passages.

        The document is at *version*: whoever replaces, deletes or narrows it meanwhile
        ends this, as nothing is stored but beside a change at the version before.
        """
        self._erase(document)  # what an attempt before may have left
        self._withdraw(document)
        chunks, held = 0, 0
        for piece in _passages.pieces(document, read):
            if held and held + piece.size > AT_ONCE:
                going_on = _life.go_on(document, piece.share, self.platform.now())
                version = await self._commit(document, going_on, version)
                held = 0
            where = self.contents if piece.index is None else self.chunks
            where.put(piece.id, piece.value, index=piece.index)
            held += piece.size
            chunks += piece.index is not None
        titled = {"title": document.title or read.title}
        done = read.facts() | titled | _life.cut(chunks)
        if document.standing:
            alone = done | _life.withdraw()
            self._put(document.model_copy(update=alone), version)
        else:
            self.documents.patch(document.id, done, version=version)
        return chunks

    def _refuse(self, document: Document, reason: str, version: int) -> None:
        """What cannot be read has failed; what it should replace is read again."""
        if document.standing:
            was = _life.refuse(document, document.standing, reason, self.platform.now())
            self._put(was, version)
            self.news.removed(document)
            self._order(was)
        else:
            self._erase(document)
            self.documents.patch(document.id, _life.fail(reason), version=version)

    def _put(self, document: Document, version: int | None) -> None:
        """Put the document under the bytes of its revisions, which are its alone."""
        own = [document, document.standing or document]
        base = document.knowledge_base_id
        keys = dict.fromkeys(f"{base}/{each.sha256}" for each in own)
        self.documents.put(document.id, document, version=version, unique=[*keys])

    def _withdraw(self, document: Document) -> None:
        """Tell that what stood does no longer, nor its file."""
        if document.standing:
            was = {"revision": document.standing.revision}
            self.news.removed(document.model_copy(update=was))

    async def _commit(
        self, document: Document, changes: dict[str, Any], version: int
    ) -> int:
        """Commit these changes with all that waits; the version that they leave."""
        self.documents.patch(document.id, changes, version=version)
        *_, version = await self.platform.commit()
        return version

    def _erase(self, document: Document) -> None:
        """Delete what is stored of a document's text."""
        of = {"document_id": document.id}
        self.chunks.delete_all(of)
        self.contents.delete_all(of)
        self.contents.delete(document.id)

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
