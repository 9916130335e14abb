"""A standard execution survives its process, and repeats nothing that finished."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI

import chassis
from chassis.testing import Mesh, until
from contracts.assistant.events import ExecutionStarted

LOOK = {"Type": "Task", "Parameters": {"query": "q"}, "ResultPath": "$.looked"}
TWO = {
    "StartAt": "First",
    "States": {
        "First": LOOK | {"Resource": "similarity-search:search", "Next": "Second"},
        "Second": {
            "Type": "Task",
            "Resource": "faq-management:match_faqs",
            "Parameters": {"question": "q"},
            "ResultPath": "$.matched",
            "End": True,
        },
    },
}
WAITING = {
    "StartAt": "Night",
    "States": {"Night": {"Type": "Wait", "Seconds": 3600, "End": True}},
}
EXECUTIONS = "/api/v1/pipeline-executions"


def define(mesh: Mesh, plan: Any, type: str = "standard") -> None:
    answer = mesh.put(f"/api/v1/pipelines/mine?type={type}", json=plan)
    assert answer.status_code == 200, answer.text


def run(mesh: Mesh, **rest: Any) -> Any:
    path = "/api/v1/pipelines/mine/executions"
    answer = mesh.post(path, json={"input": {"a": 1}}, **rest)
    assert answer.status_code == 200, answer.text
    return answer.json()


def stored(mesh: Mesh, id: str, change: Any = None) -> Any:
    """The document of an execution; *change* is merged into it first."""
    app = mesh.wire.upstreams["database-operations"]
    store = Mesh(app, mesh.wire, mesh.portal, mesh.tenant)
    path = f"/api/v1/collections/executions/documents/{id}"
    head = {"x-filigree-caller": "action-executor"}
    if change is not None:
        body = {"body": change}
        assert store.patch(path, json=body, headers=head).status_code < 300
    return store.get(path, headers=head).json()["body"]


def abandoned(mesh: Mesh, id: str) -> None:
    """Make its hold run out, as time would."""
    past = chassis.utc(chassis.now() - timedelta(seconds=1))
    stored(mesh, id, {"held_until": past})


def ended(mesh: Mesh, id: str) -> Any:
    def found() -> Any:
        answer = mesh.get(f"{EXECUTIONS}/{id}").json()
        return answer if answer["status"] != "RUNNING" else None

    return until(found)


def test_it_ends_and_its_history_can_be_read(opened: Callable[..., Any]) -> None:
    stubs = {"similarity_search": {"search": {"results": []}}}
    with opened(**stubs, faq_management={"match": {"matches": []}}) as mesh:
        define(mesh, TWO)
        done = run(mesh)
        assert done["status"] == "SUCCEEDED"
        assert done["output"] == {
            "a": 1,
            "looked": {"results": []},
            "matched": {"matches": []},
        }
        history = mesh.get(f"{EXECUTIONS}/{done['id']}").json()["history"]
    entered = [e["state"] for e in history if e["type"] == "StateEntered"]
    assert entered == ["First", "Second"]
    assert history[-1]["type"] == "ExecutionSucceeded"


class Hanging(FastAPI):
    """A service that never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.state.runtime = SimpleNamespace(client=None)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()


def test_after_a_crash_it_goes_on_and_repeats_nothing_that_finished(
    opened: Callable[..., Any],
) -> None:
    search = {"similarity_search": {"search": {"results": ["once"]}}}
    hurried = {"X-Request-Timeout": "1"}
    with opened(**search, faq_management=Hanging()) as mesh:
        define(mesh, TWO)
        begun, tenant = run(mesh, headers=hurried), mesh.tenant
        assert begun["status"] == "RUNNING"
        assert until(lambda: stored(mesh, begun["id"])["journal"])
    with opened(**search, faq_management={"match": {"matches": [1]}}) as mesh:
        mesh.tenant = tenant
        assert mesh.get(f"{EXECUTIONS}/{begun['id']}").json()["status"] == "RUNNING"
        abandoned(mesh, begun["id"])
        mesh.deliver(ExecutionStarted(execution_id=begun["id"]))
        done = ended(mesh, begun["id"])
        assert mesh.calls("similarity-search") == []
    assert done["status"] == "SUCCEEDED"
    assert done["output"]["looked"] == {"results": ["once"]}
    assert done["output"]["matched"] == {"matches": [1]}


