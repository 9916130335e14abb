"""Consuming: deliveries from NATS JetStream, each handled, held back or buried.

The sixth delivery goes to the dead letters before it is handled. A delivery is not used
up by an outage of what the handler calls: the event is held here and tried again until
the outage is over, so that what was acknowledged outlasts it.
"""

import asyncio
import contextlib
import json
import logging
import os
import random
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chassis import _lean, _logs, _metrics, _runtime, errors
from chassis._events import Consumer, Later, as_event, deliver

STREAM, DEAD = "EVENTS", "dead"
LAST_DELIVERY = 5
PAUSES = (1.0, 4.0, 15.0, 60.0, 180.0)  # seconds before the next delivery
FIRST_HOLD, LONGEST_HOLD = 0.5, 15.0  # seconds between two tries in an outage
# Seconds that an outage may last until it uses up a delivery after all: what fails for
# five hours is for a person to look at.
PATIENCE = 3_600.0
ACK_WAIT = 10.0  # seconds until it is delivered again; renewed while a handler works
# Seconds between two signs of life that the bus is asked for; without three it is tried
# anew. One that has become mute looks like one without events, for ever.
PING = 5.0
AT_ONCE = 4  # events that one consumer handles side by side
ENVELOPE = frozenset({"id", "tenant", "data"})  # what an event cannot do without
# Of events that change one document at once, each but the first reads it anew: so often
# at most, each time after up to so many seconds.
OVERTAKEN, APART = 8, 0.05
PENDING = 256  # events that one consumer has taken and not yet answered for
# Seconds after which the bus forgets a consumer that nobody uses any more, whose unread
# events would fill it. What it has handled is remembered, or gone, by then.
UNUSED = 7 * 86_400.0
FAREWELL = 5.0  # seconds for the handlers at work once the service is told to stop
log = logging.getLogger(__name__)


