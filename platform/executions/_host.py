"""Hosting executions: express ones in memory, standard ones in their documents.

Who holds a standard execution writes its document at the version it knows. So whoever
lost it, because somebody took it up after a pause, can change nothing any more.

An express one that comes with a key is claimed: a document says for a while that it
runs, so that the same request sent again meanwhile, to whichever replica, runs nothing.
"""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

import asl
from contracts.assistant.pipelines import HistoryEvent, Pipeline, StoredExecution
from executions._actions import Actions, Blame
from executions._packing import packed, unpacked
from executions._said import kept

HELD = timedelta(seconds=75)  # longer than the longest task, so that it need not renew
RESCUES = 5  # in a row without any progress; then it fails
PATIENCE = 24.0  # seconds that a caller waits for an end
CLAIMED = 30.0  # seconds: more than a request has, and its tasks with it


class Deferred(Protocol):
    """Where an execution that ended in memory is until it is stored."""

    def put(self, tenant: str, id: str, piece: StoredExecution) -> None: ...

    def find(self, tenant: str, id: str) -> StoredExecution | None: ...


class Store(Protocol):
    """Where executions are kept, and who wakes them."""

    async def find(self, id: str) -> tuple[StoredExecution, int] | None:
        """An execution and its version."""

    def wake(self, id: str, at: datetime | None) -> None:
        """Have it taken up at that time; None: never again. Counts from the next
        write on, or from the end of the event that is handled."""

    async def write(
        self,
        id: str,
        value: StoredExecution,
        version: int,
        seconds: float | None = None,
    ) -> int:
        """Write it if it is at that version (0: not there); the version this leaves.

        It is there for so many *seconds*, or for good. Stale when somebody else wrote
        meanwhile.
        """


class Platform(Protocol):
    """What a service stands on. ``detached`` (tenant, subject, roles) gives executions
    an identity that outlives the request, ``background`` lets them go on after it.

    Stale: somebody else wrote meanwhile. KeyInUse: so did a request with this key.
    ``Conflict(message, code=)``: the key came again with another input.
    """

    UpstreamFailed: type[Exception]
    Stale: type[Exception]
    KeyInUse: type[Exception]
    Conflict: Callable[..., Exception]

    def detached(
        self, tenant: str, subject: str | None, roles: tuple[str, ...]
    ) -> AbstractContextManager[Any]: ...

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]: ...


