"""NATS from its wheel: each service may do what it declared, and no more."""

import asyncio
import json
import socket
import subprocess

import nats
import pytest
from nats.errors import NoServersError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import ConsumerConfig

from filigree import engines, engines_nats, nats_conf, outside
from filigree.declarations import Declaration
from filigree.edges import STORE
from filigree.mesh_error import MeshError


def declaration(name, **more):
    return Declaration(name, "toys", 8000, "@toys", "A toy", **more)


DECLARED = (
    declaration(STORE),
    declaration("reader", consumes=("thing.made",)),
    declaration("mute"),
)


async def connect(held, user, **more):
    return await nats.connect(
        engines_nats.url(held, user),
        inbox_prefix=f"_INBOX_{user}".encode(),
        allow_reconnect=False,
        **more,
    )


async def streams(held):
    """As the relay makes them, with its permissions."""
    bus = await connect(held, STORE)
    await bus.jetstream().add_stream(name="EVENTS", subjects=["events.>"])
    await bus.jetstream().add_stream(name="DEAD", subjects=["dead.>"])
    return bus


def test_a_consumer_gets_its_events_and_keeps_its_own_dead_letters(held, running):
    async def work():
        async with running(engines_nats.program(held, DECLARED)):
            relay = await streams(held)
            await relay.jetstream().publish("events.thing.made", b"1")
            bus = await connect(held, "reader")
            durable = nats_conf.durable("reader", "thing.made")
            subscription = await bus.jetstream(timeout=2).pull_subscribe(
                "events.thing.made",
                durable=durable,
                stream="EVENTS",
                config=ConsumerConfig(),
            )
            message = (await subscription.fetch(1, timeout=5))[0]
            assert message.data == b"1"
            await message.ack_sync()
            await bus.jetstream(timeout=2).publish("dead.reader.thing.made", b"1")
            await bus.close()
            await relay.close()

    asyncio.run(work())


def test_a_server_tells_whether_its_streams_can_be_written(held, running):
    async def work():
        program = engines_nats.program(held, DECLARED)
        async with running(program):
            bus = await streams(held)
            await bus.close()
            said = engines_nats._health(engines_nats.port(held, "health"))
            return said, await program.spoilt()

    said, spoilt = asyncio.run(work())
    assert (json.loads(said), spoilt) == ({"status": "ok"}, False)
    # As it was told by one whose disk had been full, and had room again.
    full = (
        b'{"status":"unavailable","error":"JetStream stream \'$G \\u003e EVENTS\' '
        b'write error: write /x/msgs/1.blk: no space left on device"}'
    )
    assert engines_nats.is_spoilt(full)


@pytest.mark.parametrize(
    "subject",
    [
        "events.thing.made",
        "dead.other.thing.made",
        "$JS.API.STREAM.DELETE.EVENTS",
        "$JS.API.CONSUMER.CREATE.EVENTS.reader-thing_made.events.other.thing",
        "$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.reader-thing_made",
        "$JS.API.CONSUMER.INFO.EVENTS.other-thing_made",
    ],
)
def test_a_consumer_may_not_publish_events_or_touch_what_is_not_its_own(
    held, running, subject
):
    async def work():
        async with running(engines_nats.program(held, DECLARED)):
            relay = await streams(held)
            refused = asyncio.Queue()
            bus = await connect(held, "reader", error_cb=refused.put)
            await bus.publish(subject, b"{}")
            said = str(await asyncio.wait_for(refused.get(), 5)).lower()
            assert "permissions violation" in said
            assert subject.lower() in said
            await bus.close()
            await relay.close()

    asyncio.run(work())


