"""Keeping executions: journals as text, the time of their hosts, stored histories."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from asl._failures import Suspended
from asl._hosting import (
    Call,
    Entry,
    Event,
    Execution,
    MemoryJournal,
    SleepingClock,
)
from asl._machine import Machine

PATIENCE = 3.0  # seconds that are slept through rather than suspended
LONGEST = 2_000  # characters of JSON that the details of a brief event have


class TextJournal:
    """A journal whose ``entries`` are JSON texts, each saved before it counts.

    As text: what merges documents would take a null within for a removal.
    """

    def __init__(
        self,
        entries: Mapping[str, str],
        save: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self.entries, self._save = dict(entries), save

    def recall(self, key: str) -> Entry | None:
        return json.loads(self.entries[key]) if key in self.entries else None

    async def record(self, key: str, entry: Entry) -> None:
        text = json.dumps(entry)
        await self._save(key, text)
        self.entries[key] = text


class PatientClock(SleepingClock):
    """Sleeps for a moment; a longer wait suspends the execution instead."""

    async def until(self, key: str, moment: datetime) -> None:
        if (moment - self.now()).total_seconds() > PATIENCE:
            raise Suspended(moment)
        await super().until(key, moment)


async def replayed(
    definition: dict[str, Any], execution: Execution, entries: Mapping[str, str]
) -> list[Event]:
    """The history of an execution, from the entries of its TextJournal."""

    async def unused(call: Call) -> Any:
        raise RuntimeError("a replay calls nothing")

    known = {key: json.loads(text) for key, text in entries.items()}
    machine = Machine(definition, unused)
    return await machine.history(execution, MemoryJournal(known))


def brief(events: Iterable[Event]) -> list[Event]:
    """The events, without details that are longer than LONGEST."""
    sizes: dict[int, int] = {}

    def size(value: Any) -> int:
        # What one state leaves the next one enters: the same object, measured once.
        if id(value) not in sizes:
            sizes[id(value)] = len(json.dumps(value, default=str))
        return sizes[id(value)]

    held = [(event, sum(map(size, event.details.values()))) for event in events]
    return [
        event if found <= LONGEST else replace(event, details={"omitted": found})
        for event, found in held
    ]
