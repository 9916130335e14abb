"""Pipelines are checked before they are kept; express ones run in memory."""

import json
import logging
import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import chassis
import executions
from chassis import testing
from chassis.testing import Mesh, until
from contracts.assistant.events import ConversationRemoved
from contracts.assistant.pipelines import Message

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
SEARCHING = {
    "StartAt": "Look",
    "States": {
        "Look": {
            "Type": "Task",
            "Resource": "similarity-search:search",
            "Parameters": {"query.$": "$.q"},
            "End": True,
        }
    },
}


def define(mesh: Mesh, plan: Any, type: str = "express") -> str:
    name = f"p{uuid.uuid4().hex[:8]}"
    path = f"/api/v1/pipelines/{name}"
    answer = mesh.put(path, json=plan, params={"type": type})
    assert answer.status_code == 200, answer.text
    return name


def run(mesh: Mesh, name: str, given: Any, **rest: Any) -> httpx.Response:
    path = f"/api/v1/pipelines/{name}/executions"
    return mesh.post(path, json={"input": given}, **rest)


def events(answer: httpx.Response) -> list[tuple[str, Any]]:
    parts = [part.split("\n") for part in answer.text.split("\n\n") if part]
    return [(name[7:], json.loads(data[6:])) for name, data in parts]


def told(mesh: Mesh, id: str) -> Any:
    """The execution, once it is kept."""

    def found() -> Any:
        answer = mesh.get(f"/api/v1/pipeline-executions/{id}")
        return answer.status_code == 200 and answer.json()

    return until(found)


def test_a_bad_definition_is_refused_with_every_finding_and_its_place(
    mesh: Mesh,
) -> None:
    bad = {
        "StartAt": "Nowhere",
        "States": {
            "A": {"Type": "Task", "Resource": "no-such:thing", "Next": "B"},
        },
    }
    answer = mesh.put("/api/v1/pipelines/bad", json=bad)
    assert answer.status_code == 400
    findings = answer.json()["additional_data"]["findings"]
    places = {each["place"] for each in findings}
    assert {"/StartAt", "/States/A/Next", "/States/A/Resource"} <= places
    assert mesh.get("/api/v1/pipelines/bad").status_code == 404


def test_each_definition_is_a_revision(mesh: Mesh) -> None:
    name = define(mesh, PASS)
    again = mesh.put(f"/api/v1/pipelines/{name}", json=PASS)
    assert again.json()["revision"] == 2
    assert mesh.get(f"/api/v1/pipelines/{name}").json()["definition"] == PASS


def test_pipelines_belong_to_their_tenant(mesh: Mesh) -> None:
    name = define(mesh, PASS)
    answer = mesh.get(f"/api/v1/pipelines/{name}", tenant="another")
    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["customer", "agent"])
def test_defining_is_for_who_runs_the_business(mesh: Mesh, role: str) -> None:
    path = "/api/v1/pipelines/mine"
    assert mesh.put(path, json=PASS, roles=(role,)).status_code == 403
    assert mesh.delete(path, roles=(role,)).status_code == 403


def test_who_takes_a_definition_of_its_own_away_has_what_ships(mesh: Mesh) -> None:
    path = "/api/v1/pipelines/chat"
    shipped = mesh.get(path).json()
    assert mesh.delete(path).status_code == 404
    assert mesh.put(path, json=PASS).status_code == 200
    assert mesh.get(path).json()["definition"] == PASS
    assert mesh.delete(path).status_code == 204
    assert mesh.get(path).json() == shipped
    changes = [event["data"] for event in mesh.published("pipeline.defined")]
    assert changes == [{"name": "chat"}] * 2


def test_a_pipeline_is_drawn(mesh: Mesh) -> None:
    answer = mesh.get("/api/v1/pipelines/chat/diagram")
    assert answer.headers["content-type"].startswith("text/vnd.mermaid")
    assert answer.text.startswith("stateDiagram-v2")
    assert "AnalyzeInput" in answer.text


def test_an_unknown_pipeline_is_not_found(mesh: Mesh) -> None:
    assert run(mesh, "nothing", {}).status_code == 404


def test_an_express_execution_answers_with_its_end_and_keeps_its_history(
    mesh: Mesh,
) -> None:
    done = run(mesh, define(mesh, SEARCHING), {"q": "x"}).json()
    assert done["status"] == "SUCCEEDED"
    assert done["output"] == {"results": [{"text": "found"}]}
    kept = told(mesh, done["id"])
    types = [event["type"] for event in kept["history"]]
    assert types[0] == "ExecutionStarted"
    assert types[-1] == "ExecutionSucceeded"
    assert "TaskSucceeded" in types


