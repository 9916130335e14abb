"""Who sees what, who may do what, and how long anything may take."""

import asyncio
from typing import Any

import asyncpg
import pytest

import docstore
from docstore import testing

pytestmark = pytest.mark.anyio


async def test_a_tenant_sees_nothing_of_another(tenant: Any, other_tenant: Any) -> None:
    await tenant.put("a", {"x": 1}, unique=["k"], index={"space": "s", "text": "word"})
    with pytest.raises(docstore.Missing):
        await other_tenant.read("a")
    assert (await other_tenant.query(filter={"x": 1}, count=True)).count == 0
    assert (await other_tenant.query(group=["x"])).groups == []
    found = await other_tenant.search(space="s", text="word")
    assert (found.hits, found.documents, found.terms[0].documents) == ([], 0, 0)
    with pytest.raises(docstore.Missing):
        await other_tenant.patch("a", {"x": 2})
    await other_tenant.put("a", {"x": 3}, unique=["k"])
    await other_tenant.commit({"op": "delete-all", "filter": {}})
    assert (await tenant.read("a")).body == {"x": 1}


async def test_no_tenant_is_no_data_in_any_table(tenant: Any) -> None:
    await tenant.put("a", {}, unique=["k"], index={"space": "s", "text": "word"})
    async with tenant.store.pool.acquire() as db:
        tables = await db.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'docstore' "
            "AND tablename <> 'migrations'"
        )
        assert len(tables) == 13
        for row in tables:
            assert await db.fetch(f"SELECT * FROM {row['tablename']}") == []
    with pytest.raises(docstore.Unusable):
        async with tenant.store.session(""):
            pass


@pytest.mark.parametrize(
    "name", ["o'brien", "a\\'; SELECT 1; --", "\\x27", "$1", "mü\nller", '"', "E'\\"]
)
async def test_a_tenant_is_called_whatever_it_is_called(
    store: docstore.Store, name: str
) -> None:
    async with store.session(name) as session:
        assert await session.db.fetchval("SHOW app.tenant") == name


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
async def test_a_tenant_whose_name_is_no_text_is_refused(
    store: docstore.Store, name: str
) -> None:
    with pytest.raises(docstore.Unusable):
        async with store.session(name):
            pass
    async with store.session("a") as session:
        assert await session.db.fetchval("SHOW app.tenant") == "a"


