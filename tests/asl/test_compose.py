"""Machines made of actions, and diagrams of machines."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import asl
from asl import Action

Run = Callable[[Coroutine[Any, Any, Any]], Any]
Compose = Callable[[list[Action]], dict[str, Any]]
BOTH = pytest.mark.parametrize("compose", [asl.side_by_side, asl.in_sequence])
names = st.lists(
    st.from_regex(r"[\w.-]{1,60}", fullmatch=True), min_size=1, max_size=6, unique=True
)


async def perform(call: asl.Call) -> Any:
    match call.resource:
        case "fails":
            raise asl.Failed("Refused", "no")
        case "sleeps":
            await asyncio.sleep(1_000)
        case "bursts":
            return "x" * 300_000
        case "recovers" if call.attempt == 0:
            raise asl.Failed("Busy")
    return call.input


def run_actions(run: Run, clock: Any, compose: Compose, actions: list[Action]) -> Any:
    async def work() -> Any:
        machine = asl.Machine(compose(actions), perform, clock)
        return await machine.run(asl.Execution("e", {"any": 1}, clock.now()))

    return run(work())


@BOTH
def test_actions_fail_alone(run: Run, clock: Any, compose: Compose) -> None:
    actions = [
        Action("good", "echo", {"n": 1}),
        Action("bad", "fails"),
        Action("slow", "sleeps", timeout=3),
        Action("large", "bursts"),
        Action("second", "recovers", [1], attempts=2, retry_on=("Busy",)),
        Action("only-once", "recovers", attempts=1, retry_on=("Busy",)),
    ]
    cause = "sleeps gave no answer within 3 s"
    output = run_actions(run, clock, compose, actions)
    large = output.pop("large")
    assert large["error"] == "States.DataLimitExceeded"
    assert output == {
        "good": {"status": "succeeded", "output": {"n": 1}},
        "bad": {"status": "failed", "error": "Refused", "cause": "no"},
        "slow": {"status": "failed", "error": "States.Timeout", "cause": cause},
        "second": {"status": "succeeded", "output": [1]},
        "only-once": {"status": "failed", "error": "Busy", "cause": ""},
    }
    assert list(output) == [each.name for each in actions if each.name != "large"]


@settings(max_examples=25, deadline=None)
@given(names=names)
@BOTH
def test_any_names_make_a_machine_without_findings(
    run: Run, clock: Any, compose: Compose, names: list[str]
) -> None:
    actions = [Action(name, "echo", {"i": i}) for i, name in enumerate(names)]
    assert asl.check(compose(actions)) == []
    output = run_actions(run, clock, compose, actions)
    assert [output[name]["output"]["i"] for name in names] == list(range(len(names)))


@BOTH
def test_arguments_are_never_read_as_templates(
    run: Run, clock: Any, compose: Compose
) -> None:
    arguments = {"x.$": "$$.Execution.Id", "y": ["States.UUID()"], "z.$": 1}
    output = run_actions(run, clock, compose, [Action("a", "echo", arguments)])
    assert output["a"]["output"] == arguments


def test_a_sequence_is_in_order_and_actions_side_by_side_are_not(
    run: Run, clock: Any
) -> None:
    def span(compose: Compose) -> float:
        async def work() -> float:
            plan = compose([Action(n, "sleeps", timeout=5) for n in ("a", "b", "c")])
            machine = asl.Machine(plan, perform, clock)
            await machine.run(asl.Execution("e", {}, clock.now()))
            return asyncio.get_running_loop().time()

        return float(run(work()))

    assert span(asl.in_sequence) == pytest.approx(15)
    assert span(asl.side_by_side) == pytest.approx(5)


@BOTH
@pytest.mark.parametrize(
    "wrong", [[], ["a", "a"], ["a b"], ["x" * 61], ["!all"], [""], ["a\n"]]
)
def test_names_that_cannot_name_states_are_refused(
    compose: Compose, wrong: list[str]
) -> None:
    with pytest.raises(ValueError, match="name"):
        compose([Action(name, "echo") for name in wrong])


CHOICE = {
    "Type": "Choice",
    "Choices": [
        {
            "And": [
                {"Variable": "$.n", "NumericGreaterThanEquals": 3},
                {"Not": {"Variable": "$.t", "IsPresent": True}},
            ],
            "Next": "All",
        },
        {"Variable": "$.s", "StringMatches": "a*", "Next": "Each"},
        {"Variable": "$.s", "IsString": False, "Next": "Each"},
    ],
    "Default": "Stop",
}
PLAN = {
    "StartAt": 'Ask "who" & why; #1: <b>',
    "States": {
        'Ask "who" & why; #1: <b>': CHOICE,
        "All": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}},
                {"StartAt": "Two", "States": {"Two": {"Type": "Succeed"}}},
            ],
            "Catch": [{"ErrorEquals": ["Own", "States.Timeout"], "Next": "Stop"}],
            "End": True,
        },
        "Each": {
            "Type": "Map",
            "ItemProcessor": {
                "StartAt": "Item",
                "States": {"Item": {"Type": "Pass", "End": True}},
            },
            "End": True,
        },
        "Stop": {"Type": "Fail", "Error": "Refused"},
    },
}

DRAWN = """\
stateDiagram-v2
    state "Ask #34;who#34; #38; why#59; #35;1#58; #60;b#62;" as s0
    state "All" as s1 {
        state "One" as s1_0_0
        [*] --> s1_0_0
        s1_0_0 --> [*]
        --
        state "Two" as s1_1_0
        [*] --> s1_1_0
        s1_1_0 --> [*]
    }
    state "Each" as s2 {
        state "Item" as s2_0_0
        [*] --> s2_0_0
        s2_0_0 --> [*]
    }
    state "Stop" as s3
    [*] --> s0
    s0 --> s1 : $.n #62;#61; 3 and not ($.t is present)
    s0 --> s2 : $.s matches a*
    s0 --> s2 : $.s is not string
    s0 --> s3 : otherwise
    s1 --> s3 : Own or States.Timeout
    s1 --> [*]
    s2 --> [*]
    s3 --> [*] : Refused
"""


def test_a_diagram_shows_every_state_and_arrow() -> None:
    assert asl.check(PLAN) == []
    assert asl.diagram(PLAN) == DRAWN


LINE = re.compile(
    r"stateDiagram-v2|--|\}|state \"[^\"\n;]*(?:#\d+;[^\"\n;]*)*\" as \w+( \{)?"
    r"|(\[\*\]|\w+) --> (\[\*\]|\w+)( : [^\"\n:;]*(?:#\d+;[^\"\n:;]*)*)?"
)


@settings(max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=80), error=st.text(max_size=80))
@example("[[fork]]", "[[[choice]]]")  # are Mermaid's own, even within quotes
def test_no_name_breaks_out_of_a_diagram(name: str, error: str) -> None:
    plan = {"StartAt": name, "States": {name: {"Type": "Fail", "Error": error}}}
    assert asl.check(plan) == []
    for line in asl.diagram(plan).split("\n")[:-1]:
        assert LINE.fullmatch(line.strip(" ")), line
        assert "[[" not in line
