"""Choice rules: comparisons of a variable, and And, Or and Not of them.

A value of another type than the operator's is no match, never an error.
"""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from asl import _paths
from asl._paths import PathFault

RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII
)
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def instant(value: Any) -> tuple[datetime, str] | None:
    """An RFC 3339 timestamp (capital T and Z; a zone is needed) as timestamps are
    ordered: the moment in UTC, to the microsecond, and the three digits of nanoseconds
    that a datetime cannot hold. None where it is no timestamp."""
    found = RFC3339.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None
    second, fraction, zone = found.groups()
    digits = (fraction or ".0")[1:].ljust(9, "0")
    try:
        whole = datetime.fromisoformat(f"{second}.{digits[:6]}{zone}")
        return whole.astimezone(UTC), digits[6:]
    except (ValueError, OverflowError):
        return None


def moment(value: Any) -> datetime | None:
    """The moment of an RFC 3339 timestamp, or None."""
    found = instant(value)
    return found and found[0]


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def number(value: Any) -> int | float | None:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    return value if numeric else None


CAST: dict[str, Callable[[Any], Any]] = {
    "String": text,
    "Numeric": number,
    "Boolean": flag,
    "Timestamp": instant,
}
KINDS: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsString": lambda value: isinstance(value, str),
    "IsNumeric": lambda value: number(value) is not None,
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: moment(value) is not None,
}
BOOLEAN = ("And", "Or", "Not")
COMPARED: dict[str, tuple[str, str]] = {
    f"{kind}{order}": (kind, order)
    for kind in ("String", "Numeric", "Timestamp")
    for order in ORDER
} | {"BooleanEquals": ("Boolean", "Equals")}
OPERATORS = {*COMPARED, *(f"{name}Path" for name in COMPARED), "StringMatches"}
TESTS = frozenset(KINDS) | {"IsPresent"}


@lru_cache(maxsize=256)
def wildcard(pattern: str) -> tuple[str, ...]:
    r"""The pattern's literal parts, between its ``*``; ``\*`` is a star itself."""
    parts = re.findall(r"\\[*\\]|\*|[^*\\]+|\\", pattern)
    found = [""]
    for part in parts:
        if part == "*":
            found.append("")
        else:
            found[-1] += part[1:] if part in (r"\*", "\\\\") else part
    return tuple(found)


def matches(value: str, pattern: str) -> bool:
    """StringMatches, in time linear in the value for each part of the pattern."""
    first, *rest = wildcard(pattern)
    if not rest:
        return value == first
    *middle, last = rest
    at, end = len(first), len(value) - len(last)
    if not value.startswith(first) or not value.endswith(last):
        return False
    for part in middle:
        if (found := value.find(part, at, max(at, end))) < 0:
            return False
        at = found + len(part)
    return at <= end


def present(path: str, data: Any, context: dict[str, Any]) -> bool:
    try:
        _paths.read(path, data, context)
    except PathFault:
        return False
    return True


def compare(name: str, left: Any, right: Any) -> bool:
    """One comparison by its operator's name (without Path)."""
    if name == "StringMatches":
        return isinstance(left, str) and matches(left, right)
    kind, order = COMPARED[name]
    one, other = CAST[kind](left), CAST[kind](right)
    return one is not None and other is not None and ORDER[order](one, other)


def holds(rule: dict[str, Any], data: Any, context: dict[str, Any]) -> bool:
    """Whether the rule holds; PathFault when its variable is missing."""
    match rule:
        case {"And": rules}:
            return all(holds(each, data, context) for each in rules)
        case {"Or": rules}:
            return any(holds(each, data, context) for each in rules)
        case {"Not": inner}:
            return not holds(inner, data, context)
        case {"Variable": path, "IsPresent": wanted}:
            return present(path, data, context) is wanted
    return _tested(rule, data, context)


def operator_of(rule: dict[str, Any]) -> str:
    """The rule's one comparison; a checked rule has exactly one."""
    return next(name for name in rule if name in OPERATORS or name in TESTS)


def _tested(rule: dict[str, Any], data: Any, context: dict[str, Any]) -> bool:
    name = operator_of(rule)
    left, right = _paths.read(rule["Variable"], data, context), rule[name]
    if name in KINDS:
        return KINDS[name](left) is right
    if name.endswith("Path"):
        right = _paths.read(right, data, context)
        name = name.removesuffix("Path")
    return compare(name, left, right)