async def test_a_row_of_another_tenant_cannot_be_written(
    tenant: Any, other_tenant: Any
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with tenant.store.session(tenant.name) as session:
            await session.db.execute(
                "INSERT INTO documents (tenant, collection, id, version, body) "
                "VALUES ($1, 'c', 'x', 1, '{}')",
                other_tenant.name,
            )


async def test_the_tenant_does_not_outlive_its_session(tenant: Any) -> None:
    async with tenant.store.session(tenant.name) as session:
        db = session.db
        assert await db.fetchval("SHOW app.tenant") == tenant.name
    async with tenant.store.pool.acquire() as after:
        assert not await after.fetchval("SELECT current_setting('app.tenant', true)")
        assert await after.fetchval("SHOW statement_timeout") == "0"


async def test_every_table_forces_row_security_on_roles_without_privileges(
    store: docstore.Store, owner: Any
) -> None:
    loose = await owner.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'docstore'::regnamespace "
        "AND relkind = 'r' AND relname <> 'migrations' "
        "AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert loose == []
    roles = await owner.fetch(
        "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles "
        "WHERE rolname LIKE 'filigree_%'"
    )
    assert {row["rolname"]: tuple(row)[1:] for row in roles} == dict.fromkeys(
        ("filigree_app", "filigree_keeper", "filigree_owner"), (False, False, False)
    )
    owners = await owner.fetch(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'docstore' "
        "AND tablename <> 'migrations'"
    )
    assert [row["tableowner"] for row in owners] == ["filigree_owner"]


async def test_the_keeper_reads_no_body_and_no_living_document(tenant: Any) -> None:
    await tenant.put("a", {"secret": 1})
    from docstore import _store

    async with _store.keeper(tenant.store.dsn) as db:
        found = await db.fetch(
            "SELECT tenant, id FROM documents WHERE tenant = $1", tenant.name
        )
        assert found == []
        for statement in ("SELECT body FROM documents", "SELECT * FROM vectors"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await db.fetch(statement)


async def test_a_query_past_its_deadline_is_cancelled_in_the_database(
    tenant: Any, owner: Any
) -> None:
    with pytest.raises(TimeoutError):
        async with tenant.store.session(tenant.name, 0.2) as session:
            await session.db.execute("SELECT pg_sleep(30)")
    running = await owner.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' "
        "AND state = 'active' AND pid <> pg_backend_pid()"
    )
    assert running == 0
    await tenant.put("a", {})


async def test_the_database_keeps_the_deadline_by_itself(tenant: Any) -> None:
    async with tenant.store.session(tenant.name, 0.5) as session:
        assert int((await session.db.fetchval("SHOW statement_timeout"))[:-2]) <= 500


async def test_a_full_pool_makes_the_next_wait_and_says_so(
    postgres: testing.Engine, store: docstore.Store
) -> None:
    async with docstore.opened(postgres.url, largest=1) as small:
        order = []

        async def queue() -> None:
            async with small.session("t"):
                order.append("second")

        async with small.session("t"):
            waiter = asyncio.create_task(queue())
            with pytest.raises(TimeoutError):
                async with small.session("t", 0.05):
                    pass
            busy = small.statistics()
            order.append("first")
        await waiter
        assert order == ["first", "second"]
        assert (busy["size"], busy["idle"], busy["waiting"]) == (1, 0, 1)
        assert small.statistics()["waiting"] == 0
        assert small.statistics()["waited_seconds"] > 0


async def test_replicas_that_start_together_migrate_once(
    postgres: testing.Engine, store: docstore.Store
) -> None:
    db = await asyncpg.connect(postgres.url)
    await db.execute("CREATE DATABASE fresh")
    await db.close()
    url = postgres.url.replace("/postgres?", "/fresh?")
    done = await asyncio.gather(*(docstore.migrate(url) for _ in range(4)))
    assert sorted(map(len, done))[:3] == [0, 0, 0]
    assert max(done, key=len)[0] == "001.sql"
    assert await docstore.migrate(url) == []


async def _execute(url: str, *statements: str) -> None:
    db = await asyncpg.connect(url)
    for each in statements:
        await db.execute(each)
    await db.close()


async def test_an_owner_for_whom_it_was_prepared_needs_no_more_rights(
    postgres: testing.Engine, store: docstore.Store, a_tenant_of: Any
) -> None:
    await _execute(
        postgres.url,
        "CREATE ROLE app LOGIN PASSWORD 'x'",
        "GRANT filigree_owner, filigree_app, filigree_keeper TO app",
        "CREATE DATABASE apps OWNER app",
    )
    whole = postgres.url.replace("/postgres?", "/apps?")
    await _execute(whole, "CREATE EXTENSION vector SCHEMA public")
    url = whole.replace("//postgres", "//app")
    assert len(await docstore.migrate(url)) > 0
    async with docstore.opened(url) as opened:
        tenant = a_tenant_of(opened)
        await tenant.put("a", {"x": 1})
        assert (await tenant.read("a")).body == {"x": 1}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("/postgres?", "/absent?", '"absent" does not exist. Create that database'),
        ("//postgres", "//nobody", "Mend user and password"),
        ("/postgres?", "/postgres?sslmode=often&", "Mend its address"),
    ],
)
async def test_what_keeps_it_from_a_server_is_told_with_what_to_do(
    postgres: testing.Engine, old: str, new: str, told: str
) -> None:
    assert old in postgres.url
    with pytest.raises(docstore.Unfit, match=told):
        await docstore.migrate(postgres.url.replace(old, new, 1))


async def test_a_login_with_too_few_rights_is_told_what_to_do(
    postgres: testing.Engine, store: docstore.Store
) -> None:
    await _execute(
        postgres.url,
        "CREATE ROLE weak LOGIN PASSWORD 'x'",
        "CREATE DATABASE weaks OWNER weak",
    )
    whole = postgres.url.replace("/postgres?", "/weaks?")
    with pytest.raises(docstore.Unfit, match="have one prepare the database"):
        await docstore.migrate(whole.replace("//postgres", "//weak"))


async def test_the_store_survives_the_death_of_the_database(
    a_tenant_of: Any, anyio_backend: str
) -> None:
    with testing.postgres(*testing.TEST) as engine:
        await docstore.migrate(engine.url)
        async with docstore.opened(engine.url) as store:
            tenant = a_tenant_of(store)
            await tenant.put("a", {"x": 1})
            engine.kill()
            with pytest.raises(docstore.Away):
                await tenant.read("a")
            engine.start()
            assert (await tenant.read("a")).body == {"x": 1}


async def test_a_connection_that_died_in_the_pool_is_never_the_callers_problem(
    tenant: Any, owner: Any
) -> None:
    await tenant.put("a", {"x": 1})
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE application_name = 'filigree filigree_app'"
    )
    for _ in range(60):
        await owner.fetchval(cut)
        assert (await tenant.read("a")).body == {"x": 1}
