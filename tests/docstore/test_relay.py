"""The relay: every committed event reaches the bus, once, whoever dies on the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import nats as nats_client
import pytest

import docstore
from docstore import _relay, testing

pytestmark = pytest.mark.anyio


def event(id: str, **more: Any) -> dict[str, Any]:
    made = {"id": id, "type": "thing.made", "source": "tester", "data": {"n": id}}
    return made | more


@asynccontextmanager
async def relays(dsn: str, url: str, count: int = 1, **how: Any) -> AsyncIterator[None]:
    one = partial(docstore.relay, dsn, url, **how)
    running = [asyncio.create_task(one()) for _ in range(count)]
    try:
        yield
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """What *condition* becomes, once it is true."""
    async with asyncio.timeout(seconds):
        while True:
            with suppress(nats_client.errors.Error, OSError):
                if found := await condition():
                    return found
            await asyncio.sleep(0.02)


class Bus:
    """What has arrived in the streams, for one tenant."""

    def __init__(self, url: str, tenant: str) -> None:
        self.url, self.tenant = url, tenant

    async def messages(self, stream: str = "EVENTS") -> list[Any]:
        client = await nats_client.connect(
            self.url, connect_timeout=1, allow_reconnect=False
        )
        try:
            bus = client.jetstream(timeout=2)
            state = (await bus.stream_info(stream)).state
            found = [
                await bus.get_msg(stream, n)
                for n in range(state.first_seq, state.last_seq + 1)
            ]
        finally:
            await client.close()
        return [m for m in found if json.loads(m.data)["tenant"] == self.tenant]

    async def ids(self) -> list[str]:
        return [json.loads(message.data)["id"] for message in await self.messages()]

    async def holds(self, *ids: str) -> bool:
        return set(ids) <= set(await self.ids())


@pytest.fixture
def bus(nats: testing.Engine, tenant: Any) -> Bus:
    return Bus(nats.url, tenant.name)


async def test_an_event_arrives_as_a_cloudevent(
    tenant: Any, nats: testing.Engine, bus: Bus
) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with relays(tenant.store.dsn, nats.url):
        sent = [event("e1", subject="u1", traceparent=trace), event("e2")]
        await tenant.commit(events=sent)
        await until(lambda: bus.holds("e1", "e2"))
    first, second = await bus.messages()
    body = json.loads(first.data)
    time = datetime.fromisoformat(body.pop("time"))
    assert abs(datetime.now(UTC) - time) < timedelta(minutes=1)
    assert body == {
        "specversion": "1.0",
        "id": "e1",
        "type": "thing.made",
        "source": "tester",
        "subject": "u1",
        "datacontenttype": "application/json",
        "tenant": tenant.name,
        "traceparent": trace,
        "data": {"n": "e1"},
    }
    assert first.subject == "events.thing.made"
    assert first.headers["Nats-Msg-Id"] == f"{tenant.name}/e1"
    # Null is no value of an attribute.
    assert {"subject", "traceparent"}.isdisjoint(json.loads(second.data))


async def test_several_relays_send_each_event_once(
    tenant: Any, nats: testing.Engine, bus: Bus
) -> None:
    wanted = [f"e{n}" for n in range(300)]
    async with relays(tenant.store.dsn, nats.url, 3):
        for start in range(0, 300, 50):
            batch = [event(id) for id in wanted[start : start + 50]]
            await tenant.commit(events=batch)
        await until(lambda: bus.holds(*wanted))
    assert sorted(await bus.ids()) == sorted(wanted)


async def test_a_transaction_that_commits_late_is_not_passed_over(
    tenant: Any, other_tenant: Any, nats: testing.Engine, bus: Bus
) -> None:
    from contracts.infrastructure.database import Event
    from docstore import _outbox

    async with relays(tenant.store.dsn, nats.url):
        async with tenant.store.session(tenant.name, 20.0) as session:
            early = Event.model_validate(event("early"))
            await _outbox.announce(session, [early], [], "tester")
            await other_tenant.commit(events=[event("late")])
            others = Bus(nats.url, other_tenant.name)
            await until(lambda: others.holds("late"))
            assert await bus.ids() == []
        await until(lambda: bus.holds("early"))


async def test_an_event_that_another_holds_does_not_hold_up_the_rest(
    tenant: Any, owner: Any, nats: testing.Engine, bus: Bus
) -> None:
    await tenant.commit(events=[event("held"), event("free")])
    async with owner.transaction():
        await owner.fetch(
            "SELECT FROM outbox WHERE tenant = $1 AND id = 'held' FOR UPDATE",
            tenant.name,
        )
        async with relays(tenant.store.dsn, nats.url):
            await until(lambda: bus.holds("free"))
            assert await bus.ids() == ["free"]


async def test_an_event_without_a_time_is_due_whatever_the_clock_says(
    tenant: Any,
) -> None:
    await tenant.commit(events=[event("at once")])
    due = "SELECT count(*) FROM outbox WHERE deliver_at <= now() - interval '1 day'"
    async with tenant.store.session(tenant.name) as session:
        assert await session.db.fetchval(due) == 1
    # Nobody relays here: it would be in the way of others.
    async with tenant.store.session(tenant.name) as session:
        await session.db.execute("DELETE FROM outbox")


async def test_a_delayed_event_waits_for_its_time(
    tenant: Any, nats: testing.Engine, bus: Bus
) -> None:
    now = datetime.now(UTC)
    due = now + timedelta(seconds=1.2)
    async with relays(tenant.store.dsn, nats.url):
        await tenant.commit(
            events=[
                event("later", deliver_at=due.isoformat()),
                event("never", deliver_at=(now + timedelta(days=9)).isoformat()),
                event("past", deliver_at=(now - timedelta(days=9)).isoformat()),
            ]
        )
        await until(lambda: bus.holds("later"))
    assert datetime.now(UTC) >= due
    assert await bus.ids() == ["past", "later"]


async def test_it_is_the_services_clock_that_counts_and_not_postgresqls(
    tenant: Any, nats: testing.Engine, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = timedelta(minutes=30)

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + ahead

    monkeypatch.setattr(_relay, "datetime", Ahead)
    now = datetime.now(UTC)
    at = {"soon": now + ahead / 2, "later": now + 2 * ahead}
    async with relays(tenant.store.dsn, nats.url):
        await tenant.commit(
            events=[event(id, deliver_at=due.isoformat()) for id, due in at.items()]
        )
        await until(lambda: bus.holds("soon"))
    assert await bus.ids() == ["soon"]


async def test_a_waiting_event_can_be_taken_back_by_its_source(
    tenant: Any, owner: Any
) -> None:
    due = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    delayed = {"deliver_at": due, "cancel_key": "k"}
    await tenant.commit(events=[event("a", **delayed), event("b", deliver_at=due)])
    await tenant.commit(cancel=["k"], source="another")

    async def waiting() -> list[str]:
        statement = "SELECT id FROM outbox WHERE tenant = $1 ORDER BY id"
        return [row["id"] for row in await owner.fetch(statement, tenant.name)]

    assert await waiting() == ["a", "b"]
    # What the same transaction leaves under the key stays: that is a new date.
    await tenant.commit(cancel=["k"], events=[event("c", **delayed)])
    assert await waiting() == ["b", "c"]


async def test_an_event_speaks_for_its_own_source_and_has_a_bound(tenant: Any) -> None:
    with pytest.raises(docstore.Unusable, match="cannot publish as"):
        await tenant.commit(events=[event("a", source="another")])
    with pytest.raises(docstore.Unusable, match="characters"):
        await tenant.commit(events=[event("a", data={"x": "x" * 250_000})])


async def test_the_streams_are_bounded_and_on_disk(
    tenant: Any, nats: testing.Engine
) -> None:
    async with relays(tenant.store.dsn, nats.url):
        await tenant.commit(events=[event("e")])
        await until(lambda: Bus(nats.url, tenant.name).holds("e"))
    client = await nats_client.connect(nats.url)
    for name, subject in (("EVENTS", "events.>"), ("DEAD", "dead.>")):
        config = (await client.jetstream().stream_info(name)).config
        assert (config.subjects, config.storage) == ([subject], "file")
        assert config.max_bytes > 0
        assert config.max_age > 0
    await client.close()


async def test_nothing_is_lost_when_the_bus_or_the_database_is_killed(
    a_tenant_of: Any, anyio_backend: str
) -> None:
    with testing.postgres(*testing.TEST) as postgres, testing.nats() as nats:
        await docstore.migrate(postgres.url)
        async with docstore.opened(postgres.url) as store:
            tenant = a_tenant_of(store)
            bus = Bus(nats.url, tenant.name)
            async with relays(postgres.url, nats.url, 2):
                await tenant.commit(events=[event(f"a{n}") for n in range(50)])
                nats.kill()
                await tenant.commit(events=[event(f"b{n}") for n in range(50)])
                nats.start()
                await until(lambda: bus.holds(*(f"b{n}" for n in range(50))))
                await tenant.commit(events=[event(f"c{n}") for n in range(50)])
                postgres.kill()
                postgres.start()
                await tenant.commit(events=[event("d")])
                wanted = [f"{k}{n}" for k in "abc" for n in range(50)]
                await until(lambda: bus.holds("d", *wanted))
            assert sorted(await bus.ids()) == sorted(["d", *wanted])


async def test_the_relay_outlives_whatever_its_connections_die_of(
    tenant: Any, owner: Any, nats: testing.Engine, bus: Bus
) -> None:
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE application_name = 'filigree filigree_keeper'"
    )
    async with relays(tenant.store.dsn, nats.url):
        for n in range(12):
            await tenant.commit(events=[event(f"e{n}")])
            await owner.fetchval(cut)
        await until(lambda: bus.holds(*(f"e{n}" for n in range(12))))


async def test_a_cancelled_relay_ends_whatever_it_is_doing(
    tenant: Any, nats: testing.Engine
) -> None:
    # A library that loses a cancellation does so at one moment in many: try them all.
    for steps in range(0, 400, 4):
        relaying = asyncio.create_task(docstore.relay(tenant.store.dsn, nats.url))
        for _ in range(steps):
            await asyncio.sleep(0)
        relaying.cancel()
        ended, _ = await asyncio.wait([relaying], timeout=3.0)
        assert ended, f"still running, cancelled after {steps} steps"


SMALL = docstore.Limits(size=100_000)
LARGE = [event(f"e{n}", data={"n": "x" * 4_000}) for n in range(100)]  # four times that


@asynccontextmanager
async def reader(url: str) -> AsyncIterator[Any]:
    """A consumer of the events, which begins with those that come from now on."""
    from nats.js.api import ConsumerConfig, DeliverPolicy

    client = await nats_client.connect(url)
    try:
        stream = client.jetstream(timeout=5)
        # Which the relay makes.
        await until(partial(stream.purge_stream, "EVENTS"))
        config = ConsumerConfig(deliver_policy=DeliverPolicy.NEW)
        yield await stream.pull_subscribe("events.thing.made", "slow", config=config)
    finally:
        await client.jetstream().delete_consumer("EVENTS", "slow")
        await client.close()


async def read(slow: Any, tenant: str) -> list[str]:
    """The ids of some events that it reads and acknowledges."""
    with suppress(nats_client.errors.TimeoutError):
        messages = await slow.fetch(10, timeout=0.5)
        for message in messages:
            await message.ack_sync()
        told = [json.loads(message.data) for message in messages]
        return [each["id"] for each in told if each["tenant"] == tenant]
    return []


async def left(owner: Any, tenant: str) -> int:
    """How many events of *tenant* are in the outbox."""
    counted = "SELECT count(*) FROM outbox WHERE tenant = $1"
    return await owner.fetchval(counted, tenant)


async def test_a_full_stream_loses_nothing_that_a_slow_consumer_has_not_read(
    tenant: Any, owner: Any, nats: testing.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """What has no room waits in the outbox, and it is said for whom."""
    found: list[str] = []

    async def all_read() -> bool:
        found.extend(await read(slow, tenant.name))
        return len(found) >= len(LARGE)

    async def said() -> bool:
        return "EVENTS is full of what slow has not read yet" in caplog.text

    one = relays(tenant.store.dsn, nats.url, limits=SMALL)
    async with one, reader(nats.url) as slow:
        await tenant.commit(events=LARGE[:50])
        await tenant.commit(events=LARGE[50:])
        await until(said)
        assert await left(owner, tenant.name) > 0
        await until(all_read)
    assert sorted(found) == sorted(each["id"] for each in LARGE)


async def test_what_everybody_has_read_makes_room_in_a_full_stream(
    tenant: Any, owner: Any, nats: testing.Engine
) -> None:
    async def is_out() -> bool:
        return await left(owner, tenant.name) == 0

    async with relays(tenant.store.dsn, nats.url, limits=SMALL):
        await tenant.commit(events=LARGE[:50])
        await tenant.commit(events=LARGE[50:])
        await until(is_out)
