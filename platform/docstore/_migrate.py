"""Migrations: each SQL file once, in order, however many replicas start together."""

import ssl
from collections.abc import Sequence
from importlib.resources import files

import asyncpg

from docstore.errors import Unfit

STEP = 60.0  # seconds that a migration's statement may take
OLDEST = 16  # nothing older can tell whether a role may be taken on
WANTED = "PostgreSQL 18 with pgvector 0.8 or newer is wanted: install it there"
REMEDIES: dict[type[Exception], str] = {
    asyncpg.InvalidAuthorizationSpecificationError: (
        "Mend user and password in its address, add ?sslmode=require where it asks for "
        "TLS, or let them in by its pg_hba.conf"
    ),
    asyncpg.InvalidCatalogNameError: "Create that database, or name another",
    asyncpg.InsufficientPrivilegeError: (
        "Log in as a superuser once, or have one prepare the database: "
        "platform/docstore/README.md says how"
    ),
    asyncpg.FeatureNotSupportedError: WANTED,
    asyncpg.SyntaxOrAccessError: WANTED,
    ConnectionError: "Turn TLS on there, or do without: ?sslmode=disable",
    ssl.SSLError: (
        "Name the authority that its certificate is of (?sslrootcert=FILE), or do "
        "without that (?sslmode=require)"
    ),
    ValueError: "Mend its address: postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
}
LOCK = 802_801  # an arbitrary number that nothing else in the database locks


async def migrate(dsn: str) -> Sequence[str]:
    """Apply what is new and return the names of those files.

    All of it commits at once, under a lock that replicas wait for. *dsn* must log in as
    one who may create roles and the extension ``vector``, or for whom both has been
    done; the first migration also wants a superuser once, or warns that filters will be
    slow. Unfit when the server or the login will not do.
    """
    try:
        return await _migrated(dsn)
    except asyncpg.TooManyConnectionsError as exc:
        raise OSError(str(exc)) from exc
    except tuple(REMEDIES) as exc:
        # What is away has kinds of its own; the one that has none refused TLS.
        if isinstance(exc, ConnectionError) and type(exc) is not ConnectionError:
            raise
        raise Unfit(_told(exc)) from None


def _told(exc: Exception) -> str:
    """What is wrong, in PostgreSQL's words, and what to do."""
    remedy = next(do for kind, do in REMEDIES.items() if isinstance(exc, kind))
    return f"{exc}. {remedy}"


async def _migrated(dsn: str) -> Sequence[str]:
    db = await asyncpg.connect(dsn, command_timeout=STEP)
    try:
        version = db.get_server_version()
        if version.major < OLDEST:
            told = f"this is PostgreSQL {version.major}, too old"
            raise asyncpg.FeatureNotSupportedError(told)
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
