"""Docstore: JSON documents of many tenants in PostgreSQL, found by filter or search.

Documents have versions that are never used twice, unique keys and a time to live;
several change in one transaction, together with the events that tell of it. See
README.md for the guarantees and what they cost.
"""

from docstore._blobs import Blob, delete_blob, get_blob, put_blob
from docstore._database import Database
from docstore._grants import Grants, granted
from docstore._graphs import tend, tend_for_ever
from docstore._migrate import migrate
from docstore._reads import explain, query, read
from docstore._relay import Limits, relay
from docstore._search import search
from docstore._store import Session, Store, opened
from docstore._sweep import sweep, sweep_for_ever
from docstore._tenant import Tenant
from docstore._transactions import commit
from docstore.errors import (
    Away,
    Contended,
    Full,
    Missing,
    Reused,
    Stale,
    Taken,
    TooLarge,
    Undeclared,
    Unfit,
    Unusable,
)

__all__ = [
    "Away",
    "Blob",
    "Contended",
    "Database",
    "Full",
    "Grants",
    "Limits",
    "Missing",
    "Reused",
    "Session",
    "Stale",
    "Store",
    "Taken",
    "Tenant",
    "TooLarge",
    "Undeclared",
    "Unfit",
    "Unusable",
    "commit",
    "delete_blob",
    "explain",
    "get_blob",
    "granted",
    "migrate",
    "opened",
    "put_blob",
    "query",
    "read",
    "relay",
    "search",
    "sweep",
    "sweep_for_ever",
    "tend",
    "tend_for_ever",
]
