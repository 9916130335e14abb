"""Reads: one document, a page of them, groups, and how PostgreSQL finds them.

What has expired is not there, whether it has been swept yet or not.
"""

import json
from typing import Any

from contracts.infrastructure.database import Document, Page, Query
from docstore import _groups, _pages
from docstore._documents import opened
from docstore._statement import Statement
from docstore._store import Session
from docstore.errors import Missing

READ = """
SELECT version, body FROM documents
WHERE collection = $1 AND id = $2 AND expires_at > now()
"""


async def read(session: Session, collection: str, id: str) -> Document:
    """The document; Missing."""
    row = await session.db.fetchrow(READ, collection, id)
    if row is None:
        raise Missing(f"{collection} has no {id}")
    return Document(id=id, version=row["version"], body=opened(row["body"]))


async def query(session: Session, collection: str, asked: Query) -> Page:
    """A page of the documents that match, or their groups.

    json_filters.BadFilter, or Unusable when the cursor is not this query's.
    """
    made = Statement(session, collection)
    if asked.group or asked.measures:
        return Page(groups=await _groups.groups(made, asked))
    page = await _pages.page(made, asked)
    if asked.count:
        page.count = await _count(session, collection, asked)
    return page


async def _count(session: Session, collection: str, asked: Query) -> int:
    made = Statement(session, collection)
    text = f"SELECT count(*) FROM documents WHERE {made.matching(asked.filter)}"
    return await session.db.fetchval(text, *made.values)


async def explain(session: Session, collection: str, asked: Query) -> dict[str, Any]:
    """PostgreSQL's plan of the query, carried out, and the indexes that it uses."""
    made = Statement(session, collection)
    text = f"EXPLAIN (ANALYZE, FORMAT JSON) {_pages.statement(made, asked)}"
    found = json.loads(await session.db.fetchval(text, *made.values))[0]
    return {
        "indexes": sorted(set(_indexes(found["Plan"]))),
        "milliseconds": found["Execution Time"],
        "plan": found["Plan"],
    }


def _indexes(node: dict[str, Any]) -> list[str]:
    here = [node["Index Name"]] if "Index Name" in node else []
    below = [name for inner in node.get("Plans", ()) for name in _indexes(inner)]
    return here + below
