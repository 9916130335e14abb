"""From a filter to SQL/JSON path (ISO/IEC 9075-2 §9.39, as PostgreSQL 18 has it).

A comparison of two types is *unknown* in that language, and so is its negation. Here
a negation is pushed down to the comparisons, and each negated one reads "false or
unknown", which makes the two the exact complements that a reader expects.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from json_filters._language import (
    DEPTH,
    TESTS,
    BadFilter,
    members,
    ordered,
    scalar,
    storable,
)

ORDERINGS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
JUNCTIONS = {"any": " || ", "all": " && "}
EVERYTHING, NOTHING = "exists($)", "!(exists($))"


def jsonpath(filter: dict[str, Any], root: str | None = None) -> str:
    """The path that is true of exactly the documents that *filter* describes.

    *root* names the member that holds the document, when it is not itself the root.
    BadFilter names the place of what is not in the language.
    """
    if not isinstance(filter, dict):
        raise BadFilter("", "a filter is an object")
    start = "$" if root is None else "$" + _member(root)
    count = sum(1 for _ in _leaves(filter, 0, ""))
    if count > TESTS:
        raise BadFilter("", f"a filter has at most {TESTS} comparisons, not {count}")
    return _conjunction(filter, start, "", True)


def _leaves(value: Any, depth: int, place: str) -> Iterator[None]:
    """One item for each value that is compared with, at any depth."""
    if depth > 2 * DEPTH:
        raise BadFilter(place, f"a filter nests at most {DEPTH} deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, depth + 1, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _leaves(inner, depth + 1, f"{place}[{position}]")
    yield None


def _member(name: str) -> str:
    return "." + json.dumps(name)


def _joined(parts: list[str], junction: str) -> str:
    """*parts* under one junction, as a balanced tree: its depth costs PostgreSQL stack.

    No parts at all: ``any`` of nothing is false, ``all`` of nothing true. So these two
    are left out where they change nothing.
    """
    empty = NOTHING if "|" in junction else EVERYTHING
    parts = [part for part in parts if part != empty]
    if len(parts) < 2:
        return parts[0] if parts else empty
    half = len(parts) // 2
    left, right = _joined(parts[:half], junction), _joined(parts[half:], junction)
    return f"({left}{junction}{right})"


def _conjunction(filter: dict[str, Any], start: str, place: str, wanted: bool) -> str:
    parts = [
        _clause(key, value, start, f"{place}.{key}".lstrip("."), wanted)
        for key, value in filter.items()
    ]
    return _joined(parts, " && " if wanted else " || ")


def _clause(key: str, value: Any, start: str, place: str, wanted: bool) -> str:
    if key in JUNCTIONS:
        if not isinstance(value, list):
            raise BadFilter(place, f"{key} takes a list of filters")
        return _junction(key, value, start, place, wanted)
    if key == "not":
        return _conjunction(_filter(value, place), start, place, not wanted)
    try:
        names = members(key)
    except BadFilter as exc:
        raise BadFilter(place, exc.reason) from exc
    tests = value if isinstance(value, dict) else {"eq": value}
    if not tests:
        raise BadFilter(place, "a test names an operator, such as eq")
    target = start + "".join(map(_member, names))
    parts = [
        _test(operator, operand, target, f"{place}.{operator}", wanted)
        for operator, operand in tests.items()
    ]
    return _joined(parts, " && " if wanted else " || ")


def _junction(key: str, value: list[Any], start: str, place: str, wanted: bool) -> str:
    parts = []
    for position, item in enumerate(value):
        inside = f"{place}[{position}]"
        parts.append(_conjunction(_filter(item, inside), start, inside, wanted))
    swapped = {"any": "all", "all": "any"}[key]
    return _joined(parts, JUNCTIONS[key if wanted else swapped])


def _filter(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadFilter(place, "a filter is an object")
    return value


def _test(operator: str, operand: Any, target: str, place: str, wanted: bool) -> str:
    if operator in ("ne", "exists"):
        return _opposable(operator, operand, target, place, wanted)
    if operator not in POSITIVE:
        known = ", ".join(sorted([*POSITIVE, "ne", "exists"]))
        raise BadFilter(place, f"{operator} is not an operator; there are {known}")
    return _either_way(POSITIVE[operator](operator, operand, target, place), wanted)


def _opposable(
    operator: str, operand: Any, target: str, place: str, wanted: bool
) -> str:
    """The two tests that may themselves be negative: ``ne``, and ``exists: false``."""
    if operator == "ne":
        return _either_way(_equal("eq", operand, target, place), not wanted)
    if not isinstance(operand, bool):
        raise BadFilter(place, "exists takes true or false")
    return f"exists({target})" if operand == wanted else f"!(exists({target}))"


def _either_way(test: str, wanted: bool) -> str:
    return test if wanted else f"(!({test}) || ({test}) is unknown)"


def _equal(_: str, operand: Any, target: str, place: str) -> str:
    return f"{target} == {json.dumps(scalar(operand, place))}"


def _compared(operator: str, operand: Any, target: str, place: str) -> str:
    quoted = json.dumps(ordered(operand, place))
    return f"{target} {ORDERINGS[operator]} {quoted}"


def _among(_: str, operand: Any, target: str, place: str) -> str:
    if not isinstance(operand, list):
        raise BadFilter(place, "in takes a list")
    return _joined(
        [
            _equal("eq", item, target, f"{place}[{position}]")
            for position, item in enumerate(operand)
        ],
        " || ",
    )


def _containing(_: str, operand: Any, target: str, place: str) -> str:
    """An element of a list, or a part of a string; never a part of an element."""
    equal = _equal("eq", operand, target, place)
    if not isinstance(operand, str):
        return equal
    return f"({equal} || {_part(operand, target, 'q')})"


def _containing_in_any_case(_: str, operand: Any, target: str, place: str) -> str:
    if not isinstance(operand, str):
        raise BadFilter(place, "icontains takes a string")
    return _part(storable(operand, place), target, "iq")


def _part(text: str, target: str, flags: str) -> str:
    matched = f'{target} like_regex {json.dumps(text)} flag "{flags}"'
    return f'({target}.type() == "string" && {matched})'


POSITIVE: dict[str, Callable[[str, Any, str, str], str]] = {
    "eq": _equal,
    "in": _among,
    "contains": _containing,
    "icontains": _containing_in_any_case,
    **dict.fromkeys(ORDERINGS, _compared),
}
