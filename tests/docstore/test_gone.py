"""Many that go at once: found by nobody from then on, and their postings cleared."""

import asyncio
from typing import Any

import pytest

import docstore

pytestmark = pytest.mark.anyio
MANY, LEFT = 400, 5
TABLES = ("entries", "blocks", "gone", "vectors")


def put(n: int, text: str) -> dict[str, Any]:
    index = {"space": "s", "text": text, "vector": None}
    body = {"of": "long" if n >= LEFT else "short"}
    return {"op": "put", "id": f"d{n}", "document": {"body": body, "index": index}}


@pytest.fixture
async def emptied(tenant: Any) -> Any:
    """The tenant, right after most of what it had in a space went at once."""
    # All that goes is better than what stays, and has words that nothing else has.
    texts = ["water"] * LEFT + ["water " * 9 + "bcd"[n % 3] for n in range(MANY)]
    await tenant.commit(*(put(n, text) for n, text in enumerate(texts)))
    await tenant.commit({"op": "delete-all", "filter": {"of": "long"}})
    return tenant


async def swept(tenant: Any) -> None:
    while await docstore.sweep(tenant.store):
        pass


async def counted(owner: Any, tenant: Any) -> dict[str, int]:
    asked = "SELECT count(*) FROM {} WHERE tenant = $1"
    return {t: await owner.fetchval(asked.format(t), tenant.name) for t in TABLES}


@pytest.mark.parametrize("filter", [{}, {"of": "short"}])
@pytest.mark.parametrize("is_swept", [False, True])
async def test_what_stays_is_found_in_spite_of_all_that_went(
    emptied: Any, filter: dict[str, Any], is_swept: bool
) -> None:
    if is_swept:
        await swept(emptied)
    found = await emptied.search(space="s", text="water", k=LEFT, filter=filter)
    assert {hit.id for hit in found.hits} == {f"d{n}" for n in range(LEFT)}
    assert all(term.idf > 0 for term in found.terms)


async def test_nothing_that_went_is_found_or_left_behind(
    emptied: Any, owner: Any
) -> None:
    found = await emptied.search(space="s", text="water b c d", k=50)
    assert len(found.hits) == LEFT
    before = await counted(owner, emptied)
    assert (before["entries"], before["gone"]) == (LEFT, MANY)
    await swept(emptied)
    assert await counted(owner, emptied) == {
        "entries": LEFT,
        "blocks": 1,
        "gone": 0,
        "vectors": 0,
    }
    found = await emptied.search(space="s", text="water", k=50)
    assert ([term.documents for term in found.terms], found.documents) == ([LEFT], LEFT)


@pytest.mark.parametrize("many", [2, MANY])
async def test_a_space_whose_last_entry_goes_is_gone_as_well(
    tenant: Any, owner: Any, many: int
) -> None:
    await tenant.commit(*(put(n, "water") for n in range(many)))
    await tenant.commit({"op": "delete-all", "filter": {"of": "long"}})
    assert await spaces(owner, tenant) == 1
    await tenant.commit({"op": "delete-all", "filter": {}})
    # Only postings that are left for later keep it until they are cleared.
    assert await spaces(owner, tenant) == (many > LEFT + 200)
    await swept(tenant)
    assert await spaces(owner, tenant) == 0
    await tenant.commit(put(0, "water"))
    found = await tenant.search(space="s", text="water")
    assert [term.documents for term in found.terms] == [1]


async def test_a_space_that_was_left_empty_is_swept_and_one_with_an_entry_is_not(
    tenant: Any, owner: Any
) -> None:
    await tenant.commit({**put(0, ""), "document": {"body": {}, "index": {}}})
    await owner.execute(
        "INSERT INTO spaces (tenant, collection, name) "
        "VALUES ($1, 'c', 'left'), ($1, 'c', 'drawn')",
        tenant.name,
    )
    drawn = "UPDATE spaces SET graph = $2 WHERE tenant = $1 AND name = 'drawn'"
    await owner.execute(drawn, tenant.name, 8)
    await swept(tenant)
    assert await spaces(owner, tenant) == 2
    await owner.execute(drawn, tenant.name, 0)
    await swept(tenant)
    assert await spaces(owner, tenant) == 1


async def test_who_puts_something_into_a_space_that_is_being_closed_is_not_lost(
    tenant: Any, owner: Any
) -> None:
    await tenant.commit(put(0, "water"))
    async with owner.transaction():
        # As whoever takes its last entry out does, who is waited for.
        await owner.execute(
            "SELECT FROM spaces WHERE tenant = $1 FOR UPDATE", tenant.name
        )
        other = asyncio.create_task(tenant.commit(put(1, "heating")))
        async with asyncio.timeout(20):
            while not await is_waited_for(owner):
                pass
        for table in ("entries", "blocks", "documents", "spaces"):
            await owner.execute(f"DELETE FROM {table} WHERE tenant = $1", tenant.name)
    await other
    found = await tenant.search(space="s", text="heating")
    assert [hit.id for hit in found.hits] == ["d1"]


async def spaces(owner: Any, tenant: Any) -> int:
    asked = "SELECT count(*) FROM spaces WHERE tenant = $1"
    return await owner.fetchval(asked, tenant.name)


async def is_waited_for(owner: Any) -> bool:
    """Whether somebody waits for what this connection holds."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    )
    return bool(await owner.fetchval(asked))


async def test_what_is_written_again_under_the_same_ids_stays_when_it_is_swept(
    emptied: Any,
) -> None:
    again = range(LEFT, LEFT + MANY)
    await emptied.commit(*(put(n, "heating water") for n in again))
    await swept(emptied)
    found = await emptied.search(space="s", text="heating", k=LEFT)
    assert len(found.hits) == LEFT
    assert [term.documents for term in found.terms] == [MANY]


async def test_what_is_written_again_in_the_same_transaction_has_its_new_words_alone(
    emptied: Any,
) -> None:
    many = range(MANY)
    await emptied.commit(*(put(n, "heating") for n in many))
    everything = {"op": "delete-all", "filter": {}}
    await emptied.commit(everything, *(put(n, "window") for n in many))
    await swept(emptied)
    for word, count in (("heating", 0), ("window", MANY), ("water", 0)):
        found = await emptied.search(space="s", text=word)
        assert [term.documents for term in found.terms] == [count]


async def test_postings_that_cannot_be_cleared_keep_no_others_from_it(
    emptied: Any, other_tenant: Any, owner: Any
) -> None:
    await other_tenant.commit(*(put(n, "water") for n in range(LEFT, LEFT + MANY)))
    await other_tenant.commit({"op": "delete-all", "filter": {}})
    first, last = sorted((emptied, other_tenant), key=lambda each: each.name)
    await owner.execute(
        "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'this row is broken'; END $$;"
        "CREATE TRIGGER stuck BEFORE DELETE ON gone FOR EACH ROW "
        f"WHEN (OLD.tenant = '{first.name}') EXECUTE FUNCTION pg_temp.refuse();"
    )
    try:
        await swept(emptied)
    finally:
        await owner.execute("DROP TRIGGER stuck ON gone")
    assert (await counted(owner, first))["gone"] == MANY
    assert (await counted(owner, last))["gone"] == 0