def test_a_history_is_told_a_page_at_a_time(mesh: Mesh) -> None:
    each = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
    all_ = {"Type": "Map", "ItemsPath": "$.n", "ItemProcessor": each, "End": True}
    mapping = {"StartAt": "A", "States": {"A": all_}}
    done = run(mesh, define(mesh, mapping), {"n": [*range(600)]}).json()
    path = f"/api/v1/pipeline-executions/{done['id']}"
    whole = told(mesh, done["id"])
    assert (len(whole["history"]), whole["history_cursor"]) == (1000, "1000")
    rest = mesh.get(path, params={"cursor": whole["history_cursor"]}).json()
    assert rest["history"][-1]["type"] == "ExecutionSucceeded"
    assert rest["history_cursor"] is None
    both, pages, cursor = whole["history"] + rest["history"], [], "0"
    while cursor:
        asked = {"limit": 401, "cursor": cursor}
        page = mesh.get(path, params=asked).json()
        pages, cursor = pages + page["history"], page["history_cursor"]
    assert pages == both


@pytest.mark.parametrize("wrong", [{"limit": 1001}, {"limit": 0}, {"cursor": "x"}])
def test_a_page_of_history_that_cannot_be_is_refused(mesh: Mesh, wrong: Any) -> None:
    path = "/api/v1/pipeline-executions/any"
    assert mesh.get(path, params=wrong).status_code == 400


def test_a_failing_task_fails_its_execution_visibly(
    opened: Callable[..., Any],
) -> None:
    with opened(similarity_search={"search": chassis.Unavailable("down")}) as mesh:
        done = run(mesh, define(mesh, SEARCHING), {"q": "x"}).json()
    assert (done["status"], done["error"]) == ("FAILED", "UpstreamFailed")
    assert "similarity-search" in done["cause"]
    assert done["upstream"] == "similarity-search"


def test_an_execution_too_large_to_be_kept_keeps_no_other_from_it(mesh: Mesh) -> None:
    name = define(mesh, PASS)
    run(mesh, name, {"text": "é" * 400_000})
    small = run(mesh, name, {"n": 1}).json()["id"]

    def is_kept() -> bool:
        calls = mesh.calls("database-operations", "transact")
        sent = [json.loads(call.request.content)["changes"] for call in calls]
        return [small] in [[change["id"] for change in changes] for changes in sent]

    assert until(is_kept)


@pytest.mark.parametrize("given", ["x", ["x"], 1, None])
def test_a_task_whose_input_has_no_members_fails_its_execution(
    mesh: Mesh, given: Any
) -> None:
    task = {"Type": "Task", "Resource": "similarity-search:search", "End": True}
    done = run(mesh, define(mesh, {"StartAt": "T", "States": {"T": task}}), given)
    assert (done.json()["status"], done.json()["error"]) == ("FAILED", "Invalid")


def test_an_execution_out_of_time_says_so(mesh: Mesh) -> None:
    plan = {
        "StartAt": "W",
        "TimeoutSeconds": 1,
        "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}},
    }
    assert run(mesh, define(mesh, plan), {}).json()["status"] == "TIMED_OUT"


@pytest.mark.parametrize("type", ["express", "standard"])
def test_a_streamed_execution_tells_its_states_and_its_end(
    mesh: Mesh, type: str
) -> None:
    name = define(mesh, SEARCHING, type)
    head = {"Accept": "text/event-stream"}
    answer = run(mesh, name, {"q": "x"}, headers=head)
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = events(answer)
    names = [event for event, _ in found]
    assert names == ["state-entered", "state-exited", "execution"]
    assert found[0][1]["state"] == "Look"
    assert found[-1][1]["status"] == "SUCCEEDED"
    # Nothing of how it is stored, such as its journal, and under whom it ran.
    assert found[-1][1].keys() == run(mesh, name, {"q": "x"}).json().keys()


