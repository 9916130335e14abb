"""The relay: what lies in the outbox and is due goes to JetStream, and only then goes.

An event is locked, published, acknowledged, then deleted, in one transaction: a crash
anywhere in between publishes it again under the same ``Nats-Msg-Id``, which JetStream
drops. Rows are taken with SKIP LOCKED and never by position, so several relays share
the work and a transaction that commits late is not passed over.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import prometheus_client

import lazy_imports
from docstore import _outbox, _store
from docstore._beginning import transaction
from docstore._forever import forever, heed_cancellation

# It is for a bus behind web sockets, and takes 6 MB.
with lazy_imports.absent("aiohttp"):
    import nats
    from nats.js import JetStreamContext
    from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
    from nats.js.errors import NotFoundError

    from docstore import _room

EVENTS = "EVENTS"
BATCH = 200  # events that one transaction takes
POLL = 5.0  # seconds between two looks when nothing calls; a notification may be lost
RECONNECT = 0.5  # seconds before both connections are tried anew
ANSWER = 5.0  # seconds for JetStream to acknowledge
TURN = 10.0  # seconds that PostgreSQL may take; then it is asked anew elsewhere
DAY = 86_400.0
# Due by this process's clock, as services choose the time by theirs: with tokens they
# prove to one another that these agree. Nobody ever asks PostgreSQL's.
TAKE = """
SELECT seq, tenant, id, type, event::text AS event FROM outbox WHERE deliver_at <= $2
ORDER BY deliver_at, seq LIMIT $1 FOR UPDATE SKIP LOCKED
"""
NEXT = """
SELECT extract(epoch FROM min(deliver_at) - $1)::float8 FROM outbox
WHERE deliver_at > $1
"""
log = logging.getLogger(__name__)
# It stands still while either server is away, which is when the lag has to be seen.
DRAINED = prometheus_client.Gauge(
    "filigree_outbox_drained_timestamp_seconds",
    "When nothing that was due was left in the outbox, in seconds since the epoch",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a stream keeps, in bytes and seconds. Beyond the bytes the oldest goes
    that everybody has read, and where there is none, events wait in the outbox."""

    size: int = 1 << 30
    age: float = 7 * DAY


def stream(
    name: str, subject: str, limits: Limits, full: DiscardPolicy
) -> StreamConfig:
    """A stream on disk whose duplicates are noticed for ten minutes; *full* says
    whether the oldest goes for a new one, or that is refused."""
    return StreamConfig(
        name=name,
        subjects=[subject],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=full,
        max_bytes=limits.size,
        max_age=limits.age,
        duplicate_window=600.0,
    )


async def ensure_streams(bus: JetStreamContext, limits: Limits) -> None:
    """EVENTS for ``events.>``, DEAD for what no consumer could handle (``dead.>``)."""
    dead = Limits(limits.size // 4, 4 * limits.age)
    wanted = (
        # An event that goes before it is read is lost, and nobody would know.
        stream(EVENTS, "events.>", limits, DiscardPolicy.NEW),
        # Refused, a dead letter would hold up those that are well.
        stream("DEAD", "dead.>", dead, DiscardPolicy.OLD),
    )
    for config in wanted:
        try:
            await bus.stream_info(config.name)
            await bus.update_stream(config)
        except NotFoundError:
            await bus.add_stream(config)


async def relay(
    dsn: str,
    url: str,
    *,
    source: str = "database-operations",
    limits: Limits | None = None,
) -> None:
    """Relay for ever, through every failure of either server; cancel it to end it.

    *source* names the relay to NATS, which may grant it an inbox of that name.
    """
    DRAINED.set_to_current_time()

    async def connected() -> float:
        await _connected(dsn, url, source, limits or Limits())
        return RECONNECT

    await forever("events wait in the outbox", connected, RECONNECT)


async def _connected(dsn: str, url: str, source: str, limits: Limits) -> None:
    woken = asyncio.Event()

    async def closed() -> None:
        woken.set()

    bus = await nats.connect(
        url,
        name=source,
        inbox_prefix=f"_INBOX_{source}".encode(),
        connect_timeout=2,
        # One try: the loop outside begins anew with both connections.
        allow_reconnect=False,
        error_cb=_noted,
        closed_cb=closed,
    )
    try:
        async with _store.keeper(dsn, TURN) as db:
            events = bus.jetstream(timeout=ANSWER)
            await ensure_streams(events, limits)
            await _drained_for_ever(db, bus, events, woken)
    finally:
        with suppress(Exception):
            async with asyncio.timeout(2.0):
                await bus.close()


async def _noted(exc: Exception) -> None:
    log.info("NATS: %s", exc)


async def _drained_for_ever(
    db: asyncpg.Connection,
    bus: nats.NATS,
    events: JetStreamContext,
    woken: asyncio.Event,
) -> None:
    db.add_termination_listener(lambda _: woken.set())
    await db.add_listener(_outbox.CHANNEL, lambda *_: woken.set())
    while bus.is_connected:
        woken.clear()
        while await drain(db, events):
            heed_cancellation()
        DRAINED.set_to_current_time()
        due = await db.fetchval(NEXT, datetime.now(UTC))
        heed_cancellation()
        pause = POLL if due is None else min(max(due, 0.01), POLL)
        # Not wait_for: before Python 3.12 it loses a cancellation that comes together
        # with what it waits for, and the relay would never end.
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await woken.wait()
    raise nats.errors.ConnectionClosedError


async def drain(db: asyncpg.Connection, events: JetStreamContext) -> int:
    """Relay one batch of what is due; how many events it had.

    What was acknowledged is gone even when the rest raises.
    """
    async with transaction(db):
        rows = await db.fetch(TAKE, BATCH, datetime.now(UTC))
        answers = await asyncio.gather(
            *(_publish(events, row) for row in rows), return_exceptions=True
        )
        pairs = list(zip(rows, answers, strict=True))
        sent = [row["seq"] for row, answer in pairs if answer is None]
        if sent:
            await db.execute("DELETE FROM outbox WHERE seq = ANY ($1::bigint[])", sent)
    failures = [answer for answer in answers if answer is not None]
    if failures:
        await _mended(events, failures)
    return len(rows)


async def _mended(events: JetStreamContext, failures: list[BaseException]) -> None:
    """What JetStream refused may be tried again at once; or why not."""
    is_full = all(map(_room.is_full, failures))
    if not (is_full and await _room.make(events, EVENTS)):
        raise failures[0]


async def _publish(events: JetStreamContext, row: asyncpg.Record) -> None:
    await events.publish(
        f"events.{row['type']}",
        row["event"].encode(),
        headers={
            # Ids are the senders' choice: one tenant's must not swallow another's.
            "Nats-Msg-Id": f"{row['tenant']}/{row['id']}",
            "Content-Type": "application/cloudevents+json",
        },
    )
