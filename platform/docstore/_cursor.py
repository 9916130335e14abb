"""Cursors: where a page ended, good only for the query that it came from."""

import base64
import binascii
import hashlib
import json

from contracts.infrastructure.database import Query
from docstore.errors import Unusable

LARGEST = 16_384  # characters


def _query(collection: str, asked: Query) -> str:
    """What decides the order and the choice of documents, in short."""
    sort = [[one.path, one.descending] for one in asked.sort]
    text = json.dumps([collection, asked.filter, sort], sort_keys=True)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def closed(values: list[str], collection: str, asked: Query) -> str:
    """The cursor behind *values*: those sorted by, as JSON, then the id."""
    text = json.dumps([_query(collection, asked), *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def opened(cursor: str, collection: str, asked: Query) -> list[str]:
    """The values of a cursor; Unusable unless it came from this very query."""
    if len(cursor) > LARGEST:
        raise Unusable("the cursor is not one of ours")
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars="-_", validate=True))
        query, *values = found
    except (binascii.Error, ValueError, TypeError) as exc:
        raise Unusable("the cursor is not one of ours") from exc
    is_whole = len(values) == len(asked.sort) + 1
    is_text = all(isinstance(value, str) for value in values)
    if query != _query(collection, asked) or not (is_whole and is_text):
        raise Unusable("the cursor belongs to another query")
    return values
