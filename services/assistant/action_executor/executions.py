"""Executions: express ones in memory, standard ones in their documents.

Who holds a standard execution writes its document at the version it knows. So whoever
lost it, because somebody took it up after a pause, can change nothing any more.
"""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import chassis
import states
from contracts.assistant.events import ExecutionStarted
from contracts.assistant.pipelines import HistoryEvent, StoredExecution
from services.assistant.action_executor import actions

HELD = timedelta(seconds=75)  # longer than the longest task, so that it need not renew
KEPT = 7 * 86_400.0  # seconds that an express execution can be looked at
RESCUES = 5  # in a row without any progress; then it fails
LOST = f"whoever ran it did not survive it, {RESCUES} times"
executions = chassis.collection("executions", StoredExecution)


def of(stored: StoredExecution) -> states.Execution:
    """The execution as the interpreter knows it, the same at every resumption."""
    id, name, context = stored.id, stored.pipeline, {"Actions": actions.SPECS}
    return states.Execution(id, stored.input, stored.started_at, id, name, context)


async def run(stored: StoredExecution, journal: Any, clock: Any, observer: Any) -> Any:
    """(the execution as it is then, until when it waits)."""
    task, tally = (
        partial(actions.perform, stored.id),
        states.Tally(stored.pipeline, observer),
    )
    machine = states.Machine(stored.definition, task, clock)
    end = await states.ending(machine.run(of(stored), journal, tally.observe))
    now = chassis.now()
    tally.count(end, (now - stored.started_at).total_seconds())
    how = {name: getattr(end, name) for name in ("status", "output", "error", "cause")}
    over = end.until is None
    return stored.model_copy(
        update=how | {"ended_at": now if over else None}
    ), end.until


async def express(new: StoredExecution, observer: Any) -> StoredExecution:
    """Run in memory; what happened is kept as far as that can be."""
    events: list[states.Event] = []

    async def observe(event: states.Event) -> None:
        events.append(event)
        if observer is not None:
            await observer(event)

    done, _ = await run(new, None, None, observe)
    chassis.background(keep(done, events))
    return done


def told(event: states.Event) -> HistoryEvent:
    return HistoryEvent.model_validate(event, from_attributes=True)


async def keep(done: StoredExecution, events: list[states.Event]) -> None:
    steps = [told(states.brief(each)) for each in events]
    with chassis.detached(done.tenant, done.subject, tuple(done.roles)):
        whole = done.model_copy(update={"history": steps, "definition": {}})
        executions.put(done.id, whole, ttl=KEPT)
        await chassis.commit()


async def hold(stored: StoredExecution, version: int) -> int:
    """Write that it is held from now on; the version that this left."""
    until = chassis.now() + HELD
    held = stored.model_copy(update={"held_until": until})
    executions.put(stored.id, held, version=version)
    again(stored.id, until)
    return (await chassis.commit())[0] or 0


def again(id: str, at: Any) -> None:
    """Have it taken up at that time, if nobody holds it then."""
    chassis.publish(ExecutionStarted(execution_id=id), deliver_at=at, cancel_key=id)


async def standard(stored: StoredExecution, version: int, observer: Any) -> Any:
    """Run from its journal on, each finished step written down before the next."""
    alone, known = asyncio.Lock(), version

    async def save(key: str, text: str) -> None:
        nonlocal known
        held = chassis.utc(chassis.now() + HELD)
        async with alone:
            change = {"journal": {key: text}, "held_until": held, "rescues": 0}
            executions.patch(stored.id, change, version=known)
            known = (await chassis.commit())[0] or 0

    with chassis.detached(stored.tenant, stored.subject, tuple(stored.roles)):
        journal = states.TextJournal(stored.journal, save)
        done, until = await run(stored, journal, states.PatientClock(), observer)
        left = {"journal": journal.entries, "held_until": until or chassis.now()}
        executions.put(done.id, done.model_copy(update=left), version=known)
        chassis.cancel(done.id) if until is None else again(done.id, until)
        await chassis.commit()
        return done


async def take_up(id: str) -> None:
    """Go on with an execution, unless it has ended or somebody holds it."""
    found = await executions.query({"id": id}, limit=1)
    stored = (
        StoredExecution.model_validate(found.items[0].body) if found.items else None
    )
    if stored is None or stored.status != "RUNNING":
        return
    if stored.held_until > chassis.now():
        return again(id, stored.held_until)
    if stored.rescues >= RESCUES:
        how = {"status": "FAILED", "error": "States.Runtime", "cause": LOST}
        lost = stored.model_copy(update=how | {"ended_at": chassis.now()})
        return executions.put(id, lost, version=found.items[0].version)
    stored.rescues += 1
    held = await hold(stored, found.items[0].version)
    chassis.background(standard(stored, held, None))


async def history(stored: StoredExecution) -> list[HistoryEvent]:
    """What happened so far, from the journal."""
    events = await states.replayed(stored.definition, of(stored), stored.journal)
    return [told(event) for event in events]
