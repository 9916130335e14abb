"""Checking Retry and Catch."""

from typing import Any

from asl import _failures, _fields
from asl._fields import Rule
from asl._finding import Finding, Findings, fields, under


def retriers(value: Any, place: str) -> Findings:
    yield from _listed(value, place, _fields.RETRIER)


def catchers(value: Any, place: str) -> Findings:
    yield from _listed(value, place, _fields.CATCHER)
    if isinstance(value, list):
        for index, catcher in enumerate(value):
            if isinstance(catcher, dict) and "Next" not in catcher:
                yield Finding(under(place, index), "needs Next")


def _listed(value: Any, place: str, rules: dict[str, Rule]) -> Findings:
    if not isinstance(value, list):
        yield Finding(place, "must be a list")
        return
    for index, each in enumerate(value):
        inside = under(place, index)
        if not isinstance(each, dict):
            yield Finding(inside, "must be an object")
            continue
        yield from fields(each, rules, inside)
        last = index == len(value) - 1
        yield from _names(each.get("ErrorEquals"), under(inside, "ErrorEquals"), last)


def _error_names(names: Any) -> bool:
    listed = isinstance(names, list) and len(names) > 0
    return listed and all(isinstance(name, str) for name in names)


def _names(names: Any, place: str, last: bool) -> Findings:
    if not _error_names(names):
        yield Finding(place, "must be a list of error names, not empty")
        return
    if _failures.ALL in names and (len(names) > 1 or not last):
        yield Finding(place, "States.ALL must stand alone, and last")
    for name in names:
        if name.startswith("States.") and name not in _failures.RESERVED:
            yield Finding(place, f"{name} is not an error of the States Language")
