"""Checking definitions: every finding at once, each with its place.

``check`` answers for any JSON value and never raises. A definition without findings
can be run: whatever goes wrong then is a States Language error.
"""

import json
from collections.abc import Callable
from typing import Any

from asl import _fields, _rescue, _rules, _structure, _templates
from asl._fields import FIELDS, LINKED, LINKS, NEEDED, NOT_BOTH, ONE_OF
from asl._finding import Finding, Findings, fields, under

BYTES = 1024 * 1024  # of a definition, as Step Functions has it
STATES = 1_000  # in all machines together
DEPTH = 60  # of objects and lists; a machine in a machine is five
BRANCHES = 40  # of one Parallel
Known = Callable[[str], str | None]
Json = dict[str, Any]


def check(definition: Any, known: Known | None = None) -> list[Finding]:
    """Everything wrong with a definition; nothing, when it can run.

    *known* says why a Task's Resource cannot be called, or None when it can.
    """
    oversized = list(_bounds(definition))
    if oversized:
        return oversized
    found = [*_machine(definition, "", _fields.OUTERMOST)]
    machines = list(_structure.machines(definition, ""))
    found += [*_unique(machines)]
    found += [*_resources(machines, known)]
    return found


def _bounds(definition: Any) -> Findings:
    """What keeps the checks below from recursing or running for long."""
    if _structure.depth(definition, DEPTH) > DEPTH:
        yield Finding("", f"nested deeper than {DEPTH}")
        return
    try:
        size = len(json.dumps(definition, allow_nan=False))
    except (TypeError, ValueError) as fault:
        yield Finding("", f"is not JSON: {fault}")
        return
    if size > BYTES:
        yield Finding("", f"longer than {BYTES} bytes")


def _machine(plan: Any, place: str, rules: dict[str, _fields.Rule]) -> Findings:
    if not isinstance(plan, dict):
        yield Finding(place, "must be an object with StartAt and States")
        return
    yield from fields(plan, rules, place)
    states = plan.get("States")
    if not isinstance(states, dict) or not states:
        yield Finding(under(place, "States"), "must be an object of states, not empty")
        return
    if plan.get("StartAt") not in list(states):
        yield Finding(under(place, "StartAt"), "must name a state")
    for name, state in states.items():
        yield from _state(name, state, states, under(under(place, "States"), name))
    yield from _flow(plan, states, place)


def _state(name: str, state: Any, states: Json, place: str) -> Findings:
    if not 0 < len(name) <= _fields.NAME:
        yield Finding(place, f"a state's name has 1 to {_fields.NAME} characters")
    if not isinstance(state, dict):
        yield Finding(place, "must be an object")
        return
    kind = state.get("Type")
    if not isinstance(kind, str) or kind not in FIELDS:
        yield Finding(under(place, "Type"), f"must be one of {', '.join(FIELDS)}")
        return
    yield from fields(state, FIELDS[kind], place)
    yield from _together(kind, state, place)
    yield from _targets(state, states, place)
    yield from _contents(kind, state, place)


def _together(kind: str, state: Json, place: str) -> Findings:
    """Fields that need, or exclude, each other."""
    for field in NEEDED.get(kind, ()):
        if field not in state:
            yield Finding(place, f"{kind} needs {field}")
    yield from _one_of(kind, state, place)
    for one, other in NOT_BOTH:
        if one in state and other in state:
            yield Finding(place, f"{one} and {other} exclude each other")
    yield from _heartbeat(state, place)


def _one_of(kind: str, state: Json, place: str) -> Findings:
    groups = ONE_OF.get(kind, ()) + (LINKS if kind in LINKED else ())
    for group in groups:
        if sum(field in state for field in group) != 1:
            yield Finding(place, f"needs exactly one of {', '.join(group)}")


def _heartbeat(state: Json, place: str) -> Findings:
    beat, limit = state.get("HeartbeatSeconds"), state.get("TimeoutSeconds")
    if isinstance(beat, int) and isinstance(limit, int) and beat >= limit:
        message = "must be smaller than TimeoutSeconds"
        yield Finding(under(place, "HeartbeatSeconds"), message)


def _targets(state: Json, states: Json, place: str) -> Findings:
    for field, name in _structure.successors(state):
        if not isinstance(name, str) or name not in states:
            yield Finding(f"{place}{field}", "must name a state of the same machine")


def _flow(plan: Json, states: Json, place: str) -> Findings:
    """States that nothing leads to, and machines that nothing ends."""
    reached = _structure.reached(plan.get("StartAt"), states)
    for name in states:
        if reached and name not in reached:
            yield Finding(under(under(place, "States"), name), "cannot be reached")
    if reached and not any(_ends(states[name]) for name in reached):
        yield Finding(place, "no state that can be reached ends the machine")


def _ends(state: Any) -> bool:
    return not isinstance(state, dict) or (
        "End" in state or state.get("Type") in ("Succeed", "Fail")
    )


def _contents(kind: str, state: Json, place: str) -> Findings:
    """What stands in the fields that hold more than one value."""
    for field in _fields.TEMPLATES:
        if field in state and field in FIELDS[kind]:
            for where, message in _templates.faults(state[field], under(place, field)):
                yield Finding(where, message)
    for field, look in CONTENTS.items():
        if field in state and field in FIELDS[kind]:
            yield from look(state[field], under(place, field))


def _branches(branches: Any, place: str) -> Findings:
    if not isinstance(branches, list) or not 0 < len(branches) <= BRANCHES:
        yield Finding(place, f"must be a list of 1 to {BRANCHES} machines")
        return
    for index, branch in enumerate(branches):
        yield from _machine(branch, under(place, index), _fields.MACHINE)


def _processor(plan: Any, place: str) -> Findings:
    yield from _machine(plan, place, _fields.PROCESSOR)
    if not isinstance(plan, dict) or "ProcessorConfig" not in plan:
        return
    config, where = plan["ProcessorConfig"], under(place, "ProcessorConfig")
    if isinstance(config, dict):
        yield from fields(config, _fields.CONFIG, where)
    else:
        yield Finding(where, "must be an object")


CONTENTS: dict[str, Callable[[Any, str], Findings]] = {
    "Retry": _rescue.retriers,
    "Catch": _rescue.catchers,
    "Choices": _rules.rules,
    "Branches": _branches,
    "ItemProcessor": _processor,
    "Iterator": _processor,
}


def _unique(machines: list[tuple[str, Json]]) -> Findings:
    """Names are unique over all machines, so that a history can be read."""
    if sum(len(states) for _, states in machines) > STATES:
        yield Finding("", f"more than {STATES} states")
    seen: set[str] = set()
    for place, states in machines:
        for name in states:
            if name in seen:
                yield Finding(under(place, name), "the name is used by another state")
            seen.add(name)


def _resources(machines: list[tuple[str, Json]], known: Known | None) -> Findings:
    if known is None:
        return
    for place, states in machines:
        for name, state in states.items():
            resource = state.get("Resource") if isinstance(state, dict) else None
            message = known(resource) if isinstance(resource, str) else None
            if message:
                yield Finding(under(under(place, name), "Resource"), message)