@dataclass(frozen=True, slots=True)
class Host:
    """Runs executions. The store raises the platform's UpstreamFailed while it is not
    there: express executions do without."""

    actions: Actions
    store: Store
    deferred: Deferred
    platform: Platform

    async def performed(
        self,
        new: StoredExecution,
        seconds: float = PATIENCE,
        observer: asl.Observer | None = None,
    ) -> StoredExecution:
        """Run it to its end, or for as long as a caller waits, in seconds.

        What an earlier request with the same key began is not run again: KeyInUse
        while an express one runs, of which there is nothing to tell yet.
        """
        if new.key and (found := await self._earlier(new)):
            return found
        if new.type == "express":
            if new.key:
                await self._claim(new)
            return await self._express(new, observer)
        held = await self._first_held(new)
        running = self.platform.background(self._standard(new, held, observer))
        ended, _ = await asyncio.wait([running], timeout=min(seconds, PATIENCE))
        return running.result() if ended else new

    async def take_up(self, id: str) -> None:
        """Go on with an execution, unless it has ended or somebody holds it."""
        stored, version = await self.store.find(id) or (None, 0)
        if stored is None or stored.status != "RUNNING":
            return
        if stored.held_until > _now():
            self.store.wake(id, stored.held_until)
        elif stored.rescues >= RESCUES:
            cause = f"whoever ran it did not survive it, {RESCUES} times"
            how = {"status": "FAILED", "error": "States.Runtime", "cause": cause}
            lost = stored.model_copy(update=how | {"ended_at": _now()})
            await self.store.write(id, lost, version)
        else:
            stored.rescues += 1
            held = await self._hold(stored, version)
            self.platform.background(self._standard(stored, held, None))

    async def history(self, stored: StoredExecution) -> list[HistoryEvent]:
        """What happened so far."""
        if stored.history:
            return stored.history
        run = self._run(stored)
        events = await asl.replayed(stored.definition, run, stored.journal)
        return [_told(event) for event in events]

    async def find(self, tenant: str, id: str) -> StoredExecution | None:
        """An execution of the current *tenant*, written down or not yet."""
        stored = self.deferred.find(tenant, id)
        if stored is None:
            stored, _ = await self.store.find(id) or (None, 0)
        return stored and unpacked(stored)

    async def _earlier(self, new: StoredExecution) -> StoredExecution | None:
        try:
            found = await self.find(new.tenant, new.id)
        except self.platform.UpstreamFailed:
            if new.type == "express":
                return None
            raise
        if found and found.input != new.input:
            why = "this Idempotency-Key was used with another input"
            raise self.platform.Conflict(why, code="KEY_REUSED")
        if found and found.type == "express" and found.status == "RUNNING":
            raise self.platform.KeyInUse
        return found

    async def _claim(self, new: StoredExecution) -> None:
        """Have nobody else run it meanwhile, as far as the store is there; KeyInUse."""
        try:
            await self.store.write(new.id, packed(new), 0, CLAIMED)
        except self.platform.Stale as exc:
            raise self.platform.KeyInUse from exc
        except self.platform.UpstreamFailed:
            return

    async def _first_held(self, new: StoredExecution) -> int:
        """Its version once it is written; KeyInUse when its key came twice at once."""
        try:
            return await self._hold(new, 0)
        except self.platform.Stale as exc:
            raise self.platform.KeyInUse from exc

    async def _express(
        self, new: StoredExecution, observer: asl.Observer | None
    ) -> StoredExecution:
        events: list[asl.Event] = []

        async def observe(event: asl.Event) -> None:
            events.append(event)
            if observer is not None:
                await observer(event)

        relays = observer is not None
        done, _ = await self._ended(new, None, None, observe, relays)
        steps = [_told(each) for each in asl.brief(events)]
        told = done.model_copy(update={"history": steps})
        self.deferred.put(done.tenant, done.id, told)
        return done

    async def _hold(self, stored: StoredExecution, version: int) -> int:
        until = _now() + HELD
        self.store.wake(stored.id, until)
        held = stored.model_copy(update={"held_until": until})
        return await self.store.write(stored.id, held, version)

    async def _standard(
        self, stored: StoredExecution, version: int, observer: asl.Observer | None
    ) -> StoredExecution:
        """Run from its journal on, each finished step written before the next."""
        alone, known = asyncio.Lock(), version

        async def save(key: str, text: str) -> None:
            nonlocal known
            async with alone:
                stored.journal[key], stored.rescues = text, 0
                stored.held_until = _now() + HELD
                known = await self.store.write(stored.id, stored, known)

        with self.platform.detached(stored.tenant, stored.subject, tuple(stored.roles)):
            journal = asl.TextJournal(stored.journal, save)
            clock = asl.PatientClock()
            relays = observer is not None
            done, until = await self._ended(stored, journal, clock, observer, relays)
            self.store.wake(done.id, until)
            left = done.model_copy(update={"held_until": until or _now()})
            await self.store.write(left.id, left, known)
            return done

    async def _ended(
        self,
        stored: StoredExecution,
        journal: Any,
        clock: Any,
        observer: Any,
        relays: bool,
    ) -> tuple[StoredExecution, datetime | None]:
        """The execution as it is after a run, and until when it waits."""
        blame = Blame()
        task = partial(self.actions.perform, stored.id, relays=relays, blame=blame)
        tally = asl.Tally(stored.pipeline, observer)
        machine = asl.Machine(stored.definition, task, clock)
        run = machine.run(self._run(stored), journal, tally.observe)
        end = await asl.ending(run)
        tally.count(end, (_now() - stored.started_at).total_seconds())
        how = {"status": end.status, "output": end.output}
        how |= {"error": end.error, "cause": end.cause}
        how |= {"upstream": blame.upstream if end.error else None}
        how |= {"ended_at": None if end.until else _now()}
        return stored.model_copy(update=how), end.until

    def _run(self, stored: StoredExecution) -> asl.Execution:
        """As the interpreter knows it, the same at every resumption."""
        id, name, context = stored.id, stored.pipeline, {"Actions": self.actions.specs}
        began = stored.started_at
        return asl.Execution(id, stored.input, began, id, name, context)


class Caller(Protocol):
    """Under whom an execution's tasks run, and the idempotency key it came with."""

    @property
    def tenant(self) -> str | None: ...

    @property
    def subject(self) -> str | None: ...

    @property
    def roles(self) -> Sequence[str]: ...

    @property
    def idempotency_key(self) -> str | None: ...

    @property
    def is_outside(self) -> bool: ...


def new(pipeline: Pipeline, given: Any, caller: Caller) -> StoredExecution:
    """An execution that has not begun; for a repeated key the same one."""
    given = kept(pipeline.name, given, is_outside=caller.is_outside)
    return StoredExecution(
        id=named(pipeline.name, caller),
        key=caller.idempotency_key,
        pipeline=pipeline.name,
        type=pipeline.type,
        definition=pipeline.definition,
        input=given,
        conversation_id=_conversation(given),
        status="RUNNING",
        started_at=_now(),
        held_until=_now(),
        tenant=caller.tenant or "",
        subject=caller.subject,
        roles=list(caller.roles),
    )


def named(what: str, caller: Caller) -> str:
    """An id for *what* is run; for a repeated key of the caller's the same one."""
    if caller.idempotency_key is None:
        return uuid.uuid4().hex
    key = f"{caller.subject}/{what}/{caller.idempotency_key}"
    return uuid.uuid5(uuid.NAMESPACE_OID, key).hex


def _conversation(given: Any) -> str | None:
    found = given.get("conversation_id") if isinstance(given, dict) else None
    return found if isinstance(found, str) else None


def _told(event: asl.Event) -> HistoryEvent:
    return HistoryEvent.model_validate(event, from_attributes=True)


def _now() -> datetime:
    return datetime.now(UTC)
