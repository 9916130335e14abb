"""A full disk: nothing is stored, what is there is read, and it goes on with room.

A real PostgreSQL meets a real full device: the file of the table that takes the parts
of blobs is /dev/full, where every write ends with ENOSPC.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

import docstore
from docstore import testing

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not testing.FULL.is_char_device(),
        reason=f"this system has no {testing.FULL}, so that no disk can be full",
    ),
]


@pytest.fixture
async def fresh(postgres: testing.Engine, owner: Any) -> AsyncIterator[str]:
    """The address of a database of its own."""
    await owner.execute("CREATE DATABASE fresh")
    url = postgres.url.replace("/postgres?", "/fresh?")
    await docstore.migrate(url)
    yield url
    await owner.execute("DROP DATABASE fresh WITH (FORCE)")


async def test_without_room_nothing_is_stored_and_the_rest_goes_on(
    fresh: str, a_tenant_of: Any
) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield b"x" * 5000

    blob = ("c", "b", "text/plain")
    file = await testing.file_of(fresh, "parts")
    with testing.full(file):
        async with docstore.opened(fresh) as store:
            tenant = a_tenant_of(store)
            await tenant.put("d", {"kept": True})
            with pytest.raises(docstore.Full, match="disk is full"):
                await docstore.put_blob(store, tenant.name, *blob, content())
            assert (await tenant.read("d")).body == {"kept": True}
            with pytest.raises(docstore.Missing):
                await docstore.get_blob(store, tenant.name, "c", "b")
    async with docstore.opened(fresh) as store:
        stored = await docstore.put_blob(store, tenant.name, *blob, content())
        assert stored.size == 5000
