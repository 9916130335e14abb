"""Many customers at once: each is answered or told when to come back, nobody gets
another business's answer, and who sends the same twice gets it done once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from chassis.testing import until

CLIENTS = 50
CHAT = "/v1/api/chat"
QUESTION = "What is the rent of the vault?"


@pytest.fixture
def businesses(mesh: Any) -> list[tuple[dict[str, str], str]]:
    """Two businesses: what each signs in with, and what only it knows."""
    return [business(mesh.told["base_url"]) for _ in range(2)]


def business(base: str) -> tuple[dict[str, str], str]:
    secret = str(uuid.uuid4().int)[:12]
    with httpx.Client(base_url=base, timeout=35, verify=False) as http:
        new = {"email": f"{secret}@example.com", "password": "a long password"}
        told = http.post("/api/v1/auth/register", json=new | {"business": "B"})
        headers = {"Authorization": f"Bearer {told.json()['access_token']}"}
        text = f"The rent of the vault is {secret} euros."
        body = {"name": "vault.txt", "text": text}
        sent = http.post("/api/v1/documents", json=body, headers=headers)
        path = f"/api/v1/documents/{sent.json()['id']}"

        def is_ready() -> bool:
            return bool(http.get(path, headers=headers).json()["status"] == "ready")

        until(is_ready, 30, every=0.1)
    return headers, secret


def test_fifty_clients_at_once_get_the_answer_of_their_own_business(
    mesh: Any, businesses: list[tuple[dict[str, str], str]]
) -> None:
    url = mesh.told["base_url"] + CHAT

    def answered(headers: dict[str, str]) -> httpx.Response | None:
        body = {"message": QUESTION}
        told = httpx.post(url, json=body, headers=headers, timeout=60, verify=False)
        # A machine that others share may take longer than anybody waits for a turn.
        is_refused = told.status_code == 503 and "retry-after" in told.headers
        return None if is_refused else told

    def ask(number: int) -> tuple[httpx.Response, int]:
        mine = number % 2
        headers = businesses[mine][0]
        return until(lambda: answered(headers), 120, every=1.0), mine

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(ask, range(CLIENTS)))
    refused = {answer.text for answer, _ in answers if answer.status_code != 200}
    assert refused == set()
    for answer, mine in answers:
        assert businesses[mine][1] in answer.json()["answer"]
        assert businesses[1 - mine][1] not in answer.text


SLOWLY = {"Type": "Wait", "Seconds": 2, "Next": "Look"}
LOOK = {"Type": "Task", "Resource": "similarity-search:search"}
LOOKS = LOOK | {"Parameters": {"query": "fees"}, "End": True}
EVENTS = "text/event-stream"


def at_once(mesh: Any, path: str, body: Any, accept: str) -> list[httpx.Response]:
    """The answers to three of the same request, under one key."""
    head = {"Idempotency-Key": uuid.uuid4().hex, "Accept": accept}
    who = head | {"X-API-Key": mesh.told["api_key"]}

    def send(_: int) -> httpx.Response:
        url = mesh.told["base_url"] + path
        return httpx.post(url, json=body, headers=who, timeout=60, verify=False)

    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(send, range(3)))


@pytest.mark.parametrize("accept", ["application/json", EVENTS])
def test_an_express_execution_asked_for_again_while_it_runs_runs_once(
    mesh: Any, accept: str
) -> None:
    plan = {"StartAt": "Slowly", "States": {"Slowly": SLOWLY, "Look": LOOKS}}
    path = "/api/v1/pipelines/twice"
    mesh.api().call("PUT", f"{path}?type=express", json=plan)
    told = at_once(mesh, f"{path}/executions", {"input": {}}, accept)
    ended = [each for each in told if "SUCCEEDED" in each.text]
    refused = [each for each in told if "with this Idempotency-Key is" in each.text]
    assert (len(ended), len(refused)) == (1, 2), [each.text for each in told]
    if accept != EVENTS:
        assert {each.status_code for each in refused} == {409}


@pytest.mark.parametrize("accept", ["application/json", EVENTS])
def test_a_yes_sent_again_while_it_is_answered_is_one_payment(
    mesh: Any, accept: str
) -> None:
    api = mesh.api()
    asked = api.call(
        "POST", CHAT, json={"message": "I want to pay 50 euros for a cleaning"}
    )
    before = linked(api)
    yes = {"message": "yes", "conversation_id": asked["conversation_id"]}
    told = at_once(mesh, CHAT, yes, accept)
    assert {each.status_code for each in told} <= {200, 409}
    assert linked(api) == before + 1, [each.text for each in told]


def linked(api: Any) -> int:
    return len(api.call("GET", "/api/v1/payment-links?limit=200")["items"])
