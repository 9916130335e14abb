"""Documents: versions, patches, keys, time to live, transactions, write ids."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import docstore
from docstore._drafts import merged

pytestmark = pytest.mark.anyio


async def test_what_was_put_is_read_at_its_version(tenant: Any) -> None:
    version = await tenant.put("a", {"x": [1, {"y": None}], "z": "ü\u2028"})
    found = await tenant.read("a")
    assert (found.version, found.body) == (
        version,
        {"x": [1, {"y": None}], "z": "ü\u2028"},
    )


async def test_a_version_is_never_used_twice_even_after_a_deletion(tenant: Any) -> None:
    first = await tenant.put("a", {})
    await tenant.delete("a")
    second = await tenant.put("a", {})
    await tenant.put("b", {})
    assert second > first
    with pytest.raises(docstore.Stale):
        await tenant.patch("a", {"x": 1}, version=first)


async def test_a_write_meets_only_the_version_that_it_names(tenant: Any) -> None:
    version = await tenant.put("a", {"x": 1})
    with pytest.raises(docstore.Stale, match=f"at version {version}"):
        await tenant.put("a", {"x": 2}, version=version + 1)
    with pytest.raises(docstore.Stale, match="exists"):
        await tenant.put("a", {"x": 2}, version=0)
    with pytest.raises(docstore.Stale, match="does not exist"):
        await tenant.delete("b", version=version)
    with pytest.raises(docstore.Stale):
        await tenant.delete("a", version=version + 1)
    assert (await tenant.read("a")).body == {"x": 1}
    await tenant.put("a", {"x": 3}, version=version)
    assert (await tenant.read("a")).body == {"x": 3}


async def test_of_many_creators_of_one_document_one_wins(tenant: Any) -> None:
    tries = (tenant.put("a", {"n": n}, version=0) for n in range(8))
    results = await asyncio.gather(*tries, return_exceptions=True)
    won = [result for result in results if isinstance(result, int)]
    assert len(won) == 1
    assert all(isinstance(r, int | docstore.Stale) for r in results)
    assert (await tenant.read("a")).version == won[0]


async def until_somebody_waits(owner: Any) -> None:
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
        "AND query LIKE '%INSERT INTO documents%'"
    )
    for _ in range(500):
        if await owner.fetchval(waiting):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_a_creator_that_came_second_is_told_so(tenant: Any, owner: Any) -> None:
    async with tenant.store.session(tenant.name) as session:
        await session.db.execute(
            "INSERT INTO documents (collection, id, version, body) "
            "VALUES ('c', 'a', nextval('versions'), '{\"r\": {\"x\": 1}}')"
        )
        second = asyncio.create_task(tenant.put("a", {"x": 2}, version=0))
        await until_somebody_waits(owner)
        assert not second.done()
    with pytest.raises(docstore.Stale):
        await second
    assert (await tenant.read("a")).body == {"x": 1}


async def test_concurrent_updates_of_one_version_do_not_overwrite(tenant: Any) -> None:
    version = await tenant.put("a", {})
    tries = (tenant.patch("a", {f"k{n}": n}, version=version) for n in range(8))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, int) for result in results) == 1
    assert len((await tenant.read("a")).body) == 1


async def test_unconditional_patches_all_take_effect(tenant: Any) -> None:
    await tenant.put("a", {})
    await asyncio.gather(*(tenant.patch("a", {f"k{n}": n}) for n in range(12)))
    assert (await tenant.read("a")).body == {f"k{n}": n for n in range(12)}


async def test_a_patch_of_what_is_not_there_is_missing(tenant: Any) -> None:
    with pytest.raises(docstore.Missing):
        await tenant.patch("a", {})
    with pytest.raises(docstore.Missing):
        await tenant.read("a")


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [  # RFC 7396, appendix A, those that start from an object
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_its_standard_says(
    target: Any, patch: Any, result: Any
) -> None:
    assert merged(target, patch) == result


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(target=st.dictionaries(st.text(max_size=2), json, max_size=3), patch=json)
def test_a_merge_patch_applied_twice_changes_nothing_more(
    target: dict[str, Any], patch: Any
) -> None:
    before = repr(target)
    once = merged(target, patch)
    assert merged(once, patch) == once
    assert repr(target) == before


async def test_expired_documents_are_not_there(tenant: Any) -> None:
    await tenant.put("a", {"x": 1}, ttl=1e-6)
    await tenant.put("b", {"x": 1}, ttl=1000)
    with pytest.raises(docstore.Missing):
        await tenant.read("a")
    page = await tenant.query(filter={"x": 1}, count=True)
    assert ([item.id for item in page.items], page.count) == (["b"], 1)
    with pytest.raises(docstore.Missing):
        await tenant.patch("a", {})
    with pytest.raises(docstore.Stale):
        await tenant.delete("a", version=1)
    await tenant.put("a", {"x": 2}, version=0)
    assert (await tenant.read("a")).body == {"x": 2}


async def test_a_patch_keeps_the_time_to_live_unless_it_gives_one(tenant: Any) -> None:
    await tenant.put("a", {}, ttl=1000)
    await tenant.patch("a", {"x": 1})
    await tenant.put("b", {}, ttl=1000)
    await tenant.put("b", {})
    await tenant.patch("b", {}, ttl=1e-6)
    async with tenant.store.session(tenant.name) as session:
        left = await session.db.fetchval(
            "SELECT extract(epoch FROM expires_at - now()) FROM documents "
            "WHERE id = 'a'"
        )
    assert 900 < left < 1001
    with pytest.raises(docstore.Missing):
        await tenant.read("b")


async def test_the_sweep_removes_what_has_expired_and_its_index(
    tenant: Any, owner: Any
) -> None:
    for n in range(5):
        index = {"space": "s", "text": "soon gone", "vector": None}
        await tenant.put(f"d{n}", {}, ttl=1e-6, unique=[f"k{n}"], index=index)
    await tenant.put("kept", {}, ttl=1000, index={"space": "s", "text": "soon"})
    while await docstore.sweep(tenant.store):
        pass
    counts = {
        table: await owner.fetchval(
            f"SELECT count(*) FROM {table} WHERE tenant = $1", tenant.name
        )
        for table in ("documents", "keys", "entries", "blocks")
    }
    assert counts == {"documents": 1, "keys": 0, "entries": 1, "blocks": 1}
    found = await tenant.search(space="s", text="soon gone")
    assert [(term.term, term.documents) for term in found.terms] == [
        ("gone", 0),
        ("soon", 1),
    ]


STUCK = """
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE 'this row is broken'; END $$;
CREATE TRIGGER stuck BEFORE DELETE ON documents FOR EACH ROW
  WHEN (OLD.id LIKE 'stuck-%') EXECUTE FUNCTION pg_temp.refuse();
