"""What passes a filter: the first of a ranking, or all there is in a space."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

import json_filters
from docstore._beginning import FOR_VALUES, ONCE
from docstore._store import Session

FETCH = """
SELECT e.n, d.id, d.version, d.body -> $3 AS body, e.length IS NOT NULL AS has_text,
  CASE WHEN $4 THEN v.v END AS vector
FROM entries e JOIN documents d ON d.collection = e.collection AND d.id = e.id
LEFT JOIN vectors v ON $4 AND v.space = e.space AND v.n = e.n
WHERE e.space = $1 AND e.n = ANY ($2::int[]) AND d.expires_at > now()
  AND ($5::text IS NULL OR d.body @@ $5::text::jsonpath)
"""
# Planned for the filter; what comes after them is not.
NUMBERED = """
SELECT array_agg(e.n), set_config('plan_cache_mode', $4, true)
FROM documents d JOIN entries e USING (collection, id)
WHERE d.collection = $1 AND d.expires_at > now() AND e.space = $2
  AND d.body @@ $3::text::jsonpath
"""
COUNTED = """
SELECT count(*), set_config('plan_cache_mode', $4, true)
FROM (SELECT FROM documents
  WHERE collection = $1 AND expires_at > now() AND body @@ $2::text::jsonpath LIMIT $3)
"""
# Whether an eighth of some passes. It counts no rows but these, and no index can help.
SAMPLED = """
SELECT count(*) FILTER (WHERE d.body @@ $3::text::jsonpath) * 8 > count(*)
FROM entries e JOIN documents d USING (collection, id)
WHERE e.space = $1 AND e.n = ANY ($2::int[]) AND d.expires_at > now()
"""
SAMPLE = 64  # documents; a filter that 1 % pass seems wide once in millions of times
FEW, SHARE = 500, 50  # are listed at once; more in a large space: a fiftieth of it


@dataclass(frozen=True, slots=True)
class Filter:
    """``path`` on the documents of a collection in a space; None where all pass."""

    collection: str
    space: int
    path: str | None


async def first(
    session: Session,
    filter: Filter,
    ranked: Sequence[int],
    count: int,
    with_vectors: bool,
) -> list[asyncpg.Record]:
    """The first *count* of *ranked* that pass and have not expired, in that order."""
    found: list[asyncpg.Record] = []
    root, start = session.root(filter.collection), 0
    size = count if filter.path is None else count + count // 2
    while start < len(ranked) and len(found) < count:
        batch = ranked[start : start + size]
        rows = await session.db.fetch(
            FETCH, filter.space, batch, root, with_vectors, filter.path
        )
        found += sorted(rows, key=lambda row: batch.index(row["n"]))
        start, size = start + size, 2 * size
    return found[:count]


async def are_few(session: Session, filter: Filter, size: int) -> bool:
    """Whether so little of a space of *size* passes that it is best listed at once."""
    if filter.path is None or await _many_pass(session, filter, size):
        return False
    few = max(FEW, size // SHARE)
    asked = (filter.collection, filter.path, few + 1)
    return await _planned(session, COUNTED, *asked) <= few


async def _many_pass(session: Session, filter: Filter, size: int) -> bool:
    """Whether a filter seems to let so much pass that counting it is not worth it.

    Most do, being about who may read; to count what they pass takes longer than to
    search. It decides how to search, never what is found.
    """
    some = range(0, size, max(1, size // SAMPLE))
    asked = (filter.space, list(some), filter.path)
    return await session.db.fetchval(SAMPLED, *asked)


async def listed(session: Session, filter: Filter) -> list[int]:
    """The numbers of everything that passes."""
    asked = (filter.collection, filter.space, filter.path or json_filters.EVERYTHING)
    return await _planned(session, NUMBERED, *asked) or []


async def _planned(session: Session, statement: str, *asked: Any) -> Any:
    await session.plan(FOR_VALUES)
    return await session.db.fetchval(statement, *asked, ONCE)
