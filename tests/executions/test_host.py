"""Express executions end in memory; standard ones survive whoever runs them."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import asl
import executions

Fixture = Callable[..., Any]
LOOK = {"Type": "Task", "Resource": "here:look", "ResultPath": "$.looked"}
ONE = {"StartAt": "Look", "States": {"Look": LOOK | {"End": True}}}
TWO = {
    "StartAt": "Look",
    "States": {
        "Look": LOOK | {"Next": "Again"},
        "Again": LOOK | {"ResultPath": "$.again", "End": True},
    },
}
NIGHT = {"Type": "Wait", "Seconds": 3600, "End": True}
WAITING = {"StartAt": "Night", "States": {"Night": NIGHT}}


def past(mine: Any, id: str, **change: Any) -> None:
    """Make its hold run out, as time would."""
    stored, version = mine.store.held[id]
    late = {"held_until": datetime.now(UTC) - timedelta(seconds=1)}
    mine.store.held[id] = (stored.model_copy(update=late | change), version)


async def settled(mine: Any) -> None:
    async with asyncio.timeout(10):
        await asyncio.gather(*mine.platform.ongoing, return_exceptions=True)


def test_an_express_execution_writes_nothing_before_its_answer(
    bench: Fixture, named: Fixture
) -> None:
    mine = bench(named("look", lambda _: [1, 2]))
    done = asyncio.run(mine.host.performed(mine.new(ONE)))
    assert (done.status, done.output) == ("SUCCEEDED", {"looked": [1, 2]})
    assert mine.store.writes == 0


def test_an_express_execution_is_found_whole_by_its_own_tenant(
    bench: Fixture, named: Fixture
) -> None:
    async def work() -> None:
        done = await mine.host.performed(mine.new(ONE, given={"a": 1}))
        found = await mine.host.find("t", done.id)
        assert (found.input, found.output) == ({"a": 1}, done.output)
        types = [event.type for event in await mine.host.history(found)]
        assert (types[0], types[-1]) == ("ExecutionStarted", "ExecutionSucceeded")
        assert await mine.host.find("other", done.id) is None

    mine = bench(named("look", lambda _: "seen"))
    asyncio.run(work())


def test_what_is_stored_of_it_is_one_text_and_comes_back_whole(
    bench: Fixture, named: Fixture
) -> None:
    written: list[Any] = []

    async def keep(pieces: Mapping[str, Any]) -> None:
        written.extend(pieces.values())

    async def work() -> None:
        done = await mine.host.performed(mine.new(ONE, given={"a": 1}))
        shelved = mine.deferred.pop(("t", done.id))
        await executions.packing(keep)({done.id: shelved})
        (piece,) = written
        assert (piece.input, piece.output, piece.history) == (None, None, [])
        assert json.loads(piece.packed)["output"] == done.output
        await mine.store.write(done.id, piece, 0)
        found = await mine.host.find("t", done.id)
        assert (found.input, found.output) == ({"a": 1}, done.output)
        assert found.history

    mine = bench(named("look", lambda _: "seen"))
    asyncio.run(work())


def test_large_details_are_left_out_of_a_kept_history(
    bench: Fixture, named: Fixture
) -> None:
    async def work() -> None:
        done = await mine.host.performed(mine.new(ONE))
        found = await mine.host.find("t", done.id)
        exited = next(e for e in found.history if e.type == "StateExited")
        assert exited.details.keys() == {"omitted"}
        entered = next(e for e in found.history if e.type == "StateEntered")
        assert entered.details == {"input": {}}

    mine = bench(named("look", lambda _: "x" * 5000))
    asyncio.run(work())


def test_a_failing_task_fails_its_execution_with_its_cause(
    bench: Fixture, named: Fixture, refused: Any
) -> None:
    failure = refused()

    def fails(_: Any) -> Any:
        raise failure

    mine = bench(named("look", fails))
    done = asyncio.run(mine.host.performed(mine.new(ONE)))
    assert (done.status, done.error, done.cause) == ("FAILED", "Refused", "refused")
    assert done.upstream == "here"
    failure.data["upstream"] = "further-back"
    done = asyncio.run(mine.host.performed(mine.new(ONE)))
    assert done.upstream == "further-back"


def test_who_gave_no_answer_in_time_or_to_any_action_is_named(
    bench: Fixture, named: Fixture, refused: Any
) -> None:
    def fails(_: Any) -> Any:
        raise refused

    async def hangs(_: Any) -> None:
        await asyncio.Event().wait()

    def step(task: str, **more: Any) -> dict[str, Any]:
        return {"Type": "Task", "Resource": task, **more}

    plan = {
        "caught": step("here:fails", Next="sleeps")
        | {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "fine"}]},
        "fine": step("there:works", Next="sleeps"),
        "sleeps": step("away:hangs", TimeoutSeconds=1, Next="end"),
        "end": {"Type": "Succeed"},
    }
    actions = [named("fails", fails), named("works", dict, "there:works")]
    mine = bench(*actions, named("hangs", hangs, "away:hangs"))
    late = asyncio.run(
        mine.host.performed(mine.new({"StartAt": "caught", "States": plan}))
    )
    assert (late.error, late.upstream) == ("States.Timeout", "away")
    runs = {"actions": [{"name": "fails"}, {"name": "fails"}], "parallel": True}
    acts = step(executions.OWN, Parameters=runs, Next="none")
    none = {"Type": "Fail", "Error": "ActionsFailed"}
    every = {"StartAt": "acts", "States": {"acts": acts, "none": none}}
    done = asyncio.run(mine.host.performed(mine.new(every)))
    assert (done.error, done.upstream) == ("ActionsFailed", "here")


def test_an_execution_that_fails_of_itself_names_nobody(
    bench: Fixture, named: Fixture
) -> None:
    mine = bench(named("works", dict))
    states = {
        "works": {"Type": "Task", "Resource": "here:works", "Next": "none"},
        "none": {"Type": "Fail", "Error": "Nothing"},
    }
    plan = {"StartAt": "works", "States": states}
    done = asyncio.run(mine.host.performed(mine.new(plan)))
    assert (done.error, done.upstream) == ("Nothing", None)


@pytest.mark.parametrize("type", ["express", "standard"])
def test_a_repeated_key_gets_the_first_execution(
    bench: Fixture, named: Fixture, type: str
) -> None:
    async def work() -> None:
        first = await mine.host.performed(mine.new(ONE, type, key="k"))
        second = await mine.host.performed(mine.new(ONE, type, key="k"))
        assert (second.id, second.output) == (first.id, first.output)
        assert len(action.calls) == 1
        with pytest.raises(mine.platform.Conflict) as refused:
            await mine.host.performed(mine.new(ONE, type, {"other": 1}, key="k"))
        assert refused.value.code == "KEY_REUSED"

    action = named("look", lambda _: "seen")
    mine = bench(action)
    asyncio.run(work())


@pytest.mark.parametrize("type", ["express", "standard"])
def test_of_duplicates_at_once_one_runs_whichever_replica_they_come_to(
    bench: Fixture, named: Fixture, type: str
) -> None:
    async def work() -> list[Any]:
        hosts = [mine.host, mine.host, mine.replica()]
        runs = [host.performed(mine.new(ONE, type, key="k")) for host in hosts]
        return await asyncio.gather(*runs, return_exceptions=True)

    action = named("look", lambda _: "seen")
    mine = bench(action)
    refused = [isinstance(end, mine.platform.KeyInUse) for end in asyncio.run(work())]
    assert sorted(refused) == [False, True, True]
    assert len(action.calls) == 1


def test_while_an_express_execution_runs_its_key_is_in_use_for_a_while_at_most(
    bench: Fixture, named: Fixture
) -> None:
    async def look(_: Any) -> str:
        reached.set()
        await release.wait()
        return "seen"

    async def work() -> None:
        new = mine.new(ONE, key="k")
        first = asyncio.ensure_future(mine.host.performed(new))
        await reached.wait()
        with pytest.raises(mine.platform.KeyInUse):
            await mine.host.performed(mine.new(ONE, key="k"))
        with pytest.raises(mine.platform.Conflict):
            await mine.host.performed(mine.new(ONE, given={"other": 1}, key="k"))
        # Nobody would take it back, if whoever runs it did not survive that.
        assert 0 < mine.store.kept_for[new.id] < 60
        release.set()
        assert (await first).output == {"looked": "seen"}

    reached, release = asyncio.Event(), asyncio.Event()
    mine = bench(named("look", look))
    asyncio.run(work())


def test_while_the_store_is_away_express_ones_run_and_standard_ones_do_not(
    bench: Fixture, named: Fixture
) -> None:
    mine = bench(named("look", lambda _: "seen"))
    mine.store.is_away = True
    done = asyncio.run(mine.host.performed(mine.new(ONE, key="k")))
    assert done.status == "SUCCEEDED"
    with pytest.raises(mine.platform.UpstreamFailed):
        asyncio.run(mine.host.performed(mine.new(ONE, "standard", key="other")))


def test_a_standard_execution_runs_as_whoever_began_it(
    bench: Fixture, named: Fixture
) -> None:
    mine = bench(named("look", lambda _: "seen"))
    done = asyncio.run(mine.host.performed(mine.new(ONE, "standard")))
    assert done.status == "SUCCEEDED"
    assert mine.platform.acted == [("t", "u", ("customer",))]
    stored, _ = mine.store.held[done.id]
    assert stored.output == {"looked": "seen"}
    assert mine.store.alarms[done.id] is None


def test_whoever_takes_it_up_repeats_nothing_that_finished(
    bench: Fixture, named: Fixture
) -> None:
    async def work() -> None:
        begun = await mine.host.performed(mine.new(TWO, "standard"), seconds=0.01)
        assert begun.status == "RUNNING"
        await second.wait()
        for task in mine.platform.ongoing:
            task.cancel()  # as a crash would
        await settled(mine)
        past(mine, begun.id)
        hanging.clear()
        await mine.host.take_up(begun.id)
        await settled(mine)
        stored, _ = mine.store.held[begun.id]
        assert (stored.status, stored.rescues) == ("SUCCEEDED", 0)
        assert stored.output == {"looked": 1, "again": 3}

    async def look(_: Any) -> int:
        number = len(action.calls)
        if number == 2 and hanging:
            second.set()
            await asyncio.Event().wait()
        return number

    second, hanging = asyncio.Event(), {"yes"}
    action = named("look", look)
    mine = bench(action)
    asyncio.run(work())
    assert len(action.calls) == 3


def test_whoever_lost_it_changes_nothing_any_more(
    bench: Fixture, named: Fixture
) -> None:
    async def work() -> None:
        begun = await mine.host.performed(mine.new(ONE, "standard"), seconds=0.01)
        stored, version = mine.store.held[begun.id]
        mine.store.held[begun.id] = (stored, version + 1)  # somebody took it up
        release.set()
        await settled(mine)
        assert mine.store.held[begun.id] == (stored, version + 1)

    async def look(_: Any) -> str:
        await release.wait()
        return "too late"

    release = asyncio.Event()
    mine = bench(named("look", look))
    asyncio.run(work())


def test_while_somebody_holds_it_it_is_looked_at_again_later(bench: Fixture) -> None:
    async def work() -> None:
        begun = await mine.host.performed(mine.new(WAITING, "standard"))
        held = mine.store.held[begun.id][0].held_until
        mine.store.alarms.clear()
        await mine.host.take_up(begun.id)
        assert mine.store.alarms == {begun.id: held}

    mine = bench()
    asyncio.run(work())


def test_a_long_wait_lets_go_until_its_end(bench: Fixture) -> None:
    mine = bench()
    begun = asyncio.run(mine.host.performed(mine.new(WAITING, "standard")))
    assert begun.status == "RUNNING"
    at = mine.store.alarms[begun.id]
    assert at - begun.started_at == timedelta(hours=1)


def test_what_nobody_survives_fails_visibly(bench: Fixture) -> None:
    async def work() -> None:
        begun = await mine.host.performed(mine.new(WAITING, "standard"))
        past(mine, begun.id, rescues=5)
        await mine.host.take_up(begun.id)
        stored, _ = mine.store.held[begun.id]
        assert (stored.status, stored.error) == ("FAILED", "States.Runtime")

    mine = bench()
    asyncio.run(work())


@pytest.mark.parametrize("id", ["ended", "unknown"])
def test_there_is_nothing_to_take_up(bench: Fixture, named: Fixture, id: str) -> None:
    async def work() -> None:
        done = await mine.host.performed(mine.new(ONE, "standard"))
        writes = mine.store.writes
        await mine.host.take_up(done.id if id == "ended" else id)
        assert mine.store.writes == writes

    mine = bench(named("look", lambda _: "seen"))
    asyncio.run(work())


def test_a_listener_hears_of_states_as_they_come(
    bench: Fixture, named: Fixture
) -> None:
    async def observe(event: asl.Event) -> None:
        heard.append(event.type)

    heard: list[str] = []
    mine = bench(named("look", lambda _: "seen"))
    asyncio.run(mine.host.performed(mine.new(ONE), observer=observe))
    assert heard[1:3] == ["StateEntered", "TaskScheduled"]
