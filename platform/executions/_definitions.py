"""Definitions of pipelines: a tenant's own, else those that ship."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from contracts.assistant.pipelines import Pipeline


class Remembered(Protocol):
    """Answers kept for a while, each asked for once at a time."""

    async def get(
        self, key: Any, ask: Callable[..., Awaitable[Any]], *arguments: Any
    ) -> Any: ...

    def forget(self, key: Any = None) -> None: ...


class Documents(Protocol):
    """The collection of pipelines, of the current tenant."""

    async def find(self, id: str) -> Pipeline | None: ...

    def put(self, id: str, value: Pipeline) -> None: ...


@dataclass(frozen=True, slots=True)
class Definitions:
    """Every execution needs one, and they hardly ever change: so they are remembered.

    ``away`` is raised while nobody can be asked; what ships is then good enough.
    """

    stored: Documents
    shipped: Mapping[str, Pipeline]
    remembered: Remembered
    away: type[Exception]

    async def find(self, tenant: str | None, name: str) -> Pipeline | None:
        """The tenant's own definition, else the one that ships."""
        known = self.shipped.get(name)
        try:
            own = await self.remembered.get((tenant, name), self.stored.find, name)
        except self.away:
            if known is None:
                raise
            return known
        return own or known

    async def define(self, tenant: str | None, new: Pipeline) -> Pipeline:
        """Store *new* as the next revision; ``forget`` it once that is in force."""
        before = await self.stored.find(new.name)
        revision = before.revision + 1 if before else 1
        made = new.model_copy(update={"revision": revision})
        self.stored.put(new.name, made)
        self.forget(tenant, new.name)
        return made

    def forget(self, tenant: str | None, name: str) -> None:
        """Read it again when it is needed next."""
        self.remembered.forget((tenant, name))
