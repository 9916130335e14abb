"""Many that go at once: found by nobody from then on, and their postings cleared."""

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