def test_what_nobody_survives_fails_visibly(opened: Callable[..., Any]) -> None:
    with opened(faq_management=Hanging()) as mesh:
        define(mesh, WAITING)
        id = run(mesh)["id"]
        stored(mesh, id, {"rescues": 5})
        abandoned(mesh, id)
        mesh.deliver(ExecutionStarted(execution_id=id))
        done = mesh.get(f"{EXECUTIONS}/{id}").json()
        assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")


def test_while_somebody_holds_it_nobody_else_runs_it(
    opened: Callable[..., Any],
) -> None:
    with opened() as mesh:
        define(mesh, WAITING)
        id = run(mesh)["id"]
        before = len(mesh.published("execution.started"))
        mesh.deliver(ExecutionStarted(execution_id=id))
        assert stored(mesh, id)["status"] == "RUNNING"
        assert len(mesh.published("execution.started")) == before + 1


def test_a_long_wait_lets_go_and_an_event_takes_it_up_again(
    opened: Callable[..., Any],
) -> None:
    with opened() as mesh:
        define(mesh, WAITING)
        done = run(mesh)
        assert done["status"] == "RUNNING"
        later = mesh.published("execution.started")[-1]
        assert later["deliver_at"] > chassis.utc(chassis.now() + timedelta(minutes=50))


def test_what_has_ended_is_not_taken_up_again(opened: Callable[..., Any]) -> None:
    with opened(similarity_search={"search": {}}, faq_management={"match": {}}) as mesh:
        define(mesh, TWO)
        id = run(mesh)["id"]
        calls = len(mesh.calls("similarity-search"))
        mesh.deliver(ExecutionStarted(execution_id=id))
        assert len(mesh.calls("similarity-search")) == calls


def test_a_repeated_key_runs_once(opened: Callable[..., Any]) -> None:
    with opened(similarity_search={"search": {}}, faq_management={"match": {}}) as mesh:
        define(mesh, TWO)
        head = {"Idempotency-Key": "k1"}
        first, second = run(mesh, headers=head), run(mesh, headers=head)
        assert first == second
        assert len(mesh.calls("similarity-search")) == 1


@pytest.mark.parametrize("type", ["express", "standard"])
def test_of_requests_at_once_with_one_key_one_runs_and_the_others_are_told(
    opened: Callable[..., Any], type: str
) -> None:
    def send(_: int) -> Any:
        head = {"Idempotency-Key": "k1"}
        path = "/api/v1/pipelines/mine/executions"
        return mesh.post(path, json={"input": {"a": 1}}, headers=head)

    with opened(similarity_search={"search": {}}, faq_management={"match": {}}) as mesh:
        define(mesh, TWO, type)
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(send, range(6)))
        assert {each.status_code for each in answers} <= {200, 409}
        assert len(mesh.calls("similarity-search")) == 1


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_key_with_another_input_is_a_conflict(
    opened: Callable[..., Any], accept: str
) -> None:
    with opened(similarity_search={"search": {}}, faq_management={"match": {}}) as mesh:
        define(mesh, TWO)
        run(mesh, headers={"Idempotency-Key": "k1"})
        head = {"Idempotency-Key": "k1", "Accept": accept}
        path = "/api/v1/pipelines/mine/executions"
        other = mesh.post(path, json={"input": {"a": 2}}, headers=head)
        assert '"error_code":"KEY_REUSED"' in other.text.replace(": ", ":")


def test_executions_of_another_tenant_are_not_there(
    opened: Callable[..., Any],
) -> None:
    with opened() as mesh:
        define(mesh, WAITING)
        id = run(mesh)["id"]
        answer = mesh.get(f"{EXECUTIONS}/{id}", tenant="another")
        assert answer.status_code == 404
