"""Executions that are cut off anywhere and run again with the same journal."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import asl

Run = Callable[[Coroutine[Any, Any, Any]], Any]
Plan = dict[str, Any]
LEAVES = ("task", "flaky", "caught", "wait", "draw", "loop")
NEVER = 0
RETRY = [{"ErrorEquals": ["Flaky"], "IntervalSeconds": 2, "MaxAttempts": 2}]


class Crash(Exception):
    """The process ends here."""


shapes = st.recursive(
    st.lists(st.sampled_from(LEAVES), min_size=1, max_size=3),
    lambda inner: st.tuples(
        st.sampled_from(["parallel", "map", "broken"]),
        st.lists(inner, min_size=1, max_size=2),
        st.integers(0, 2),
    ).map(lambda drawn: [drawn]),
    max_leaves=5,
)


def machine(shape: list[Any], names: "count[int]") -> Plan:
    """A machine of the drawn shape; every state has a name of its own."""
    chain = [(f"{next(names)}", each) for each in shape]
    found: Plan = {}
    for index, (name, each) in enumerate(chain):
        following = {"Next": chain[index + 1][0]} if chain[index + 1 :] else None
        found |= state(name, each, following or {"End": True}, names)
    return {"StartAt": chain[0][0], "States": found}


def state(name: str, each: Any, link: Plan, names: "count[int]") -> Plan:
    if isinstance(each, tuple):
        return composite(name, each, link, names)
    saved = f"{name} saved"
    catch = [{"ErrorEquals": ["States.ALL"], "Next": saved, "ResultPath": "$.e"}]
    task = {"Type": "Task", "Resource": each, "ResultPath": f"$.r{name}", **link}
    match each:
        case "task":
            return {name: task}
        case "flaky":
            return {name: task | {"Retry": RETRY}}
        case "caught":
            failing = task | {"Catch": catch, "TimeoutSeconds": 7}
            return {name: failing, saved: {"Type": "Pass", **link}}
        case "wait":
            return {name: {"Type": "Wait", "Seconds": 30, **link}}
        case "draw":
            drawn = {"id.$": "States.UUID()", "at.$": "$$.State.EnteredTime"}
            return {name: {"Type": "Pass", "Parameters": drawn, **link}}
    return {name: {"Type": "Pass", "ResultPath": "$.loop", "Result": name, **link}}


def composite(name: str, each: Any, link: Plan, names: "count[int]") -> Plan:
    kind, inner, width = each
    branches = [machine(branch, names) for branch in inner]
    path = {"ResultPath": f"$.r{name}"}
    if kind == "map":
        processor = {"ItemProcessor": branches[0], "MaxConcurrency": width}
        items = {"ItemsPath": "$$.Execution.Input.items"}
        return {name: {"Type": "Map", **processor, **items, **path, **link}}
    if kind == "broken":
        fail = {"Type": "Fail", "Error": "Broken"}
        slow = {"Type": "Task", "Resource": "task", "Next": f"{name} fails"}
        states_ = {f"{name} slow": slow, f"{name} fails": fail}
        branches.append({"StartAt": f"{name} slow", "States": states_})
        saved = f"{name} saved"
        catch = [{"ErrorEquals": ["Broken"], "Next": saved, "ResultPath": "$.e"}]
        parallel = {"Type": "Parallel", "Branches": branches, "Catch": catch}
        return {name: parallel | path | link, saved: {"Type": "Pass", **link}}
    return {name: {"Type": "Parallel", "Branches": branches, **path, **link}}


class Ledger:
    """What the tasks were asked to do, and what the journal knew by then."""

    def __init__(self, journal: asl.MemoryJournal) -> None:
        self._journal, self.calls = journal, 0

    async def task(self, call: asl.Call) -> Any:
        """Never asked for what the journal has already."""
        assert f"{call.key}.{call.attempt}" not in self._journal.entries
        self.calls += 1
        await asyncio.sleep(1 + len(call.key) % 3)
        if call.resource == "flaky" and call.attempt == 0:
            raise asl.Failed("Flaky", "at first")
        if call.resource == "caught":
            raise asl.Failed("Refused", "always")
        return {"key": call.key, "attempt": call.attempt}


class Mortal(asl.MemoryJournal):
    """A journal whose process dies at its *last* record, before or after it."""

    def __init__(self, entries: Any, last: int, after: bool) -> None:
        super().__init__(entries)
        self._left, self._after = last, after

    async def record(self, key: str, entry: Any) -> None:
        await asyncio.sleep(0)
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Crash
        await super().record(key, entry)
        if self._left == 0:
            raise Crash


@pytest.fixture(scope="session")
def told(run: Run, clock: asl.Clock) -> Callable[..., Any]:
    """Run a plan once; its output or error, and what the tasks were asked."""

    def execute(plan: Plan, journal: asl.MemoryJournal) -> tuple[Any, Ledger]:
        ledger = Ledger(journal)
        started = run(now(clock))
        execution = asl.Execution("e", {"items": [{"n": 1}, {"n": 2}]}, started)

        async def work() -> Any:
            try:
                host = asl.Machine(plan, ledger.task, clock)
                return await host.run(execution, journal)
            except asl.Failed as failure:
                return failure.error

        return run(work()), ledger

    return execute


async def now(clock: asl.Clock) -> Any:
    return clock.now()


@settings(max_examples=40, deadline=None)
@given(shape=shapes, after=st.booleans())
def test_a_crash_at_any_effect_repeats_nothing_that_finished(
    told: Callable[..., Any], shape: list[Any], after: bool
) -> None:
    plan = machine(shape, count())
    assert asl.check(plan) == []
    whole = Mortal({}, NEVER, after)
    expected, _ = told(plan, whole)
    for last in range(1, len(whole.entries) + 1):
        entries: dict[str, Any] = {}
        with pytest.raises(Crash):
            told(plan, Mortal(entries, last, after))
        output, _ = told(plan, asl.MemoryJournal(entries))
        assert timeless(output) == timeless(expected)


@settings(max_examples=40, deadline=None)
@given(shape=shapes)
def test_a_process_that_dies_after_every_effect_gets_to_the_end(
    told: Callable[..., Any], shape: list[Any]
) -> None:
    plan = machine(shape, count())
    expected, _ = told(plan, asl.MemoryJournal())
    entries: dict[str, Any] = {}
    for effects in range(1_000):
        try:
            output, _ = told(plan, Mortal(entries, 1, after=True))
        except Crash:
            assert len(entries) > effects
        else:
            break
    assert timeless(output) == timeless(expected)


def timeless(output: Any) -> Any:
    """The output without times: a task that is repeated ends later."""
    if isinstance(output, dict):
        return {key: timeless(each) for key, each in output.items() if key != "at"}
    return [timeless(each) for each in output] if isinstance(output, list) else output


@settings(max_examples=40, deadline=None)
@given(shape=shapes)
def test_a_finished_execution_run_again_does_nothing_and_ends_the_same(
    told: Callable[..., Any], shape: list[Any]
) -> None:
    plan, journal = machine(shape, count()), asl.MemoryJournal()
    expected, _ = told(plan, journal)
    before = dict(journal.entries)
    output, ledger = told(plan, journal)
    assert (output, ledger.calls, journal.entries) == (expected, 0, before)


@settings(max_examples=40, deadline=None)
@given(shape=shapes)
def test_the_history_is_what_the_observer_was_told(
    run: Run, clock: asl.Clock, shape: list[Any]
) -> None:
    plan, journal = machine(shape, count()), asl.MemoryJournal()
    live: list[asl.Event] = []

    async def observe(event: asl.Event) -> None:
        live.append(event)

    async def work() -> list[asl.Event]:
        execution = asl.Execution("e", {"items": [{"n": 1}, {"n": 2}]}, clock.now())
        host = asl.Machine(plan, Ledger(asl.MemoryJournal()).task, clock)
        with contextlib.suppress(asl.Failed):
            await host.run(execution, journal, observe)
        return await host.history(execution, journal)

    history = run(work())
    cut = [key for key, entry in journal.entries.items() if is_of_branches(entry)]
    assert by_position(history, cut) == by_position(live, cut)


def is_of_branches(entry: Any) -> bool:
    """Whether the entry is the failure of a whole Parallel or Map."""
    return "error" in entry and "state" not in entry


def by_position(events: list[asl.Event], cut: list[str]) -> list[Any]:
    """Events by position: branches have no order among themselves.

    What was under way beside a failure was cut off somewhere; it is left out.
    """
    kept = [e for e in events if not any(e.key.startswith(f"{key}.") for key in cut)]
    told = [(each.key, each.at, each.type, each.details) for each in kept]
    return sorted(told, key=lambda each: each[0])


def test_a_long_wait_suspends_and_goes_on_later(run: Run, clock: asl.Clock) -> None:
    plan = {
        "StartAt": "First",
        "States": {
            "First": {"Type": "Task", "Resource": "task", "Next": "Night"},
            "Night": {"Type": "Wait", "Seconds": 36_000, "Next": "Last"},
            "Last": {"Type": "Task", "Resource": "task", "End": True},
        },
    }
    journal = asl.MemoryJournal()
    ledger = Ledger(journal)

    async def work() -> None:
        durable = Durable(clock)
        host = asl.Machine(plan, ledger.task, durable)
        execution = asl.Execution("e", {}, clock.now())
        with pytest.raises(asl.Suspended) as pause:
            await host.run(execution, journal)
        with pytest.raises(asl.Suspended) as again:
            await host.run(execution, journal)
        assert again.value.until == pause.value.until
        assert ledger.calls == 1
        await asyncio.sleep((pause.value.until - clock.now()).total_seconds())
        assert await host.run(execution, journal) == {"key": "2", "attempt": 0}

    run(work())
    assert ledger.calls == 2


def test_the_history_of_a_wait_beyond_the_whole_time_ends_with_it(
    run: Run, clock: asl.Clock
) -> None:
    wait = {"Type": "Wait", "Seconds": 36_000, "Next": "Never"}
    never = {"Type": "Succeed"}
    plan = {"StartAt": "Night", "States": {"Night": wait, "Never": never}}
    journal = asl.MemoryJournal()

    async def work() -> list[asl.Event]:
        execution = asl.Execution("e", {}, clock.now())
        hour = plan | {"TimeoutSeconds": 3_600}
        host = asl.Machine(hour, Ledger(journal).task, Durable(clock))
        with pytest.raises(asl.Suspended) as pause:
            await host.run(execution, journal)
        assert pause.value.until == execution.started + timedelta(hours=1)
        await asyncio.sleep(3_600)
        with pytest.raises(asl.TimedOut):
            await host.run(execution, journal)
        return await host.history(execution, journal)

    told = [(each.type, each.state) for each in run(work())]
    assert told == [
        ("ExecutionStarted", None),
        ("StateEntered", "Night"),
        ("ExecutionTimedOut", None),
    ]


class Durable:
    """A clock that suspends rather than sleep for more than a minute."""

    def __init__(self, clock: asl.Clock) -> None:
        self._clock = clock

    def now(self) -> Any:
        return self._clock.now()

    async def until(self, key: str, moment: Any) -> None:
        if moment - self.now() > timedelta(minutes=1):
            raise asl.Suspended(moment)
        await self._clock.until(key, moment)


def test_branches_beside_a_suspended_one_are_finished_first(
    run: Run, clock: asl.Clock
) -> None:
    def branch(name: str, state: Plan) -> Plan:
        return {"StartAt": name, "States": {name: state | {"End": True}}}

    task = {"Type": "Task", "Resource": "task"}
    plan = {
        "StartAt": "All",
        "States": {
            "All": {
                "Type": "Parallel",
                "Branches": [
                    branch("Long", {"Type": "Wait", "Seconds": 7_200}),
                    branch("Longer", {"Type": "Wait", "Seconds": 9_000}),
                    branch("Work", task),
                ],
                "End": True,
            }
        },
    }
    journal = asl.MemoryJournal()

    async def work() -> Any:
        execution = asl.Execution("e", {}, clock.now())
        host = asl.Machine(plan, Ledger(journal).task, Durable(clock))
        with pytest.raises(asl.Suspended) as pause:
            await host.run(execution, journal)
        assert pause.value.until == execution.started + timedelta(hours=2)
        assert "0.0.2.0.0" in journal.entries

    run(work())


def test_what_a_cancelled_branch_had_finished_is_journalled(
    run: Run, clock: asl.Clock
) -> None:
    """A failure beside it must not lose the result of a task that has answered."""
    journal = Slow()

    async def task(call: asl.Call) -> Any:
        await asyncio.sleep(1 if call.resource == "fails" else 0.9)
        if call.resource == "fails":
            raise asl.Failed("Broken")
        return "answered"

    plan = {
        "StartAt": "All",
        "States": {
            "All": {
                "Type": "Parallel",
                "Branches": [
                    {
                        "StartAt": each,
                        "States": {
                            each: {"Type": "Task", "Resource": each, "End": True}
                        },
                    }
                    for each in ("fails", "answers")
                ],
                "End": True,
            }
        },
    }

    async def work() -> None:
        host = asl.Machine(plan, task, clock)
        with pytest.raises(asl.Failed, match="Broken"):
            await host.run(asl.Execution("e", {}, clock.now()), journal)

    run(work())
    assert journal.entries["0.0.1.0.0"]["result"] == "answered"


class Slow(asl.MemoryJournal):
    """A journal that takes long for good results."""

    async def record(self, key: str, entry: Any) -> None:
        if "result" in entry:
            await asyncio.sleep(5)
        await super().record(key, entry)


def test_the_history_of_a_failure_tells_of_the_branch_that_failed(
    run: Run, clock: asl.Clock
) -> None:
    plan = machine([("broken", [["task", "task"]], 0)], count())
    journal = asl.MemoryJournal()

    async def work() -> list[asl.Event]:
        execution = asl.Execution("e", {}, clock.now())
        host = asl.Machine(plan, Ledger(journal).task, clock)
        await host.run(execution, journal)
        return await host.history(execution, journal)

    told = [(each.type, each.state) for each in run(work())]
    assert ("StateFailed", "0 fails") in told
    assert told.index(("StateFailed", "0 fails")) < told.index(("StateCaught", "0"))
    assert told[-1] == ("ExecutionSucceeded", None)
