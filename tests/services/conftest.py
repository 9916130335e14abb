"""One PostgreSQL for all services' tests, and database-operations on it."""

import os
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from docstore import testing


@pytest.fixture(scope="session")
def documents_url() -> Iterator[str]:
    """The address of a PostgreSQL; tests are kept apart by their tenants."""
    with testing.postgres(*testing.TEST) as engine:
        yield engine.url


@pytest.fixture
def database(documents_url: str) -> FastAPI:
    """The application of database-operations, for ``chassis.testing.mesh``."""
    os.environ.setdefault("DATABASE_URL", documents_url)
    from services.infrastructure.database_operations import app as service

    # Another test module may have led it to a database of its own.
    service.database.dsn, service.database.bus = documents_url, None
    return service.app
