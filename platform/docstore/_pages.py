"""Pages: documents in a total order, each page continuing behind the one before it.

A cursor holds the values that the last document was sorted by, and its id, which no
two share: a page is not disturbed by what is written before or behind it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import json_filters
from contracts.infrastructure.database import Document, Page, Query
from docstore import _cursor
from docstore._statement import Statement

SIZE = 2 << 20  # characters of bodies after which a page ends before its limit
AT_ONCE = 100  # rows fetched at a time


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the order, as SQL."""

    value: str
    is_descending: bool

    @property
    def direction(self) -> str:
        return f"{self.value} DESC" if self.is_descending else self.value

    def beyond(self, bound: str) -> str:
        return f"{self.value} {'<' if self.is_descending else '>'} {bound}"


def statement(made: Statement, asked: Query) -> str:
    """The SQL of one page and the row behind it. json_filters.BadFilter, Unusable."""
    where = made.matching(asked.filter)
    order = _order(made, asked)
    if asked.cursor:
        where += f" AND {_behind(made, order, asked)}"
    columns = ["id", "version", f"{_body(made, asked.fields)} AS body"]
    columns += [f"({key.value})::text" for key in order[:-1]]
    return (
        f"SELECT {', '.join(columns)} FROM documents WHERE {where} "
        f"ORDER BY {', '.join(key.direction for key in order)} "
        f"LIMIT {made.bind(asked.limit + 1, 'int')}"
    )


def _order(made: Statement, asked: Query) -> list[Key]:
    """What is sorted by, then the id, which goes the way that all the others go."""
    # A document without the member sorts as one where it is null.
    keys = [
        Key(f"coalesce({made.place(sort.path)}, 'null')", sort.descending)
        for sort in asked.sort
    ]
    return [*keys, Key("id", bool(keys) and all(key.is_descending for key in keys))]


def _behind(made: Statement, order: Sequence[Key], asked: Query) -> str:
    """What lies behind the cursor, in an order of mixed directions."""
    *values, id = _cursor.opened(asked.cursor or "", made.collection, asked)
    bounds = [f"{made.bind(value, 'text')}::jsonb" for value in values]
    bounds.append(made.bind(id, "text"))
    alternatives, equal = [], list[str]()
    for key, bound in zip(order, bounds, strict=True):
        alternatives.append(" AND ".join([*equal, key.beyond(bound)]))
        equal.append(f"{key.value} = {bound}")
    return f"({' OR '.join(f'({one})' for one in alternatives)})"


def _body(made: Statement, fields: list[str] | None) -> str:
    if fields is None:
        return made.body()
    # As text, because there a missing member and a null one differ.
    return f"ARRAY[{', '.join(f'({made.place(p)})::text' for p in fields)}]::text[]"


async def page(made: Statement, asked: Query) -> Page:
    """The documents of one page, and the cursor behind them if there are more."""
    text = statement(made, asked)
    at_once = min(asked.limit + 1, AT_ONCE)
    items, end, size = list[Document](), list[str](), 0
    async for row in made.session.db.cursor(text, *made.values, prefetch=at_once):
        if len(items) == asked.limit or size > SIZE:
            cursor = _cursor.closed(end, made.collection, asked)
            return Page(items=items, cursor=cursor)
        id, version, found, *sorted_by = row
        size += _size(found)
        items.append(Document(id=id, version=version, body=_kept(found, asked.fields)))
        end = [*sorted_by, id]
    return Page(items=items)


def _size(found: str | Sequence[str | None]) -> int:
    """Characters of a body, or of those paths of it that are there."""
    if isinstance(found, str):
        return len(found)
    return sum(len(value) for value in found if value is not None)


def _kept(found: Any, fields: Sequence[str] | None) -> dict[str, Any]:
    """A body, or only these paths of it; what is missing there is missing here."""
    if fields is None:
        return json.loads(found)
    body: dict[str, Any] = {}
    for path, value in zip(fields, found, strict=True):
        if value is None:
            continue
        *outer, last = json_filters.members(path)
        inner = body
        for name in outer:
            inner = inner.setdefault(name, {})
        inner[last] = json.loads(value)
    return body
