"""Actions run side by side or in turn; each has an outcome of its own."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import asl
import executions
from contracts.assistant.plans import ActionRunResult, ActionRuns

Fixture = Callable[..., Any]


def run(bench: Any, *asked: Any, parallel: bool = True, key: str = "k") -> Any:
    actions = [{"name": a} if isinstance(a, str) else a for a in asked]
    given = ActionRuns.model_validate({"actions": actions, "parallel": parallel})
    done: ActionRunResult = asyncio.run(bench.actions.run(given, key))
    return done


@pytest.mark.parametrize("parallel", [True, False])
def test_a_failure_stops_no_other_action(
    bench: Fixture, named: Fixture, refused: Any, parallel: bool
) -> None:
    def fails(_: Any) -> Any:
        raise refused

    mine = bench(named("bad", fails), named("good", lambda given: {"got": given}))
    good = {"name": "good", "arguments": {"a": 1}}
    done = run(mine, "bad", good, parallel=parallel)
    assert [each.status for each in done.results] == ["failed", "succeeded"]
    assert done.results[0].error == "Refused"
    assert done.results[1].output == {"got": {"a": 1}}
    assert (done.status, "bad: refused" in done.cause) == ("partial", True)


def test_a_run_failed_when_every_action_did(
    bench: Fixture, named: Fixture, refused: Any
) -> None:
    def fails(_: Any) -> Any:
        raise refused

    assert run(bench(named("bad", fails)), "bad", "bad").status == "failed"


def test_side_by_side_means_at_once(bench: Fixture, named: Fixture) -> None:
    async def meet(_: Any) -> str:
        async with asyncio.timeout(10):
            await barrier.wait()
        return "met"

    async def work() -> ActionRunResult:
        nonlocal barrier
        barrier = asyncio.Barrier(2)
        asked = {"actions": [{"name": "meet"}, {"name": "meet"}]}
        return await mine.actions.run(ActionRuns.model_validate(asked), "k")

    barrier: asyncio.Barrier
    mine = bench(named("meet", meet))
    assert asyncio.run(work()).status == "succeeded"


def test_in_turn_means_one_after_the_other(bench: Fixture, named: Fixture) -> None:
    order = []

    async def slow(given: dict[str, int]) -> None:
        order.append(("begin", given["n"]))
        await asyncio.sleep(0)
        order.append(("end", given["n"]))

    asked = [{"name": "slow", "arguments": {"n": n}} for n in (1, 2)]
    run(bench(named("slow", slow)), *asked, parallel=False)
    assert order == [("begin", 1), ("end", 1), ("begin", 2), ("end", 2)]


def test_a_hand_over_is_left_to_whoever_asked_and_what_nobody_offers_fails(
    bench: Fixture, named: Fixture
) -> None:
    step = named("step", lambda _: None, is_offered=False)
    good = named("good", lambda _: None)
    done = run(bench(step, good), "step", "hand_over", "nonsense", "good")
    ended = [each.status for each in done.results]
    assert ended == ["failed", "deferred", "failed", "succeeded"]
    assert "unknown action nonsense; there are: good, hand_over" in done.cause
    assert (done.status, step.calls) == ("partial", [])
    assert run(bench(good), "nonsense").status == "failed"


@pytest.mark.parametrize(("retryable", "calls"), [(True, 2), (False, 1)])
def test_only_what_may_pass_is_tried_again(
    bench: Fixture, named: Fixture, refused: Any, retryable: bool, calls: int
) -> None:
    def fails(_: Any) -> Any:
        raise refused(retryable=retryable)

    action = named("bad", fails)
    run(bench(action), {"name": "bad", "attempts": 2})
    assert len(action.calls) == calls


def test_attempts_share_a_key_and_actions_do_not(
    bench: Fixture, named: Fixture, refused: Any
) -> None:
    def fails(_: Any) -> Any:
        raise refused(retryable=True)

    action = named("bad", fails)
    run(bench(action), {"name": "bad", "attempts": 2}, "bad", key="k", parallel=False)
    assert [call["key"] for call in action.calls] == ["k/a1", "k/a1", "k/a2"]


def test_an_action_that_takes_too_long_is_given_up(
    bench: Fixture, named: Fixture
) -> None:
    async def endless(_: Any) -> None:
        await asyncio.Event().wait()

    done = run(bench(named("endless", endless)), {"name": "endless", "timeout": 0.01})
    assert done.results[0].error == "Timeout"


def test_a_pipeline_may_name_declared_actions_and_runs_of_them_alone(
    bench: Fixture, named: Fixture
) -> None:
    actions = bench(named("look", lambda _: None)).actions
    assert actions.unknown("here:look") is None
    assert actions.unknown(executions.OWN) is None
    assert "here:look" in actions.unknown("here:lok")


@pytest.mark.parametrize("relays", [True, False])
def test_what_a_task_says_on_its_way_is_passed_on_to_listeners_alone(
    bench: Fixture, named: Fixture, relays: bool
) -> None:
    async def emit(_: Any) -> None:
        return None

    action = named("speak", lambda _: "said")
    call = asl.Call("here:speak", {"a": 1}, "0", 0, 5.0, emit)
    perform = bench(action).actions.perform
    assert asyncio.run(perform("e", call, relays=relays)) == "said"
    assert action.calls[0]["emit"] is (emit if relays else None)
    assert action.calls[0]["key"] == "e/0"


def test_a_task_of_bad_actions_fails_its_state(bench: Fixture) -> None:
    async def emit(_: Any) -> None:
        return None

    call = asl.Call(executions.OWN, {"actions": "none"}, "0", 0, 5.0, emit)
    with pytest.raises(asl.Failed) as failure:
        asyncio.run(bench().actions.perform("e", call))
    assert failure.value.error == "Invalid"
