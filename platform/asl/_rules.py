"""Checking Choice rules."""

from collections.abc import Callable
from typing import Any

from asl import _choice, _fields
from asl._finding import Finding, Findings, under

VALUES: dict[str, Callable[[Any], str | None]] = {
    "String": _fields.text,
    "Numeric": lambda value: (
        None if _choice.number(value) is not None else "must be a number"
    ),
    "Boolean": lambda value: (
        None if isinstance(value, bool) else "must be true or false"
    ),
    "Timestamp": _fields.timestamp,
}
BESIDE = ("Variable", "Next", "Comment")


def rules(value: Any, place: str, outermost: bool = True) -> Findings:
    """Everything wrong with a list of rules."""
    if not isinstance(value, list) or not value:
        yield Finding(place, "must be a list of rules, not empty")
        return
    for index, rule in enumerate(value):
        yield from _rule(rule, under(place, index), outermost)


def _rule(rule: Any, place: str, outermost: bool) -> Findings:
    if not isinstance(rule, dict):
        yield Finding(place, "must be an object")
        return
    if outermost and "Next" not in rule:
        yield Finding(place, "needs Next")
    if not outermost and "Next" in rule:
        yield Finding(under(place, "Next"), "only an outermost rule has Next")
    comment = _fields.text(rule.get("Comment", ""))
    if comment:
        yield Finding(under(place, "Comment"), comment)
    yield from _tests(rule, place)


def _tests(rule: dict[str, Any], place: str) -> Findings:
    """The one thing that a rule tests."""
    tests = [name for name in rule if name not in BESIDE]
    if len(tests) != 1:
        given = ", ".join(sorted(tests)[:10]) or "none"
        yield Finding(place, f"needs exactly one operator; it has {given}")
        return
    name = tests[0]
    if name in _choice.BOOLEAN:
        yield from _combined(name, rule, place)
    else:
        yield from _variable(rule, place)
        message = _operand(name, rule[name])
        if message:
            yield Finding(under(place, name), message)


def _combined(name: str, rule: dict[str, Any], place: str) -> Findings:
    if "Variable" in rule:
        yield Finding(under(place, "Variable"), f"does not belong beside {name}")
    inside = under(place, name)
    if name == "Not":
        yield from _rule(rule[name], inside, False)
    else:
        yield from rules(rule[name], inside, False)


def _variable(rule: dict[str, Any], place: str) -> Findings:
    if "Variable" not in rule:
        yield Finding(place, "needs Variable")
    elif message := _fields.path(rule["Variable"]):
        yield Finding(under(place, "Variable"), message)


def _operand(name: str, value: Any) -> str | None:
    if name in _choice.TESTS:
        return VALUES["Boolean"](value)
    if name not in _choice.OPERATORS:
        return _fields.UNSUPPORTED.get(name, "is not an operator")
    if name.endswith("Path"):
        return _fields.reference(value)
    kind = next(kind for kind in VALUES if name.startswith(kind))
    return VALUES[kind](value)
