"""Checking definitions."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import asl
from asl import _fields

Plan = dict[str, Any]

GOOD: Plan = {
    "Comment": "one of everything",
    "StartAt": "Ask",
    "TimeoutSeconds": 600,
    "Version": "1.0",
    "QueryLanguage": "JSONPath",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "ask",
            "InputPath": "$.a[*]",
            "Parameters": {"x.$": "States.Format('{}', $.b)", "y": [{"z.$": "$$.Q"}]},
            "ResultSelector": {"n.$": "$.n"},
            "ResultPath": "$.r[0]",
            "OutputPath": "$..n",
            "TimeoutSeconds": 9,
            "HeartbeatSeconds": 3,
            "Retry": [
                {
                    "ErrorEquals": ["Own", "States.Timeout"],
                    "IntervalSeconds": 2,
                    "MaxAttempts": 0,
                    "BackoffRate": 1.5,
                    "MaxDelaySeconds": 9,
                    "JitterStrategy": "FULL",
                },
                {"ErrorEquals": ["States.ALL"]},
            ],
            "Catch": [
                {"ErrorEquals": ["States.ALL"], "Next": "No", "ResultPath": None}
            ],
            "Next": "Either",
        },
        "Either": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [
                        {"Variable": "$.n", "IsPresent": True},
                        {"Not": {"Variable": "$.n", "NumericLessThanPath": "$.m"}},
                    ],
                    "Next": "All",
                },
                {
                    "Variable": "$.t",
                    "TimestampLessThan": "2030-01-31T09:00:00+01:00",
                    "Next": "Pause",
                },
            ],
            "Default": "Each",
        },
        "All": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}}
            ],
            "Next": "Yes",
        },
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemSelector": {"v.$": "$$.Map.Item.Value"},
            "MaxConcurrency": 2,
            "ToleratedFailurePercentage": 12.5,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Item",
                "States": {"Item": {"Type": "Succeed"}},
            },
            "Next": "Yes",
        },
        "Pause": {"Type": "Wait", "TimestampPath": "$.until", "Next": "Yes"},
        "Yes": {"Type": "Succeed"},
        "No": {"Type": "Fail", "ErrorPath": "$.e", "Cause": "no"},
    },
}


def altered(place: str, value: Any) -> Plan:
    """GOOD with the value at a JSON pointer; ... removes what is there."""
    plan = copy.deepcopy(GOOD)
    inside: Any = plan
    *way, last = parts(place)
    for name in way:
        inside = inside[int(name) if isinstance(inside, list) else name]
    key = int(last) if isinstance(inside, list) else last
    if value is ...:
        del inside[key]
    else:
        inside[key] = value
    return plan


def parts(pointer: str) -> list[str]:
    """The names of a JSON pointer (RFC 6901)."""
    return [
        part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]
    ]


def test_a_good_definition_has_no_findings() -> None:
    assert asl.check(GOOD) == []


BAD = [
    ("/StartAt", "Nowhere", "/StartAt"),
    ("/StartAt", ..., "/StartAt"),
    ("/States", {}, "/States"),
    ("/Version", "2.0", "/Version"),
    ("/TimeoutSeconds", 0, "/TimeoutSeconds"),
    ("/QueryLanguage", "JSONata", "/QueryLanguage"),
    ("/Extra", 1, "/Extra"),
    ("/States/Ask", [], "/States/Ask"),
    ("/States/Ask/Type", "Tusk", "/States/Ask/Type"),
    ("/States/Ask/Resource", ..., "/States/Ask"),
    ("/States/Ask/Resource", "", "/States/Ask/Resource"),
    ("/States/Ask/Next", ..., "/States/Ask"),
    ("/States/Ask/Next", "Nowhere", "/States/Ask/Next"),
    ("/States/Ask/Next", 1, "/States/Ask/Next"),
    ("/States/Ask/End", True, "/States/Ask"),
    ("/States/Ask/Rseource", "x", "/States/Ask/Rseource"),
    ("/States/Ask/Assign", {}, "/States/Ask/Assign"),
    ("/States/Ask/QueryLanguage", "JSONata", "/States/Ask/QueryLanguage"),
    ("/States/Ask/InputPath", "a", "/States/Ask/InputPath"),
    ("/States/Ask/OutputPath", "$.[", "/States/Ask/OutputPath"),
    ("/States/Ask/ResultPath", "$.a[*]", "/States/Ask/ResultPath"),
    ("/States/Ask/ResultPath", "$$.a", "/States/Ask/ResultPath"),
    ("/States/Ask/Parameters/x.$", "States.Nope()", "/States/Ask/Parameters/x.$"),
    ("/States/Ask/ResultSelector", {"n.$": 1}, "/States/Ask/ResultSelector/n.$"),
    ("/States/Ask/TimeoutSeconds", 1.5, "/States/Ask/TimeoutSeconds"),
    ("/States/Ask/TimeoutSeconds", 2, "/States/Ask/HeartbeatSeconds"),
    ("/States/Ask/TimeoutSecondsPath", "$.t", "/States/Ask"),
    ("/States/Ask/Retry", {}, "/States/Ask/Retry"),
    ("/States/Ask/Retry/0", 1, "/States/Ask/Retry/0"),
    ("/States/Ask/Retry/0/ErrorEquals", [], "/States/Ask/Retry/0/ErrorEquals"),
    (
        "/States/Ask/Retry/0/ErrorEquals",
        ["States.ALL"],
        "/States/Ask/Retry/0/ErrorEquals",
    ),
    (
        "/States/Ask/Retry/1/ErrorEquals",
        ["States.ALL", "Own"],
        "/States/Ask/Retry/1/ErrorEquals",
    ),
    (
        "/States/Ask/Retry/0/ErrorEquals",
        ["States.Timout"],
        "/States/Ask/Retry/0/ErrorEquals",
    ),
    ("/States/Ask/Retry/0/MaxAttempts", -1, "/States/Ask/Retry/0/MaxAttempts"),
    ("/States/Ask/Retry/0/BackoffRate", 0.5, "/States/Ask/Retry/0/BackoffRate"),
    (
        "/States/Ask/Retry/0/JitterStrategy",
        "HALF",
        "/States/Ask/Retry/0/JitterStrategy",
    ),
    ("/States/Ask/Retry/0/Next", "No", "/States/Ask/Retry/0/Next"),
    ("/States/Ask/Catch/0/Next", "Nowhere", "/States/Ask/Catch/0/Next"),
    ("/States/Ask/Catch/0/Next", ..., "/States/Ask/Catch/0"),
    ("/States/Either/Next", "Yes", "/States/Either/Next"),
    ("/States/Either/Choices", [], "/States/Either/Choices"),
    ("/States/Either/Choices", ..., "/States/Either"),
    ("/States/Either/Choices/0/Next", ..., "/States/Either/Choices/0"),
    ("/States/Either/Choices/0/Or", [], "/States/Either/Choices/0"),
    ("/States/Either/Choices/0/Variable", "$.x", "/States/Either/Choices/0/Variable"),
    (
        "/States/Either/Choices/0/And/0/Next",
        "Yes",
        "/States/Either/Choices/0/And/0/Next",
    ),
    (
        "/States/Either/Choices/0/And/0/IsPresent",
        "yes",
        "/States/Either/Choices/0/And/0/IsPresent",
    ),
    (
        "/States/Either/Choices/0/And/1/Not",
        {"Variable": "$.n", "NumericEquals": "1"},
        "/States/Either/Choices/0/And/1/Not/NumericEquals",
    ),
    (
        "/States/Either/Choices/0/And/1/Not",
        {"Variable": "$.n", "NumericLike": 1},
        "/States/Either/Choices/0/And/1/Not/NumericLike",
    ),
    (
        "/States/Either/Choices/0/And/1/Not",
        {"StringEquals": "1"},
        "/States/Either/Choices/0/And/1/Not",
    ),
    (
        "/States/Either/Choices/1/TimestampLessThan",
        "2030-01-31",
        "/States/Either/Choices/1/TimestampLessThan",
    ),
    ("/States/Either/Default", "Nowhere", "/States/Either/Default"),
    ("/States/Either/Default", "Yes", "/States/Each"),
    ("/States/All/Branches", [], "/States/All/Branches"),
    ("/States/All/Branches", [{}] * 41, "/States/All/Branches"),
    ("/States/All/Branches/0", 1, "/States/All/Branches/0"),
    (
        "/States/All/Branches/0/TimeoutSeconds",
        1,
        "/States/All/Branches/0/TimeoutSeconds",
    ),
    (
        "/States/All/Branches/0/States/Lost",
        {"Type": "Succeed"},
        "/States/All/Branches/0/States/Lost",
    ),
    (
        "/States/All/Branches/0/States/One/Next",
        "Yes",
        "/States/All/Branches/0/States/One/Next",
    ),
    ("/States/Each/Iterator", {}, "/States/Each"),
    ("/States/Each/ItemProcessor", ..., "/States/Each"),
    ("/States/Each/ItemReader", {}, "/States/Each/ItemReader"),
    ("/States/Each/MaxConcurrency", -1, "/States/Each/MaxConcurrency"),
    (
        "/States/Each/ItemProcessor/ProcessorConfig",
        {"Mode": "DISTRIBUTED"},
        "/States/Each/ItemProcessor/ProcessorConfig/Mode",
    ),
    (
        "/States/Each/ItemProcessor/ProcessorConfig",
        {"Modes": "INLINE"},
        "/States/Each/ItemProcessor/ProcessorConfig/Modes",
    ),
    (
        "/States/Each/ItemProcessor/ProcessorConfig",
        "INLINE",
        "/States/Each/ItemProcessor/ProcessorConfig",
    ),
    (
        "/States/Each/ItemProcessor/States/Ask",
        {"Type": "Succeed"},
        "/States/Each/ItemProcessor/States/Ask",
    ),
    ("/States/Pause/Seconds", 1, "/States/Pause"),
    ("/States/Pause/TimestampPath", ..., "/States/Pause"),
    ("/States/No/Error", "E", "/States/No"),
    ("/States/No/Error", "States.Timeout", "/States/No/Error"),
    ("/States/Yes/Parameters", {}, "/States/Yes/Parameters"),
    ("/States/Lost", {"Type": "Succeed"}, "/States/Lost"),
    ("/States/a~1b~0c", {"Type": "Succeed"}, "/States/a~1b~0c"),
    ("/States/" + "x" * 81, {"Type": "Succeed"}, "/States/" + "x" * 81),
]


@pytest.mark.parametrize(("place", "value", "found"), BAD)
def test_a_fault_is_found_where_it_is(place: str, value: Any, found: str) -> None:
    places = [finding.place for finding in asl.check(altered(place, value))]
    assert found in places


def test_every_finding_is_given_at_once() -> None:
    plan = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Task", "Next": "B", "Retries": 1},
            "B": {"Type": "Choice", "Choices": [{"Variable": "x", "IsNull": 1}]},
            "C": {"Type": "Pass"},
        },
    }
    assert {finding.place for finding in asl.check(plan)} == {
        "/States/A",
        "/States/A/Retries",
        "/States/B/Choices/0",
        "/States/B/Choices/0/Variable",
        "/States/B/Choices/0/IsNull",
        "/States/C",
        "",
    }


def test_a_machine_that_cannot_end_is_found() -> None:
    loop = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}
    (finding,) = asl.check({"StartAt": "A", "States": loop})
    assert "ends" in finding.message


def test_resources_are_asked_for_wherever_they_stand() -> None:
    task = {"Type": "Task", "Resource": "good", "End": True}
    inner = {"StartAt": "B", "States": {"B": task | {"Resource": "bad"}}}
    plan = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Parallel", "Branches": [inner], "Next": "C"},
            "C": task,
        },
    }

    def known(resource: str) -> str | None:
        return None if resource == "good" else f"{resource} is not an action"

    assert asl.check(plan, known) == [
        ("/States/A/Branches/0/States/B/Resource", "bad is not an action")
    ]


def test_sizes_are_bounded() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    many = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(1_000)}
    many |= {"S1000": {"Type": "Succeed"}}
    long = {"A": {"Type": "Pass", "Result": "x" * 1_100_000, "End": True}}
    for plan, message in [
        (deep, "nested"),
        ({"StartAt": "S0", "States": many}, "more than 1000 states"),
        ({"StartAt": "A", "States": long}, "longer"),
    ]:
        assert any(message in finding.message for finding in asl.check(plan))


KEYS = sorted(
    {
        *_fields.OUTERMOST,
        *_fields.PROCESSOR,
        *_fields.RETRIER,
        *_fields.CATCHER,
        *(field for fields in _fields.FIELDS.values() for field in fields),
        *("And", "Not", "Variable", "IsNull", "StringEquals", "NumericEqualsPath"),
        *("A", "B", "x.$", "Mode"),
    }
)
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["A", "B", "$", "$.a", "States.ALL", "States.UUID()", "JSONPath"])
    | st.sampled_from([*_fields.FIELDS])
    | st.text(max_size=4)
)
anything = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=5
        )
    ),
    max_leaves=20,
)
fields_of = st.sampled_from([*_fields.FIELDS]).flatmap(
    lambda kind: st.dictionaries(
        st.sampled_from(sorted(_fields.FIELDS[kind])), anything, max_size=6
    ).map(lambda fields: fields | {"Type": kind})
)
machines = st.fixed_dictionaries(
    {
        "StartAt": st.just("A") | anything,
        "States": st.dictionaries(st.sampled_from("AB"), fields_of | anything),
    }
)


@settings(max_examples=150, deadline=None)
@given(definition=machines | anything)
def test_any_json_is_answered(definition: Any) -> None:
    for finding in asl.check(definition, lambda resource: resource or None):
        assert finding.message
        assert finding.place == "" or finding.place.startswith("/")


@settings(max_examples=80, deadline=None)
@given(definition=machines)
def test_places_point_into_the_definition(definition: Any) -> None:
    """Or at a field that is missing in an object that is there."""
    for finding in asl.check(definition):
        inside = definition
        for name in parts(finding.place):
            assert isinstance(inside, dict | list)
            inside = inside[int(name)] if isinstance(inside, list) else inside.get(name)


def test_an_unchecked_definition_makes_no_machine() -> None:
    async def task(call: asl.Call) -> Any:
        return None

    with pytest.raises(asl.Invalid) as refused:
        asl.Machine({"StartAt": "A", "States": {}}, task)
    assert refused.value.findings == [
        ("/States", "must be an object of states, not empty")
    ]
