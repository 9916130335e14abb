"""When a plan is kept: once the tables are what it will be used for."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

import docstore
from docstore import testing

pytestmark = pytest.mark.anyio


@pytest.fixture
async def young(postgres: testing.Engine, owner: Any) -> AsyncIterator[str]:
    """The address of a new database that nothing was ever written to."""
    await owner.execute("CREATE DATABASE young")
    url = postgres.url.replace("/postgres?", "/young?")
    await docstore.migrate(url)
    yield url
    await owner.execute("DROP DATABASE young WITH (FORCE)")


async def kept(store: docstore.Store) -> str:
    async with store.session("t", plans="force_generic_plan") as session:
        return await session.db.fetchval("SHOW plan_cache_mode")


async def test_no_plan_is_kept_until_there_are_statistics(young: str) -> None:
    db = await asyncpg.connect(young)
    async with docstore.opened(young) as store:
        assert await kept(store) == "force_custom_plan"
        await db.execute(
            "INSERT INTO docstore.documents (tenant, collection, id, version, body) "
            "SELECT 't', 'c', 'd' || n, n, '{}' FROM generate_series(1, 1500) n"
        )
        assert await kept(store) == "force_custom_plan"
        await db.execute("ANALYZE docstore.documents")
        assert await kept(store) == "force_generic_plan"
    await db.close()
