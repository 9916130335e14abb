"""Database operations: every document of every tenant, and the only way to them.

Calls      nothing
Owns       PostgreSQL with pgvector; relays its outbox to JetStream

A request is one transaction under the caller's tenant, which row-level security reads.
Events commit with the documents that caused them, or not at all. A write that carries
an Idempotency-Key happens once, and a repeat gets the first result.
"""

import os
from importlib.resources import files
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

import chassis
import docstore
import json_filters
from contracts.infrastructure import database as db
from contracts.infrastructure.database import Key, Name


class Settings(BaseModel):
    """DATABASE_* variables."""

    url: str
    pool: int = 8


config = chassis.settings(Settings, prefix="DATABASE_")
bus = os.environ.get("NATS_URL")
written = files("contracts").joinpath("grants.json").read_text()
grants = docstore.granted(written, chassis.PLATFORM)
database = docstore.Database(config.url, bus, config.pool, grants)
MEANINGS = {
    docstore.Missing: chassis.NotFound,
    docstore.Stale: chassis.Stale,
    docstore.Taken: chassis.Conflict,
    docstore.Reused: chassis.Conflict,
    docstore.Contended: chassis.DatabaseFailed,
    docstore.Unusable: chassis.Invalid,
    docstore.TooLarge: chassis.TooLarge,
    docstore.Undeclared: chassis.Forbidden,
    docstore.Away: chassis.DatabaseFailed,
    docstore.Full: chassis.NoRoom,
    json_filters.BadFilter: chassis.Invalid,
}
READ = chassis.policy(retry="read", timeout=5.0)
WRITE = chassis.policy(retry="keyed", timeout=5.0, replays=True)
SEND = chassis.policy(timeout=30.0)
RECEIVE = chassis.policy(retry="read", timeout=30.0)
DOCUMENT = "/collections/{collection}/documents/{id:path}"
BLOB = "/collections/{collection}/blobs/{id:path}"
router = chassis.router("/api/v1", tags=["database-operations"])


async def tenant(request: Request, caller: chassis.Caller) -> docstore.Tenant:
    """The caller's tenant, for the service that the path names, or that acts."""
    source = request.path_params.get("service", caller.actor)
    key, seconds = caller.idempotency_key, min(caller.remaining(), 30.0)
    return database.tenant(caller.tenant, source, write_id=key, seconds=seconds)


Tenant = Annotated[docstore.Tenant, Depends(tenant)]
At = chassis.IfMatch


@router.get(DOCUMENT, **READ)
async def read(collection: Name, id: Key, of: Tenant, answer: Response) -> db.Document:
    found = await of.read(collection, id)
    chassis.tag(answer, found.version)
    return found


@router.put(DOCUMENT, **WRITE)
async def put(
    collection: Name, id: Key, given: db.Write, of: Tenant, at: At
) -> dict[str, Any]:
    """Write the whole document; If-None-Match: * only creates it."""
    return await of.change("put", collection, id, at, document=given)


@router.patch(DOCUMENT, **WRITE)
async def patch(collection: Name, id: Key, given: db.Patch, of: Tenant, at: At) -> Any:
    """Merge into the body (RFC 7396)."""
    return await of.change("patch", collection, id, at, patch=given)


@router.delete(DOCUMENT, status_code=204, **WRITE)
async def delete(collection: Name, id: Key, of: Tenant, at: At) -> None:
    await of.change("delete", collection, id, at)


@router.post("/collections/{collection}/query", **READ)
async def query(collection: Name, asked: db.Query, of: Tenant) -> db.Page:
    """A page of documents, or groups with their measures."""
    return await of.query(collection, asked)


@router.post("/collections/{collection}/search", **READ)
async def search(collection: Name, asked: db.Search, of: Tenant) -> db.Found:
    """Text, vector or both in one space, fused on scaled scores."""
    return await of.search(collection, asked)


@router.post("/collections/{collection}/explain", **READ)
async def explain(collection: Name, asked: db.Query, of: Tenant) -> dict[str, Any]:
    """How PostgreSQL finds what a query asks for."""
    return await of.explain(collection, asked)


@router.post("/transactions/{service}", **WRITE)
async def transact(service: Name, asked: db.Transaction, of: Tenant) -> db.Committed:
    """All the changes and all the events, or none of them."""
    return await of.transact(asked)


@router.put(BLOB, status_code=204, **SEND)
async def put_blob(collection: Name, id: Key, request: Request, of: Tenant) -> None:
    """Store the body as it streams in; it is there once all of it is."""
    media_type = request.headers.get("content-type", "application/octet-stream")
    await of.put_blob(collection, id, media_type, request.stream())


@router.get(BLOB, **RECEIVE)
async def get_blob(collection: Name, id: Key, of: Tenant) -> Response:
    blob, parts = await of.get_blob(collection, id)
    about = {"Content-Length": str(blob.size), "ETag": f'"{blob.version}"'}
    return StreamingResponse(parts, media_type=blob.media_type, headers=about)


@router.delete(BLOB, status_code=204, **SEND)
async def delete_blob(collection: Name, id: Key, of: Tenant) -> None:
    await of.delete_blob(collection, id)


@router.get("/pool", **READ)
async def pool(of: Tenant) -> dict[str, float]:
    """Connections open, idle and allowed; who waits, and for how long."""
    return of.store.statistics()


app = chassis.create_app(
    "database-operations", router, resources=(database.serving,), meanings=MEANINGS
)
