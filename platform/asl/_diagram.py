"""Drawing definitions as Mermaid state diagrams (``stateDiagram-v2``)."""

import re
from collections.abc import Iterator
from typing import Any

from asl import _choice
from asl._structure import inner_machines

# Mermaid knows [[fork]], [[join]] and [[choice]], even within quotes.
UNSAFE = re.compile(r"[^\w .,()*/+\[\]$@?-]|(?<=\[)\[")
LABEL = 60  # characters of what stands at an arrow
SIGNS = {
    "Equals": "=",
    "LessThan": "<",
    "LessThanEquals": "<=",
    "GreaterThan": ">",
    "GreaterThanEquals": ">=",
    "Matches": "matches",
}
WORDS = {"And": " and ", "Or": " or "}


def diagram(definition: dict[str, Any]) -> str:
    """The diagram of a definition that has no findings.

    Every name is shown as it is, whatever it contains. A Parallel's branches and a
    Map's processor are drawn inside it.
    """
    return "\n".join(["stateDiagram-v2", *_machine(definition, "s", "    ")]) + "\n"


def _machine(plan: dict[str, Any], prefix: str, indent: str) -> Iterator[str]:
    ids = {name: f"{prefix}{index}" for index, name in enumerate(plan["States"])}
    for name, state in plan["States"].items():
        yield from _state(name, state, ids[name], indent)
    yield f"{indent}[*] --> {ids[plan['StartAt']]}"
    for name, state in plan["States"].items():
        for target, label in _arrows(state):
            end = "[*]" if target is None else ids[target]
            yield f"{indent}{ids[name]} --> {end}{_labelled(label)}"


def _state(name: str, state: dict[str, Any], id: str, indent: str) -> Iterator[str]:
    head = f'{indent}state "{shown(name)}" as {id}'
    inner = [plan for _, plan in inner_machines(state)]
    if not inner:
        yield head
        return
    yield head + " {"
    for index, plan in enumerate(inner):
        if index:
            yield f"{indent}    --"
        yield from _machine(plan, f"{id}_{index}_", indent + "    ")
    yield indent + "}"


def _arrows(state: dict[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Where a state leads (None is the end), and when."""
    for rule in state.get("Choices", ()):
        yield rule["Next"], condition(rule)
    if "Default" in state:
        yield state["Default"], "otherwise"
    if "Next" in state:
        yield state["Next"], ""
    for catcher in state.get("Catch", ()):
        yield catcher["Next"], " or ".join(catcher["ErrorEquals"])
    if state["Type"] == "Fail":
        yield None, str(state.get("Error", "fails"))
    elif state["Type"] == "Succeed" or "End" in state:
        yield None, ""


def condition(rule: dict[str, Any]) -> str:
    """A Choice rule in words."""
    match rule:
        case {"Not": inner}:
            return f"not ({condition(inner)})"
        case {"And": rules} | {"Or": rules}:
            joint = WORDS["And" if "And" in rule else "Or"]
            return joint.join(_grouped(each) for each in rules)
    name = _choice.operator_of(rule)
    if name in _choice.TESTS:
        kind = name.removeprefix("Is").lower()
        return f"{rule['Variable']} is {'' if rule[name] else 'not '}{kind}"
    return f"{rule['Variable']} {_sign(name)} {rule[name]}"


def _grouped(rule: dict[str, Any]) -> str:
    nested = "And" in rule or "Or" in rule
    return f"({condition(rule)})" if nested else condition(rule)


def _sign(name: str) -> str:
    plain = name.removesuffix("Path")
    return next(SIGNS[sign] for sign in _LONGEST if plain.endswith(sign))


_LONGEST = sorted(SIGNS, key=len, reverse=True)


def _labelled(label: str) -> str:
    short = label if len(label) <= LABEL else label[: LABEL - 1] + "…"
    return f" : {shown(short)}" if short.strip() else ""


def shown(text: str) -> str:
    """The text with all that Mermaid could read as syntax as character codes."""
    return UNSAFE.sub(lambda found: f"#{ord(found[0])};", text)
