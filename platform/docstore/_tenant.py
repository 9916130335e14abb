"""One tenant's documents and blobs, for one caller: each call is one transaction."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from contracts.infrastructure.database import (
    Change,
    Committed,
    Document,
    Found,
    Page,
    Query,
    Search,
    Transaction,
    Version,
)
from docstore import _blobs, _reads, _search, _transactions
from docstore._beginning import FOR_VALUES, ONCE
from docstore._grants import Grants
from docstore._store import Session, Store


@dataclass(frozen=True, slots=True)
class Tenant:
    """What *source* may do for the tenant *name*, within *seconds* for each call.

    A call raises TimeoutError beyond them, Away when PostgreSQL is not there, Full when
    it has no room, and Undeclared for what *grants* do not give. A repeated *write_id*
    writes once.
    """

    store: Store
    name: str
    source: str
    grants: Grants
    write_id: str | None = None
    seconds: float = 5.0

    async def read(self, collection: str, id: str) -> Document:
        """The document; Missing."""
        async with self._reading(collection, ONCE) as session:
            return await _reads.read(session, collection, id)

    async def query(self, collection: str, asked: Query) -> Page:
        """A page of what matches, or its groups; Unusable, json_filters.BadFilter."""
        async with self._reading(collection) as session:
            return await _reads.query(session, collection, asked)

    async def explain(self, collection: str, asked: Query) -> dict[str, Any]:
        """How PostgreSQL finds what *asked* is for: plan, indexes, milliseconds."""
        async with self._reading(collection) as session:
            return await _reads.explain(session, collection, asked)

    async def search(self, collection: str, asked: Search) -> Found:
        """The best matches of a text, a vector or both.

        Unusable, json_filters.BadFilter.
        """
        async with self._reading(collection, ONCE) as session:
            return await _search.search(session, collection, asked)

    async def transact(self, asked: Transaction) -> Committed:
        """All the changes and events or none: see ``docstore.commit``."""
        self.grants.require_all(self.source, self.name, asked)
        return await self._commit(asked)

    async def change(
        self, op: str, collection: str, id: str, version: Version | None, **given: Any
    ) -> dict[str, Any]:
        """Commit one change; its ``id``, and the ``version`` it leaves if any."""
        self.grants.require_place(self.source, self.name, collection)
        place = {"op": op, "collection": collection, "id": id, "version": version}
        change = Change.model_validate(place | given)
        done = await self._commit(Transaction(changes=[change]))
        return {"id": id, "version": done.versions[0]}

    async def put_blob(
        self, collection: str, id: str, media_type: str, chunks: AsyncIterator[bytes]
    ) -> _blobs.Blob:
        """Store a blob as it streams in; TooLarge."""
        where = self._blob(collection, id)
        return await _blobs.put_blob(*where, media_type, chunks, seconds=self.seconds)

    async def get_blob(
        self, collection: str, id: str
    ) -> tuple[_blobs.Blob, AsyncIterator[bytes]]:
        """What a blob is, and its bytes as they are read; Missing."""
        where = self._blob(collection, id)
        return await _blobs.get_blob(*where, seconds=self.seconds)

    async def delete_blob(self, collection: str, id: str) -> None:
        """Delete the blob, if it is there."""
        where = self._blob(collection, id)
        await _blobs.delete_blob(*where, seconds=self.seconds)

    def _blob(self, collection: str, id: str) -> tuple[Store, str, str, str]:
        self.grants.require_place(self.source, self.name, collection)
        return self.store, self.name, collection, id

    def _reading(
        self, collection: str, plans: str = FOR_VALUES
    ) -> AbstractAsyncContextManager[Session]:
        self.grants.require_place(self.source, self.name, collection)
        return self.store.session(self.name, self.seconds, reading=True, plans=plans)

    async def _commit(self, asked: Transaction) -> Committed:
        return await _transactions.commit(
            self.store,
            self.name,
            asked,
            source=self.source,
            write_id=self.write_id,
            seconds=self.seconds,
        )
