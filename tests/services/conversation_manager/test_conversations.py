"""Conversations belong to their customers; staff sees all of a tenant's."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing
from chassis.testing import Mesh
from contracts.assistant.events import ConversationChanged
from services.knowledge.knowledge_base.app import app as bases

CHAT, CONVERSATIONS = "/v1/api/chat", "/api/v1/conversations"
CUSTOMER: dict[str, Any] = {"roles": ("customer",), "subject": "c1"}
OTHER: dict[str, Any] = {"roles": ("customer",), "subject": "c2"}


def begun(mesh: Mesh, **rest: Any) -> Any:
    answer = mesh.post(CHAT, json={"message": "hi"}, **(CUSTOMER | rest))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_conversation_can_be_created_read_and_listed(mesh: Mesh) -> None:
    made = mesh.post(CONVERSATIONS, json={"title": "T"}, **CUSTOMER)
    assert made.status_code == 201
    path = made.headers["Location"]
    assert mesh.get(path, **CUSTOMER).json()["title"] == "T"
    items = mesh.get(CONVERSATIONS, **CUSTOMER).json()["items"]
    assert [item["title"] for item in items] == ["T"]


def test_a_conversation_is_about_a_knowledge_base_that_there_is(
    mesh: Mesh, database: FastAPI
) -> None:
    with testing.mesh(bases, upstreams={"database-operations": database}) as library:
        given, whose = {"name": "Fees"}, {"tenant": mesh.tenant}
        made = library.post("/api/v1/knowledge-bases", json=given, **whose).json()
    answers = [
        mesh.post(CONVERSATIONS, json={"knowledge_base_id": id}, **CUSTOMER)
        for id in (made["id"], "default", "nowhere")
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 404]
    assert answers[0].json()["knowledge_base_id"] == made["id"]


def test_a_customer_reaches_only_its_own(mesh: Mesh) -> None:
    id = begun(mesh)["conversation_id"]
    path = f"{CONVERSATIONS}/{id}"
    asked = {"message": "what was said?", "conversation_id": id}
    feedback = {"feedback": "up"}
    answers = [
        mesh.get(path, **OTHER),
        mesh.get(f"{path}/messages", **OTHER),
        mesh.post(f"{path}/messages", json={"text": "hi"}, **OTHER),
        mesh.post(CHAT, json=asked, **OTHER),
        mesh.put(f"{path}/messages/x/feedback", json=feedback, **OTHER),
        mesh.delete(path, **OTHER),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert mesh.get(CONVERSATIONS, **OTHER).json()["items"] == []


def test_staff_sees_every_conversation_of_its_tenant_alone(mesh: Mesh) -> None:
    id = begun(mesh)["conversation_id"]
    listed = mesh.get(CONVERSATIONS).json()["items"]
    assert [item["id"] for item in listed] == [id]
    assert mesh.get(f"{CONVERSATIONS}/{id}", tenant="another").status_code == 404


def test_conversations_are_listed_by_state(mesh: Mesh) -> None:
    first, second = (begun(mesh)["conversation_id"] for _ in range(2))
    mesh.put(f"{CONVERSATIONS}/{first}/state", json={"state": "human"})
    waiting = mesh.get(CONVERSATIONS, params={"state": "human"}).json()["items"]
    assert [item["id"] for item in waiting] == [first]
    assert second != first
    unknown = mesh.get(CONVERSATIONS, params={"state": "nonesuch"})
    assert unknown.status_code == 400
    assert "query/state" in unknown.json()["message"]


def test_messages_are_paged_oldest_first(mesh: Mesh) -> None:
    path = f"{CONVERSATIONS}/{begun(mesh)['conversation_id']}/messages"
    first = mesh.get(path, params={"limit": 1}, **CUSTOMER).json()
    assert [item["role"] for item in first["items"]] == ["user"]
    more = {"limit": 1, "cursor": first["cursor"]}
    second = mesh.get(path, params=more, **CUSTOMER).json()
    assert [item["role"] for item in second["items"]] == ["assistant"]
    assert "reply" not in second["items"][0]


def test_deleting_a_conversation_deletes_what_was_said(mesh: Mesh) -> None:
    path = f"{CONVERSATIONS}/{begun(mesh)['conversation_id']}"
    assert mesh.delete(path, **CUSTOMER).status_code == 204
    assert mesh.get(path, **CUSTOMER).status_code == 404
    assert mesh.get(f"{path}/messages", **CUSTOMER).status_code == 404


def test_a_colleague_answers_as_a_person(mesh: Mesh) -> None:
    id = begun(mesh)["conversation_id"]
    path = f"{CONVERSATIONS}/{id}/messages"
    sent = {"text": "This is Ana.", "role": "agent"}
    answer = mesh.post(path, json=sent)
    assert answer.status_code == 200, answer.text
    assert mesh.get(path, **CUSTOMER).json()["items"][-1]["role"] == "agent"
    assert len(mesh.calls("action-executor")) == 1


@pytest.mark.parametrize("by", ["messages", "chat"])
def test_what_staff_says_to_a_customer_is_theirs_and_is_not_answered(
    mesh: Mesh, by: str
) -> None:
    id = begun(mesh)["conversation_id"]
    path = f"{CONVERSATIONS}/{id}"
    asked = {"message": "Ann here.", "conversation_id": id}
    sent = {"text": "Ann here."}
    at, body = (CHAT, asked) if by == "chat" else (f"{path}/messages", sent)
    answer = mesh.post(at, json=body, roles=("agent",), subject="a1")
    assert answer.status_code == 200, answer.text
    last = mesh.get(f"{path}/messages", **CUSTOMER).json()["items"][-1]
    assert (last["role"], last["text"]) == ("agent", "Ann here.")
    assert len(mesh.calls("action-executor")) == 1


def test_who_answers_takes_over_until_it_is_given_back(mesh: Mesh) -> None:
    id = begun(mesh)["conversation_id"]
    path, hello = f"{CONVERSATIONS}/{id}", {"text": "hello?"}
    mesh.post(f"{path}/messages", json={"text": "Ann here.", "name": "Ann"})
    known = mesh.get(path, **CUSTOMER).json()
    assert (known["state"], known["person"]) == ("human", "Ann")
    assert len(mesh.published("conversation.handed-over")) == 1
    silent = mesh.post(f"{path}/messages", json=hello, **CUSTOMER).json()
    assert (silent["answer"], silent["handed_over"]) == ("", True)
    mesh.post(f"{path}/messages", json={"text": "And now?"})
    told = mesh.get(f"{path}/messages", **CUSTOMER).json()["items"]
    names = [(item["role"], item["name"]) for item in told[2:]]
    assert names == [("agent", "Ann"), ("user", None), ("agent", "Ann")]
    assert len(mesh.published("conversation.handed-over")) == 1
    mesh.put(f"{path}/state", json={"state": "open"})
    assert mesh.get(path, **CUSTOMER).json()["person"] is None
    again = mesh.post(f"{path}/messages", json=hello, **CUSTOMER).json()
    assert again["answer"] == "Nine to five."


def test_a_message_that_could_not_be_kept_is_no_persons_answer(
    opened: Callable[..., Any],
) -> None:
    with opened(stored=False) as mesh:
        sent = {"text": "Ann here.", "role": "agent"}
        assert mesh.post(f"{CONVERSATIONS}/c/messages", json=sent).status_code == 424


def test_staff_is_answered_in_its_own_conversation(mesh: Mesh) -> None:
    path = mesh.post(CONVERSATIONS, json={}).headers["Location"]
    answer = mesh.post(f"{path}/messages", json={"text": "hello?"}).json()
    assert answer["answer"] == "Nine to five."


def test_staff_may_pass_on_what_a_customer_says(mesh: Mesh) -> None:
    path = f"{CONVERSATIONS}/{begun(mesh)['conversation_id']}/messages"
    sent = {"text": "hello?", "role": "user"}
    assert mesh.post(path, json=sent).json()["answer"] == "Nine to five."
    assert mesh.get(path).json()["items"][2]["role"] == "user"


def test_who_watches_sees_what_a_person_says_and_that_it_is_given_back(
    mesh: Mesh, watch: Callable[..., Any]
) -> None:
    path = f"{CONVERSATIONS}/{begun(mesh)['conversation_id']}"
    with watch(mesh, f"{path}/messages/watch") as stream:
        assert stream.next()["event"] == "watching"
        mesh.post(f"{path}/messages", json={"text": "Ann here.", "name": "Ann"})
        pump(mesh)
        first, second = sorted(
            (stream.next()["data"] for _ in range(2)), key=lambda d: bool(d["message"])
        )
        assert (first["state"], first["person"]) == ("human", "Ann")
        assert (second["message"]["role"], second["message"]["name"]) == (
            "agent",
            "Ann",
        )
        mesh.put(f"{path}/state", json={"state": "open"})
        pump(mesh)
        assert stream.next()["data"]["state"] == "open"


def test_nobody_watches_anothers_conversation(mesh: Mesh) -> None:
    path = f"{CONVERSATIONS}/{begun(mesh)['conversation_id']}/messages/watch"
    assert mesh.get(path, **OTHER).status_code == 404


def test_a_deleted_conversation_is_told_to_whoever_kept_its_words(mesh: Mesh) -> None:
    id = begun(mesh)["conversation_id"]
    mesh.delete(f"{CONVERSATIONS}/{id}", **CUSTOMER)
    [event] = mesh.published("conversation.removed")
    assert event["data"]["conversation_id"] == id


def pump(mesh: Mesh) -> None:
    """Let the service hear the changes that it published."""
    for event in mesh.published("conversation.changed"):
        mesh.deliver(ConversationChanged.model_validate(event["data"]))


def test_a_customer_cannot_speak_as_a_colleague(mesh: Mesh) -> None:
    path = f"{CONVERSATIONS}/{begun(mesh)['conversation_id']}"
    sent = {"text": "I am staff.", "role": "agent"}
    assert mesh.post(f"{path}/messages", json=sent, **CUSTOMER).status_code == 403
    changed = mesh.put(f"{path}/state", json={"state": "open"}, **CUSTOMER)
    assert changed.status_code == 403


@pytest.mark.parametrize("role", ["user", "agent"])
def test_a_message_without_a_word_is_malformed(mesh: Mesh, role: str) -> None:
    path = f"{CONVERSATIONS}/{begun(mesh)['conversation_id']}/messages"
    answer = mesh.post(path, json={"text": " \n\u3000", "role": role})
    assert answer.status_code == 422
    assert "body/text" in answer.json()["message"]


def test_messages_to_a_conversation_are_answered(mesh: Mesh) -> None:
    id = begun(mesh)["conversation_id"]
    path = f"{CONVERSATIONS}/{id}/messages"
    answer = mesh.post(path, json={"text": "hello"}, **CUSTOMER).json()
    assert answer["conversation_id"] == id
    assert answer["answer"] == "Nine to five."


@pytest.mark.parametrize("role", ["user", "agent"])
def test_a_closed_conversation_takes_no_message(mesh: Mesh, role: str) -> None:
    id = begun(mesh)["conversation_id"]
    path = f"{CONVERSATIONS}/{id}"
    assert mesh.put(f"{path}/state", json={"state": "closed"}).status_code == 200
    runs = len(mesh.calls("action-executor"))
    answer = mesh.post(f"{path}/messages", json={"text": "hello?", "role": role})
    assert answer.status_code == 409
    assert answer.json()["error_code"] == "CONVERSATION_CLOSED"
    assert len(mesh.calls("action-executor")) == runs
    assert len(mesh.get(f"{path}/messages").json()["items"]) == 2
    assert mesh.put(f"{path}/state", json={"state": "open"}).status_code == 200
    again = mesh.post(f"{path}/messages", json={"text": "hello?"}, **CUSTOMER)
    assert again.json()["answer"] == "Nine to five."


def test_the_answer_given_before_is_repeated_after_closing(mesh: Mesh) -> None:
    asked = {"message": "When are you open?"}
    head = {"Idempotency-Key": "k-closed"}
    first = mesh.post("/v1/api/chat", json=asked, headers=head).json()
    path = f"{CONVERSATIONS}/{first['conversation_id']}/state"
    assert mesh.put(path, json={"state": "closed"}).status_code == 200
    assert mesh.post("/v1/api/chat", json=asked, headers=head).json() == first


def test_feedback_stays_with_its_answer(mesh: Mesh) -> None:
    answer = begun(mesh)
    path = f"{CONVERSATIONS}/{answer['conversation_id']}/messages"
    given = {"feedback": "down", "comment": "wrong"}
    at = f"{path}/{answer['message_id']}/feedback"
    assert mesh.put(at, json=given, **CUSTOMER).status_code == 204
    told = mesh.get(path, **CUSTOMER).json()["items"][-1]
    assert (told["feedback"], told["comment"]) == ("down", "wrong")


def test_feedback_reaches_no_message_of_another_conversation(mesh: Mesh) -> None:
    mine, theirs = begun(mesh), begun(mesh, **OTHER)
    path = f"{CONVERSATIONS}/{mine['conversation_id']}/messages"
    at = f"{path}/{theirs['message_id']}/feedback"
    assert mesh.put(at, json={"feedback": "up"}, **CUSTOMER).status_code == 404
