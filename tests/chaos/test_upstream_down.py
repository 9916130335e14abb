"""What a customer sees while one service is away: a marked answer, or a clear error."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

import httpx
import pytest

from chassis.testing import until

QUESTION = "How much is a check-up for an adult?"
FACT = "€55"

# Away, yet the question is answered in full; what ``degraded`` must say of it.
ANSWERED = {
    "embedding-generation": "found by words alone",
    "decision-planner": "planned a plain search",
    "faq-management": "match_faqs failed",
    "database-operations": "from the last good results",
}
# Away, and the answer is as good as ever: the chat does not need them. A credential
# that the gateway knows is good for five minutes while nobody can be asked about it.
UNNOTICED = (
    "logging",
    "authentication",
    "knowledge-base",
    "document-processing",
    "configuration-management",
    "service-discovery",
)
# Away, and without them there is no answer.
NEEDED = ("conversation-manager", "action-executor", "response-generation")

Chat = Callable[[str], httpx.Response]
Without = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def whole(mesh: Any, documents: dict[str, Any]) -> Any:
    """The mesh with its documents, known to answer in full."""
    require_whole_again(mesh)
    return mesh


def require_whole_again(mesh: Any) -> None:
    """It recovers by itself; the last answer says why where it did not in time."""
    answers: list[httpx.Response] = []

    def is_whole() -> bool:
        answers.append(mesh.chat(QUESTION))
        return answers[-1].status_code == 200 and answers[-1].json()["degraded"] is None

    with suppress(AssertionError):
        until(is_whole, 30, every=0.2)
    require_whole(answers[-1])


def require_whole(answer: httpx.Response) -> None:
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["degraded"] is None, told
    assert FACT in told["answer"], told
    assert told["citations"]
    assert told["saved"]


def require_problem(answer: httpx.Response) -> None:
    """The taxonomy's error, for somebody outside, that says who failed."""
    assert answer.status_code in (502, 503, 504), answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["error"] in ("external_service_error", "timeout_error")
    assert told["retryable"] is True
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(("service", "said"), ANSWERED.items(), ids=list(ANSWERED))
def test_without_it_the_answer_is_given_and_says_what_is_missing(
    whole: Any, service: str, said: str
) -> None:
    with whole.without(service):
        answer = whole.chat(QUESTION)
    assert answer.status_code == 200, answer.text
    assert FACT in answer.json()["answer"]
    assert said in answer.json()["degraded"]
    require_whole_again(whole)


@pytest.mark.parametrize("service", UNNOTICED)
def test_without_it_the_answer_is_as_usual(whole: Any, service: str) -> None:
    with whole.without(service):
        answer = whole.chat(QUESTION)
    require_whole(answer)
    require_whole_again(whole)


@pytest.mark.parametrize("service", NEEDED)
def test_without_it_there_is_a_clear_error_and_then_an_answer_again(
    whole: Any, service: str
) -> None:
    with whole.without(service):
        answer = whole.chat(QUESTION)
    require_problem(answer)
    assert service in answer.json()["message"]
    require_whole_again(whole)


def test_without_search_it_claims_nothing_and_says_that_the_search_failed(
    whole: Any,
) -> None:
    with whole.without("similarity-search"):
        answer = whole.chat(QUESTION)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["abstained"], told["unsearched"]) == (True, True)
    assert told["citations"] == []
    assert "cannot search" in told["answer"]
    assert "search failed" in told["degraded"]
    require_whole_again(whole)


@pytest.mark.parametrize(
    "service", [*ANSWERED, *UNNOTICED, *NEEDED, "similarity-search"]
)
def test_a_killed_one_is_back_and_so_is_the_answer(whole: Any, service: str) -> None:
    whole.kill(service)
    require_whole_again(whole)


def test_a_conversation_that_cannot_be_written_is_answered_and_marked_unsaved(
    whole: Any,
) -> None:
    # The gateway remembers a credential for a while, and could not look it up either.
    require_whole_again(whole)
    with whole.without("database-operations"):
        answer = whole.chat(QUESTION)
    assert answer.status_code == 200, answer.text
    assert FACT in answer.json()["answer"]
    assert answer.json()["saved"] is False


@pytest.mark.parametrize("service", ["embedding-generation", "similarity-search"])
def test_a_frozen_one_holds_nobody_for_longer_than_its_deadline(
    whole: Any, service: str
) -> None:
    with whole.frozen(service):
        answer = whole.chat(QUESTION)
    if answer.status_code == 200:
        assert answer.json()["degraded"]
    else:
        require_problem(answer)
    whole.renewed(service)
    require_whole_again(whole)


def test_without_an_answer_in_time_the_error_is_that(whole: Any) -> None:
    with whole.frozen("response-generation"):
        answer = whole.chat(QUESTION)
    assert answer.status_code == 504, answer.text
    assert answer.json()["error"] == "timeout_error"
    require_problem(answer)
    whole.renewed("response-generation")
    require_whole_again(whole)
