"""The unit of work: what one request or event changes commits at once, or not at all.

Writes and events are gathered while the handler runs and committed in one transaction
of database-operations just before the answer leaves, together with the idempotent
answer or the mark that the event was handled. So an acknowledged write is a committed
one, a repeat finds the first answer, and an event is never out without its state.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from chassis import _context, _runtime, errors
from chassis._upstream import upstream
from contracts.infrastructure.database import (
    Change,
    Committed,
    Event,
    Transaction,
    Version,
    is_at,
)

DATABASE = upstream("database-operations")
EVENTS_AT_ONCE = 100  # that database-operations takes in one transaction
CHANGING = {"put", "patch", "delete"}


@dataclass
class Seen:
    """The document that the request's path *names*: the version at which the caller saw
    it, if that is said, and the one that was read here, if it was."""

    names: frozenset[str]
    version: Version | None = None
    found: int | None = None

    def read(self, id: str, version: int) -> None:
        """It is at that version now; Stale where the caller saw another."""
        if id not in self.names:
            return
        if not is_at(self.version, version):
            raise errors.Stale(f"{id} has changed since it was read")
        self.found = version

    def pin(self, changes: Iterable[Change]) -> None:
        """Have *changes* made to the version that was seen alone; Stale where it is not
        known what of them that is about."""
        if self.version is None:
            return
        mine = [c for c in changes if c.id in self.names and c.op in CHANGING]
        for change in mine:
            if change.version is None:
                change.version = self.version
        if not mine and self.found is None:
            raise errors.Stale("If-Match is not understood here: leave it out")


@dataclass
class Unit:
    """Changes and events that are not committed yet; what the caller has *seen*."""

    changes: list[Change] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    cancel: list[str] = field(default_factory=list)
    seen: Seen | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.events or self.cancel)

    async def commit(self) -> list[int | None]:
        """Commit what was gathered; the version that each change left.

        Conflict, Stale and NotFound mean that nothing was written.
        """
        if self.is_empty:
            return []
        if self.seen:
            self.seen.pin(self.changes)
            self.seen = None
        changes, events, cancel = self.changes, self.events, self.cancel
        self.changes, self.events, self.cancel = [], [], []
        try:
            done = await DATABASE.call(
                "transact",
                Committed,
                json=Transaction(changes=changes, events=events, cancel=cancel),
                service=_runtime.running().service,
                # The write id: if the mesh sends it again, the first result comes back.
                key=str(uuid.uuid4()),
            )
        finally:
            # Also where nobody knows what became of it.
            _tell({change.collection for change in changes})
        return done.versions


_watchers: dict[str, list[Callable[[str], None]]] = defaultdict(list)


def watch(collection: str, told: Callable[[str], None]) -> None:
    """Have *told* called, with the tenant, when this process changed *collection*."""
    _watchers[collection].append(told)


def _tell(collections: set[str]) -> None:
    tenant = _context.current().tenant or ""
    for collection in collections & _watchers.keys():
        for told in _watchers[collection]:
            told(tenant)


_unit: ContextVar[Unit] = ContextVar("chassis_unit")


def unit() -> Unit:
    """The unit of the current request or event."""
    return _unit.get()


def looked_at(id: str, version: int) -> None:
    """A document was read at *version*; Stale if the caller saw it at another one."""
    mine = _unit.get(None)
    if mine and mine.seen:
        mine.seen.read(id, version)


@contextmanager
def gathering() -> Iterator[Unit]:
    """A new unit inside the block; leaving it commits nothing by itself."""
    token = _unit.set(Unit())
    try:
        yield _unit.get()
    finally:
        _unit.reset(token)


@contextmanager
def acting_for(tenant: str) -> Iterator[Unit]:
    """Work for *tenant* as this service itself, in a unit of its own.

    Events' handlers and the few look-ups in the tenant ``_platform`` need it. Commit
    the unit inside the block: one transaction never spans two tenants.
    """
    service = _runtime.running().service
    with (
        _context.entered(_context.service_context(tenant, service)),
        gathering() as mine,
    ):
        yield mine


@contextmanager
def detached(
    tenant: str, subject: str | None, roles: tuple[str, ...]
) -> Iterator[Unit]:
    """Work that outlives its request: that identity, no deadline, a unit of its own."""
    context = replace(
        _context.service_context(tenant, _runtime.running().service, subject),
        roles=roles,
        deadline=None,
        idempotency_key=None,
    )
    with _context.entered(context), gathering() as mine:
        yield mine


async def commit() -> list[int | None]:
    """Commit now what the current unit has gathered, before the handler ends."""
    return await unit().commit()


def publish(
    event: BaseModel,
    *,
    deliver_at: datetime | None = None,
    cancel_key: str | None = None,
) -> str:
    """Publish *event* with the unit's commit, or at *deliver_at*; its id.

    The model's ``type`` is the event's type, the rest its data.
    """
    context = _context.current()
    data = event.model_dump(mode="json")
    made = Event(
        id=str(uuid.uuid4()),
        type=data.pop("type"),
        source=_runtime.running().service,
        data=data,
        subject=context.subject,
        traceparent=context.traceparent,
        deliver_at=deliver_at,
        cancel_key=cancel_key,
    )
    unit().events.append(made)
    return made.id


async def publish_each(events: Iterable[BaseModel]) -> None:
    """Publish every event, however many: in further commits where one is full."""
    for event in events:
        if len(unit().events) >= EVENTS_AT_ONCE:
            await commit()
        publish(event)


def cancel(*cancel_keys: str) -> None:
    """Take back the delayed events of these keys, if they are not out yet."""
    unit().cancel.extend(cancel_keys)


def journal() -> str:
    """The collection of this service's idempotent answers and handled events."""
    return f"journal-{_runtime.running().service}"


async def remembered(id: str) -> dict[str, Any] | None:
    """What the journal holds under *id*."""
    try:
        found = await DATABASE.call("read", collection=journal(), id=id)
    except errors.NotFound:
        return None
    return found["body"]


def remember(id: str, body: dict[str, Any], seconds: float) -> None:
    """Add a journal entry to the unit; committing fails if there is one already."""
    document = {"body": body, "ttl": seconds}
    unit().changes.append(
        Change(
            op="put",
            collection=journal(),
            id=id,
            version=0,
            document=document,
        )
    )


def answer_id(context: _context.Context, operation: str) -> str:
    """Where the answer to this caller's idempotency key is kept."""
    parts = [context.subject or context.actor, operation, context.idempotency_key or ""]
    return "answer-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
