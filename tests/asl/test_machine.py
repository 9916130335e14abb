"""Running machines: failures, retries, time, bounds, and what the observer is told."""

import asyncio
import contextlib
import gc
import itertools
import re
import weakref
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import asl
from asl import _choice, _failures

Run = Callable[[Coroutine[Any, Any, Any]], Any]
Plan = dict[str, Any]


def one(state: Plan, **others: Plan) -> Plan:
    """A machine that begins with a state A."""
    return {"StartAt": "A", "States": {"A": state, **others}}


def task(**fields: Any) -> Plan:
    link = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": "r", **link, **fields}


def branch(name: str, **fields: Any) -> Plan:
    return {"StartAt": name, "States": {name: task(**fields)}}


SAVED = {"Type": "Pass", "End": True}


class Host:
    """Runs machines in the loop's time and notes calls (by time) and events."""

    def __init__(self, clock: Any, perform: Any) -> None:
        self._clock, self._perform = clock, perform
        self.calls: list[tuple[float, asl.Call]] = []
        self.events: list[asl.Event] = []

    async def task(self, call: asl.Call) -> Any:
        self.calls.append((asyncio.get_running_loop().time(), call))
        return await self._perform(call)

    async def observe(self, event: asl.Event) -> None:
        self.events.append(event)

    async def run(self, plan: Plan, data: Any = None, **more: Any) -> Any:
        limits = more.pop("limits", asl.Limits())
        machine = asl.Machine(plan, self.task, self._clock, limits)
        given_ = {} if data is None else data
        execution = asl.Execution("e", given_, self._clock.now(), **more)
        return await machine.run(execution, observer=self.observe)


@pytest.fixture(scope="session")
def host(clock: Any) -> Callable[[Any], Host]:
    return lambda perform: Host(clock, perform)


async def echo(call: asl.Call) -> Any:
    return call.input


async def broken(call: asl.Call) -> Any:
    raise asl.Failed("Broken", call.resource)


async def endless(call: asl.Call) -> Any:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("names", "error", "covered"),
    [
        (["Own"], "Own", True),
        (["Own"], "Other", False),
        (["States.ALL"], "Own", True),
        (["States.ALL"], "States.Timeout", True),
        (["States.ALL"], "States.Runtime", False),
        (["States.ALL"], "States.DataLimitExceeded", False),
        (["States.TaskFailed"], "Own", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.TaskFailed"], "States.Runtime", False),
        (["States.TaskFailed", "States.Timeout"], "States.Timeout", True),
        (["States.DataLimitExceeded"], "States.DataLimitExceeded", True),
        (["States.Runtime"], "States.Runtime", False),
    ],
)
def test_error_names_cover(names: list[str], error: str, covered: bool) -> None:
    assert _failures.covers(names, error) is covered


@settings(max_examples=40, deadline=None)
@given(
    interval=st.integers(1, 50),
    attempts=st.integers(0, 6),
    rate=st.sampled_from([1, 1.5, 2, 10]),
    limit=st.integers(1, 500),
)
def test_retries_follow_their_schedule(
    run: Run, host: Any, interval: int, attempts: int, rate: float, limit: int
) -> None:
    retrier = {
        "ErrorEquals": ["Broken"],
        "IntervalSeconds": interval,
        "MaxAttempts": attempts,
        "BackoffRate": rate,
        "MaxDelaySeconds": limit,
    }
    with_retries = host(broken)
    with pytest.raises(asl.Failed, match="Broken"):
        run(with_retries.run(one(task(Retry=[retrier]))))
    times = [at for at, _ in with_retries.calls]
    pauses = [after - before for before, after in itertools.pairwise(times)]
    expected = [min(interval * rate**spent, limit) for spent in range(attempts)]
    assert pauses == pytest.approx(expected, abs=1e-3)


