"""From a file to a cited answer, through the gateway and every service behind it."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.testing import until
from filigree.demo.api import Api, Refused


def registered(base: str) -> Api:
    """A new business's owner."""
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    new = {"email": email, "password": "a long password", "business": "B"}
    tokens = Api(base).call("POST", "/api/v1/auth/register", json=new)
    owner = Api(base)
    owner._http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return owner


def text_document(api: Api, text: str) -> str:
    body = {"name": "notice.txt", "text": text}
    id = api.call("POST", "/api/v1/documents", json=body)["id"]
    assert api.settled(id)["status"] == "ready"
    return id


def test_files_of_every_type_become_ready(documents: dict[str, Any]) -> None:
    assert {d["status"] for d in documents.values()} == {"ready"}
    assert all(d["chunks"] > 0 for d in documents.values())


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("How much is a check-up for an adult?", "€55"),
        ("Can I smoke after an extraction?", "72 hours"),
    ],
)
def test_an_answer_quotes_the_documents_word_for_word(
    api: Api, documents: dict[str, Any], question: str, fact: str
) -> None:
    answer = api.ask(question)
    assert not answer["abstained"]
    assert fact in answer["answer"]
    for citation in answer["citations"]:
        path = f"/api/v1/documents/{citation['document_id']}/content"
        assert citation["quote"] in api.call("GET", path)["text"]


@pytest.mark.parametrize(
    "question",
    ["What is the capital of France?", "Do you repair bicycles on Sundays?"],
)
def test_what_the_documents_do_not_say_is_not_known(
    api: Api, documents: dict[str, Any], question: str
) -> None:
    answer = api.ask(question)
    assert answer["abstained"]
    assert answer["citations"] == []


def test_the_score_that_is_returned_is_the_one_that_the_threshold_cuts(
    api: Api, documents: dict[str, Any]
) -> None:
    asked = {"query": "price of a check-up", "k": 10}
    scores = [
        r["score"] for r in api.call("POST", "/api/v1/search", json=asked)["results"]
    ]
    least = scores[3]
    kept = api.call("POST", "/api/v1/search", json=asked | {"min_score": least})
    assert [r["score"] for r in kept["results"]] == [s for s in scores if s >= least]


def test_the_trace_and_the_pipeline_log_can_be_read_back(
    api: Api, documents: dict[str, Any]
) -> None:
    answer = api.ask("How much is a check-up for an adult?")
    services = {s["service"] for s in api.trace(answer["trace_id"])["spans"]}
    assert {
        "api-gateway",
        "conversation-manager",
        "action-executor",
        "decision-planner",
        "similarity-search",
        "response-generation",
        "database-operations",
    } <= services
    log = api.call("GET", f"/api/v1/pipeline-logs/{answer['metadata']['pipeline_id']}")
    assert log["status"] == "SUCCEEDED"


def test_a_deleted_document_is_gone_from_search_and_answers(demo: Any) -> None:
    owner = registered(demo["base_url"])
    id = text_document(owner, "The annual fee of the rowing club is 240 euros.")
    question = "What is the annual fee of the rowing club?"
    assert "240" in owner.ask(question)["answer"]
    owner.call("DELETE", f"/api/v1/documents/{id}")
    until(lambda: owner.ask(question)["abstained"], 2.0)
    found = owner.call("POST", "/api/v1/search", json={"query": question})
    assert found["results"] == []


def test_a_replaced_document_answers_with_its_new_text(demo: Any) -> None:
    owner = registered(demo["base_url"])
    id = text_document(owner, "The annual fee of the rowing club is 240 euros.")
    body = {
        "name": "fee.txt",
        "text": "The annual fee of the rowing club is 310 euros.",
    }
    owner.call("PUT", f"/api/v1/documents/{id}", json=body)
    found = owner.call("POST", "/api/v1/search", json={"query": "annual fee"})
    assert "240" not in str(found["results"])
    assert owner.settled(id)["status"] == "ready"
    answer = owner.ask("What is the annual fee of the rowing club?")["answer"]
    assert "310" in answer
    assert "240" not in answer


