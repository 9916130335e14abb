"""The action executor on the real database-operations; the actions are stubs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis import testing

Open = Callable[..., AbstractContextManager[testing.Mesh]]
DATABASE = "database-operations"


@pytest.fixture
def opened(database: FastAPI) -> Open:
    """Start the service with stubs of the actions' services."""
    from services.assistant.action_executor.app import app

    def start(**stubs: Any) -> AbstractContextManager[testing.Mesh]:
        named = {name.replace("_", "-"): stub for name, stub in stubs.items()}
        return testing.mesh(app, upstreams={DATABASE: database} | named)

    return start


@pytest.fixture
def mesh(opened: Open) -> Iterator[testing.Mesh]:
    """The service with a search that finds and one FAQ entry that matches."""
    search = {"search": {"results": [{"text": "found"}]}}
    with opened(similarity_search=search, faq_management={"match": echo}) as up:
        yield up


def echo(request: httpx.Request) -> Any:
    return {"matches": [], "asked": request.content.decode()}