def test_each_retrier_counts_its_own_attempts(run: Run, host: Any) -> None:
    errors = iter(["One", "Two", "One", "Two", "One"])

    async def alternating(call: asl.Call) -> Any:
        raise asl.Failed(next(errors))

    retriers = [
        {"ErrorEquals": ["One"], "MaxAttempts": 2},
        {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2},
    ]
    it = host(alternating)
    with pytest.raises(asl.Failed, match="One"):
        run(it.run(one(task(Retry=retriers))))
    assert len(it.calls) == 5
    assert {call.key for _, call in it.calls} == {"0"}
    assert [call.attempt for _, call in it.calls] == [0, 1, 2, 3, 4]


@settings(max_examples=20, deadline=None)
@given(seconds=st.integers(1, 100), id=st.text("abc", min_size=1, max_size=3))
def test_full_jitter_waits_no_longer_than_without(
    run: Run, host: Any, seconds: int, id: str
) -> None:
    retrier = {
        "ErrorEquals": ["Broken"],
        "IntervalSeconds": seconds,
        "MaxAttempts": 1,
        "JitterStrategy": "FULL",
    }
    it = host(broken)
    with pytest.raises(asl.Failed):
        run(it.run(one(task(Retry=[retrier])), name=id))
    (first, _), (second, _) = it.calls
    assert 0 <= second - first <= seconds


def test_a_task_without_an_answer_times_out_and_can_be_caught(
    run: Run, host: Any
) -> None:
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Saved"}]
    it = host(endless)
    plan = one(task(TimeoutSecondsPath="$.t", Catch=catch), Saved=SAVED)
    output = run(it.run(plan, {"t": 7}))
    assert output["Error"] == "States.Timeout"
    assert it.events[-1].at - it.events[0].at == timedelta(seconds=7)
    assert it.calls[0][1].timeout == 7


@pytest.mark.parametrize("seconds", [0, -1, "7", True, None])
def test_a_timeout_that_is_no_positive_number_is_a_runtime_error(
    run: Run, host: Any, seconds: Any
) -> None:
    plan = one(task(TimeoutSecondsPath="$.t"))
    with pytest.raises(asl.Failed, match=r"States\.Runtime"):
        run(host(echo).run(plan, {"t": seconds}))


@pytest.mark.parametrize(
    "state",
    [
        task(TimeoutSeconds=500),
        {"Type": "Wait", "Seconds": 500, "End": True},
        {"Type": "Parallel", "Branches": [branch("B", TimeoutSeconds=500)]}
        | {"End": True},
    ],
)
def test_no_state_catches_the_end_of_the_whole_time(
    run: Run, host: Any, state: Plan
) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Saved"}]
    caught = {"Catch": catch} if state["Type"] != "Wait" else {}
    saved = SAVED if caught else {"Type": "Succeed"}
    others = {"Saved": saved} if caught else {}
    plan = one(state | caught, **others) | {"TimeoutSeconds": 60}
    it = host(endless)
    with pytest.raises(asl.TimedOut):
        run(it.run(plan))
    assert it.events[-1].type == "ExecutionTimedOut"


def test_a_timeout_of_the_journal_is_not_the_executions(run: Run, clock: Any) -> None:
    class Unreachable(asl.MemoryJournal):
        async def record(self, key: str, entry: Any) -> None:
            raise TimeoutError("the database")

    async def work() -> None:
        machine = asl.Machine(one(task()), echo, clock)
        execution = asl.Execution("e", {}, clock.now())
        await machine.run(execution, Unreachable())

    with pytest.raises(TimeoutError, match="the database"):
        run(work())


def test_what_is_no_failure_of_the_language_stops_the_run(run: Run, host: Any) -> None:
    async def lost(call: asl.Call) -> Any:
        raise ConnectionError("lost")

    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Saved"}]
    parallel = {"Type": "Parallel", "Branches": [branch("B")], "Catch": catch}
    with pytest.raises(ConnectionError):
        run(host(lost).run(one(parallel | {"End": True}, Saved=SAVED)))


