"""The same definitions, run by this interpreter and by moto's Step Functions.

``SAME`` must end alike: status, output and error. ``DIFFERENT`` must end differently,
each with the reason; an entry that no longer differs fails, so that the list is true.
"""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import asl

ECHO = "arn:aws:lambda:us-east-1:123456789012:function:echo"
Plan = dict[str, Any]
END = {"End": True}


class Case(NamedTuple):
    """A definition and its input."""

    definition: Plan
    input: Any


def machine(*steps: Plan, **more: Plan) -> Plan:
    """States S0, S1, … in a row, and others by their names."""
    names = [f"S{index}" for index in range(len(steps))]
    chained = {}
    for index, (name, step) in enumerate(zip(names, steps, strict=True)):
        ends = step["Type"] in ("Choice", "Succeed", "Fail") or "Next" in step
        link = END if index + 1 == len(steps) else {"Next": f"S{index + 1}"}
        chained[name] = step if ends else step | link
    return {"StartAt": "S0", "States": chained | more}


def pass_(**fields: Any) -> Plan:
    return {"Type": "Pass", **fields}


def task(**fields: Any) -> Plan:
    return {"Type": "Task", "Resource": ECHO, **fields}


def fail(error: str, cause: str = "because") -> Plan:
    return {"Type": "Fail", "Error": error, "Cause": cause}


def rendered(expression: str, data: Any) -> Case:
    return Case(machine(pass_(Parameters={"value.$": expression})), data)


def selected(path: str | None, data: Any, **fields: Any) -> Case:
    return Case(machine(pass_(InputPath=path, **fields)), data)


def chosen(rule: Plan, data: Any) -> Case:
    definition = machine(
        {"Type": "Choice", "Choices": [rule | {"Next": "Yes"}], "Default": "No"},
        Yes=pass_(Result={"holds": True}, **END),
        No=pass_(Result={"holds": False}, **END),
    )
    return Case(definition, data)


def compared(name: str, operand: Any, value: Any) -> Case:
    return chosen({"Variable": "$.v", name: operand}, {"v": value, "w": 2})


def parallel(*branches: Plan, **fields: Any) -> Plan:
    return {"Type": "Parallel", "Branches": list(branches), **fields}


def failing(error: str, state: str = "Broken") -> Plan:
    """A machine of one Fail state."""
    return {"StartAt": state, "States": {state: fail(error)}}


def caught(error: str, names: list[str], **catcher: Any) -> Case:
    catch = [{"ErrorEquals": names, "Next": "Saved", **catcher}]
    tried = parallel(failing(error), Catch=catch)
    return Case(machine(tried, Saved=pass_(**END)), {"n": 1})


def mapped(processor: Plan, data: Any, **fields: Any) -> Case:
    inner = {"StartAt": "Each", "States": {"Each": processor}}
    return Case(machine({"Type": "Map", "ItemProcessor": inner, **fields}), data)


def retried(retriers: list[Plan]) -> Case:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Saved", "ResultPath": "$.e"}]
    tried = parallel(failing("E"), Retry=retriers, Catch=catch)
    return Case(machine(tried, Saved=pass_(InputPath="$.e", **END)), {})


DATA = {
    "a": {"b": [10, 20, 30], "c-d": "dash", "e": None},
    "items": [{"n": 1, "t": "x"}, {"n": 2, "t": "y"}, {"n": 3, "t": "x"}],
    "text": "one,two;three",
    "json": '{"k": [1, 2]}',
}
THREE = {"v": [1, 2, 3]}

