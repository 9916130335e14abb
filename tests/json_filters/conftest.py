"""A real PostgreSQL, and one question put to it: does this path hold of this?"""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import pytest

from docstore import testing


@pytest.fixture(scope="session")
def holds() -> Iterator[Callable[[str, list[Any]], list[bool | None]]]:
    """Whether WHERE would keep each document by ``document @@ path``."""
    loop = asyncio.new_event_loop()
    with testing.postgres(*testing.TEST) as engine:
        db = loop.run_until_complete(asyncpg.connect(engine.url))

        def ask(path: str, documents: list[Any]) -> list[bool | None]:
            rows = loop.run_until_complete(
                db.fetch(
                    "SELECT coalesce(d @@ $1::text::jsonpath, false) AS held FROM "
                    "unnest($2::text[]::jsonb[]) WITH ORDINALITY t(d, i) ORDER BY i",
                    path,
                    [json.dumps(document) for document in documents],
                )
            )
            return [row["held"] for row in rows]

        yield ask
        loop.run_until_complete(db.close())
    loop.close()
