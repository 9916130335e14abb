"""History: what happened in an execution, as it is told and as it is kept."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import states
from contracts.assistant.pipelines import Execution, HistoryEvent, StoredExecution

TOLD = {"StateEntered": "state-entered", "StateExited": "state-exited"}
MOST = 1000  # events that wait for a slow listener


def of(event: states.Event) -> HistoryEvent:
    return HistoryEvent(
        at=event.at, type=event.type, state=event.state, details=event.details
    )


async def nobody(event: states.Event) -> None:
    """An observer for executions that nobody watches."""


async def replayed(stored: StoredExecution) -> list[HistoryEvent]:
    """The history of a durable execution, from its journal."""
    entries = {key: json.loads(text) for key, text in stored.journal.items()}
    run = states.Execution(
        stored.id, stored.input, stored.started_at, stored.id, stored.pipeline
    )

    async def unused(call: states.Call) -> Any:
        raise RuntimeError("a replay calls nothing")

    machine = states.Machine(stored.definition, unused)
    events = await machine.history(run, states.MemoryJournal(entries))
    return [of(event) for event in events]


async def streamed(
    perform: Callable[..., Awaitable[StoredExecution]], stored: StoredExecution
) -> AsyncIterator[tuple[str, Any]]:
    """An execution's states and deltas as they come, and how it ended."""
    told: asyncio.Queue[Any] = asyncio.Queue(MOST)

    async def observe(event: states.Event) -> None:
        if event.type in TOLD:
            await told.put((TOLD[event.type], {"state": event.state}))
        elif event.type == "Delta":
            await told.put(("delta", event.details["data"]))

    async def whole() -> None:
        done = await perform(stored, observe)
        shown = Execution.model_validate(done.model_dump())
        await told.put(("execution", shown.model_dump(mode="json")))

    running = asyncio.create_task(whole())
    try:
        while not (running.done() and told.empty()):
            waiting = asyncio.create_task(told.get())
            await asyncio.wait([waiting, running], return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                yield waiting.result()
            else:
                waiting.cancel()
        running.result()
    finally:
        running.cancel()
