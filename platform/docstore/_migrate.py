"""Migrations: each SQL file once, in order, however many replicas start together."""

from collections.abc import Sequence
from importlib.resources import files

import asyncpg

LOCK = 802_801  # an arbitrary number that nothing else in the database locks


async def migrate(dsn: str, seconds: float = 60.0) -> Sequence[str]:
    """Apply what is new and return the names of those files.

    All of it commits at once, under a lock that replicas wait for. *dsn* must log in as
    one who may create roles and the extension ``vector``; the first migration also
    wants a superuser once, or warns that filters will be slow.
    """
    db = await asyncpg.connect(dsn, command_timeout=seconds)
    try:
        async with db.transaction():
            await db.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            await db.execute("SET LOCAL client_min_messages = warning")
            await db.execute("CREATE SCHEMA IF NOT EXISTS docstore")
            await db.execute("SET LOCAL search_path = docstore, public")
            return await _apply(db)
    finally:
        await db.close()


async def _apply(db: asyncpg.Connection) -> Sequence[str]:
    await db.execute(
        "CREATE TABLE IF NOT EXISTS migrations "
        "(name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    done = {row["name"] for row in await db.fetch("SELECT name FROM migrations")}
    fresh = sorted(
        (file for file in (files("docstore") / "migrations").iterdir()),
        key=lambda file: file.name,
    )
    fresh = [file for file in fresh if file.name not in done]
    for file in fresh:
        await db.execute(file.read_text("utf-8"))
        await db.execute("INSERT INTO migrations VALUES ($1)", file.name)
    return [file.name for file in fresh]
