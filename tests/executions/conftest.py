"""A host of executions whose store, deferred and actions are in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

import executions
from contracts.assistant.pipelines import Pipeline, StoredExecution


class Refused(Exception):
    """As a service's failures are."""

    def __init__(self, *, retryable: bool = False) -> None:
        super().__init__("refused")
        self.kind = type("Kind", (), {"retryable": retryable})
        self.data: dict[str, Any] = {}


class Away(Exception):
    """The store cannot be asked."""


class Lost(Exception):
    """Somebody else wrote meanwhile."""


class InUse(Exception):
    """A request with the same key is being answered."""


class Contradicted(Exception):
    """A key was used with something else."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Named:
    """An action: what ``does`` is asked with its arguments and how it was called."""

    name: str
    does: Callable[..., Any]
    resource: str = ""
    description: str = "does it"
    is_offered: bool = True
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "object"})
    calls: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.resource = self.resource or f"here:{self.name}"

    async def __call__(self, arguments: Any, **how: Any) -> Any:
        self.calls.append({"arguments": arguments} | how)
        found = self.does(arguments)
        return await found if isinstance(found, Awaitable) else found


@dataclass
class Store:
    """Documents with versions, and the alarms that were set."""

    held: dict[str, tuple[StoredExecution, int]] = field(default_factory=dict)
    alarms: dict[str, datetime | None] = field(default_factory=dict)
    kept_for: dict[str, float | None] = field(default_factory=dict)
    is_away: bool = False
    writes: int = 0

    async def find(self, id: str) -> tuple[StoredExecution, int] | None:
        if self.is_away:
            raise Away
        if (found := self.held.get(id)) is None:
            return None
        return found[0].model_copy(deep=True), found[1]

    def wake(self, id: str, at: datetime | None) -> None:
        self.alarms[id] = at

    async def write(
        self,
        id: str,
        value: StoredExecution,
        version: int,
        seconds: float | None = None,
    ) -> int:
        await asyncio.sleep(0)  # others have their turn before it is written
        if self.is_away:
            raise Away
        if self.held.get(id, (None, 0))[1] != version:
            raise Lost
        self.writes += 1
        self.kept_for[id] = seconds
        self.held[id] = (value.model_copy(deep=True), version + 1)
        return version + 1


class Deferred(dict[tuple[str, str], StoredExecution]):
    """What ended in memory."""

    def put(self, tenant: str, id: str, piece: StoredExecution) -> None:
        self[tenant, id] = piece

    def find(self, tenant: str, id: str) -> StoredExecution | None:
        return self.get((tenant, id))


@dataclass
class Platform:
    """Work in the background, and under whose name it is done."""

    UpstreamFailed, Stale, Conflict, KeyInUse = Away, Lost, Contradicted, InUse
    acted: list[tuple[Any, ...]] = field(default_factory=list)
    ongoing: set[asyncio.Task[Any]] = field(default_factory=set)

    @contextmanager
    def detached(self, *who: Any) -> Iterator[None]:
        self.acted.append(who)
        yield

    def background(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self.ongoing.add(task)
        return task


@dataclass
class Caller:
    tenant: str = "t"
    subject: str = "u"
    roles: tuple[str, ...] = ("customer",)
    idempotency_key: str | None = None
    is_outside: bool = True


class Bench:
    """A host beside its parts, with the actions that it was given."""

    def __init__(self, *actions: Named) -> None:
        self.store, self.deferred, self.platform = Store(), Deferred(), Platform()
        self.actions = executions.Actions(actions, Refused)
        self.host = self.replica()

    def replica(self) -> executions.Host:
        """A host on the same store; what ended in its memory is its own."""
        mine = Deferred() if hasattr(self, "host") else self.deferred
        return executions.Host(self.actions, self.store, mine, self.platform)

    def new(
        self,
        definition: Any,
        type: str = "express",
        given: Any = None,
        key: str | None = None,
    ) -> StoredExecution:
        about = {"name": "p", "type": type, "definition": definition}
        pipeline = Pipeline.model_validate(about)
        return executions.new(pipeline, given or {}, Caller(idempotency_key=key))


@pytest.fixture
def bench() -> type[Bench]:
    return Bench


@pytest.fixture
def named() -> type[Named]:
    return Named


@pytest.fixture
def refused() -> type[Refused]:
    return Refused