def test_an_express_execution_goes_on_though_whoever_listened_has_left(
    opened: Callable[..., Any],
) -> None:
    search = {"Type": "Task", "Resource": "similarity-search:search"}
    plan = {
        "StartAt": "One",
        "States": {"One": search | {"Next": "Two"}, "Two": search | {"End": True}},
    }
    asked, left = [], threading.Event()

    def searched(_: httpx.Request) -> Any:
        asked.append(left.wait(20))
        return {"results": []}

    with opened(similarity_search={"search": searched}) as mesh:
        path = f"/api/v1/pipelines/{define(mesh, plan)}/executions"
        asker = chassis.Context(mesh.tenant, "c1", ("owner",), "api-gateway")
        head = {"x-internal-token": chassis.mint(asker), "accept": "text/event-stream"}
        head |= {"content-type": "application/json", "idempotency-key": "k1"}
        waiting = [
            {"type": "http.disconnect"},
            {"type": "http.request", "body": b'{"input": {}}', "more_body": False},
        ]

        async def receive() -> dict[str, Any]:
            return waiting.pop() if waiting[1:] else waiting[0]

        async def send(_: Any) -> None:
            """To nobody."""

        mesh.portal.call(mesh.app, testing.scope("POST", path, head), receive, send)
        left.set()
        id = uuid.uuid5(uuid.NAMESPACE_OID, f"c1/{path.split('/')[4]}/k1").hex
        assert told(mesh, id)["status"] == "SUCCEEDED"
    assert asked == [True, True]


def test_a_tasks_event_stream_is_relayed_as_deltas(opened: Callable[..., Any]) -> None:
    def spoken(request: httpx.Request) -> httpx.Response:
        said = "".join(
            f"event: {name}\ndata: {json.dumps(data)}\n\n"
            for name, data in [("delta", "9 to"), ("delta", " 5"), ("answer", "9 to 5")]
        )
        head = {"content-type": "text/event-stream"}
        return httpx.Response(200, text=said, headers=head)

    task = {"Type": "Task", "Resource": "response-generation:respond", "End": True}
    plan = {"StartAt": "Say", "States": {"Say": task}}
    with opened(response_generation={"respond": spoken}) as mesh:
        head = {"Accept": "text/event-stream"}
        answer = run(mesh, define(mesh, plan), {}, headers=head)
    found = events(answer)
    assert [data for name, data in found if name == "delta"] == ["9 to", " 5"]
    assert found[-1][1]["output"] == "9 to 5"


def test_express_pipelines_run_while_the_database_is_away(
    opened: Callable[..., Any],
) -> None:
    from services.assistant.action_executor.app import app

    chassis_testing = __import__("chassis.testing", fromlist=["mesh"])
    with chassis_testing.mesh(app, upstreams={}) as mesh:
        done = run(mesh, "chat", {"message": "hi", "history": [], "also": []})
    assert done.status_code == 200
    assert done.json()["status"] == "FAILED"


def test_executions_are_measured_by_outcome_and_failing_state(
    opened: Callable[..., Any],
) -> None:
    with opened(similarity_search={"search": chassis.Unavailable("down")}) as mesh:
        run(mesh, define(mesh, SEARCHING), {"q": "x"})
        metrics = mesh.get("/metrics", tenant=None).text
    lines = [line for line in metrics.split("\n") if line.startswith("filigree_exec")]
    assert any('status="FAILED"' in line for line in lines)
    assert any('error="UpstreamFailed"' in line for line in lines)
    assert any(line.startswith("filigree_execution_seconds_count") for line in lines)
    assert any("filigree_execution_transitions" in line for line in lines)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/pipeline", {"message": "hi"}),
        ("/api/v1/pipelines/chat/executions", {"input": {"message": "hi"}}),
    ],
)
def test_the_chat_pipeline_needs_no_more_than_a_message(
    opened: Callable[..., Any], path: str, body: dict[str, Any]
) -> None:
    reply = {
        "actions": [],
        "question": "hi",
        "intent": "greet",
        "why": "w",
        "reply": "Hello!",
        "planner": "local",
    }
    planner = {"analyze": {}, "plan": reply}
    with opened(decision_planner=planner) as mesh:
        done = mesh.post(path, json=body).json()
    assert done["output"]["answer"]["answer"] == "Hello!"


@pytest.mark.parametrize(("actor", "count"), [("api-gateway", 0), ("anybody", 1)])
def test_only_a_service_offers_a_plan_what_it_does_itself(
    opened: Callable[..., Any], actor: str, count: int
) -> None:
    plan = {"actions": [], "question": "q", "reply": "Hello!"}
    asked = {"message": "hi", "also": [{"name": "create_booking"}]}
    with opened(decision_planner={"analyze": {}, "plan": plan}) as mesh:
        path = "/api/v1/pipelines/chat/executions"
        done = mesh.post(path, json={"input": asked}, actor=actor).json()
        [planned] = mesh.calls("decision-planner", "plan")
    assert len(json.loads(planned.request.content)["also"]) == count
    assert done["output"]["answer"]["answer"] == "Hello!"


