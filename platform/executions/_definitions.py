"""Definitions of pipelines: a tenant's own, else those that ship."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import asl
from contracts.assistant.pipelines import Pipeline

MOST = 100  # findings that are told


class Remembered(Protocol):
    """Answers kept for a while, each asked for once at a time."""

    async def get(
        self, key: Any, ask: Callable[..., Awaitable[Any]], *arguments: Any
    ) -> Any: ...

    def forget(self, key: Any = None) -> None: ...


class Documents(Protocol):
    """The collection of pipelines, of the current tenant."""

    async def find(self, id: str) -> Pipeline | None: ...

    async def read(self, id: str, default: Pipeline) -> Any: ...

    def put(self, id: str, value: Pipeline, *, version: int) -> None: ...

    def delete(self, id: str) -> None: ...


class Platform(Protocol):
    """What the service runs on."""

    UpstreamFailed: type[Exception]
    Invalid: Callable[..., Exception]
    NotFound: Callable[..., Exception]

    def publish(self, event: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Definitions:
    """Every execution needs one, and they hardly ever change: so they are remembered.

    While nobody can be asked (UpstreamFailed), what ships is good enough. Each change
    is published as an *event* of the pipeline's name.
    """

    stored: Documents
    shipped: Mapping[str, Pipeline]
    remembered: Remembered
    platform: Platform
    event: Callable[..., Any]

    async def find(self, tenant: str | None, name: str) -> Pipeline | None:
        """The tenant's own definition, else the one that ships."""
        known = self.shipped.get(name)
        try:
            own = await self.remembered.get((tenant, name), self.stored.find, name)
        except self.platform.UpstreamFailed:
            if known is None:
                raise
            return known
        return own or known

    async def get(self, tenant: str | None, name: str) -> Pipeline:
        """The same; NotFound."""
        if known := await self.find(tenant, name):
            return known
        raise self.platform.NotFound(f"there is no pipeline {name}")

    async def define(
        self, tenant: str | None, new: Pipeline, known: Callable[[str], str | None]
    ) -> Pipeline:
        """Store *new* as the next revision; Invalid with every finding's place for one
        that cannot run. *known* says why a resource cannot be called."""
        if findings := asl.check(new.definition, known):
            first = f"{findings[0].place}: {findings[0].message}"
            told = [finding._asdict() for finding in findings[:MOST]]
            count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
            message = f"{count}: {first}"
            raise self.platform.Invalid(message, code="BAD_PIPELINE", findings=told)
        before = await self.stored.read(new.name, new)
        revision = before.value.revision + 1 if before.version else 1
        made = new.model_copy(update={"revision": revision})
        # Of two at once one is Stale, or both would be the same revision.
        self.stored.put(new.name, made, version=before.version)
        self._changed(tenant, new.name)
        return made

    async def withdraw(self, tenant: str | None, name: str) -> None:
        """Take the tenant's own definition away, so that the one that ships counts
        again; NotFound when it has none."""
        if await self.stored.find(name) is None:
            raise self.platform.NotFound(f"there is no pipeline {name} of your own")
        self.stored.delete(name)
        self._changed(tenant, name)

    def _changed(self, tenant: str | None, name: str) -> None:
        self.platform.publish(self.event(name=name))
        self.forget(tenant, name)

    def forget(self, tenant: str | None, name: str) -> None:
        """Read it again when it is needed next."""
        self.remembered.forget((tenant, name))
