"""Effects: what a run does to the world, each journalled once it has ended.

All else in a run is a function of the definition, the input and the journal. So a run
that stopped anywhere is resumed by running it again: what ended is recalled.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asl import _failures
from asl._failures import Expired, Failed
from asl._hosting import (
    Call,
    Clock,
    Entry,
    Event,
    Execution,
    Journal,
    Limits,
    Observer,
    Task,
)
from asl._payload import bounded
from asl._visit import Lane, Visit


@dataclass(frozen=True, slots=True)
class Host:
    """Everything that a run is given from outside."""

    task: Task
    journal: Journal
    clock: Clock
    observer: Observer | None
    limits: Limits


def failure_entry(failure: Failed) -> Entry:
    return {"error": failure.error, "cause": failure.cause}


class Effects:
    """The effects of one run, until its *deadline*; a *replay* has none."""

    def __init__(
        self, host: Host, execution: Execution, seconds: float, replay: bool = False
    ) -> None:
        self._host, self._made, self.replay = host, 0, replay
        self.limits = host.limits
        self.deadline = execution.started + timedelta(seconds=seconds)

    def count(self) -> None:
        """One more transition; every loop that a definition can make passes here."""
        self._made += 1
        if self._made > self.limits.transitions:
            cause = f"more than {self.limits.transitions} transitions"
            raise Failed(_failures.RUNTIME, cause)

    async def tell(self, type: str, visit: Visit, **details: Any) -> None:
        if self._host.observer is not None:
            event = Event(visit.lane.now, type, visit.key, visit.name, details)
            await self._host.observer(event)

    async def call(self, visit: Visit, data: Any, seconds: float) -> Any:
        """The result of the visit's current attempt at its task."""
        key = f"{visit.key}.{visit.attempt}"
        resource = visit.state["Resource"]
        await self.tell(
            "TaskScheduled", visit, resource=resource, attempt=visit.attempt
        )
        entry = self._host.journal.recall(key)
        if entry is None:
            emit = self._emitter(visit)
            call = Call(resource, data, visit.key, visit.attempt, seconds, emit)
            entry = await self._called(call) | {"state": visit.name}
            await self._record(key, visit.lane, entry)
        self._catch_up(visit.lane, entry["at"])
        if "error" not in entry:
            await self.tell("TaskSucceeded", visit, attempt=visit.attempt)
            return entry["result"]
        failure = Failed(entry["error"], entry["cause"])
        told = failure_entry(failure)
        await self.tell("TaskFailed", visit, attempt=visit.attempt, **told)
        raise failure

    async def _called(self, call: Call) -> Entry:
        try:
            async with asyncio.timeout(call.timeout):
                result = await self._host.task(call)
            bounded(result, self.limits.payload, f"the result of {call.resource}")
        except TimeoutError:
            cause = f"{call.resource} gave no answer within {call.timeout:g} s"
            return failure_entry(Failed(_failures.TIMEOUT, cause))
        except Failed as failure:
            return failure_entry(failure)
        return {"result": result}

    def _emitter(self, visit: Visit) -> Callable[[Any], Awaitable[None]]:
        async def emit(data: Any) -> None:
            if self._host.observer is not None:
                now, details = self._host.clock.now(), {"data": data}
                event = Event(now, "Delta", visit.key, visit.name, details)
                await self._host.observer(event)

        return emit

    async def pause(self, lane: Lane, key: str, moment: datetime) -> None:
        """Until the moment, or the deadline: then Expired. The past needs no pause."""
        if moment <= lane.now:
            return
        entry = self._host.journal.recall(key)
        if entry is None:
            entry = {"until": min(moment, self.deadline).isoformat()}
            await self._record(key, lane, entry)
        until = datetime.fromisoformat(entry["until"])
        await self._host.clock.until(key, until)
        self._catch_up(lane, entry["until"])
        if until >= self.deadline:
            raise Expired

    def recall_failure(self, key: str, lane: Lane) -> Failed | None:
        """How all the branches at *key* failed, when they did in an earlier run.

        Without it, a later run would start again what was cancelled beside the failure.
        """
        entry = self._host.journal.recall(key)
        if entry is None:
            return None
        self._catch_up(lane, entry["at"])
        return Failed(entry["error"], entry["cause"])

    async def record_failure(self, key: str, lane: Lane, failure: Failed) -> None:
        entry = failure_entry(failure)
        await self._record(key, lane, entry)
        self._catch_up(lane, entry["at"])

    async def _record(self, key: str, lane: Lane, entry: Entry) -> None:
        """Cancelled or not, what has happened is journalled first."""
        entry["at"] = max(self._host.clock.now(), lane.now).isoformat()
        saving = asyncio.ensure_future(self._host.journal.record(key, entry))
        try:
            await asyncio.shield(saving)
        except asyncio.CancelledError:
            await asyncio.wait({saving})
            saving.result()  # a journal that failed is not passed over
            raise

    @staticmethod
    def _catch_up(lane: Lane, at: str) -> None:
        lane.now = max(lane.now, datetime.fromisoformat(at))
