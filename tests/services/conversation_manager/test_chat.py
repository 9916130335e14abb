"""The chat answers, is saved as far as it can be, and is silent after a hand-over."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import chassis
from chassis import testing
from chassis.testing import Mesh, until

CHAT, CONVERSATIONS = "/v1/api/chat", "/api/v1/conversations"
CUSTOMER: dict[str, Any] = {"roles": ("customer",), "subject": "c1"}
EVENTS = {"Accept": "text/event-stream"}


def ask(mesh: Mesh, message: str, id: str | None = None, **rest: Any) -> Any:
    asked = {"message": message} | ({"conversation_id": id} if id else {})
    answer = mesh.post(CHAT, json=asked, **(CUSTOMER | rest))
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(mesh: Mesh, id: str, **rest: Any) -> list[tuple[str, str]]:
    answer = mesh.get(f"{CONVERSATIONS}/{id}/messages", **(CUSTOMER | rest))
    return [(item["role"], item["text"]) for item in answer.json()["items"]]


def told(mesh: Mesh) -> list[dict[str, Any]]:
    """What the pipeline was given, each time."""
    calls = mesh.calls("action-executor", "run_pipeline")
    return [json.loads(call.request.content)["input"] for call in calls]


def events(answer: httpx.Response) -> list[tuple[str, Any]]:
    parts = [part.split("\n") for part in answer.text.split("\n\n") if part]
    return [(name[7:], json.loads(data[6:])) for name, data in parts]


def stream_of(*parts: tuple[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    text = "".join(f"event: {n}\ndata: {json.dumps(d)}\n\n" for n, d in parts)
    head = {"content-type": "text/event-stream"}
    return lambda request: httpx.Response(200, text=text, headers=head)


def leave_at_once(mesh: Mesh, path: str, body: bytes) -> None:
    """Ask for a stream as a client whose connection ends as soon as it has asked."""
    asker = chassis.Context(mesh.tenant, "c1", ("customer",), "api-gateway")
    head = {"x-internal-token": chassis.mint(asker), "content-type": "application/json"}
    scope = testing.scope("POST", path, head | EVENTS)
    waiting = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": body, "more_body": False},
    ]

    async def receive() -> dict[str, Any]:
        return waiting.pop() if waiting[1:] else waiting[0]

    async def send(_: Any) -> None:
        """To nobody."""

    mesh.portal.call(mesh.app, scope, receive, send)


def state(mesh: Mesh, id: str, state: str) -> None:
    path = f"{CONVERSATIONS}/{id}/state"
    assert mesh.put(path, json={"state": state}).status_code == 200


@pytest.mark.parametrize("role", ["customer", "owner"])
def test_an_empty_conversation_id_is_none(mesh: Mesh, role: str) -> None:
    asked = {"message": "When are you open?", "conversation_id": ""}
    answer = mesh.post(CHAT, json=asked, **CUSTOMER | {"roles": (role,)})
    assert (answer.status_code, answer.json()["answer"]) == (200, "Nine to five.")
    assert answer.json()["conversation_id"]


def test_an_answer_comes_with_its_conversation_and_trace(mesh: Mesh) -> None:
    answer = ask(mesh, "When are you open?")
    assert answer["answer"] == "Nine to five."
    assert answer["saved"]
    assert answer["degraded"] is None
    assert answer["actions"] == [{"name": "search", "status": "succeeded"}]
    assert len(answer["trace_id"]) == 32
    expected = [("user", "When are you open?"), ("assistant", "Nine to five.")]
    assert said(mesh, answer["conversation_id"]) == expected


def test_what_a_search_found_is_cited_and_not_repeated(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    done = outcome()
    booked = {"name": "book", "status": "succeeded", "output": {"at": "9:00"}}
    found = {"name": "search", "status": "succeeded", "output": {"results": [1]}}
    done["output"]["acted"]["results"] = [found, booked]
    with opened(done) as mesh:
        answer = ask(mesh, "When are you open?")
    assert answer["actions"] == [{"name": "search", "status": "succeeded"}, booked]


@pytest.mark.parametrize("head", [{}, EVENTS])
def test_a_pipeline_gets_a_key_only_where_the_message_had_one(
    mesh: Mesh, head: dict[str, str]
) -> None:
    for key in ({}, {"Idempotency-Key": "mine"}):
        mesh.post(CHAT, json={"message": "hi"}, headers=head | key, **CUSTOMER)
    calls = mesh.calls("action-executor", "run_pipeline")
    keys = [call.request.headers.get("idempotency-key") for call in calls]
    assert (keys[0], bool(keys[1])) == (None, True)


def test_the_pipeline_is_told_what_was_said_before(mesh: Mesh) -> None:
    id = ask(mesh, "When are you open?")["conversation_id"]
    ask(mesh, "And on Sundays?", id)
    history = told(mesh)[-1]["history"]
    assert [turn["text"] for turn in history] == ["When are you open?", "Nine to five."]
    assert told(mesh)[-1]["also"][0]["name"] == "hand_over"


def test_while_nothing_can_be_saved_the_answer_still_goes_out_marked(
    opened: Callable[..., Any],
) -> None:
    with opened(stored=False) as mesh:
        answer = ask(mesh, "When are you open?", headers={"Idempotency-Key": "k"})
        assert answer["answer"] == "Nine to five."
        assert (answer["saved"], answer["conversation_id"]) == (False, None)
        assert "could not be written" in answer["degraded"]
        again = ask(mesh, "And on Sundays?", "a-conversation")
        assert again["conversation_id"] == "a-conversation"
        assert "could not be read" in again["degraded"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("yes", "Nothing was booked, changed or charged"),
        ("not now", "Nothing was booked, changed or charged"),
        ("Ann Lee", "Nothing was booked, changed or charged"),
        ("ja, dat is het", "niets door geboekt"),
        ("oui merci", "Rien n'a été réservé"),
    ],
)
def test_what_rests_on_what_nobody_can_read_is_answered_with_that(
    opened: Callable[..., Any], said: str, told: str
) -> None:
    """It is sent nowhere: nobody knows to what it says yes."""
    with opened(stored=False) as mesh:
        answer = ask(mesh, said, "a-conversation")
        assert told in answer["answer"]
        assert answer["saved"] is False
        assert not mesh.calls("action-executor")
        assert ask(mesh, said)["answer"] == "Nine to five."  # it begins one


@pytest.mark.parametrize(
    ("told", "named"),
    [({"upstream": "similarity-search"}, "similarity-search"), ({}, "action-executor")],
)
def test_a_failed_pipeline_is_an_error_that_names_who_failed(
    opened: Callable[..., Any],
    outcome: Callable[..., Any],
    told: dict[str, str],
    named: str,
) -> None:
    failed = outcome(status="FAILED", error="ActionsFailed", cause="search: down")
    with opened(failed | told) as mesh:
        answer = mesh.post(CHAT, json={"message": "hi"}, **CUSTOMER)
    assert answer.status_code == 424
    assert "search: down" in answer.text
    assert answer.json()["additional_data"]["upstream"] == named


@pytest.mark.parametrize("output", [None, {}, [], "a", {"plan": 1, "answer": {}}])
def test_a_pipeline_of_ones_own_that_makes_no_answer_is_no_defect_of_the_chat(
    opened: Callable[..., Any], outcome: Callable[..., Any], output: Any
) -> None:
    with opened(outcome() | {"output": output}) as mesh:
        answer = mesh.post(CHAT, json={"message": "hi"}, **CUSTOMER)
    assert (answer.status_code, answer.json()["error_code"]) == (424, "BAD_PIPELINE")
    assert "chat" in answer.json()["message"]


def test_a_streamed_answer_tells_states_words_and_then_all_of_it(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    run = stream_of(
        ("state-entered", {"state": "Respond"}),
        ("delta", "Nine"),
        ("state-exited", {"state": "Respond"}),
        ("execution", outcome()),
    )
    with opened(run) as mesh:
        answer = mesh.post(CHAT, json={"message": "hi"}, headers=EVENTS, **CUSTOMER)
        found = events(answer)
        names = [name for name, _ in found]
        assert names == ["state-entered", "delta", "state-exited", "answer"]
        last = found[-1][1]
        assert last["saved"]
        assert last["answer"] == "Nine to five."
        assert len(said(mesh, last["conversation_id"])) == 2


def test_a_streamed_answer_goes_out_while_nothing_can_be_saved(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    with opened(stream_of(("execution", outcome())), stored=False) as mesh:
        answer = mesh.post(CHAT, json={"message": "hi"}, headers=EVENTS, **CUSTOMER)
    assert events(answer)[-1][1]["saved"] is False


def test_who_leaves_a_stream_finds_the_answer_in_the_conversation(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    entered = ("state-entered", {"state": "Respond"})
    with opened(stream_of(entered, ("execution", outcome()))) as mesh:
        made = mesh.post(CONVERSATIONS, json={}, **CUSTOMER).json()["id"]
        asked = {"message": "yes", "conversation_id": made}
        leave_at_once(mesh, CHAT, json.dumps(asked).encode())
        until(lambda: len(said(mesh, made)) == 2)
        assert said(mesh, made) == [("user", "yes"), ("assistant", "Nine to five.")]


def test_a_stream_whose_pipeline_fails_ends_in_an_error(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    run = stream_of(("execution", outcome(status="FAILED", cause="down")))
    with opened(run) as mesh:
        answer = mesh.post(CHAT, json={"message": "hi"}, headers=EVENTS, **CUSTOMER)
    assert [name for name, _ in events(answer)] == ["error"]


@pytest.mark.parametrize("head", [{}, EVENTS])
def test_a_repeated_key_gets_the_first_answer(
    opened: Callable[..., Any], outcome: Callable[..., Any], head: dict[str, str]
) -> None:
    run = stream_of(("execution", outcome())) if head else None
    with opened(run) as mesh:
        sent = {"json": {"message": "hi"}, "headers": head | {"Idempotency-Key": "k1"}}
        first, second = (mesh.post(CHAT, **sent, **CUSTOMER) for _ in range(2))
        assert first.text == second.text
        assert len(mesh.calls("action-executor")) == 1


def test_a_key_with_another_message_is_a_conflict(mesh: Mesh) -> None:
    head = {"Idempotency-Key": "k1"}
    ask(mesh, "one", headers=head)
    answer = mesh.post(CHAT, json={"message": "two"}, headers=head, **CUSTOMER)
    assert answer.status_code == 409


def test_keys_of_two_customers_do_not_meet(mesh: Mesh) -> None:
    head = {"Idempotency-Key": "k1"}
    first = ask(mesh, "one", headers=head)
    second = ask(mesh, "one", headers=head, subject="c2")
    assert first["conversation_id"] != second["conversation_id"]


def test_asking_for_a_person_hands_over_and_the_bot_is_silent(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    plan = {"actions": [{"name": "hand_over", "arguments": {}}]}
    with opened(outcome(plan=plan)) as mesh:
        answer = ask(mesh, "a person please")
        id = answer["conversation_id"]
        assert answer["handed_over"]
        [told] = mesh.published("conversation.handed-over")
        assert told["data"]["is_wished"]
        silent = ask(mesh, "hello?", id)
        assert (silent["answer"], silent["handed_over"]) == ("", True)
        assert len(mesh.calls("action-executor")) == 1
        assert said(mesh, id)[-1] == ("user", "hello?")
        assert len(mesh.published("conversation.handed-over")) == 1


def test_silence_is_streamed_too(mesh: Mesh) -> None:
    id = ask(mesh, "hi")["conversation_id"]
    state(mesh, id, "human")
    asked = {"message": "hello?", "conversation_id": id}
    answer = mesh.post(CHAT, json=asked, headers=EVENTS, **CUSTOMER)
    assert [(n, d["answer"]) for n, d in events(answer)] == [("answer", "")]


def test_who_takes_over_while_the_bot_thinks_is_not_talked_over(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    pipelines, taken = FastAPI(), []
    pipelines.state.runtime = SimpleNamespace(client=None)

    @pipelines.post("/api/v1/pipelines/chat/executions")
    async def run(asked: dict[str, Any]) -> Any:
        for mesh in taken:
            path = f"{CONVERSATIONS}/{asked['input']['conversation_id']}/state"
            who = chassis.Context(mesh.tenant, "u1", ("owner",), "api-gateway")
            head = {"X-Internal-Token": chassis.mint(who)}
            transport = httpx.ASGITransport(mesh.app)
            base = "http://conversation-manager"
            async with httpx.AsyncClient(transport=transport, base_url=base) as client:
                await client.put(path, json={"state": "human"}, headers=head)
        return outcome()

    with opened(pipelines) as mesh:
        id = ask(mesh, "hi")["conversation_id"]
        taken.append(mesh)
        answer = ask(mesh, "and now?", id)
        assert (answer["answer"], answer["handed_over"]) == ("", True)
        assert said(mesh, id)[-1] == ("user", "and now?")


def test_handed_back_the_bot_answers_again(mesh: Mesh) -> None:
    id = ask(mesh, "hi")["conversation_id"]
    state(mesh, id, "human")
    assert ask(mesh, "hello?", id)["answer"] == ""
    state(mesh, id, "open")
    assert ask(mesh, "hello?", id)["answer"] == "Nine to five."


def test_what_nobody_could_answer_is_published(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    with opened(outcome("I do not know.", answered={"abstained": True})) as mesh:
        ask(mesh, "Do you fly?")
        (event,) = mesh.published("question.unanswered")
    assert event["data"]["question"] == "When are you open?"


@pytest.mark.parametrize(
    ("asked", "status"), [({}, 200), ({"knowledge_base_id": "x"}, 404)]
)
def test_a_base_that_is_asked_for_and_does_not_exist_is_told(
    opened: Callable[..., Any],
    outcome: Callable[..., Any],
    asked: dict[str, str],
    status: int,
) -> None:
    run = outcome("I cannot search.", answered={"unsearched": True})
    told = {"error": "NotFound", "cause": "knowledge-bases has no x"}
    run["output"]["acted"]["results"] = [{"name": "search", "status": "failed"} | told]
    with opened(run) as mesh:
        answer = mesh.post(CHAT, json={"message": "Do you fly?"} | asked, **CUSTOMER)
    assert answer.status_code == status
    assert status == 200 or "knowledge-bases has no x" in answer.json()["message"]


def test_a_question_back_is_not_unanswered(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    back = {"abstained": True, "clarify": True}
    with opened(outcome("Which?", answered=back)) as mesh:
        ask(mesh, "How much?")
        assert mesh.published("question.unanswered") == []


def test_a_question_that_nobody_could_look_up_is_not_unanswered(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    away = {"abstained": True, "unsearched": True, "degraded": "search failed"}
    with opened(outcome("I cannot search.", answered=away)) as mesh:
        answer = ask(mesh, "Do you fly?")
        assert (answer["unsearched"], answer["degraded"]) == (True, "search failed")
        assert mesh.published("question.unanswered") == []


@pytest.mark.parametrize(("error", "late"), [("States.Timeout", True), ("X", False)])
def test_a_step_that_did_not_answer_in_time_is_told_as_that(
    opened: Callable[..., Any], outcome: Callable[..., Any], error: str, late: bool
) -> None:
    failed = outcome(status="FAILED", error=error, cause="no answer")
    with opened(failed) as mesh:
        answer = mesh.post(CHAT, json={"message": "hi"}, **CUSTOMER)
    assert answer.status_code == 424
    assert answer.json()["additional_data"]["timed_out"] is late


def test_degradation_of_every_step_is_named(
    opened: Callable[..., Any], outcome: Callable[..., Any]
) -> None:
    run = outcome(plan={"degraded": "no model"}, answered={"degraded": "no vectors"})
    with opened(run) as mesh:
        assert ask(mesh, "hi")["degraded"] == "no vectors; no model"


@pytest.mark.parametrize("model", [True, False])
def test_long_conversations_are_told_by_their_summary(
    opened: Callable[..., Any], model: bool
) -> None:
    completion = {"text": "They asked about hours.", "model": "m"}
    with opened(complete=completion if model else None) as mesh:
        id = ask(mesh, "question 0")["conversation_id"]
        for number in range(1, 12):
            ask(mesh, f"question {number}", id)
        path = f"{CONVERSATIONS}/{id}"
        summary = until(lambda: mesh.get(path, **CUSTOMER).json()["summary"])
        ask(mesh, "one more", id)
        history = told(mesh)[-1]["history"]
    assert history[0]["text"] == f"Earlier: {summary}"
    assert len(history) == 13
    assert ("They asked about hours." if model else "question 0") in summary


def test_what_is_said_at_once_in_one_conversation_is_all_kept(mesh: Mesh) -> None:
    id = ask(mesh, "hi")["conversation_id"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda n: ask(mesh, f"m{n}", id), range(2)))
    assert all(answer["saved"] for answer in answers)
    path = f"{CONVERSATIONS}/{id}/messages"
    items = mesh.get(path, **CUSTOMER).json()["items"]
    assert [item["position"] for item in items] == [1, 2, 3, 4, 5, 6]


def test_an_empty_message_is_refused(mesh: Mesh) -> None:
    for blank in ("", " \n"):
        assert mesh.post(CHAT, json={"message": blank}, **CUSTOMER).status_code == 422
