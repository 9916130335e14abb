"""A file whose sender died before its document was written is deleted in the end."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from chassis.testing import until
from filigree import engines_postgres
from filigree.demo.api import Refused

NAME = "document-processing"
WITHIN = 60.0  # seconds
# Files of which there is no document.
LOST = """
SELECT b.id FROM docstore.blobs b WHERE b.collection = 'uploads' AND NOT EXISTS (
  SELECT FROM docstore.documents d WHERE d.tenant = b.tenant
  AND d.collection = 'documents' AND d.id = regexp_replace(b.id, '-[0-9]+$', ''))
"""
# What waits for a lock is a document on its way: it is cut off with its sender.
CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
"""
AN_HOUR_PASSES = """
UPDATE docstore.outbox SET deliver_at = now()
WHERE cancel_key = $1 AND type = 'document.removed'
"""


@asynccontextmanager
async def connected(mesh: Any) -> AsyncIterator[asyncpg.Connection]:
    db = await asyncpg.connect(engines_postgres.url(mesh.held))
    try:
        yield db
    finally:
        await db.close()


async def lost(mesh: Any) -> set[str]:
    async with connected(mesh) as db:
        return {row["id"] for row in await db.fetch(LOST)}


async def until_lost(mesh: Any, holds: Callable[[set[str]], object]) -> None:
    """Wait until *holds* is true of the files that are lost."""
    await asyncio.to_thread(until, lambda: holds(asyncio.run(lost(mesh))), WITHIN, 0.2)


def send(mesh: Any) -> None:
    body = {"name": "x.txt", "text": f"Nobody will read {os.urandom(8).hex()}."}
    with suppress(Refused):
        mesh.api().call("POST", "/api/v1/documents", json=body)


def test_a_file_that_its_senders_death_left_without_a_document_is_deleted(
    mesh: Any,
) -> None:
    async def scenario() -> None:
        before, sending = await lost(mesh), threading.Thread(target=send, args=[mesh])
        pid = mesh.row(NAME)["pid"]
        async with connected(mesh) as db, connected(mesh) as other:
            # Documents have unique keys, and files have none.
            async with db.transaction():
                await db.execute("LOCK TABLE docstore.keys IN ACCESS EXCLUSIVE MODE")
                sending.start()
                await until_lost(mesh, lambda found: found - before)
                [id] = await lost(mesh) - before
                os.kill(pid, signal.SIGKILL)
                await asyncio.to_thread(sending.join)
                await other.execute(CUT_OFF)
            assert id in await lost(mesh)
            await asyncio.to_thread(mesh.ready, NAME)
            assert await other.execute(AN_HOUR_PASSES, id) == "UPDATE 1"
        await until_lost(mesh, lambda found: id not in found)

    asyncio.run(scenario())
