"""Machines made of actions that fail alone: side by side, or one after the other.

The output is an object: for every action, by its name, ``{"status": "succeeded",
"output"}`` or ``{"status": "failed", "error", "cause"}``. Arguments are data: nothing
in them is read as a path or a template.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Plan = dict[str, Any]
NAME = re.compile(r"[\w.-]{1,60}")
SUCCEEDED = {"status": "succeeded", "output.$": "$"}
END: Plan = {"End": True}
FAILED = {"status": "failed", "error.$": "$.Error", "cause.$": "$.Cause"}


@dataclass(frozen=True, slots=True)
class Action:
    """One Task: *timeout* in seconds for each of at most *attempts* attempts.

    Only *retry_on* errors (States Language names, wildcards too) are tried again,
    after *pause* seconds, twice as many before each further attempt.
    """

    name: str
    resource: str
    arguments: Any = field(default_factory=dict)
    timeout: int = 10
    attempts: int = 1
    retry_on: tuple[str, ...] = ("States.Timeout",)
    pause: int = 1


def side_by_side(actions: Sequence[Action]) -> Plan:
    """A machine that runs all actions at once, 1 to 40 of them."""
    names = _names(actions)
    branches = [_isolated(index, each) for index, each in enumerate(actions)]
    pick = {f"{name}.$": f"$[{index}]" for index, name in enumerate(names)}
    state = {"Type": "Parallel", "Branches": branches, "ResultSelector": pick}
    return {"StartAt": "!all", "States": {"!all": state | {"End": True}}}


def in_sequence(actions: Sequence[Action]) -> Plan:
    """A machine that runs the actions in order; a failure does not stop the rest."""
    _names(actions)
    states: Plan = {"!start": {"Type": "Pass", "Result": {}, "Next": "!run 0"}}
    for index, action in enumerate(actions):
        states[f"!run {index}"] = {
            "Type": "Parallel",
            "Branches": [_isolated(index, action)],
            "ResultSelector": {"only.$": "$[0]"},
            "ResultPath": "$.last",
            "Next": f"!keep {index}",
        }
        states[f"!keep {index}"] = {
            "Type": "Pass",
            "InputPath": "$.last.only",
            "ResultPath": f"$.results['{action.name}']",
            "Next": f"!run {index + 1}",
        }
    states[f"!run {len(actions)}"] = {"Type": "Succeed", "InputPath": "$.results"}
    return {"StartAt": "!start", "States": states}


def _names(actions: Sequence[Action]) -> list[str]:
    """The actions' names; ValueError when they cannot name states."""
    names = [action.name for action in actions]
    if not names or len(set(names)) < len(names):
        raise ValueError("actions need names of their own, and at least one")
    for name in names:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of an action")
    return names


def _isolated(index: int, action: Action) -> Plan:
    """A machine of one task, whose failure is its result."""
    catch = {"ErrorEquals": ["States.ALL"], "Next": f"!failed {index}"}
    oversized = {"ErrorEquals": ["States.DataLimitExceeded"], "Next": catch["Next"]}
    task: Plan = {
        "Type": "Task",
        "Resource": action.resource,
        "TimeoutSeconds": action.timeout,
        "ResultSelector": SUCCEEDED,
        "Catch": [oversized, catch],
    }
    if action.attempts > 1:
        task["Retry"] = [_retrier(action)]
    states = {
        f"!given {index}": {
            "Type": "Pass",
            "Result": action.arguments,
            "Next": action.name,
        },
        action.name: task | END,
        f"!failed {index}": {"Type": "Pass", "Parameters": FAILED} | END,
    }
    return {"StartAt": f"!given {index}", "States": states}


def _retrier(action: Action) -> Plan:
    return {
        "ErrorEquals": list(action.retry_on),
        "IntervalSeconds": action.pause,
        "MaxAttempts": action.attempts - 1,
    }