"""


async def test_what_cannot_be_deleted_keeps_nothing_else_from_being_swept(
    tenant: Any, owner: Any
) -> None:
    full = [f"stuck-{n:03}" for n in range(20)]  # as many as one batch has
    for ids in (full, [f"d{n}" for n in range(9)], ["stuck-z", "e1", "e2"]):
        document = {"body": {}, "ttl": 1e-6}
        puts = [{"op": "put", "id": id, "document": document} for id in ids]
        await tenant.commit(*puts)
    await owner.execute(STUCK)
    try:
        await docstore.sweep(tenant.store, batch=len(full))
    finally:
        await owner.execute("DROP TRIGGER stuck ON documents")
    left = "SELECT id FROM documents WHERE tenant = $1 ORDER BY id"
    ids = [row["id"] for row in await owner.fetch(left, tenant.name)]
    assert ids == [*full, "stuck-z"]
    while await docstore.sweep(tenant.store):
        pass
    assert await owner.fetch(left, tenant.name) == []


async def test_several_sweeps_at_once_take_nothing_twice(tenant: Any) -> None:
    changes = [
        {"op": "put", "id": f"d{n}", "document": {"body": {}, "ttl": 0.001}}
        for n in range(100)
    ]
    await tenant.commit(*changes)
    swept = await asyncio.gather(*(docstore.sweep(tenant.store) for _ in range(3)))
    while more := await docstore.sweep(tenant.store):
        swept.append(more)
    assert sum(swept) >= 100
    async with tenant.store.session(tenant.name) as session:
        assert await session.db.fetchval("SELECT count(*) FROM documents") == 0


async def test_a_unique_key_belongs_to_one_live_document(tenant: Any) -> None:
    await tenant.put("a", {}, unique=["k1", "k2"])
    with pytest.raises(docstore.Taken, match="c has the same already: a"):
        await tenant.put("b", {}, unique=["k2", "k3"])
    with pytest.raises(docstore.Missing):
        await tenant.read("b")
    await tenant.put("a", {}, unique=["k1"])
    await tenant.put("b", {}, unique=["k2", "k3"])
    await tenant.delete("b")
    await tenant.patch("a", {"x": 1})
    with pytest.raises(docstore.Taken):
        await tenant.put("c", {}, unique=["k1"])
    await tenant.put("c", {}, unique=["k3"])


async def test_an_expired_document_gives_its_keys_up(tenant: Any) -> None:
    await tenant.put("a", {}, unique=["k"], ttl=1e-6)
    await tenant.put("b", {}, unique=["k"])
    assert (await tenant.read("b")).id == "b"


async def test_of_fifty_for_one_key_one_wins(tenant: Any) -> None:
    tries = (tenant.put(f"d{n}", {}, unique=["y", "x"]) for n in range(50))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, docstore.Taken) for result in results) == 49


async def test_keys_can_be_swapped_and_moved_within_a_transaction(tenant: Any) -> None:
    await tenant.put("a", {}, unique=["ka"])
    await tenant.put("b", {}, unique=["kb"])
    await tenant.commit(
        {"op": "put", "id": "a", "document": {"body": {}, "unique": ["kb"]}},
        {"op": "put", "id": "b", "document": {"body": {}, "unique": ["ka"]}},
    )
    with pytest.raises(docstore.Taken, match="c has the same already: a"):
        await tenant.put("c", {}, unique=["kb"])
    with pytest.raises(docstore.Taken):
        await tenant.commit(
            {"op": "put", "id": "x", "document": {"body": {}, "unique": ["k"]}},
            {"op": "put", "id": "y", "document": {"body": {}, "unique": ["k"]}},
        )


async def test_a_transaction_is_all_or_nothing(tenant: Any) -> None:
    event = {"id": "e", "type": "thing.made", "source": "tester", "data": {}}
    with pytest.raises(docstore.Stale):
        await tenant.commit(
            {"op": "put", "id": "a", "document": {"body": {}}},
            {"op": "assert", "id": "b", "version": 7},
            events=[event],
        )
    with pytest.raises(docstore.Missing):
        await tenant.read("a")
    async with tenant.store.session(tenant.name) as session:
        assert await session.db.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_change_meets_what_the_ones_before_it_left(tenant: Any) -> None:
    versions = await tenant.commit(
        {"op": "assert", "id": "a", "version": 0},
        {"op": "put", "id": "a", "document": {"body": {"x": 1, "y": 1}}},
        {"op": "patch", "id": "a", "patch": {"body": {"x": None}}},
        {"op": "put", "id": "b", "document": {"body": {}}},
        {"op": "delete", "id": "b"},
        {"op": "assert", "id": "b", "version": 0},
    )
    assert versions[0] is versions[4] is versions[5] is None
    found = await tenant.read("a")
    assert (found.version, found.body) == (versions[2], {"y": 1})
    with pytest.raises(docstore.Missing):
        await tenant.read("b")


async def test_delete_all_takes_what_its_filter_finds_at_that_point(
    tenant: Any,
) -> None:
    await tenant.put("old", {"parent": "p"})
    await tenant.put("other", {"parent": "q"})
    await tenant.commit(
        {"op": "put", "id": "early", "document": {"body": {"parent": "p"}}},
        {"op": "delete-all", "filter": {"parent": "p"}},
        {"op": "put", "id": "new", "document": {"body": {"parent": "p"}}},
    )
    page = await tenant.query()
    assert [item.id for item in page.items] == ["new", "other"]
    await tenant.commit({"op": "delete-all", "filter": {}})
    assert (await tenant.query()).items == []


async def test_a_repeated_write_id_gets_the_first_result(tenant: Any) -> None:
    change = {"op": "put", "id": "a", "version": 0, "document": {"body": {"x": 1}}}
    first = await tenant.commit(change, write_id="w")
    await tenant.patch("a", {"x": 2})
    assert await tenant.commit(change, write_id="w") == first
    assert (await tenant.read("a")).body == {"x": 2}
    with pytest.raises(docstore.Reused):
        await tenant.commit({**change, "id": "b"}, write_id="w")
    with pytest.raises(docstore.Stale):
        await tenant.commit(change, write_id="w", source="another")


async def test_concurrent_repeats_write_once(tenant: Any) -> None:
    change = {"op": "put", "id": "a", "version": 0, "document": {"body": {}}}
    event = {"id": "e", "type": "thing.made", "source": "tester", "data": {}}
    tries = (tenant.commit(change, write_id="w", events=[event]) for _ in range(6))
    results = await asyncio.gather(*tries)
    assert all(result == results[0] for result in results)
    async with tenant.store.session(tenant.name) as session:
        assert await session.db.fetchval("SELECT count(*) FROM outbox") <= 1


async def test_a_failed_write_leaves_its_id_free(tenant: Any) -> None:
    patch = {"op": "patch", "id": "a", "patch": {"body": {"x": 1}}}
    with pytest.raises(docstore.Missing):
        await tenant.commit(patch, write_id="w")
    await tenant.put("a", {})
    await tenant.commit(patch, write_id="w")
    assert (await tenant.read("a")).body == {"x": 1}


async def test_writers_in_opposite_orders_do_not_deadlock(
    tenant: Any, owner: Any
) -> None:
    def change(n: int, turn: int) -> dict[str, Any]:
        index = {"space": f"s{n % 2}", "text": f"word{n} word{turn} common"}
        document = {"body": {"n": n}, "unique": [f"k{n}"], "index": index}
        return {"op": "put", "id": f"d{n}", "document": document}

    async def writer(turn: int) -> None:
        order = range(12) if turn % 2 else range(11, -1, -1)
        await tenant.commit(*(change(n, turn) for n in order))

    before = await owner.fetchval("SELECT sum(deadlocks) FROM pg_stat_database")
    await asyncio.gather(*(writer(turn) for turn in range(16)))
    found = await tenant.search(space="s0", text="common word0 word2")
    assert {t.term: t.documents for t in found.terms}["common"] == 6
    await owner.execute("SELECT pg_stat_force_next_flush()")
    assert before == await owner.fetchval("SELECT sum(deadlocks) FROM pg_stat_database")


async def test_five_thousand_changes_fit_one_transaction(tenant: Any) -> None:
    changes = [
        {"op": "put", "id": f"d{n}", "document": {"body": {"n": n}}}
        for n in range(5000)
    ]
    versions = await tenant.commit(*changes)
    assert len(set(versions)) == 5000
    assert (await tenant.query(limit=1, count=True)).count == 5000


@pytest.mark.parametrize(
    "body", [{"x": "\x00"}, {"\x00": 1}, {"x": float("nan")}, {"x": "\ud800"}]
)
async def test_what_postgresql_cannot_hold_is_refused(
    tenant: Any, body: dict[str, Any]
) -> None:
    with pytest.raises(docstore.Unusable):
        await tenant.put("a", body)
    await tenant.put("a", {"still": "works"})


@pytest.mark.parametrize("op", ["put", "patch", "delete-all"])
async def test_a_change_without_its_content_is_refused(tenant: Any, op: str) -> None:
    await tenant.put("a", {"x": 1})
    with pytest.raises(docstore.Unusable, match="needs a"):
        await tenant.commit({"op": op, "id": "a"})
    assert (await tenant.read("a")).body == {"x": 1}


@pytest.mark.parametrize("more", [{"ttl": 1e300}, {"unique": ["\x00"]}])
async def test_what_has_no_place_in_the_database_is_refused(
    tenant: Any, more: dict[str, Any]
) -> None:
    with pytest.raises(docstore.Unusable):
        await tenant.put("a", {}, **more)


async def test_a_document_is_bounded(tenant: Any) -> None:
    with pytest.raises(docstore.TooLarge):
        await tenant.put("a", {"x": "x" * (1 << 20)})
