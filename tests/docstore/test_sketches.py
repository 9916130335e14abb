"""Sketches: always those of the vectors, and near enough to find the nearest."""

import asyncio
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import asyncpg
import numpy as np
import pytest

import docstore
from docstore import _candidates, testing

pytestmark = pytest.mark.anyio
# What either side has and the other has not.
AMISS = """
WITH kept AS (SELECT tenant, space, size, n, sketch(v) AS b FROM vectors),
drawn AS (SELECT tenant, space, size, (block << 5) + p.n AS n, p.b
  FROM sketches, unnest(ns, bits) p(n, b))
(TABLE kept EXCEPT ALL TABLE drawn) UNION ALL (TABLE drawn EXCEPT ALL TABLE kept)
"""


def put(n: int, vector: str | None) -> dict[str, Any]:
    index = {"space": "s", "text": f"number {n}", "vector": vector}
    return {"op": "put", "id": f"d{n}", "document": {"body": {}, "index": index}}


async def test_sketches_follow_vectors_through_changes_of_all_kinds(
    tenant: Any, other_tenant: Any, owner: Any, vector: Any
) -> None:
    chance = np.random.default_rng(1)
    sent = [vector(row) for row in chance.normal(size=(300, 24))]
    for each in (tenant, other_tenant):
        await each.commit(*(put(n, sent[n]) for n in range(100)))
    await tenant.commit(*(put(n, sent[100 + n]) for n in range(20, 60)))
    await tenant.commit(*(put(n, None) for n in range(10)))
    await tenant.put("zero", {}, index={"space": "s", "vector": vector([0.0] * 24)})
    await tenant.put("other", {}, index={"space": "s", "vector": vector([1.0, 2.0])})
    longest = [vector(row) for row in chance.normal(size=(40, 3900))]
    await tenant.commit(*(put(1000 + n, each) for n, each in enumerate(longest)))
    await tenant.commit(*(put(1000 + n, longest[0]) for n in range(3)))
    await tenant.commit(*({"op": "delete", "id": f"d{n}"} for n in range(25, 90)))
    assert await owner.fetch(AMISS) == []
    counted = "SELECT count(*) FROM sketches WHERE tenant = $1"
    assert await owner.fetchval(counted, tenant.name) > 1
    await tenant.commit({"op": "delete-all", "filter": {}})
    assert await owner.fetch(AMISS) == []
    assert await owner.fetchval(counted, tenant.name) == 0
    assert await owner.fetchval(counted, other_tenant.name) > 1


async def test_among_many_the_nearest_are_those_of_an_exact_search(
    tenant: Any, other_tenant: Any, vector: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_candidates, "SKETCHED", 5000)
    # By chance, and so with nothing in common: the hardest to tell apart by sketches.
    chance = np.random.default_rng(1)
    numbers = chance.normal(size=(6000, 64))
    units = numbers / np.linalg.norm(numbers, axis=1, keepdims=True)
    for start in range(0, 6000, 1000):
        changes = (put(n, vector(numbers[n])) for n in range(start, start + 1000))
        await tenant.commit(*changes)
    questions = chance.normal(size=(20, 64))
    # Another's are nearer than all of them.
    await other_tenant.commit(
        *(put(10_000 + n, vector(row)) for n, row in enumerate(questions))
    )

    async def ids(question: np.ndarray) -> list[str]:
        found = await tenant.search(space="s", vector=vector(question), k=10)
        return [hit.id for hit in found.hits]

    found = [set(await ids(question)) for question in questions]
    exact = [
        {f"d{n}" for n in np.argsort(-(units @ question))[:10]}
        for question in questions
    ]
    assert sum(len(a & b) for a, b in zip(found, exact, strict=True)) >= 198

    # What changes is found, and what goes is gone, with the next search.
    await tenant.commit(put(17, vector(questions[0])))
    assert (await ids(questions[0]))[0] == "d17"
    await tenant.delete("d17")
    assert "d17" not in await ids(questions[0])


@pytest.fixture
async def older(postgres: testing.Engine, owner: Any) -> AsyncIterator[str]:
    """The address of a database that the version before sketches left."""
    await owner.execute("CREATE DATABASE older")
    url = postgres.url.replace("/postgres?", "/older?")
    db = await asyncpg.connect(url)
    await db.execute("CREATE SCHEMA docstore; SET search_path = docstore, public")
    first = (files("docstore") / "migrations" / "001.sql").read_text("utf-8")
    async with db.transaction():
        await db.execute(first)
    await db.execute(
        "CREATE TABLE migrations (name text PRIMARY KEY, "
        "applied_at timestamptz NOT NULL DEFAULT now()); "
        "INSERT INTO migrations VALUES ('001.sql')"
    )
    await db.close()
    yield url
    await owner.execute("DROP DATABASE older WITH (FORCE)")


async def test_vectors_from_before_are_sketched_once_while_others_write(
    older: str, a_tenant_of: Any, vector: Any
) -> None:
    chance = np.random.default_rng(2)
    sent = [vector(row) for row in chance.normal(size=(160, 24))]
    async with docstore.opened(older) as store:
        tenants = [a_tenant_of(store) for _ in range(2)]
        for tenant in tenants:
            await tenant.commit(*(put(n, sent[n]) for n in range(100)))
        done = await asyncio.gather(
            *(docstore.migrate(older) for _ in range(3)),
            *(tenants[0].commit(put(n, sent[n])) for n in range(100, 160)),
        )
    assert sorted(done[:3], key=len) == [[], [], ["002.sql", "003.sql", "004.sql"]]
    db = await asyncpg.connect(
        older, server_settings={"search_path": "docstore,public"}
    )
    assert await db.fetch(AMISS) == []
    rows = await db.fetch(
        "SELECT sum(cardinality(ns)) AS size FROM sketches GROUP BY tenant ORDER BY 1"
    )
    assert [row["size"] for row in rows] == [100, 160]
    forced = "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'vectors'::regclass"
    assert await db.fetchval(forced)
    await db.close()