def test_no_tenant_ever_receives_anothers_passages(demo: Any) -> None:
    """The same question of several tenants at once, each with another answer."""
    owners = [registered(demo["base_url"]) for _ in range(5)]
    for number, owner in enumerate(owners):
        text_document(owner, f"The door code of the archive is {7000 + number}.")

    def asked(number: int) -> tuple[int, str]:
        found = owners[number % 5].call(
            "POST", "/api/v1/search", json={"query": "door code of the archive"}
        )
        return number % 5, str(found["results"])

    # Of more at a time, on a busy machine, some wait for longer than each is given.
    with ThreadPoolExecutor(10) as pool:
        for number, text in pool.map(asked, range(100)):
            assert str(7000 + number) in text
            assert not any(str(7000 + n) in text for n in range(5) if n != number)


def test_another_tenants_document_is_not_there(demo: Any) -> None:
    one, other = registered(demo["base_url"]), registered(demo["base_url"])
    id = text_document(one, "Our safe is behind the painting.")
    for path in ("", "/content", "/chunks"):
        with pytest.raises(Refused, match="404"):
            other.call("GET", f"/api/v1/documents/{id}{path}")


def test_without_a_credential_there_is_nothing(demo: Any) -> None:
    for method, path in (("POST", "/api/v1/search"), ("GET", "/api/v1/documents")):
        url = demo["base_url"] + path
        answer = httpx.request(method, url, json={"query": "x"}, verify=False)
        assert answer.status_code == 401
        assert answer.json()["error"] == "authentication_error"


@pytest.mark.parametrize(
    "name", ["truncated.pdf", "encrypted.pdf", "bomb.docx", "photo-named.pdf"]
)
def test_a_hostile_file_fails_with_a_reason(api: Api, name: str) -> None:
    folder = Path(__file__).parents[2] / "platform/filigree/demo/hostile"
    told = api.settled(api.upload(folder / name, {})["id"])
    assert told["status"] == "failed"
    assert told["reason"]


def test_a_pipeline_of_ones_own_runs(api: Api) -> None:
    definition = {
        "StartAt": "Greet",
        "States": {
            "Greet": {
                "Type": "Pass",
                "Parameters": {"text.$": "States.Format('Hello {}', $.name)"},
                "End": True,
            }
        },
    }
    api.call("PUT", "/api/v1/pipelines/greet", json=definition)
    path = "/api/v1/pipelines/greet/executions"
    done = api.call("POST", path, json={"input": {"name": "Ada"}})
    assert (done["status"], done["output"]) == ("SUCCEEDED", {"text": "Hello Ada"})
    told = api.call("GET", f"/api/v1/pipeline-executions/{done['id']}")
    assert told["history"][0]["type"] == "ExecutionStarted"


def test_a_wrong_pipeline_is_refused_with_the_place(api: Api) -> None:
    wrong = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "x:y"}}}
    with pytest.raises(Refused, match="400"):
        api.call("PUT", "/api/v1/pipelines/wrong", json=wrong)


def test_a_person_can_take_over_and_the_bot_is_silent(
    api: Api, documents: dict[str, Any]
) -> None:
    answer = api.ask("I want to speak to a person, please.")
    assert answer["handed_over"]
    later = api.ask("How much is a check-up?", answer["conversation_id"])
    assert later["answer"] == ""


def test_a_client_does_not_tell_the_mesh_how_to_call(
    demo: dict[str, str], api: Api
) -> None:
    owner = registered(demo["base_url"])
    told = {
        "x-envoy-retry-on": "retriable-status-codes,5xx",
        "x-envoy-retriable-status-codes": "201",
        "x-envoy-max-retries": "3",
        "x-envoy-upstream-rq-timeout-ms": "1",
        "x-request-timeout": "0.001",
        "x-tenant": "t-of-somebody-else",
    }
    made = owner._http.post("/api/v1/conversations", json={}, headers=told)
    assert made.status_code == 201, made.text
    assert len(made.headers.get_list("date")) == 1
    assert len(owner.call("GET", "/api/v1/conversations")["items"]) == 1