CARD = "4242 4242 4242 4242"
SAID = [
    {"message": f"take it from {CARD}, cvc 123"},
    {"message": "take it from 4242424242424241"},
    {"message": "yes", "history": [{"role": "user", "text": f"it is {CARD}"}]},
    {"message": "yes", "dialogue": {"action": "payment", "arguments": {"text": CARD}}},
    {"message": "yes", "dialogue": {"action": "x", "arguments": {"n": int("42" * 8)}}},
    {"message": "yes", "also": [{"name": CARD, "description": CARD}]},
]


@pytest.mark.parametrize("said", SAID, ids=range(len(SAID)))
def test_a_card_in_a_raw_dialogue_is_kept_nowhere(
    said: dict[str, Any],
    opened: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    plan = {"actions": [], "question": "q", "reply": "Hello!"}
    stubs: dict[str, Any] = {"decision_planner": {"analyze": {}, "plan": plan}}
    stubs["logging"] = {"log_pipeline": {}}
    given = executions.alone(Message(message="hi")) | said
    with opened(**stubs) as mesh:
        path = "/api/v1/pipelines/chat/executions"
        done = mesh.post(path, json={"input": given}, actor="anybody").json()
        assert done["status"] == "SUCCEEDED", done
        path = f"/api/v1/pipeline-executions/{done['id']}"
        assert until(lambda: mesh.get(path).status_code == 200)
        kept = mesh.get(path).text + repr(done)
    sent = b" ".join(each.request.content for each in mesh.wire.calls).decode()
    logged = caplog.text + "".join(capfd.readouterr())
    for place in (kept, sent, logged):
        assert not re.search(r"4242\D{0,3}4242", place)
        assert "cvc 123" not in place


def test_the_rest_of_a_card_whose_number_began_before_is_kept_nowhere() -> None:
    history = [{"role": "user", "text": "my card is 4242 4242 4242"}]
    given = {"message": "and the rest is 5555 4444", "history": history}
    safe = executions.kept("chat", given)
    assert "5555 4444" not in safe["message"]
    assert "4242" not in safe["history"][0]["text"]


def test_the_id_of_an_open_dialogue_stays_whatever_its_digits_look_like() -> None:
    open = {
        "action": "payment",
        "arguments": {"id": "4238d55994614978983690b0a39695af"},
    }
    given = {"message": "100", "dialogue": open}
    assert executions.kept("chat", given)["dialogue"] == open


def test_the_input_of_another_pipeline_is_its_own() -> None:
    given = {"message": CARD, "history": [{"role": "user", "text": CARD}]}
    assert executions.kept("mine", given) == given


@pytest.mark.parametrize("type", ["express", "standard"])
def test_what_was_said_in_a_conversation_goes_with_it(mesh: Mesh, type: str) -> None:
    name, gone, other = define(mesh, PASS, type), uuid.uuid4().hex, uuid.uuid4().hex
    ids = {}
    for each in (gone, other):
        made = run(mesh, name, {"conversation_id": each, "message": "hello"}).json()
        ids[each] = f"/api/v1/pipeline-executions/{made['id']}"
        told(mesh, made["id"])
    mesh.deliver(ConversationRemoved(conversation_id=gone))
    assert mesh.get(ids[gone]).status_code == 404
    assert mesh.get(ids[other]).json()["input"]["message"] == "hello"


READING = {
    "knowledge-base:get": {"id": "default"},
    "document-processing:content": {"id": "d-1"},
    "response-generation:sources": {"results": []},
    "response-generation:format": {"answer": {"answer": "yes"}, "channel": "text"},
}


def test_a_pipeline_reads_bases_and_texts_and_shapes_answers(
    opened: Callable[..., Any],
) -> None:
    steps = {
        name: {"Type": "Task", "Resource": name, "Parameters": given, "Next": after}
        for (name, given), after in zip(
            READING.items(), [*list(READING)[1:], "End"], strict=True
        )
    }
    plan = {"StartAt": "knowledge-base:get", "States": steps}
    plan["States"] |= {"End": {"Type": "Succeed"}}
    stubs: dict[str, dict[str, Any]] = {
        "knowledge_base": {"get_base": lambda asked: {"at": asked.url.path}},
        "document_processing": {"get_content": lambda asked: {"at": asked.url.path}},
        "response_generation": {"extract_sources": {}, "format_answer": {"text": "x"}},
    }
    with opened(**stubs) as mesh:
        ended = run(mesh, define(mesh, plan), {}).json()
        assert (ended["status"], ended["output"]) == ("SUCCEEDED", {"text": "x"})
        [asked] = mesh.calls("document-processing")
        assert asked.request.url.path == "/api/v1/documents/d-1/content"
