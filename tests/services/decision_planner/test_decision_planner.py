"""Plans name only what was offered; without a model the nearest intent plans."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

import chassis
from chassis import testing
from chassis.testing import Mesh

Open = Callable[..., AbstractContextManager[Mesh]]
NO_MODEL: dict[str, Any] = {"get_model": {"model": None}}
SEARCH = {
    "name": "search",
    "parameters": {
        "type": "object",
        "properties": {"query": {"type": "string"}, "k": {"type": "integer"}},
        "required": ["query"],
    },
}
MATCH = {"name": "match_faqs", "parameters": {"type": "object"}}
HAND_OVER = {"name": "hand_over", "parameters": {"type": "object"}}


@pytest.fixture
def opened() -> Open:
    """The planner beside real embeddings, with the answer of a model or without one."""
    from services.assistant.decision_planner.app import app, models
    from services.knowledge.embedding_generation.app import app as embeddings

    models.forget()

    def start(
        complete: Any = None, *, embedded: bool = True
    ) -> AbstractContextManager[Mesh]:
        model = {"get_model": {"model": "m"}, "complete": complete}
        stubs: dict[str, Any] = {"response-generation": model if complete else NO_MODEL}
        stubs |= {"embedding-generation": embeddings} if embedded else {}
        return testing.mesh(app, upstreams=stubs)

    return start


@pytest.fixture
def mesh(opened: Open) -> Iterator[Mesh]:
    with opened() as running:
        yield running


def plan(mesh: Mesh, message: str, **rest: Any) -> Any:
    asked = {"message": message, "actions": [SEARCH, MATCH], "also": [HAND_OVER]}
    answer = mesh.post("/api/v1/plans", json=asked | rest)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(plan: Any) -> list[str]:
    return [action["name"] for action in plan["actions"]]


def called(*calls: tuple[str, Any]) -> dict[str, Any]:
    tools = [{"name": name, "arguments": arguments} for name, arguments in calls]
    return {"tool_calls": tools, "model": "m"}


@pytest.mark.parametrize("message", ["hello", "thanks a lot", "bye", "good morning!"])
def test_small_talk_gets_a_reply_and_no_action(mesh: Mesh, message: str) -> None:
    done = plan(mesh, message)
    assert done["reply"]
    assert done["actions"] == []
    assert (done["planner"], done["degraded"]) == ("local", None)


@pytest.mark.parametrize(
    "message",
    ["How much is a check-up?", "hello, when are you open on Mondays?", "Parking?"],
)
def test_a_question_is_searched_for(mesh: Mesh, message: str) -> None:
    done = plan(mesh, message)
    assert names(done) == ["search", "match_faqs"]
    assert done["reply"] is None
    query = done["actions"][0]["arguments"]["query"]
    assert query == message[0].upper() + message[1:]


@pytest.mark.parametrize("message", ["👍", "???", "✅ ✅", " "])
def test_a_message_without_words_has_a_plan(mesh: Mesh, message: str) -> None:
    assert plan(mesh, message)["degraded"] is None


@pytest.mark.parametrize(
    "message", ["I want to talk to a person", "get me a real human please"]
)
def test_who_asks_for_a_person_is_handed_over(mesh: Mesh, message: str) -> None:
    assert names(plan(mesh, message)) == ["hand_over"]


def test_only_what_was_offered_is_planned(mesh: Mesh) -> None:
    assert names(plan(mesh, "How much is a check-up?", actions=[MATCH])) == [
        "match_faqs"
    ]


def test_braces_in_a_message_are_only_text(mesh: Mesh) -> None:
    message = "What does {knowledge_base_id} cost {question}?"
    done = plan(mesh, message)
    assert done["actions"][0]["arguments"]["query"] == message


def test_a_follow_up_is_made_self_contained(mesh: Mesh) -> None:
    history = [
        {"role": "user", "text": "How much is a check-up?"},
        {"role": "assistant", "text": "55 euros."},
    ]
    done = plan(mesh, "And for children?", history=history)
    assert done["question"] == "How much is a check-up for children?"
    about = {"words": ["check-up"], "instead": [], "whom": ["children"]}
    assert done["about"] == about
    assert plan(mesh, "Where can I park?", history=history)["about"] is None


def test_a_follow_up_may_rest_on_another(mesh: Mesh) -> None:
    asked = ("How much is a check-up?", "And for children?")
    history = [{"role": "user", "text": text} for text in asked]
    question = plan(mesh, "And for pensioners?", history=history)["question"]
    assert question == "How much is a check-up for pensioners?"


def test_a_question_of_its_own_stays_as_it_is(mesh: Mesh) -> None:
    history = [{"role": "user", "text": "How much is a check-up?"}]
    done = plan(mesh, "Where is the surgery located?", history=history)
    assert done["question"] == "Where is the surgery located?"


def test_the_longest_message_still_has_a_valid_plan(mesh: Mesh) -> None:
    done = plan(mesh, "why " * 2000)
    assert names(done) == ["search", "match_faqs"]
    assert len(done["question"]) <= 4000


def test_whoever_looks_for_an_answer_is_given_the_questions_vector(mesh: Mesh) -> None:
    done = plan(mesh, "How much is a check-up?")
    [search, match] = (action["arguments"]["vector"] for action in done["actions"])
    ask = {"texts": ["How much is a check-up?"]}
    embeddings = Mesh(
        mesh.wire.upstreams["embedding-generation"],
        mesh.wire,
        mesh.portal,
        mesh.tenant,
    )
    made = embeddings.post("/api/v1/embeddings", json=ask).json()["vectors"]
    assert [search] == [match] == made


def test_without_a_model_nobody_is_asked_to_complete(mesh: Mesh) -> None:
    plan(mesh, "How much is a check-up?")
    plan(mesh, "Where is the surgery located?")
    asked = [call.operation for call in mesh.calls("response-generation")]
    assert asked == ["get_model"]


def test_while_nobody_tells_of_a_model_the_plan_is_marked(opened: Open) -> None:
    with opened() as mesh:
        mesh.wire.upstreams.pop("response-generation")
        done = plan(mesh, "How much is a check-up?")
    assert names(done) == ["search", "match_faqs"]
    assert "language model" in done["degraded"]


def test_a_model_plans_with_the_tools_it_calls(opened: Open) -> None:
    with opened(called(("search", {"query": "check-up price"}))) as mesh:
        done = plan(mesh, "How much is a check-up?")
    assert (done["planner"], done["degraded"]) == ("llm", None)
    assert done["actions"][0]["arguments"] == {"query": "check-up price"}


@pytest.mark.parametrize(
    "call",
    [("drop_tables", {}), ("search", {"k": "many"}), ("search", {"query": 5})],
)
def test_what_a_model_invents_is_not_planned(opened: Open, call: Any) -> None:
    with opened(called(call)) as mesh:
        done = plan(mesh, "How much is a check-up?")
    assert done["planner"] == "local"
    assert names(done) == ["search", "match_faqs"]
    assert done["degraded"]


def test_an_invalid_call_beside_a_valid_one_is_left_out(opened: Open) -> None:
    calls = called(("search", {"query": "price"}), ("search", {"k": "many"}))
    with opened(calls) as mesh:
        done = plan(mesh, "How much is a check-up?")
    assert (names(done), done["planner"]) == (["search"], "llm")


@pytest.mark.parametrize(
    "failure",
    [
        chassis.RateLimited("slow down", retry_after=1.0),
        chassis.Misconfigured("a bad key"),
        chassis.AIServiceFailed("down"),
        lambda request: httpx.Response(200, text="{not json"),
        {"tool_calls": [], "model": "m", "text": "I would search."},
        {"tool_calls": [{"name": "Not A Name", "arguments": {}}], "model": "m"},
    ],
)
def test_a_model_that_fails_leaves_a_marked_local_plan(
    opened: Open, failure: Any
) -> None:
    with opened(failure) as mesh:
        done = plan(mesh, "How much is a check-up?")
    assert done["planner"] == "local"
    assert names(done) == ["search", "match_faqs"]
    assert "language model" in done["degraded"]


def test_a_colleagues_turn_is_told_to_the_model_as_the_business(opened: Open) -> None:
    history = [{"role": "agent", "text": "This is Ana."}]
    with opened(called(("search", {"query": "q"}))) as mesh:
        plan(mesh, "How much is a check-up?", history=history)
        [call] = mesh.calls("response-generation", "complete")
        asked = call.request.content.decode()
    assert '"role":"assistant"' in asked.replace(" ", "")
    assert '"role":"agent"' not in asked.replace(" ", "")


def test_without_vectors_every_message_is_a_question_and_that_is_said(
    opened: Open,
) -> None:
    with opened(embedded=False) as mesh:
        done = plan(mesh, "How much is it?")
    assert names(done) == ["search", "match_faqs"]
    assert "embedding-generation" in done["degraded"]
    assert all("vector" not in each["arguments"] for each in done["actions"])


@pytest.mark.parametrize(
    ("message", "seen"),
    [
        ("When are you open?", {"is_question": True, "language": "english"}),
        ("I am late.", {"is_question": False, "word_count": 3}),
        ("Wie spät ist es und wann sind die Zeiten?", {"language": "german"}),
        ("```print(1)```", {"has_code": True}),
        ("Hi", {"complexity": "simple", "has_code": False}),
        ("one two three four " * 5, {"complexity": "medium"}),
        ("why? " * 60, {"complexity": "complex"}),
    ],
)
def test_a_message_is_analyzed(mesh: Mesh, message: str, seen: Any) -> None:
    answer = mesh.post("/api/v1/analyze", json={"message": message}).json()
    assert {name: answer[name] for name in seen} == seen


def test_an_empty_message_is_refused(mesh: Mesh) -> None:
    assert mesh.post("/api/v1/plans", json={"message": ""}).status_code == 422
