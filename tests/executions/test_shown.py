"""What those who are not staff see of an execution."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

import executions
from contracts.assistant.pipelines import HistoryEvent, StoredExecution

NOW = datetime(2030, 1, 1, tzinfo=UTC)
FOUND = {"results": [{"text": "t"}], "terms": [{"term": "earn"}], "ideal": 1.0}
SEARCHED = {"acted": {"results": [{"output": FOUND | {"documents": 7}}]}}


def execution() -> StoredExecution:
    event = HistoryEvent(at=NOW, type="TaskSucceeded", details={"output": SEARCHED})
    about = {"id": "e", "pipeline": "chat", "status": "SUCCEEDED", "tenant": "t"}
    at = {"started_at": NOW, "held_until": NOW}
    more: dict[str, Any] = {"definition": {}, "history": [event], "output": SEARCHED}
    return StoredExecution(**about, **at, **more)


@pytest.mark.parametrize("is_staff", [True, False])
def test_statistics_of_all_documents_are_for_staff_alone(is_staff: bool) -> None:
    async def perform(**how: Any) -> StoredExecution:
        return execution()

    told = asyncio.run(executions.shown_to(is_staff, perform)())
    assert ("earn" in told.model_dump_json()) is is_staff
    assert told.output["acted"]["results"][0]["output"]["results"] == FOUND["results"]
    assert told.history[0].details["output"]["acted"]["results"]


def test_what_is_called_documents_elsewhere_is_shown() -> None:
    other = execution().model_copy(update={"output": {"documents": 7}})
    assert executions.shown(other, False).output == {"documents": 7}