@pytest.mark.parametrize(
    ("state", "data"),
    [
        (task(), "x" * 300_000),
        (task(Parameters={"a.$": "$", "b.$": "$"}), "x" * 200_000),
        (task(ResultPath="$.r", Parameters={"n.$": "$.n"}), {"n": "x" * 200_000}),
    ],
)
def test_large_data_is_refused_and_only_its_own_name_catches(
    run: Run, host: Any, state: Plan, data: Any
) -> None:
    with pytest.raises(asl.Failed, match="DataLimitExceeded"):
        run(host(echo).run(one(state), data))
    for_all = [{"ErrorEquals": ["States.ALL"], "Next": "Saved"}]
    with pytest.raises(asl.Failed, match="DataLimitExceeded"):
        run(host(echo).run(one(state | {"Catch": for_all}, Saved=SAVED), data))
    own = [{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Saved"}]
    plan = one(state | {"Catch": own}, Saved=SAVED)
    output = run(host(echo).run(plan, data))
    assert output["Error"] == "States.DataLimitExceeded"


def test_a_large_result_is_refused(run: Run, host: Any) -> None:
    async def verbose(call: asl.Call) -> Any:
        return "ü" * 150_000  # 300,000 bytes

    with pytest.raises(asl.Failed, match="300002 bytes"):
        run(host(verbose).run(one(task())))


@pytest.mark.parametrize("result", [float("nan"), {1, 2}, object()])
def test_a_result_that_is_no_json_is_a_runtime_error(
    run: Run, host: Any, result: Any
) -> None:
    async def odd(call: asl.Call) -> Any:
        return result

    with pytest.raises(asl.Failed, match=r"States\.Runtime"):
        run(host(odd).run(one(task())))


def test_an_endless_loop_ends_and_lets_others_run(run: Run, host: Any) -> None:
    loop = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Next": "B"},
            "B": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.on", "BooleanEquals": True, "Next": "A"}],
                "Default": "C",
            },
            "C": {"Type": "Succeed"},
        },
    }
    ticks = 0

    async def beside() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async def work() -> None:
        other = asyncio.create_task(beside())
        try:
            await host(echo).run(loop, {"on": True}, limits=limits)
        finally:
            other.cancel()

    limits = asl.Limits(transitions=2_000)
    with pytest.raises(asl.Failed, match="2000 transitions"):
        run(work())
    assert ticks >= 2_000


def test_endless_retries_end(run: Run, host: Any) -> None:
    retrier = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 99_999_999}
    it = host(broken)
    limits = asl.Limits(transitions=500)
    with pytest.raises(asl.Failed, match="500 transitions"):
        run(it.run(one(task(Retry=[retrier | {"BackoffRate": 1}])), limits=limits))
    assert len(it.calls) == 500


@settings(max_examples=30, deadline=None)
@given(
    items=st.lists(st.integers(), max_size=60),
    width=st.integers(0, 4) | st.integers(0, 50),
)
@example(items=list(range(60)), width=0)
@example(items=list(range(9)), width=3)
def test_a_map_keeps_order_and_its_width(
    run: Run, host: Any, items: list[int], width: int
) -> None:
    now, most = 0, 0

    async def counted(call: asl.Call) -> Any:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(1 + call.input % 5)
        now -= 1
        return call.input

    state = {"Type": "Map", "ItemProcessor": branch("B"), "MaxConcurrency": width}
    assert run(host(counted).run(one(state | {"End": True}), items)) == items
    assert most == min(width or 40, 40, len(items))


