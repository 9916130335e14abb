"""SQL made of constant pieces: what a caller gave is bound, never written into it."""

from dataclasses import dataclass, field
from typing import Any

import json_filters
from docstore._store import Session


@dataclass(slots=True)
class Values:
    """The values of a statement in the making."""

    given: list[Any] = field(default_factory=list)

    def bind(self, value: Any, type: str) -> str:
        """The placeholder of *value*."""
        self.given.append(value)
        return f"${len(self.given)}::{type}"


@dataclass(slots=True)
class Statement:
    """A statement in the making, about one collection of a session."""

    session: Session
    collection: str
    bound: Values = field(default_factory=Values)

    @property
    def values(self) -> list[Any]:
        return self.bound.given

    def bind(self, value: Any, type: str) -> str:
        """The placeholder of *value*."""
        return self.bound.bind(value, type)

    def matching(self, filter: dict[str, Any]) -> str:
        """The condition of living documents that *filter* keeps.

        json_filters.BadFilter.
        """
        where = f"collection = {self.bind(self.collection, 'text')}"
        where += " AND expires_at > now()"
        if filter:
            path = json_filters.jsonpath(filter, self.session.root(self.collection))
            where += f" AND body @@ {self.bind(path, 'text')}::jsonpath"
        return where

    def place(self, path: str) -> str:
        """The jsonb at *path* of a body, SQL's null where there is nothing."""
        names = [self.session.root(self.collection), *json_filters.members(path)]
        return f"body #> {self.bind(names, 'text[]')}"

    def body(self) -> str:
        """The body as JSON text."""
        root = self.bind(self.session.root(self.collection), "text")
        return f"(body -> {root})::text"
