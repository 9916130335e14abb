"""Addresses of those who are told things by their name alone."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Addresses:
    """Where people are told, among *documents*, each a recipient under its id."""

    documents: Any

    async def learn(self, id: str, **known: str) -> None:
        """Put what is *known* of somebody, unless something is known already."""
        if any(known.values()) and not await self.documents.find(id):
            self.documents.put(id, self.documents.model(id=id, **known), version=0)

    async def reached(self, to: Any) -> Any:
        """The recipient, with what is known of who was named without an address."""
        given = to.model_dump(exclude={"id"})
        return (
            to if any(given.values()) else (await self.documents.read(to.id, to)).value
        )
