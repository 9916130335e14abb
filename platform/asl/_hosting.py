"""What a machine needs of its host, and what it tells it.

A host supplies the tasks, a clock, a journal where an execution must survive a crash,
and may look on. Times are aware datetimes in UTC throughout.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

Entry = dict[str, Any]
"""What a journal keeps of one effect: JSON, of a few kilobytes as a rule."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of every execution."""

    transitions: int = 25_000  # states entered and attempts made, in all
    payload: int = 256 * 1024  # bytes of a state's input, result or output as JSON
    concurrency: int = 40  # items of a Map, branches of a Parallel at a time
    task_seconds: float = 60.0  # a Task that has no TimeoutSeconds
    execution_seconds: float = 365 * 86_400.0  # and no longer than its TimeoutSeconds


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a machine. The same values must be given again to resume it.

    *id* must be unique: random draws are derived from it. *context* is added to the
    context object (``$$``) beside Execution, State, StateMachine and Map.
    """

    id: str
    input: Any = field(default_factory=dict)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    name: str = ""
    machine: str = ""
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One step of an execution's history.

    *type* is one of ``TYPES``. *key* is the position of the state in the execution, so
    that an event that is told again after a resumption can be recognised: (key, type,
    details) are the same then.
    """

    at: datetime
    type: str
    key: str = ""
    state: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


TYPES = (
    "ExecutionStarted",  # input
    "StateEntered",  # input
    "TaskScheduled",  # resource, attempt
    "Delta",  # data: what the task emitted
    "TaskSucceeded",  # attempt
    "TaskFailed",  # attempt, error, cause
    "StateRetried",  # attempt (the next one), error, cause, until
    "StateCaught",  # error, cause, next
    "StateFailed",  # error, cause
    "StateExited",  # output
    "ExecutionSuspended",  # until
    "ExecutionSucceeded",  # output
    "ExecutionFailed",  # error, cause
    "ExecutionTimedOut",  # error, cause
)

Observer = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt at a Task.

    *key* is the same for every attempt at one visit of the state, and for the repeat of
    an attempt that a crash cut off: with the execution's id before it, it is the
    idempotency key. *emit* tells the observer of a part of the result on its way.
    """

    resource: str
    input: Any
    key: str
    attempt: int
    timeout: float  # seconds
    emit: Callable[[Any], Awaitable[None]]


Task = Callable[[Call], Awaitable[Any]]
"""Returns the result (JSON) or raises Failed. Whatever else it raises stops the run as
a crash would: nothing is journalled, and the execution can be resumed."""


class Journal(Protocol):
    """The finished effects of one execution, by position.

    ``record`` returns when the entry is durable. Branches call it concurrently.
    """

    def recall(self, key: str) -> Entry | None:
        """The entry of a position; None where its effect has not ended."""

    async def record(self, key: str, entry: Entry) -> None:
        """Keep an entry; what this raises stops the run, to be resumed."""


class Clock(Protocol):
    """Time, as the host keeps it. ``until`` returns at the moment, or raises Suspended;
    *key* is the position that waits."""

    def now(self) -> datetime:
        """The moment, with its zone."""

    async def until(self, key: str, moment: datetime) -> None:
        """Wait; Suspended."""


class MemoryJournal:
    """A journal in memory, in ``entries``: for tests, and to replay stored entries."""

    def __init__(self, entries: dict[str, Entry] | None = None) -> None:
        self.entries: dict[str, Entry] = {} if entries is None else entries

    def recall(self, key: str) -> Entry | None:
        return self.entries.get(key)

    async def record(self, key: str, entry: Entry) -> None:
        self.entries[key] = entry


class NoJournal:
    """What an express execution has: nothing is kept, nothing is recalled."""

    def recall(self, key: str) -> Entry | None:
        return None

    async def record(self, key: str, entry: Entry) -> None:
        return None


class SleepingClock:
    """The system's time; it sleeps until a moment comes."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def until(self, key: str, moment: datetime) -> None:
        left = (moment - self.now()).total_seconds()
        await asyncio.sleep(max(0.0, left))
