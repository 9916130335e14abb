"""The service in this process, on a PostgreSQL and a NATS of its own."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from docstore import testing as engines


@pytest.fixture(scope="module")
def postgres() -> Iterator[engines.Engine]:
    with engines.postgres(*engines.TEST) as engine:
        yield engine


@pytest.fixture(scope="module")
def nats() -> Iterator[engines.Engine]:
    with engines.nats() as engine:
        yield engine


@pytest.fixture(scope="module")
def mesh(postgres: engines.Engine, nats: engines.Engine) -> Iterator[Any]:
    from chassis import testing

    os.environ.setdefault("DATABASE_URL", postgres.url)
    from services.infrastructure.database_operations import app as service

    service.database.dsn, service.database.bus = postgres.url, nats.url
    with testing.mesh(service.app) as running:
        yield running