@asynccontextmanager
async def consuming(
    runtime: _runtime.Runtime, consumers: list[Consumer[Any]]
) -> AsyncIterator[None]:
    """Consume while the block runs; on leaving, finish what is being handled."""
    url = os.environ.get("NATS_URL")
    if not consumers or url is None:
        yield
        return
    tasks = [asyncio.create_task(_forever(runtime, one, url)) for one in consumers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _forever(
    runtime: _runtime.Runtime, consumer: Consumer[Any], url: str
) -> None:
    """Keep a subscription alive, whatever happens to the bus."""
    while True:
        try:
            await _consume(runtime, consumer, url)
        except Exception as exc:
            log.warning("%s: the event bus is away: %s", consumer.type, exc)
            await asyncio.sleep(1.0)


async def _consume(
    runtime: _runtime.Runtime, consumer: Consumer[Any], url: str
) -> None:
    # aiohttp is for a bus behind web sockets; it would be 6 MB.
    nats = _lean.without("aiohttp", "nats")
    from nats.js.api import AckPolicy, ConsumerConfig

    async def disconnected() -> None:
        await _missed(consumer)

    bus = await nats.connect(
        url,
        name=runtime.service,
        inbox_prefix=f"_INBOX_{runtime.service}".encode(),
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.5,
        ping_interval=PING,
        error_cb=_quiet,
        disconnected_cb=disconnected,
    )
    try:
        if consumer.lost is not None:
            return await _listen(consumer, bus)
        stream = bus.jetstream(timeout=5.0)
        subscription = await stream.pull_subscribe(
            f"events.{consumer.type}",
            durable=consumer.durable(runtime.service),
            stream=STREAM,
            # Without a limit of the bus's own: beyond it an event would be lost
            # while its dead letter cannot be written.
            config=ConsumerConfig(
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT,
                max_ack_pending=PENDING,
                inactive_threshold=UNUSED,
            ),
        )
        await Worker(runtime.service, consumer, stream).work(subscription)
    finally:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(2.0):
                await bus.close()


async def _quiet(exc: Exception) -> None:
    log.info("event bus: %s", exc)


async def _missed(consumer: Consumer[Any]) -> None:
    if consumer.lost is not None:
        consumer.lost()


async def _listen(consumer: Consumer[Any], bus: Any) -> None:
    """Hear what is published from now on; there is no acknowledging."""
    await _missed(consumer)
    subscription = await bus.subscribe(f"events.{consumer.type}")
    async for message in subscription.messages:
        try:
            envelope = opened(message.data)
            with as_event(envelope):
                await deliver(consumer, envelope)
        except Exception as exc:
            log.warning("%s: %s", consumer.type, exc, exc_info=exc)
            await _missed(consumer)


class End(NamedTuple):
    """How a try ended; ``again`` is in seconds, None when it was the last."""

    outcome: str
    status: int
    again: float | None = None

    @property
    def is_held(self) -> bool:
        return self.outcome == "held"


GIVEN_BACK = End("given back", 503, PAUSES[0])  # to whoever consumes after this process


@dataclass(frozen=True)
class Worker:
    """Handles what one consumer of *service* is delivered; *bus* takes its dead."""

    service: str
    consumer: Consumer[Any]
    bus: Any
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    leaving: asyncio.Event = field(default_factory=asyncio.Event)

    def turn(self, tenant: str) -> AbstractAsyncContextManager[None]:
        """Inside there is room for an event of *tenant*."""
        return self.consumer.turn(tenant) if self.consumer.turn else self.room

    async def work(self, subscription: Any) -> None:
        """Take deliveries while there is room for them, until cancelled; what is being
        handled then is finished, and what only waits is given back."""
        at_work: set[asyncio.Task[None]] = set()
        try:
            while True:
                # Where tenants take turns, all are taken in, as far as PENDING.
                async with self.room:
                    pass
                try:
                    messages = await subscription.fetch(AT_ONCE, timeout=5)
                except TimeoutError:
                    continue
                for message in messages:
                    task = asyncio.create_task(self.settle(message))
                    at_work.add(task)
                    task.add_done_callback(at_work.discard)
        finally:
            self.leaving.set()
            await _finished(at_work)

    async def settle(self, message: Any) -> None:
        """Handle one delivery and tell the bus what became of it; never raises."""
        alive = asyncio.create_task(_renew(message))
        try:
            envelope = opened(message.data)
        except ValueError as exc:
            # No delivery will make it readable, and it must not hold up those that are.
            log.warning("%s: %s", self.consumer.type, exc)
            end = self._counted(await self._bury(message))
        else:
            end = await self._outlast(message, envelope)
        finally:
            alive.cancel()
        done = message.ack() if end.again is None else message.nak(end.again)
        await _quietly(done)

    async def _outlast(self, message: Any, envelope: dict[str, Any]) -> End:
        """How the last of its tries ended. What waits for the end of an outage leaves
        its room to others; what has not begun when the service stops never does."""
        end = GIVEN_BACK
        for pause in holds():
            async with self.turn(envelope["tenant"]):
                if self.leaving.is_set():
                    break
                end = await self._attempt(message, envelope)
            if not end.is_held:
                break
            await self._waited(pause)
        return end

    async def _waited(self, seconds: float) -> None:
        """So many seconds are over, or the service stops."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.leaving.wait()

    async def _attempt(self, message: Any, envelope: dict[str, Any]) -> End:
        """One try, counted and in the trace."""
        began = _logs.Began()
        with as_event(envelope):
            end = self._counted(await self._tried(message, envelope))
            operation = f"on {self.consumer.type}"
            _logs.span(operation, began, end.status)
        return end

    def _counted(self, end: End) -> End:
        _metrics.EVENTS.labels(self.service, self.consumer.type, end.outcome).inc()
        return end

    async def _tried(self, message: Any, envelope: dict[str, Any]) -> End:
        delivery = message.metadata.num_delivered
        if delivery > LAST_DELIVERY:
            return await self._bury(message)
        try:
            await self._delivered(envelope, is_first=delivery == 1)
            return End("handled", 200)
        except Later as later:
            return End("later", 200, later.seconds)
        except Exception as exc:
            return self._failed(message, exc)

    async def _delivered(self, envelope: dict[str, Any], *, is_first: bool) -> None:
        """Handle it, anew where a document that it changes was changed meanwhile."""
        for _ in range(OVERTAKEN):
            try:
                return await deliver(self.consumer, envelope, is_first=is_first)
            except errors.Stale:
                is_first = False
                await asyncio.sleep(random.uniform(0, APART))
        await deliver(self.consumer, envelope)

    async def _bury(self, message: Any) -> End:
        """Put it among the dead letters, or try to again."""
        try:
            subject = f"{DEAD}.{self.service}.{self.consumer.type}"
            await self.bus.publish(subject, message.data)
            return End("dead", 500)
        except Exception as exc:
            return self._failed(message, exc)

    def _failed(self, message: Any, exc: Exception) -> End:
        log.warning("%s: %s", self.consumer.type, exc, exc_info=exc)
        pause = PAUSES[min(message.metadata.num_delivered, len(PAUSES)) - 1]
        return End("held" if is_outage(exc) else "failed", 500, pause)


def opened(data: bytes) -> dict[str, Any]:
    """The CloudEvent that was delivered; ValueError of what is none."""
    envelope = json.loads(data)
    if not isinstance(envelope, dict) or not envelope.keys() >= ENVELOPE:
        raise ValueError(f"an event has {', '.join(sorted(ENVELOPE))}")
    return envelope


def is_outage(failure: Exception) -> bool:
    """Whether it is not the event's doing, and passes: the taxonomy says retryable, or
    somebody will make the room, or set the right, that there is not."""
    if isinstance(errors.from_exception(failure), errors.NoRoom | errors.Misconfigured):
        return True
    return isinstance(failure, errors.Problem) and failure.kind.retryable


def holds() -> Iterator[float]:
    """Seconds to wait for the end of an outage, again and again; ends in the end."""
    waited, pause = 0.0, FIRST_HOLD
    while waited < PATIENCE:
        yield pause
        waited, pause = waited + pause, min(2 * pause, LONGEST_HOLD)


async def _finished(tasks: set[asyncio.Task[None]]) -> None:
    """All of them are: by themselves within FAREWELL seconds, or else cancelled."""
    left = [*tasks]
    if not left:
        return
    await asyncio.wait(left, timeout=FAREWELL)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def _quietly(answer: Awaitable[None]) -> None:
    """An answer that the bus misses only means that it delivers once more."""
    with contextlib.suppress(Exception):
        await answer


async def _renew(message: Any) -> None:
    """Tell the bus that the handler is still at work, until cancelled."""
    while True:
        await asyncio.sleep(ACK_WAIT / 3)
        await _quietly(message.in_progress())
