"""Actions run side by side or in turn, and fail alone."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

import chassis
from chassis.testing import Mesh

RUNS = "/api/v1/action-runs"
SEARCH = {"name": "search", "arguments": {"query": "hours"}}
MATCH = {"name": "match_faqs", "arguments": {"question": "hours"}}


def run(mesh: Mesh, *actions: Any, parallel: bool = True, **rest: Any) -> Any:
    asked = {"actions": list(actions), "parallel": parallel}
    answer = mesh.post(RUNS, json=asked, **rest)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("parallel", [True, False])
def test_every_action_has_its_own_outcome(mesh: Mesh, parallel: bool) -> None:
    done = run(mesh, SEARCH, MATCH, parallel=parallel)
    assert done["status"] == "succeeded", done["cause"]
    assert [each["name"] for each in done["results"]] == ["search", "match_faqs"]
    assert done["results"][0]["output"] == {"results": [{"text": "found"}]}


@pytest.mark.parametrize("parallel", [True, False])
def test_what_fails_does_not_stop_the_others(
    opened: Callable[..., Any], parallel: bool
) -> None:
    broken = {"search": chassis.Unavailable("down")}
    with opened(similarity_search=broken, faq_management={"match": {}}) as mesh:
        done = run(mesh, SEARCH, MATCH, parallel=parallel)
    assert done["status"] == "partial"
    assert [each["status"] for each in done["results"]] == ["failed", "succeeded"]
    assert "search" in done["cause"]


def test_when_all_fail_the_run_failed(opened: Callable[..., Any]) -> None:
    with opened(similarity_search={"search": chassis.Unavailable("down")}) as mesh:
        done = run(mesh, SEARCH)
    assert done["status"] == "failed"
    assert done["results"][0]["error"] == "UpstreamFailed"


def test_an_action_without_what_its_address_names_fails_alone(mesh: Mesh) -> None:
    done = run(mesh, {"name": "get_booking"}, SEARCH)
    bad, good = done["results"]
    assert (bad["error"], "id" in bad["cause"]) == ("Invalid", True)
    assert good["status"] == "succeeded"


def failing_first(failures: int) -> Callable[[httpx.Request], Any]:
    left = [failures]

    def answer(request: httpx.Request) -> Any:
        left[0] -= 1
        return chassis.Unavailable("not yet") if left[0] >= 0 else {"results": []}

    return answer


def test_a_passing_failure_is_tried_again_as_often_as_it_may(
    opened: Callable[..., Any],
) -> None:
    with opened(similarity_search={"search": failing_first(1)}) as mesh:
        done = run(mesh, SEARCH | {"attempts": 2})
        assert done["status"] == "succeeded", done["cause"]
        assert len(mesh.calls("similarity-search")) == 2


def test_what_will_not_pass_is_not_tried_again(opened: Callable[..., Any]) -> None:
    with opened(similarity_search={"search": chassis.Invalid("no")}) as mesh:
        done = run(mesh, SEARCH | {"attempts": 5})
        assert done["results"][0]["status"] == "failed"
        assert len(mesh.calls("similarity-search")) == 1


def test_a_hand_over_is_left_to_whoever_asked(mesh: Mesh) -> None:
    done = run(mesh, {"name": "hand_over", "arguments": {}})
    assert done["results"][0]["status"] == "deferred"


def test_the_upstream_time_limit_is_the_actions(opened: Callable[..., Any]) -> None:
    limits: list[float] = []

    def slow(request: httpx.Request) -> Any:
        limits.append(float(request.headers["X-Request-Timeout"]))
        raise httpx.ReadTimeout("too slow", request=request)

    with opened(similarity_search={"search": slow}) as mesh:
        done = run(mesh, SEARCH | {"timeout": 0.4})
    assert done["results"][0]["status"] == "failed"
    assert done["results"][0]["error"] == "States.Timeout"
    assert limits[0] <= 0.4


def test_steps_of_pipelines_cannot_be_run_as_actions(mesh: Mesh) -> None:
    done = run(mesh, {"name": "log_pipeline", "arguments": {}})
    assert done["results"][0]["status"] == "failed"


def test_running_actions_is_for_staff(mesh: Mesh) -> None:
    asked = {"actions": [SEARCH]}
    assert mesh.post(RUNS, json=asked, roles=("customer",)).status_code == 403


def test_bad_actions_are_refused(mesh: Mesh) -> None:
    asked = {"actions": [SEARCH | {"attempts": 99}]}
    assert mesh.post(RUNS, json=asked).status_code == 422


def test_runs_at_once_under_one_key_ask_under_one_key(
    opened: Callable[..., Any],
) -> None:
    slots, both, keys = FastAPI(), asyncio.Barrier(2), []
    slots.state.runtime = SimpleNamespace(client=None)

    @slots.post("/api/v1/slots/holds")
    async def hold(request: Request) -> Any:
        keys.append(request.headers["Idempotency-Key"])
        async with asyncio.timeout(20):
            await both.wait()
        return {"id": "h1"}

    def send(_: int) -> int:
        asked = {"actions": [{"name": "hold", "arguments": {}}]}
        head = {"Idempotency-Key": "k1"}
        return mesh.post(RUNS, json=asked, headers=head).status_code

    with opened(slot_management=slots) as mesh, ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [200, 409]
    assert (len(keys), len(set(keys))) == (2, 1)