def test_no_trace_is_sent_where_one_may_not_publish(held, running):
    """Servers before 2.12.6 put it there themselves (CVE-2026-33249)."""

    async def work():
        async with running(engines_nats.program(held, DECLARED)):
            relay = await streams(held)
            refused = asyncio.Queue()
            bus = await connect(held, "reader", error_cb=refused.put)
            aside = {"Nats-Trace-Dest": "events.thing.made"}
            await bus.publish("dead.reader.thing.made", b"1", headers=aside)
            said = str(await asyncio.wait_for(refused.get(), 5)).lower()
            assert 'permissions violation for publish to "events.thing.made"' in said
            await bus.close()
            told = await relay.jetstream().stream_info("EVENTS")
            await relay.close()
            return told.state.messages

    assert asyncio.run(work()) == 0


def test_a_consumer_hears_no_other_inbox_and_no_other_event(held, running):
    async def work():
        async with running(engines_nats.program(held, DECLARED)):
            for subject in ("events.>", "_INBOX_other.>", ">"):
                refused = asyncio.Queue()
                bus = await connect(held, "reader", error_cb=refused.put)
                await bus.subscribe(subject)
                assert await asyncio.wait_for(refused.get(), 5)
                await bus.close()

    asyncio.run(work())


def test_one_that_consumes_nothing_has_no_way_in(held, running):
    async def work():
        async with running(engines_nats.program(held, DECLARED)):
            with pytest.raises((NoServersError, NatsTimeoutError, nats.errors.Error)):
                await connect(held, "mute", error_cb=_ignored, connect_timeout=1)

    asyncio.run(work())


async def _ignored(_):
    pass


def test_an_acknowledged_event_outlives_a_kill_at_the_same_address(held, running):
    async def work():
        program = engines_nats.program(held, DECLARED)
        async with running(program) as process:
            relay = await streams(held)
            await relay.jetstream().publish("events.thing.made", b"kept")
            address = engines_nats.url(held, STORE)
            process.kill()
            await process.wait()
        async with running(program):
            assert engines_nats.url(held, STORE) == address
            operator = await connect(held, nats_conf.OPERATOR)
            held_by = await operator.jetstream().get_msg("EVENTS", seq=1)
            assert held_by.data == b"kept"
            await operator.close()

    asyncio.run(work())


def test_the_configuration_is_the_same_each_time_and_names_no_mute(tmp_path):
    texts = {
        nats_conf.render(DECLARED, 4222, tmp_path, lambda user: f"secret of {user}")
        for _ in range(3)
    }
    assert len(texts) == 1
    assert json.dumps("mute") not in texts.pop()


@pytest.fixture
def plain(tmp_path):
    """A server of somebody's own, started with these lines of configuration."""
    started = []

    def start(*lines):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        (tmp_path / "nats.conf").write_text("\n".join([f"port: {port}", *lines]))
        server = str(engines.script(engines_nats.WHEEL, "nats-server"))
        config = str(tmp_path / "nats.conf")
        started.append(subprocess.Popen([server, "-c", config], stderr=subprocess.PIPE))
        while b"Server is ready" not in (said := started[0].stderr.readline()):
            assert said
        return f"127.0.0.1:{port}"

    yield start
    for each in started:
        each.kill()
        each.communicate()


def test_a_bus_of_ones_own_without_jetstream_is_told_before_anything_starts(plain):
    with pytest.raises(MeshError, match="no JetStream: start it with --jetstream"):
        outside.is_named("NATS_URL", {"NATS_URL": f"nats://{plain()}"})


def test_a_bus_of_ones_own_is_taken_with_the_right_password_alone(plain, tmp_path):
    at = plain(
        f"jetstream {{ store_dir: {tmp_path} }}",
        "authorization { user: app, password: right }",
    )
    assert outside.is_named("NATS_URL", {"NATS_URL": f"nats://app:right@{at}"})
    with pytest.raises(MeshError, match="mend user and password"):
        outside.is_named("NATS_URL", {"NATS_URL": f"nats://app:wrong@{at}"})


def test_what_is_no_address_of_a_bus_is_told():
    with pytest.raises(MeshError, match="NATS_URL is no address"):
        outside.is_named("NATS_URL", {"NATS_URL": "localhost:4222"})