SAME = {
    "pass through": Case(machine(pass_()), {"a": 1}),
    "pass result": Case(machine(pass_(Result={"x": [1, None]})), {"a": 1}),
    "result path": Case(machine(pass_(Result=1, ResultPath="$.r.s")), {"a": 1}),
    "result path over": Case(machine(pass_(Result=1, ResultPath="$.a")), {"a": {}}),
    "result path null": Case(machine(pass_(Result=1, ResultPath=None)), {"a": 1}),
    "input path null": selected(None, {"a": 1}),
    "output path null": Case(machine(pass_(OutputPath=None)), {"a": 1}),
    "output path": Case(machine(pass_(OutputPath="$.a.b")), DATA),
    "input path before result path": selected("$.a", DATA, ResultPath="$.kept"),
    "parameters of input path": selected(
        "$.a", DATA, Parameters={"x.$": "$.b[1]", "s": [{"t.$": "$.e"}]}
    ),
    "three passes": Case(
        machine(
            pass_(Result=1, ResultPath="$.x"),
            pass_(Parameters={"y.$": "$.x"}, ResultPath="$.z"),
            pass_(OutputPath="$.z"),
        ),
        {},
    ),
    "output is text": Case(machine(pass_(Result="text")), {}),
    "input path of context": selected("$$.Execution.Input", {"a": 1}),
    "absent input path": selected("$.absent", DATA),
    "absent output path": Case(machine(pass_(OutputPath="$.absent")), {}),
    "result path to an item": Case(
        machine(pass_(Result=1, ResultPath="$.a[0]")), {"a": [5]}
    ),
    "data limit": Case(
        machine(pass_(Parameters={"a.$": "States.Array($.x, $.x, $.x)"})),
        {"x": "y" * 100_000},
    ),
    "machine times out": Case(
        machine({"Type": "Wait", "Seconds": 5}) | {"TimeoutSeconds": 1}, {}
    ),
    "index": selected("$.a.b[0]", DATA),
    "slice": selected("$.a.b[1:]", DATA),
    "slice with ends": selected("$.a.b[0:2]", DATA),
    "wildcard": selected("$.a.b[*]", DATA),
    "wildcard members": selected("$.items[*].n", DATA),
    "filter by number": selected("$.items[?(@.n > 1)]", DATA),
    "filter by text": selected("$.items[?(@.t == 'x')]", DATA),
    "filter that keeps one": selected("$.items[?(@.n == 1)].t", DATA),
    "slice from the end": selected("$.a.b[-2:]", DATA),
    "slice of nothing": selected("$.a.b[7:]", DATA),
    "union": selected("$.a.b[0,2]", DATA),
    "members of an object": selected("$.a.*", DATA),
    "name with a hyphen": rendered("$.a.c-d", DATA),
    "index after the end": selected("$.a.b[9]", DATA),
    "descent": selected("$..n", DATA),
    "name in brackets": rendered("$['a']['c-d']", DATA),
    "task echo": Case(machine(task()), {"a": 1}),
    "task parameters": Case(
        machine(task(Parameters={"x.$": "$.a", "k": "v"}, ResultPath="$.r")), {"a": 1}
    ),
    "task result selector": Case(
        machine(task(ResultSelector={"n.$": "$.a", "s": 1}, ResultPath="$.r")), {"a": 7}
    ),
    "task every field": Case(
        machine(
            task(
                InputPath="$.a",
                Parameters={"list.$": "$.b"},
                ResultSelector={"first.$": "$.list[0]"},
                ResultPath="$.out",
                OutputPath="$.out",
            )
        ),
        DATA,
    ),
    "context state": rendered("$$.State.Name", {}),
    "context input": rendered("$$.Execution.Input.a", {"a": 3}),
    "Format": rendered("States.Format('{} is {}', $.a, 2)", {"a": "x"}),
    "Array": rendered("States.Array(1, 'x', $.a, true)", {"a": [2]}),
    "ArrayPartition": rendered("States.ArrayPartition($.v, 2)", THREE),
    "ArrayContains": rendered("States.ArrayContains($.v, 2)", THREE),
    "ArrayContains not": rendered("States.ArrayContains($.v, 9)", THREE),
    "ArrayRange": rendered("States.ArrayRange(1, 9, 2)", {}),
    "ArrayGetItem": rendered("States.ArrayGetItem($.v, 1)", THREE),
    "ArrayLength": rendered("States.ArrayLength($.v)", THREE),
    "ArrayUnique": rendered("States.ArrayUnique($.v)", {"v": [1, 2, 1, 3, 3]}),
    "Base64Encode": rendered("States.Base64Encode($.a)", {"a": "Data"}),
    "Base64Decode": rendered("States.Base64Decode('RGF0YQ==')", {}),
    "Hash MD5": rendered("States.Hash('x', 'MD5')", {}),
    "Hash SHA-1": rendered("States.Hash('x', 'SHA-1')", {}),
    "Hash SHA-256": rendered("States.Hash($.a, 'SHA-256')", {"a": "text"}),
    "Hash SHA-512": rendered("States.Hash('x', 'SHA-512')", {}),
    "JsonMerge": rendered(
        "States.JsonMerge($.a, $.b, false)",
        {"a": {"x": 1, "y": {"p": 1}}, "b": {"y": {"q": 2}}},
    ),
    "StringToJson": rendered("States.StringToJson($.json)", DATA),
    "JsonToString": rendered("States.JsonToString($.a)", DATA),
    "MathAdd": rendered("States.MathAdd($.a, -1)", {"a": 111}),
    "StringSplit": rendered("States.StringSplit($.text, ',;')", DATA),
    "StringSplit one": rendered("States.StringSplit('1,2,3', ',')", {}),
    "nested calls": rendered(
        "States.Format('{}-{}', States.MathAdd(1, 2), States.ArrayLength($.v))", THREE
    ),
    "StringEquals": compared("StringEquals", "x", "x"),
    "StringEquals of a number": compared("StringEquals", "1", 1),
    "StringLessThan": compared("StringLessThan", "b", "a"),
    "StringGreaterThanEquals": compared("StringGreaterThanEquals", "b", "b"),
    "StringMatches": compared("StringMatches", "log-*.txt", "log-2030.txt"),
    "StringMatches not": compared("StringMatches", "log-*.txt", "log-2030.csv"),
    "NumericEquals": compared("NumericEquals", 2, 2.0),
    "NumericLessThan": compared("NumericLessThan", 2, 3),
    "NumericGreaterThanEquals": compared("NumericGreaterThanEquals", 2, 2),
    "NumericEqualsPath": compared("NumericEqualsPath", "$.w", 2),
    "NumericGreaterThanPath": compared("NumericGreaterThanPath", "$.w", 3),
    "NumericEquals of text": compared("NumericEquals", 2, "2"),
    "BooleanEquals": compared("BooleanEquals", True, True),
    "BooleanEquals not": compared("BooleanEquals", True, False),
    "TimestampEquals": compared(
        "TimestampEquals", "2030-01-31T09:00:00Z", "2030-01-31T09:00:00Z"
    ),
    "TimestampLessThan": compared(
        "TimestampLessThan", "2030-01-31T09:00:00Z", "2030-01-31T08:00:00Z"
    ),
    "IsNull": compared("IsNull", True, None),
    "IsNull of absent": chosen(
        {
            "And": [
                {"Variable": "$.q", "IsPresent": True},
                {"Variable": "$.q", "IsNull": True},
            ]
        },
        {},
    ),
    "IsPresent": compared("IsPresent", True, None),
    "IsPresent not": chosen({"Variable": "$.q", "IsPresent": False}, {}),
    "IsNumeric": compared("IsNumeric", True, 1.5),
    "IsNumeric of boolean": compared("IsNumeric", True, True),
    "IsString": compared("IsString", False, 1),
    "IsBoolean": compared("IsBoolean", True, False),
    "IsTimestamp": compared("IsTimestamp", True, "2030-01-31T09:00:00Z"),
    "Not": chosen({"Not": {"Variable": "$.v", "StringEquals": "x"}}, {"v": "y"}),
    "And": chosen(
        {
            "And": [
                {"Variable": "$.v", "NumericGreaterThan": 1},
                {"Variable": "$.v", "NumericLessThan": 5},
            ]
        },
        {"v": 3},
    ),
    "Or": chosen(
        {
            "Or": [
                {"Variable": "$.v", "NumericLessThan": 1},
                {"Not": {"Variable": "$.v", "IsNumeric": True}},
            ]
        },
        {"v": 3},
    ),
    "choice input path": Case(
        machine(
            {
                "Type": "Choice",
                "InputPath": "$.a",
                "Choices": [{"Variable": "$.b[0]", "NumericEquals": 10, "Next": "Y"}],
            },
            Y=pass_(**END),
        ),
        DATA,
    ),
    "loop": Case(
        machine(
            pass_(Parameters={"n.$": "States.MathAdd($.n, 1)"}),
            {
                "Type": "Choice",
                "Choices": [{"Variable": "$.n", "NumericLessThan": 5, "Next": "S0"}],
                "Default": "Done",
            },
            Done={"Type": "Succeed"},
        ),
        {"n": 0},
    ),
    "wait seconds": Case(machine({"Type": "Wait", "Seconds": 1}), {"a": 1}),
    "wait seconds path": Case(
        machine({"Type": "Wait", "SecondsPath": "$.s", "OutputPath": "$.a"}),
        {"a": 1, "s": 0},
    ),
    "wait for part of a second": Case(
        machine({"Type": "Wait", "SecondsPath": "$.s"}), {"s": 0.5}
    ),
    "wait for no timestamp": Case(
        machine({"Type": "Wait", "TimestampPath": "$.t"}), {"t": "tomorrow"}
    ),
    "wait until the past": Case(
        machine({"Type": "Wait", "Timestamp": "2020-01-31T09:00:00Z"}), {"a": 1}
    ),
    "succeed paths": Case(
        machine({"Type": "Succeed", "InputPath": "$.a", "OutputPath": "$.b"}), DATA
    ),
    "fail": Case(machine(fail("Broken.Thing")), {}),
    "fail without error": Case(machine({"Type": "Fail"}), {}),
    "fail by path": Case(
        machine({"Type": "Fail", "ErrorPath": "$.e", "CausePath": "$.c"}),
        {"e": "E1", "c": "why"},
    ),
    "fail by intrinsic": Case(
        machine({"Type": "Fail", "ErrorPath": "States.Format('E{}', $.n)"}), {"n": 1}
    ),
    "bad parameter caught": Case(
        machine(
            task(
                Parameters={"x.$": "States.StringToJson('{')"},
                Catch=[{"ErrorEquals": ["States.ALL"], "Next": "C"}],
            ),
            C=pass_(Result={"c": 1}, **END),
        ),
        {},
    ),
    "parallel": Case(
        machine(
            parallel(
                {"StartAt": "A", "States": {"A": pass_(Result=1, **END)}},
                {"StartAt": "B", "States": {"B": task(**END)}},
            )
        ),
        {"a": 1},
    ),
    "parallel fields": Case(
        machine(
            parallel(
                {"StartAt": "A", "States": {"A": pass_(**END)}},
                Parameters={"p.$": "$.a"},
                ResultSelector={"all.$": "$"},
                ResultPath="$.r",
            )
        ),
        {"a": 1},
    ),
    "parallel fails": Case(machine(parallel(failing("E1"))), {}),
    "caught by name": caught("E1", ["E1"]),
    "caught by all": caught("E1", ["States.ALL"]),
    "caught by task failed": caught("E1", ["States.TaskFailed"]),
    "caught beside input": caught("E1", ["E1"], ResultPath="$.failure"),
    "caught result null": caught("E1", ["E1"], ResultPath=None),
    "not caught": caught("E1", ["E2"]),
    "retry exhausted": retried(
        [{"ErrorEquals": ["E"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    ),
    "retry never": retried([{"ErrorEquals": ["E"], "MaxAttempts": 0}]),
    "retry of another": retried([{"ErrorEquals": ["F"]}]),
    "map": mapped(task(**END), [1, "x", {"a": 1}]),
    "map nothing": mapped(task(**END), []),
    "map items path": mapped(
        pass_(**END), DATA, ItemsPath="$.items", ResultPath="$.copy"
    ),
    "map one at a time": mapped(pass_(**END), [1, 2, 3], MaxConcurrency=1),
    "map item selector": mapped(
        pass_(**END),
        DATA,
        ItemsPath="$.items",
        ItemSelector={
            "i.$": "$$.Map.Item.Index",
            "v.$": "$$.Map.Item.Value.n",
            "all.$": "$.text",
        },
    ),
    "map result selector": mapped(
        pass_(**END), [1, 2], ResultSelector={"second.$": "$[1]"}
    ),
    "map fails": mapped(fail("E1"), [1]),
    "map of no array": mapped(pass_(**END), {"x": 1}, ItemsPath="$.x"),
    "map caught": mapped(
        pass_(**END),
        {"x": 1},
        ItemsPath="$.x",
        Retry=[{"ErrorEquals": ["Other"]}],
    ),
    "map iterator": Case(
        machine(
            {
                "Type": "Map",
                "Iterator": {"StartAt": "I", "States": {"I": pass_(**END)}},
                "Parameters": {"v.$": "$$.Map.Item.Value"},
            }
        ),
        [1, 2],
    ),
}


class Difference(NamedTuple):
    case: Case
    reason: str


SPEC_NAME = "moto has States.Runtime where the specification names another error"
DIFFERENT = {
    "missing parameter": Difference(rendered("$.absent", {}), SPEC_NAME),
    "no choice matched": Difference(
        Case(
            machine(
                {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.v", "NumericEquals": 1, "Next": "Y"}],
                },
                Y=pass_(**END),
            ),
            {"v": 2},
        ),
        SPEC_NAME,
    ),
    "result path into a number": Difference(
        Case(machine(pass_(Result=1, ResultPath="$.a.b")), {"a": 5}), SPEC_NAME
    ),
    "intrinsic failure": Difference(
        rendered("States.ArrayGetItem($.v, 8)", THREE), SPEC_NAME
    ),
    "unreadable JSON": Difference(rendered("States.StringToJson('{')", {}), SPEC_NAME),
    "too few values": Difference(rendered("States.Format('{} {}', 1)", {}), SPEC_NAME),
    "too long a range": Difference(
        rendered("States.ArrayRange(1, 5000, 1)", {}), SPEC_NAME
    ),
    "runtime error caught by all": Difference(
        Case(
            machine(
                {
                    "Type": "Map",
                    "ItemsPath": "$.absent",
                    "ItemProcessor": {"StartAt": "I", "States": {"I": pass_(**END)}},
                    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],
                },
                C=pass_(**END),
            ),
            {},
        ),
        "States.ALL does not cover States.Runtime; moto lets it",
    ),
    "item after the end of an array": Difference(
        Case(machine(pass_(Result=1, ResultPath="$.a[3]")), {"a": [5]}),
        "a reference path makes objects, not items; moto fills the array with {}",
    ),
    "member of an item": Difference(
        Case(machine(pass_(Parameters={"x.$": "$[0].p"})), [{"p": 1}]),
        "the path names one place, so its value is read; moto makes a list of it",
    ),
    "negative index": Difference(
        selected("$.a.b[-1]", DATA),
        "the path names one place, so its value is read; moto makes a list of it",
    ),
    "filter that keeps nothing": Difference(
        selected("$.items[?(@.n > 9)]", DATA),
        "such a path reads a list, which may be empty; moto fails",
    ),
    "descent to nothing": Difference(
        selected("$..absent", DATA),
        "such a path reads a list, which may be empty; moto fails",
    ),
    "descent to one": Difference(
        rendered("$..text", DATA),
        "such a path reads a list; moto takes the only item out of it",
    ),
    "null in a call": Difference(
        rendered("States.Array(null, 1)", {}), "moto drops arguments that are null"
    ),
    "fraction in a call": Difference(
        rendered("States.MathAdd(1.5, 1)", {}), "moto's grammar has no fractions"
    ),
    "too many values": Difference(
        rendered("States.Format('{}', 1, 2)", {}), "moto ignores values without a {}"
    ),
    "object in a text": Difference(
        rendered("States.Format('{}', $.a)", {"a": {"x": 1}}),
        "objects are shown as JSON; moto shows {x=1}, as Java's maps are",
    ),
    "escaped braces": Difference(
        rendered("States.Format('\\{{}\\}', 1)", {}), "moto does not read \\{"
    ),
    "escaped quote": Difference(
        rendered("States.Format('it\\'s {}', 1)", {}), "moto ends the string at \\'"
    ),
    "unique objects": Difference(
        rendered("States.ArrayUnique($.v)", {"v": [{"a": 1}, {"a": 1}]}),
        "moto hashes the items, and objects cannot be hashed",
    ),
    "text beyond ASCII in base64": Difference(
        rendered("States.Base64Encode($.a)", {"a": "é"}),
        "text is encoded as UTF-8; moto escapes it as ASCII JSON first",
    ),
    "text beyond ASCII in JSON": Difference(
        rendered("States.JsonToString($.a)", {"a": "é"}), "moto escapes it"
    ),
    "empty text as JSON": Difference(
        rendered("States.StringToJson('')", {}), "it is no JSON; moto reads null"
    ),
    "descending range": Difference(
        rendered("States.ArrayRange(5, 1, -2)", {}), "only a step of 0 is excluded"
    ),
    "negative item": Difference(
        rendered("States.ArrayGetItem($.v, -1)", THREE),
        "an index counts from 0; moto counts from the end as Python does",
    ),
    "true among numbers": Difference(
        rendered("States.ArrayContains($.v, true)", THREE), "true is not 1"
    ),
    "timestamp with a fraction": Difference(
        compared("TimestampEquals", "2030-01-31T09:00:00.000Z", "2030-01-31T09:00:00Z"),
        "moto reads timestamps without fractions only",
    ),
    "timestamp with a zone": Difference(
        compared(
            "TimestampEquals", "2030-01-31T09:00:00Z", "2030-01-31T10:00:00+01:00"
        ),
        "moto reads timestamps in UTC only",
    ),
    "question mark in a pattern": Difference(
        compared("StringMatches", "a?c", "abc"), "only * is special; moto matches globs"
    ),
    "escaped star in a pattern": Difference(
        compared("StringMatches", "a\\*c", "a*c"), "moto does not read \\*"
    ),
    "absent variable": Difference(
        chosen({"Variable": "$.absent", "NumericEquals": 1}, {}),
        "only IsPresent may look at what is absent; to moto it equals nothing",
    ),
    "tolerated failures": Difference(
        mapped(fail("E1"), [1, 2], ToleratedFailurePercentage=100),
        "moto has them for the distributed Map alone",
    ),
    "item seen from a branch": Difference(
        mapped(
            parallel(
                {
                    "StartAt": "Q",
                    "States": {
                        "Q": pass_(Parameters={"v.$": "$$.Map.Item.Index"}, **END)
                    },
                },
                **END,
            ),
            [1, 2],
        ),
        "moto forgets the Map's item in a Parallel inside it",
    ),
    "retry count of a Pass": Difference(
        rendered("$$.State.RetryCount", {}), "moto has it for states that can retry"
    ),
}


async def echo(call: asl.Call) -> Any:
    return call.input


async def run_here(case: Case) -> tuple[str, Any, str | None]:
    execution = asl.Execution("oracle", case.input)
    try:
        output = await asl.Machine(case.definition, echo).run(execution)
    except asl.TimedOut:
        return "TIMED_OUT", None, None
    except asl.Failed as failure:
        return "FAILED", None, failure.error or None
    return "SUCCEEDED", output, None


Oracle = Callable[[Plan, Any], tuple[str, Any, str | None]]


@pytest.mark.parametrize("name", SAME)
def test_ends_as_in_step_functions(name: str, oracle: Oracle) -> None:
    here = asyncio.run(run_here(SAME[name]))
    assert here == oracle(*SAME[name])


@pytest.mark.parametrize("name", DIFFERENT)
def test_differs_from_moto_for_the_stated_reason(name: str, oracle: Oracle) -> None:
    here = asyncio.run(run_here(DIFFERENT[name].case))
    assert here != oracle(*DIFFERENT[name].case), DIFFERENT[name].reason
