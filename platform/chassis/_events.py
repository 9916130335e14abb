"""Events: what handles them, each once in effect however often it is delivered.

A handler's writes commit together with the mark that its event was handled, so a
redelivery changes nothing. Order is not promised: events carry their documents'
versions. How deliveries come and end is _consuming's.
"""

import asyncio
import builtins
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel

from chassis import _context, _runtime, _unit, errors

E = TypeVar("E", bound=BaseModel)
Turn = Callable[[str], AbstractAsyncContextManager[None]]
MARK_AGE = 7 * 86_400.0  # seconds that a handled event is remembered


class Later(Exception):
    """Raised by a handler: deliver this event again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"later, in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Consumer(Generic[E]):
    """A handler of one event type. Made by ``chassis.on``; calls like the handler."""

    # Python 3.14 looks names up when they are asked for: `type` is the property then.
    event: builtins.type[E]
    handler: Callable[[E], Awaitable[None]]
    deadline: float
    lost: Callable[[], None] | None = None
    turn: Turn | None = None

    @property
    def type(self) -> str:
        """The event's name, such as ``document.processed``."""
        return get_args(self.event.model_fields["type"].annotation)[0]

    def durable(self, service: str) -> str:
        return f"{service}-{self.type.replace('.', '_')}"

    async def __call__(self, event: E) -> None:
        await self.handler(event)


def on(
    event: type[E], *, deadline: float = 60.0, turn: Turn | None = None
) -> Callable[[Callable[[E], Awaitable[None]]], Consumer[E]]:
    """Handle every *event*, each within *deadline* seconds, in the event's tenant.

    A few side by side, in their order; or each inside the *turn* of its tenant, where
    those of one tenant must not hold up the others'.
    """

    def register(handler: Callable[[E], Awaitable[None]]) -> Consumer[E]:
        return Consumer(event, handler, deadline, turn=turn)

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
    """Handle one CloudEvent once, within `as_event`: its effects commit with the mark
    that it was.

    Of a first delivery (*is_first*) there is no mark, as a rule, so that looking for
    one is left to the commit, which finds it.
    """
    mark = f"event-{consumer.type}-{envelope['id']}"
    with _unit.gathering():
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


def as_event(envelope: dict[str, Any]) -> Any:
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