@settings(max_examples=30, deadline=None)
@given(
    failing=st.lists(st.booleans(), min_size=1, max_size=12),
    count=st.none() | st.integers(0, 12),
    percentage=st.none() | st.integers(0, 100),
)
def test_a_map_puts_up_with_as_many_failures_as_it_says(
    run: Run,
    host: Any,
    failing: list[bool],
    count: int | None,
    percentage: int | None,
) -> None:
    async def picky(call: asl.Call) -> Any:
        if call.input:
            raise asl.Failed("Broken")
        return call.input

    state = {"Type": "Map", "ItemProcessor": branch("B"), "End": True}
    allowed = []
    if count is not None:
        state["ToleratedFailureCount"] = count
        allowed.append(count)
    if percentage is not None:
        state["ToleratedFailurePercentage"] = percentage
        allowed.append(len(failing) * percentage // 100)
    work = host(picky).run(one(state), failing)
    if sum(failing) > min(allowed, default=0):
        with pytest.raises(asl.Failed) as failure:
            run(work)
        name = "States.ExceedToleratedFailureThreshold" if allowed else "Broken"
        assert failure.value.error == name
    else:
        fault = {"Error": "Broken", "Cause": ""}
        assert run(work) == [fault if each else False for each in failing]


def test_a_failed_branch_stops_the_others(run: Run, host: Any) -> None:
    stopped = []

    async def mixed(call: asl.Call) -> Any:
        if call.resource == "fails":
            await asyncio.sleep(1)
            raise asl.Failed("Broken")
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            stopped.append(call.resource)
            raise

    branches = [branch("B", Resource="slow"), branch("C", Resource="fails")]
    it = host(mixed)
    with pytest.raises(asl.Failed, match="Broken"):
        run(it.run(one({"Type": "Parallel", "Branches": branches, "End": True})))
    assert stopped == ["slow"]
    assert it.events[-1].at - it.events[0].at < timedelta(seconds=2)


def test_the_observer_is_told_everything_as_it_happens(run: Run, host: Any) -> None:
    tries = iter([asl.Failed("Broken", "once"), None])

    async def streaming(call: asl.Call) -> Any:
        await asyncio.sleep(1)
        if failure := next(tries):
            raise failure
        await call.emit({"text": "Hel"})
        await asyncio.sleep(1)
        await call.emit({"text": "lo"})
        return {"text": "Hello"}

    retry = [{"ErrorEquals": ["Broken"], "IntervalSeconds": 3}]
    it = host(streaming)
    plan = one(task(Retry=retry, Next="Saved"), Saved={"Type": "Succeed"})
    assert run(it.run(plan, {"q": 1})) == {"text": "Hello"}
    start = it.events[0].at
    told = [
        ((event.at - start).total_seconds(), event.type, event.state, event.details)
        for event in it.events
    ]
    fault = {"error": "Broken", "cause": "once"}
    until = "2030-01-31T09:00:04.000Z"
    answer = {"text": "Hello"}
    assert told == [
        (0, "ExecutionStarted", None, {"input": {"q": 1}}),
        (0, "StateEntered", "A", {"input": {"q": 1}}),
        (0, "TaskScheduled", "A", {"resource": "r", "attempt": 0}),
        (1, "TaskFailed", "A", {"attempt": 0, **fault}),
        (1, "StateRetried", "A", {"attempt": 1, **fault, "until": until}),
        (4, "TaskScheduled", "A", {"resource": "r", "attempt": 1}),
        (5, "Delta", "A", {"data": {"text": "Hel"}}),
        (6, "Delta", "A", {"data": {"text": "lo"}}),
        (6, "TaskSucceeded", "A", {"attempt": 1}),
        (6, "StateExited", "A", {"output": answer}),
        (6, "StateEntered", "Saved", {"input": answer}),
        (6, "StateExited", "Saved", {"output": answer}),
        (6, "ExecutionSucceeded", None, {"output": answer}),
    ]


def test_failures_are_told_with_what_became_of_them(run: Run, host: Any) -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Saved", "ResultPath": "$.e"}]
    it = host(broken)
    plan = one(task(Catch=catch), Saved={"Type": "Fail", "Error": "Final"})
    with pytest.raises(asl.Failed, match="Final"):
        run(it.run(plan))
    fault = {"error": "Broken", "cause": "r"}
    last = {"error": "Final", "cause": ""}
    assert [(event.type, event.details) for event in it.events[3:]] == [
        ("TaskFailed", {"attempt": 0, **fault}),
        ("StateCaught", {"next": "Saved", **fault}),
        ("StateExited", {"output": {"e": {"Error": "Broken", "Cause": "r"}}}),
        ("StateEntered", {"input": {"e": {"Error": "Broken", "Cause": "r"}}}),
        ("StateFailed", last),
        ("ExecutionFailed", last),
    ]


@pytest.mark.parametrize(
    "plan",
    [
        one({"Type": "Pass", "Next": "B"}, B=task(Next="C"), C={"Type": "Succeed"}),
        one({"Type": "Parallel", "Branches": [branch("B"), branch("C")], "End": True}),
        one({"Type": "Map", "ItemProcessor": branch("B"), "End": True}),
    ],
    ids=["states", "branches", "items"],
)
def test_a_run_lasts_no_longer_than_its_end(run: Run, clock: Any, plan: Plan) -> None:
    class Deaf:
        async def observe(self, event: asl.Event) -> None:
            pass

    async def gone() -> bool:
        observer = Deaf()
        kept = weakref.ref(observer)
        execution = asl.Execution("e", [1, 2, 3], clock.now())
        await asl.Machine(plan, echo, clock).run(execution, observer=observer.observe)
        del observer
        return kept() is None

    with collector_off():
        assert run(gone())


@contextlib.contextmanager
def collector_off() -> Iterator[None]:
    """What refers to itself stays inside the block."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_the_context_object_tells_where_the_execution_is(run: Run, host: Any) -> None:
    state = {"Type": "Pass", "Parameters": {"all.$": "$$"}, "End": True}
    more = {"name": "n", "machine": "m", "context": {"Tenant": "t"}}
    wait = {"Type": "Wait", "Seconds": 2, "Next": "B"}
    output = run(host(echo).run(one(wait, B=state), {"q": 1}, **more))
    assert output["all"] == {
        "Tenant": "t",
        "Execution": {
            "Id": "e",
            "Input": {"q": 1},
            "Name": "n",
            "StartTime": "2030-01-31T09:00:00.000Z",
        },
        "State": {
            "EnteredTime": "2030-01-31T09:00:02.000Z",
            "Name": "B",
            "RetryCount": 0,
        },
        "StateMachine": {"Id": "m", "Name": "m"},
    }


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"Seconds": 90}, 90),
        ({"SecondsPath": "$.s"}, 30),
        ({"TimestampPath": "$.t"}, 600),
        ({"Timestamp": "2030-01-31T10:00:00+01:00"}, 0),
        ({"Seconds": 0}, 0),
    ],
)
def test_a_wait_ends_at_its_moment(
    run: Run, host: Any, fields: Plan, seconds: int
) -> None:
    it = host(echo)
    data = {"s": 30, "t": "2030-01-31T09:10:00Z"}
    assert run(it.run(one({"Type": "Wait", **fields, "End": True}), data)) == data
    assert it.events[-1].at - it.events[0].at == timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [-1, 1.5, "1", None, True])
def test_a_wait_for_no_number_of_seconds_is_a_runtime_error(
    run: Run, host: Any, seconds: Any
) -> None:
    plan = one({"Type": "Wait", "SecondsPath": "$.s", "End": True})
    with pytest.raises(asl.Failed, match=r"States\.Runtime"):
        run(host(echo).run(plan, {"s": seconds}))


def test_a_wait_beyond_the_calendar_ends_with_the_execution(
    run: Run, host: Any
) -> None:
    plan = one({"Type": "Wait", "SecondsPath": "$.s", "End": True})
    month = asl.Limits(execution_seconds=30 * 86_400)
    with pytest.raises(asl.TimedOut):
        run(host(echo).run(plan, {"s": 10**15}, limits=month))


def test_what_follows_branches_begins_when_the_last_one_ends(
    run: Run, host: Any
) -> None:
    branches = [
        {"StartAt": name, "States": {name: wait | {"End": True}}}
        for name, wait in [
            ("Long", {"Type": "Wait", "Seconds": 9}),
            ("Short", {"Type": "Wait", "Seconds": 5}),
        ]
    ]
    parallel = {"Type": "Parallel", "Branches": branches, "Next": "B"}
    entered = {"t.$": "$$.State.EnteredTime"}
    then = {"Type": "Pass", "Parameters": entered, "End": True}
    output = run(host(echo).run(one(parallel, B=then)))
    assert output == {"t": "2030-01-31T09:00:09.000Z"}


def test_every_draw_is_its_own_and_a_retry_draws_the_same(run: Run, host: Any) -> None:
    draw = {"id.$": "States.UUID()"}
    each = branch("Each", Parameters=draw, Retry=[{"ErrorEquals": ["Broken"]}])
    plan = one(
        {"Type": "Map", "ItemProcessor": each, "Next": "B"},
        B={"Type": "Pass", "ResultPath": None, "Next": "C"},
        C=task(Parameters=draw),
    )

    async def second_time(call: asl.Call) -> Any:
        if call.attempt == 0 and call.key != "2":
            raise asl.Failed("Broken")
        return call.input

    it = host(second_time)
    run(it.run(plan, [1, 2, 3]))
    drawn: dict[str, set[str]] = {}
    for _, call in it.calls:
        drawn.setdefault(call.key, set()).add(call.input["id"])
    assert len(it.calls) == 7
    assert all(len(ids) == 1 for ids in drawn.values())
    assert len(set.union(*drawn.values())) == len(drawn) == 4


@settings(max_examples=300)
@given(value=st.text("ab*\\", max_size=8), pattern=st.text("ab*\\", max_size=8))
@example(value="ab", pattern="ab*b")
@example(value="a\nb", pattern="a*b")
def test_string_matches_is_a_pattern_of_stars(value: str, pattern: str) -> None:
    def as_regex(part: str) -> str:
        if part == "*":
            return ".*"
        return re.escape(part[1:] if part in ("\\*", "\\\\") else part)

    parts = re.findall(r"\\[*\\]|.", pattern, re.DOTALL)
    regex = "".join(map(as_regex, parts))
    found = re.fullmatch(regex, value, re.DOTALL) is not None
    assert _choice.matches(value, pattern) is found


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "$", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
paths = st.sampled_from(
    ["$", "$.a", "$.a[0]", "$..b", "$.a[*]", "$$.State", "$.a[?@.b]", None]
)
places = st.sampled_from(["$", "$.a", "$.b.c", "$.a[0]", "$.c[-1]", None])
templates = st.dictionaries(
    st.sampled_from(["x.$", "y.$"]),
    st.sampled_from(
        [
            "$.a",
            "$$.Map.Item.Value",
            "States.ArrayLength($.a)",
            "States.Format('{}', $.b)",
            "States.MathAdd($.a, 1)",
            "States.StringToJson($.c)",
            "States.ArrayPartition($.a, $.b)",
            "States.JsonMerge($.a, $.b, false)",
            "States.Hash($.a, 'MD5')",
        ]
    ),
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "InputPath": paths,
        "OutputPath": paths,
        "ResultPath": places,
        "Parameters": templates,
    },
)


@settings(max_examples=150, deadline=None)
@given(
    kinds=st.lists(
        st.tuples(st.sampled_from(["Pass", "Task", "Map", "Parallel", "Wait"]), fields),
        min_size=1,
        max_size=4,
    ),
    data=json_values,
)
def test_a_checked_definition_ends_or_fails_whatever_its_input(
    run: Run, host: Any, kinds: list[tuple[str, Plan]], data: Any
) -> None:
    chain = {}
    for index, (kind, drawn) in enumerate(kinds):
        last = index + 1 == len(kinds)
        link = {"End": True} if last else {"Next": f"S{index + 1}"}
        chain[f"S{index}"] = {"Type": kind, **link, **made(kind, index, drawn)}
    plan = {"StartAt": "S0", "States": chain}
    assert asl.check(plan) == []
    with contextlib.suppress(asl.Failed):
        run(host(echo).run(plan, data))


def made(kind: str, index: int, drawn: Plan) -> Plan:
    match kind:
        case "Task":
            return {"Resource": "r", **drawn}
        case "Map":
            return {"ItemsPath": "$.a", "ItemProcessor": branch(f"M{index}"), **drawn}
        case "Parallel":
            return {"Branches": [branch(f"P{index}")], **drawn}
        case "Wait":
            paths_alone = ("InputPath", "OutputPath")
            kept = {name: drawn[name] for name in paths_alone if name in drawn}
            return {"SecondsPath": "$.b", **kept}
    return drawn
