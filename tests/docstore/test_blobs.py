"""Blobs: streamed both ways, replaced whole, and cleared away afterwards."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

import docstore

pytestmark = pytest.mark.anyio
PART = 256 << 10


async def chunks(*sizes: int, fill: bytes = b"x") -> AsyncIterator[bytes]:
    for size in sizes:
        yield fill * size


async def put(tenant: Any, id: str, source: AsyncIterator[bytes], **more: Any) -> Any:
    where = (tenant.store, tenant.name, "files", id)
    return await docstore.put_blob(*where, "text/plain", source, **more)


async def get(tenant: Any, id: str) -> tuple[Any, AsyncIterator[bytes]]:
    return await docstore.get_blob(tenant.store, tenant.name, "files", id)


@pytest.mark.parametrize(
    "sizes",
    [(), (1,), (PART,), (PART - 1, 2), (10, PART, 3 * PART + 7), (5 * PART,)],
)
async def test_a_blob_comes_back_as_it_went(tenant: Any, sizes: tuple) -> None:
    stored = await put(tenant, "a", chunks(*sizes))
    blob, parts = await get(tenant, "a")
    content = [part async for part in parts]
    assert b"".join(content) == b"x" * sum(sizes)
    assert all(len(part) == PART for part in content[:-1])
    assert blob == stored
    assert (blob.size, blob.media_type) == (sum(sizes), "text/plain")
    assert blob.sha256 == hashlib.sha256(b"x" * sum(sizes)).hexdigest()


async def test_a_broken_upload_leaves_the_former_blob(tenant: Any) -> None:
    before = await put(tenant, "a", chunks(3))

    async def broken() -> AsyncIterator[bytes]:
        yield b"y" * (PART + 1)
        raise ConnectionError("the sender went away")

    with pytest.raises(ConnectionError):
        await put(tenant, "a", broken())
    with pytest.raises(docstore.TooLarge):
        await put(tenant, "a", chunks(PART, PART), largest=PART)
    blob, parts = await get(tenant, "a")
    assert blob == before
    assert [part async for part in parts] == [b"xxx"]


async def test_a_reader_finishes_while_the_blob_is_replaced_and_deleted(
    tenant: Any,
) -> None:
    await put(tenant, "a", chunks(2 * PART, fill=b"1"))
    _, parts = await get(tenant, "a")
    read = [await anext(parts)]
    await put(tenant, "a", chunks(1, fill=b"2"))
    where = (tenant.store, tenant.name, "files", "a")
    await docstore.delete_blob(*where)
    await docstore.sweep(tenant.store)
    read += [part async for part in parts]
    assert b"".join(read) == b"1" * (2 * PART)
    with pytest.raises(docstore.Missing):
        await get(tenant, "a")
    await docstore.delete_blob(*where)


async def test_the_sweep_clears_what_no_blob_names(tenant: Any, owner: Any) -> None:
    await put(tenant, "a", chunks(PART))
    await put(tenant, "a", chunks(2))
    with pytest.raises(docstore.TooLarge):
        await put(tenant, "b", chunks(PART, 1), largest=PART)
    while await docstore.sweep(tenant.store, unused=0.0):
        pass
    for table in ("contents", "parts"):
        statement = f"SELECT count(*) FROM {table} WHERE tenant = $1"
        assert await owner.fetchval(statement, tenant.name) == 1
    _, parts = await get(tenant, "a")
    assert [part async for part in parts] == [b"xx"]
    await docstore.delete_blob(tenant.store, tenant.name, "files", "a")
    while await docstore.sweep(tenant.store, unused=0.0):
        pass
    left = "SELECT count(*) FROM contents WHERE tenant = $1"
    assert await owner.fetchval(left, tenant.name) == 0


async def test_a_blob_is_its_tenants_own(tenant: Any, other_tenant: Any) -> None:
    await put(tenant, "a", chunks(3))
    with pytest.raises(docstore.Missing):
        await get(other_tenant, "a")
    await put(other_tenant, "a", chunks(1))
    assert (await get(tenant, "a"))[0].size == 3
