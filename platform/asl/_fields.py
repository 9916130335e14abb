"""The fields of every type of state, and what each may hold.

A rule is a function from a value to what is wrong with it, or None. Fields that hold
more than one value (templates, retriers, rules, machines) have no rule here: ``_check``
looks into them.
"""

from collections.abc import Callable
from typing import Any

from asl import _choice, _pathsyntax
from asl._scan import SyntaxFault
from asl._templates import fault as expression_fault

Rule = Callable[[Any], str | None]
SECONDS = 99_999_999  # Step Functions' longest time, about three years
NAME = 80  # characters of a state's name


def anything(value: Any) -> None:
    """Every value is well."""


def text(value: Any) -> str | None:
    return None if isinstance(value, str) else "must be a string"


def own_error(value: Any) -> str | None:
    """The name of an error that a definition raises itself."""
    if isinstance(value, str) and value.startswith("States."):
        return "must not begin with States.: those are the interpreter's errors"
    return text(value)


def filled(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "must be a string, not empty"


def true(value: Any) -> str | None:
    return None if value is True else "must be true; leave it out otherwise"


def json_path(value: Any) -> str | None:
    if value == "JSONPath":
        return None
    return "only JSONPath is supported; JSONata definitions must be rewritten"


def whole(least: int, most: int = SECONDS) -> Rule:
    """An integer from *least* to *most*."""

    def rule(value: Any) -> str | None:
        integer = isinstance(value, int) and not isinstance(value, bool)
        if integer and least <= value <= most:
            return None
        return f"must be a whole number from {least} to {most}"

    return rule


def number(least: float, most: float) -> Rule:
    def rule(value: Any) -> str | None:
        if _choice.number(value) is not None and least <= value <= most:
            return None
        return f"must be a number from {least:g} to {most:g}"

    return rule


def path(value: Any) -> str | None:
    return _parsed(value, _pathsyntax.parse)


def reference(value: Any) -> str | None:
    return _parsed(value, _pathsyntax.reference)


def place(value: Any) -> str | None:
    """Where a result is written: in the data, never in the context object."""
    if isinstance(value, str) and value.startswith("$$"):
        return "the context object cannot be written"
    return reference(value)


def or_null(rule: Rule) -> Rule:
    return lambda value: None if value is None else rule(value)


def expression(value: Any) -> str | None:
    return expression_fault(value) if isinstance(value, str) else "must be a string"


def timestamp(value: Any) -> str | None:
    if _choice.moment(value) is not None:
        return None
    return "must be an RFC 3339 timestamp such as 2030-01-31T09:00:00Z"


def inline(value: Any) -> str | None:
    return None if value == "INLINE" else "only the Mode INLINE is supported"


def jitter(value: Any) -> str | None:
    return None if value in ("NONE", "FULL") else "must be NONE or FULL"


def _parsed(value: Any, parse: Callable[[str], Any]) -> str | None:
    if not isinstance(value, str):
        return "must be a path"
    try:
        parse(value)
    except SyntaxFault as fault:
        return str(fault)
    return None


COMMON: dict[str, Rule] = {
    "Type": text,
    "Comment": text,
    "QueryLanguage": json_path,
}
PATHS = {"InputPath": or_null(path), "OutputPath": or_null(path)}
FLOW: dict[str, Rule] = {"Next": text, "End": true}
RESULT: dict[str, Rule] = {"ResultPath": or_null(place)}
RESCUE: dict[str, Rule] = {
    "ResultSelector": anything,
    "Retry": anything,
    "Catch": anything,
}
WORK = COMMON | PATHS | FLOW | RESULT | RESCUE
TEMPLATES = ("Parameters", "ItemSelector", "ResultSelector")

FIELDS: dict[str, dict[str, Rule]] = {
    "Task": WORK
    | {
        "Resource": filled,
        "Parameters": anything,
        "TimeoutSeconds": whole(1),
        "TimeoutSecondsPath": reference,
        "HeartbeatSeconds": whole(1),
        "HeartbeatSecondsPath": reference,
    },
    "Parallel": WORK | {"Branches": anything, "Parameters": anything},
    "Map": WORK
    | {
        "ItemProcessor": anything,
        "Iterator": anything,
        "ItemsPath": reference,
        "ItemSelector": anything,
        "Parameters": anything,
        "MaxConcurrency": whole(0),
        "MaxConcurrencyPath": reference,
        "ToleratedFailureCount": whole(0),
        "ToleratedFailureCountPath": reference,
        "ToleratedFailurePercentage": number(0, 100),
        "ToleratedFailurePercentagePath": reference,
    },
    "Pass": COMMON
    | PATHS
    | FLOW
    | RESULT
    | {"Parameters": anything, "Result": anything},
    "Choice": COMMON | PATHS | {"Choices": anything, "Default": text},
    "Wait": COMMON
    | PATHS
    | FLOW
    | {
        "Seconds": whole(0),
        "SecondsPath": reference,
        "Timestamp": timestamp,
        "TimestampPath": reference,
    },
    "Succeed": COMMON | PATHS,
    "Fail": COMMON
    | {
        "Error": own_error,
        "ErrorPath": expression,
        "Cause": text,
        "CausePath": expression,
    },
}
NEEDED = {"Task": ("Resource",), "Parallel": ("Branches",), "Choice": ("Choices",)}
ONE_OF = {
    "Map": (("ItemProcessor", "Iterator"),),
    "Wait": (("Seconds", "SecondsPath", "Timestamp", "TimestampPath"),),
}
NOT_BOTH = (
    ("TimeoutSeconds", "TimeoutSecondsPath"),
    ("HeartbeatSeconds", "HeartbeatSecondsPath"),
    ("MaxConcurrency", "MaxConcurrencyPath"),
    ("ToleratedFailureCount", "ToleratedFailureCountPath"),
    ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
    ("Error", "ErrorPath"),
    ("Cause", "CausePath"),
    ("ItemSelector", "Parameters"),
)
LINKS = (("Next", "End"),)
LINKED = ("Task", "Parallel", "Map", "Pass", "Wait")
"""Types that go on to Next, or End."""

RETRIER: dict[str, Rule] = {
    "ErrorEquals": anything,
    "Comment": text,
    "IntervalSeconds": whole(1),
    "MaxAttempts": whole(0),
    "BackoffRate": number(1, 1_000_000),
    "MaxDelaySeconds": whole(1, 31_622_400),
    "JitterStrategy": jitter,
}
CATCHER: dict[str, Rule] = {
    "ErrorEquals": anything,
    "Comment": text,
    "Next": text,
    "ResultPath": or_null(place),
}
MACHINE: dict[str, Rule] = {
    "StartAt": text,
    "States": anything,
    "Comment": text,
    "QueryLanguage": json_path,
}
OUTERMOST: dict[str, Rule] = MACHINE | {
    "Version": lambda value: None if value == "1.0" else 'must be "1.0"',
    "TimeoutSeconds": whole(1),
}
PROCESSOR: dict[str, Rule] = MACHINE | {"ProcessorConfig": anything}
CONFIG: dict[str, Rule] = {"Mode": inline}

UNSUPPORTED = {
    "Assign": "variables are not supported",
    "Arguments": "belongs to JSONata; use Parameters",
    "Output": "belongs to JSONata; use ResultSelector and OutputPath",
    "Items": "belongs to JSONata; use ItemsPath",
    "Condition": "belongs to JSONata; use Variable and an operator",
    "Credentials": "is not supported: a machine acts for its tenant alone",
    "ItemReader": "belongs to the distributed Map, which is not supported",
    "ItemBatcher": "belongs to the distributed Map, which is not supported",
    "ResultWriter": "belongs to the distributed Map, which is not supported",
    "Label": "belongs to the distributed Map, which is not supported",
}


def unknown(field: str) -> str:
    return UNSUPPORTED.get(field, "is not a field here")
