"""Where documents are kept: their files, their passages, and who may read them.

What is written joins what the platform commits next.
"""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import stored_documents
from contracts.infrastructure.database import Sort
from contracts.knowledge.documents import Content, Document
from ingest import _life
from ingest._ports import Documents, Files, News, Platform

TRIES = 20  # to write beside others who write the same document


@dataclass(frozen=True, slots=True)
class Library:
    """Documents with their files, passages and texts, in their bases."""

    bases: Documents
    documents: Documents
    chunks: Documents
    contents: Documents
    files: Files
    platform: Platform
    news: News

    async def current(
        self, event: Any, waits: Callable[[Document, int], bool]
    ) -> Any | None:
        """The stored document of an event, if it still *waits* at that revision."""
        try:
            found = await self.documents.read(event.document_id)
        except self.platform.NotFound:
            return None
        return found if waits(found.value, event.revision) else None

    async def discard(
        self, event: Any, delete: Callable[..., Awaitable[object]]
    ) -> None:
        """Have the file that an event is about deleted, by its id, unless it is one of
        a document's now."""
        found = await self.documents.find(event.document_id)
        if found is None or event.revision not in _life.revisions(found):
            with contextlib.suppress(self.platform.NotFound):
                await delete(id=_life.file_id(event.document_id, event.revision))

    async def content(self, document: Document) -> Content:
        """What a document says, all of it, under the title that it has; NotFound."""
        content = (await self.contents.read(document.id)).value
        parts = self.contents.each({"document_id": document.id}, [Sort(path="part")])
        texts = [content.text] + [part.value.text async for part in parts]
        # A document can be renamed; its text is stored as it was read.
        told = {"title": document.title or content.title, "text": "".join(texts)}
        return content.model_copy(update=told)

    def put(self, document: Document, version: int | None) -> None:
        """Put the document under the bytes of its files, which are its alone."""
        base = document.knowledge_base_id
        keys = dict.fromkeys(f"{base}/{file.sha256}" for file in _life.files(document))
        self.documents.put(document.id, document, version=version, unique=[*keys])

    def order(self, document: Document) -> None:
        """Let its file be read, and looked after."""
        self.news.received(document)
        self.news.overdue(document)

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
            self.order(found.value)
        else:
            self.news.overdue(found.value)

    def forget(self, document: Document) -> None:
        """Take a document's text out of search, answers and caches."""
        self.erase(document)
        self._tell_gone(document)

    def remove(self, document: Document) -> None:
        """Delete a document, its text and its files."""
        stored_documents.delete(self.documents, self.chunks, self.contents, [document])
        self._tell_gone(document)

    def _tell_gone(self, document: Document) -> None:
        for each in stored_documents.with_files([document]):
            self.news.removed(each)

    def erase(self, document: Document) -> None:
        """Delete what is stored of a document's text."""
        of = {"document_id": document.id}
        self.chunks.delete_all(of)
        self.contents.delete_all(of)
        self.contents.delete(document.id)

    def withdraw(self, document: Document) -> None:
        """Tell that what stood does no longer, nor its file."""
        if document.standing:
            was = {"revision": document.standing.revision}
            self.news.removed(document.model_copy(update=was))
