"""The chat pipeline that ships, through the assistant's three services as they are."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis import testing
from chassis.testing import Mesh

SAID = {"answer": "Nine to five.", "abstained": False, "citations": []}


@pytest.fixture
def mesh(database: FastAPI) -> Iterator[Mesh]:
    from services.assistant.action_executor.app import app as executor
    from services.assistant.conversation_manager.app import app
    from services.assistant.decision_planner.app import app as planner
    from services.knowledge.embedding_generation.app import app as embeddings

    stubs: dict[str, Any] = {
        "database-operations": database,
        "action-executor": executor,
        "decision-planner": planner,
        "embedding-generation": embeddings,
        "similarity-search": {"search": {"results": []}},
        "faq-management": {"match": {"matches": []}},
        "response-generation": {
            "get_model": {"model": None},
            "respond": answered,
            "enhance": SAID | {"metadata": {"complexity": "simple"}},
        },
    }
    with testing.mesh(app, upstreams=stubs) as running:
        yield running


def answered(request: httpx.Request) -> Any:
    if "event-stream" not in request.headers.get("accept", ""):
        return SAID
    head = {"content-type": "text/event-stream"}
    told = f'event: delta\ndata: "Nine"\n\nevent: answer\ndata: {json.dumps(SAID)}\n\n'
    return httpx.Response(200, text=told, headers=head)


def ask(mesh: Mesh, message: str, id: str | None = None) -> Any:
    asked = {"message": message} | ({"conversation_id": id} if id else {})
    answer = mesh.post("/v1/api/chat", json=asked, roles=("customer",))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_question_is_planned_searched_and_answered(mesh: Mesh) -> None:
    answer = ask(mesh, "When are you open on Mondays?")
    assert answer["answer"] == "Nine to five."
    assert [each["name"] for each in answer["actions"]] == [
        "booking",
        "search",
        "match_faqs",
    ]
    assert answer["degraded"] is None
    assert answer["metadata"] == {"complexity": "simple"}


def test_small_talk_needs_no_search(mesh: Mesh) -> None:
    ask(mesh, "hello")
    assert mesh.calls("similarity-search") == []


def test_a_person_is_fetched_and_the_bot_falls_silent(mesh: Mesh) -> None:
    answer = ask(mesh, "I want to talk to a person")
    assert answer["handed_over"]
    assert ask(mesh, "hello?", answer["conversation_id"])["answer"] == ""


def test_the_chat_is_streamed_through_all_of_them(mesh: Mesh) -> None:
    head = {"Accept": "text/event-stream"}
    asked = {"message": "When are you open on Mondays?"}
    told = mesh.post("/v1/api/chat", json=asked, headers=head).text
    assert 'event: delta\ndata: "Nine"' in told
    assert '"state": "LogResults"' in told
    assert "event: answer" in told


def test_while_nobody_plans_not_knowing_is_said_to_be_for_the_moment(
    mesh: Mesh,
) -> None:
    del mesh.wire.upstreams["decision-planner"]
    known = ask(mesh, "When are you open?")
    assert known["answer"] == "Nine to five."
    unsaid = {"answer": "At the moment", "abstained": True, "unsearched": True}
    mesh.wire.upstreams["response-generation"] |= {
        "respond": SAID | unsaid,
        "enhance": lambda request: json.loads(request.content)["answer"],
    }
    unheard = ask(mesh, "I want to pay 50 euros for a cleaning")
    [*_, call] = mesh.calls("response-generation", "respond")
    assert json.loads(call.request.content)["unheard"]
    assert (unheard["abstained"], unheard["unsearched"]) == (True, True)
    assert "decision-planner" in unheard["degraded"]
    assert mesh.published("question.unanswered") == []
