"""Blobs: bytes in rows of 256 KiB, streamed both ways, never whole in memory.

A blob is there once all of it is: parts are written as they come, each in a transaction
of its own so that a slow sender holds no connection, and the last transaction gives the
content its name. Who is reading a content that is replaced reads it to its end.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from docstore._store import Session, Store
from docstore.errors import Missing, TooLarge

PART = 256 << 10  # bytes in a row
LARGEST = 256 << 20  # bytes in a blob
BEGIN = "INSERT INTO contents DEFAULT VALUES RETURNING content"
ADD = "INSERT INTO parts (content, part, data) VALUES ($1, $2, $3)"
NAME = """
INSERT INTO blobs AS b (collection, id, version, media_type, size, sha256, content)
VALUES ($1, $2, nextval('versions'), $3, $4, $5, $6)
ON CONFLICT (tenant, collection, id) DO UPDATE SET version = EXCLUDED.version,
  media_type = EXCLUDED.media_type, size = EXCLUDED.size, sha256 = EXCLUDED.sha256,
  content = EXCLUDED.content
RETURNING new.version, old.content AS replaced
"""
HELD = """
SELECT version, media_type, size, sha256, content FROM blobs
WHERE collection = $1 AND id = $2
"""
RELEASE = "UPDATE contents SET in_use = false, changed_at = now() WHERE content = $1"


@dataclass(frozen=True, slots=True)
class Blob:
    """What is known of a blob without reading it. ``size`` in bytes."""

    version: int
    media_type: str
    size: int
    sha256: str


async def put_blob(
    store: Store,
    tenant: str,
    collection: str,
    id: str,
    media_type: str,
    chunks: AsyncIterator[bytes],
    *,
    largest: int = LARGEST,
    seconds: float = 5.0,
) -> Blob:
    """Store *chunks*, of any sizes, under that name. TooLarge beyond *largest* bytes.

    *seconds* bounds each statement, not the sender.
    """
    async with store.session(tenant, seconds) as session:
        content = await session.db.fetchval(BEGIN)
    digest, size, number = hashlib.sha256(), 0, 0
    async for part in _parts(chunks):
        size += len(part)
        if size > largest:
            raise TooLarge(f"{collection}/{id} has more than {largest} bytes")
        digest.update(part)
        async with store.session(tenant, seconds) as session:
            await session.db.execute(ADD, content, number, part)
        number += 1
    async with store.session(tenant, seconds) as session:
        return await _named(
            session,
            (collection, id),
            Blob(0, media_type, size, digest.hexdigest()),
            content,
        )


async def _parts(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of one row each, the last one shorter."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        while len(buffer) >= PART:
            yield bytes(buffer[:PART])
            del buffer[:PART]
    if buffer:
        yield bytes(buffer)


async def _named(
    session: Session, place: tuple[str, str], blob: Blob, content: int
) -> Blob:
    db = session.db
    await db.execute(
        "UPDATE contents SET in_use = true, changed_at = now() WHERE content = $1",
        content,
    )
    row = await db.fetchrow(
        NAME, *place, blob.media_type, blob.size, blob.sha256, content
    )
    if row["replaced"] is not None:
        await db.execute(RELEASE, row["replaced"])
    return replace(blob, version=row["version"])


async def get_blob(
    store: Store, tenant: str, collection: str, id: str, *, seconds: float = 5.0
) -> tuple[Blob, AsyncIterator[bytes]]:
    """What a blob is, and its bytes in parts; Missing.

    No connection is held between two parts, so a slow reader costs none.
    """
    async with store.session(tenant, seconds, reading=True) as session:
        row = await session.db.fetchrow(HELD, collection, id)
    if row is None:
        raise Missing(f"{collection} has no blob {id}")
    blob = Blob(row["version"], row["media_type"], row["size"], row["sha256"])
    count = -(-blob.size // PART)
    return blob, _read(store, tenant, row["content"], count, seconds)


async def _read(
    store: Store, tenant: str, content: int, count: int, seconds: float
) -> AsyncIterator[bytes]:
    for number in range(count):
        async with store.session(tenant, seconds, reading=True) as session:
            part = await session.db.fetchval(
                "SELECT data FROM parts WHERE content = $1 AND part = $2",
                content,
                number,
            )
        if part is None:
            raise Missing("the blob was replaced too long ago to be read on")
        yield part


async def delete_blob(
    store: Store, tenant: str, collection: str, id: str, *, seconds: float = 5.0
) -> None:
    """Delete the blob, if it is there."""
    async with store.session(tenant, seconds) as session:
        content = await session.db.fetchval(
            "DELETE FROM blobs WHERE collection = $1 AND id = $2 RETURNING content",
            collection,
            id,
        )
        if content is not None:
            await session.db.execute(RELEASE, content)
