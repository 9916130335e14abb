"""Alarmed documents: they wake their service, by an event that is published later."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel

from chassis import _unit, errors
from chassis._collection import Collection

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Alarmed(Generic[M]):
    """Documents of a collection, each with at most one alarm: an *event* of its id."""

    documents: Collection[M]
    event: Callable[[str], BaseModel]

    async def find(self, id: str) -> tuple[M, int] | None:
        """The document and its version, or None."""
        try:
            found = await self.documents.read(id)
        except errors.NotFound:
            return None
        return found.value, found.version

    def wake(self, id: str, at: datetime | None) -> None:
        """Set the alarm, or take it back; it joins the unit of work."""
        _unit.cancel(id)
        if at is not None:
            _unit.publish(self.event(id), deliver_at=at, cancel_key=id)

    async def write(
        self, id: str, value: M, version: int, seconds: float | None = None
    ) -> int:
        """Write at once, if it is at that version (Stale); the version this leaves.

        It is there for so many *seconds*, or for good.
        """
        self.documents.put(id, value, version=version, ttl=seconds)
        return (await _unit.commit())[0] or 0
