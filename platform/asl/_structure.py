"""The structure of a definition: what leads where, and what lies within what.

Nothing here expects a definition to be well-formed.
"""

from collections.abc import Iterator
from typing import Any

from asl._finding import under
from asl._paths import children

Json = dict[str, Any]


def depth(value: Any, limit: int) -> int:
    """How deep the value nests, as far as one beyond the limit."""
    level, depth = [value], 0
    while level and depth <= limit:
        depth += 1
        level = [inner for each in level for inner in children(each)]
    return depth


def successors(state: Any) -> Iterator[tuple[str, Any]]:
    """Every state that a state names, with the field (a JSON pointer) that does."""
    if not isinstance(state, dict):
        return
    for field in ("Next", "Default"):
        if field in state:
            yield f"/{field}", state[field]
    for field in ("Choices", "Catch"):
        rules = state.get(field)
        for index, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict) and "Next" in rule:
                yield f"/{field}/{index}/Next", rule["Next"]


def reached(start: Any, states: Json) -> set[str]:
    """The names of the states that can be come to."""
    left = set(states)
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if isinstance(name, str) and name in left:
            left.remove(name)
            waiting += [target for _, target in successors(states[name])]
    return states.keys() - left


def machines(plan: Any, place: str) -> Iterator[tuple[str, Json]]:
    """The states of the machine and of all inside it, with the place of each group."""
    states = plan.get("States") if isinstance(plan, dict) else None
    if not isinstance(states, dict):
        return
    place = under(place, "States")
    yield place, states
    for name, state in states.items():
        for where, inner in inner_machines(state):
            yield from machines(inner, f"{under(place, name)}{where}")


def inner_machines(state: Any) -> Iterator[tuple[str, Any]]:
    """The machines within a state, with the field (a JSON pointer) of each."""
    if not isinstance(state, dict):
        return
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        yield f"/Branches/{index}", branch
    for field in ("ItemProcessor", "Iterator"):
        if field in state:
            yield f"/{field}", state[field]
