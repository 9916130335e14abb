"""The logging service on the real database-operations."""

import os
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from chassis import testing


@pytest.fixture
def mesh(database: FastAPI) -> Iterator[testing.Mesh]:
    os.environ |= {"LOGGING_MOST_MIB": "1", "LOGGING_AGENT_KEYS": "of the agents"}
    from services.operations.logging.app import app

    with testing.mesh(app, upstreams={"database-operations": database}) as running:
        yield running
