"""Events: durable, at-least-once handlers over NATS JetStream.

A handler's writes commit together with the mark that its event was handled, so a
redelivery changes nothing. The sixth delivery goes to the dead letters before it is
handled. Order is not promised: events carry their documents' versions.
"""

import asyncio
import contextlib
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel

from chassis import _context, _logs, _metrics, _runtime, _unit, errors

E = TypeVar("E", bound=BaseModel)
STREAM, DEAD = "EVENTS", "dead"
LAST_DELIVERY = 5
# Seconds before the next delivery: together longer than a store or a breaker takes to
# come back, so that an outage does not use the deliveries up.
PAUSES = (1.0, 4.0, 15.0, 60.0, 180.0)
ACK_WAIT = 30.0  # seconds; renewed while a handler works
AT_ONCE = 4  # events that one consumer handles side by side
MARK_AGE = 7 * 86_400.0  # seconds that a handled event is remembered
log = logging.getLogger(__name__)


class Later(Exception):
    """Raised by a handler: deliver this event again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"later, in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Consumer(Generic[E]):
    """A handler of one event type. Made by ``chassis.on``; calls like the handler."""

    event: type[E]
    handler: Callable[[E], Awaitable[None]]
    deadline: float
    lost: Callable[[], None] | None = None

    @property
    def type(self) -> str:
        """The event's name, such as ``document.processed``."""
        return get_args(self.event.model_fields["type"].annotation)[0]

    def durable(self, service: str) -> str:
        return f"{service}-{self.type.replace('.', '_')}"

    async def __call__(self, event: E) -> None:
        await self.handler(event)


def on(
    event: type[E], *, deadline: float = 60.0
) -> Callable[[Callable[[E], Awaitable[None]]], Consumer[E]]:
    """Handle every *event*, each within *deadline* seconds, in the event's tenant."""

    def register(handler: Callable[[E], Awaitable[None]]) -> Consumer[E]:
        return Consumer(event, handler, deadline)

    return register


def heard(
    event: type[E], *, lost: Callable[[], None]
) -> Callable[[Callable[[E], Awaitable[None]]], Consumer[E]]:
    """Let every replica hear every *event* at once, for what it remembers.

    Nothing is delivered again: *lost* is called whenever one may have been missed.
    """

    def register(handler: Callable[[E], Awaitable[None]]) -> Consumer[E]:
        return Consumer(event, handler, 5.0, lost)

    return register


async def deliver(
    consumer: Consumer[Any], envelope: dict[str, Any], *, is_first: bool = False
) -> None:
    """Handle one CloudEvent once: its effects commit with the mark that it was.

    Of a first delivery (*is_first*) there is no mark, as a rule, so that looking for
    one is left to the commit, which finds it.
    """
    mark = f"event-{consumer.type}-{envelope['id']}"
    with _as_event(envelope), _unit.gathering():
        if consumer.lost is not None:
            return await consumer(_parsed(consumer, envelope))
        if not is_first and await _unit.remembered(mark) is not None:
            return
        async with asyncio.timeout(consumer.deadline):
            await consumer(_parsed(consumer, envelope))
        _unit.remember(mark, {}, MARK_AGE)
        try:
            await _unit.commit()
        except errors.Stale:
            # Another delivery committed first, or a document moved meanwhile.
            if await _unit.remembered(mark) is None:
                raise


def _parsed(consumer: Consumer[Any], envelope: dict[str, Any]) -> BaseModel:
    return consumer.event.model_validate({"type": consumer.type, **envelope["data"]})


def _as_event(envelope: dict[str, Any]) -> Any:
    """The context of an event: its tenant, its trace, this service as the actor."""
    headers = {"traceparent": envelope.get("traceparent") or ""}
    service = _runtime.running().service
    context = replace(
        _context.traced(headers),
        tenant=envelope["tenant"],
        subject=envelope.get("subject"),
        roles=("service",),
        actor=service,
        request_id=envelope["id"],
        idempotency_key=envelope["id"],
    )
    return _context.entered(context)


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
    import nats
    from nats.js.api import AckPolicy, ConsumerConfig

    async def disconnected() -> None:
        await _missed(consumer)

    bus = await nats.connect(
        url,
        name=runtime.service,
        inbox_prefix=f"_INBOX_{runtime.service}".encode(),
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.5,
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
            config=ConsumerConfig(
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT,
                max_deliver=LAST_DELIVERY + 5,
                max_ack_pending=256,
            ),
        )
        await _fetch(runtime, consumer, stream, subscription)
    finally:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(bus.close(), 2.0)


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
            await deliver(consumer, json.loads(message.data))
        except Exception as exc:
            log.warning("%s: %s", consumer.type, exc, exc_info=exc)
            await _missed(consumer)


async def _fetch(
    runtime: _runtime.Runtime, consumer: Consumer[Any], stream: Any, subscription: Any
) -> None:
    room = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        while True:
            await room.acquire()
            room.release()
            try:
                messages = await subscription.fetch(AT_ONCE, timeout=5)
            except TimeoutError:
                continue
            for message in messages:
                await room.acquire()
                work = group.create_task(_one(runtime, consumer, stream, message))
                work.add_done_callback(lambda _: room.release())


async def _one(
    runtime: _runtime.Runtime, consumer: Consumer[Any], stream: Any, message: Any
) -> None:
    """Handle one delivery and tell the bus what became of it; never raises."""
    started, outcome = time.time(), "handled"
    envelope = json.loads(message.data)
    alive = asyncio.create_task(_renew(message))
    try:
        if message.metadata.num_delivered > LAST_DELIVERY:
            outcome = "dead"
            subject = f"{DEAD}.{runtime.service}.{consumer.type}"
            await stream.publish(subject, message.data)
        else:
            is_first = message.metadata.num_delivered == 1
            await deliver(consumer, envelope, is_first=is_first)
        await message.ack()
    except Later as later:
        outcome = "later"
        await _settle(message.nak(later.seconds))
    except Exception as exc:
        outcome = "failed"
        log.warning("%s: %s", consumer.type, exc, exc_info=exc)
        at = min(message.metadata.num_delivered, len(PAUSES)) - 1
        await _settle(message.nak(PAUSES[at]))
    finally:
        alive.cancel()
        _metrics.EVENTS.labels(runtime.service, consumer.type, outcome).inc()
        with _as_event(envelope):
            status = 200 if outcome in ("handled", "later") else 500
            _logs.span(runtime.service, f"on {consumer.type}", started, status)


async def _settle(answer: Awaitable[None]) -> None:
    """An answer that the bus misses only means that it delivers once more."""
    with contextlib.suppress(Exception):
        await answer


async def _renew(message: Any) -> None:
    """Tell the bus that the handler is still at work, until cancelled."""
    while True:
        await asyncio.sleep(ACK_WAIT / 3)
        await _settle(message.in_progress())
