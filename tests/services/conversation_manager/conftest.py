"""The conversation manager on the real database-operations; pipelines are stubs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing

Open = Callable[..., AbstractContextManager[testing.Mesh]]


def ended(answer: str = "Nine to five.", **more: Any) -> dict[str, Any]:
    """An execution of the chat pipeline that succeeded."""
    plan = {"actions": [], "question": "When are you open?", "degraded": None}
    said = {"answer": answer, "abstained": False, "citations": [], "provider": "local"}
    output = {
        "plan": plan | more.pop("plan", {}),
        "answer": said | more.pop("answered", {}),
        "acted": {"results": [{"name": "search", "status": "succeeded"}]},
    }
    began = "2030-01-01T00:00:00Z"
    about = {"id": "e1", "pipeline": "chat", "status": "SUCCEEDED", "started_at": began}
    return about | {"output": output} | more


@pytest.fixture(scope="session")
def outcome() -> Callable[..., dict[str, Any]]:
    return ended


@pytest.fixture
def opened(database: FastAPI) -> Open:
    """Start the service with outcomes of its upstreams, stored or not."""
    from services.assistant.conversation_manager.app import app

    def start(
        run: Any = None, *, complete: Any = None, stored: bool = True
    ) -> AbstractContextManager[testing.Mesh]:
        runs = run if isinstance(run, FastAPI) else {"run_pipeline": run or ended()}
        stubs: dict[str, Any] = {"action-executor": runs}
        if complete is not None:
            stubs["response-generation"] = {"complete": complete}
        if stored:
            stubs["database-operations"] = database
        return testing.mesh(app, upstreams=stubs)

    return start


@pytest.fixture
def mesh(opened: Open) -> Iterator[testing.Mesh]:
    with opened() as running:
        yield running
