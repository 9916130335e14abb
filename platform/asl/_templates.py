"""Payload templates: members whose names end in ``.$`` are paths or intrinsic calls.

What draws at random draws from the scope's own source, which the position in the
execution seeds: an execution that is run again draws the same.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from asl import _failures, _functions, _pathsyntax, _scan
from asl._failures import Failed
from asl._pathnodes import Literal, Path
from asl._paths import PathFault, read_path
from asl._scan import Scan, SyntaxFault

FUNCTION = re.compile(r"States\.(\w+)\s*\(")
STRING = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
SUFFIX = ".$"


@dataclass(frozen=True, slots=True)
class Call:
    """An intrinsic function, ``States.<name>``, of these arguments."""

    name: str
    arguments: "tuple[Expression, ...]"


Expression = Path | Literal | Call


@dataclass(frozen=True)
class Scope:
    """What an expression sees: the data (``$``), the context (``$$``) and a seed."""

    data: Any
    context: dict[str, Any]
    seed: str

    @cached_property
    def draw(self) -> random.Random:
        return random.Random(self.seed)


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """A path or an intrinsic call; SyntaxFault says what is wrong with it."""
    scan = Scan(text.strip())
    if not text.strip().startswith(("$", "States.")):
        raise SyntaxFault("a path begins with $, an intrinsic function with States.")
    found = _expression(scan)
    scan.end()
    return found


def _expression(scan: Scan, escapes: bool = False) -> Expression:
    """What begins here; *escapes* leaves a string's backslashes for Format to read."""
    scan.match(_scan.SPACE)
    if scan.text.startswith("$", scan.at):
        return _pathsyntax.path_at(scan)
    if call := scan.match(FUNCTION):
        return _call(scan, call[1])
    if text := scan.match(STRING):
        return Literal(text[1] if escapes else _scan.ESCAPED.sub(r"\1", text[1]))
    if (number := scan.number()) is not None:
        return Literal(number)
    if word := scan.word():
        return Literal(_scan.WORDS[word])
    raise scan.fault("expected a path, a call, a number or a string in single quotes")


def _call(scan: Scan, name: str) -> Call:
    scan.deeper()
    arguments: list[Expression] = []
    if not scan.take(")"):
        arguments.append(_expression(scan, escapes=name == "Format"))
        while scan.take(","):
            arguments.append(_expression(scan))
        scan.need(")")
    scan.shallower()
    _check_call(name, len(arguments))
    return Call(name, tuple(arguments))


def _check_call(name: str, count: int) -> None:
    known = _functions.PURE.get(name) or _functions.RANDOM.get(name)
    if known is None:
        raise SyntaxFault(f"States.{name} is not an intrinsic function")
    fewest, most, _ = known
    if not fewest <= count <= most:
        span = str(fewest) if fewest == most else f"{fewest} to {most}"
        raise SyntaxFault(f"States.{name} takes {span} arguments, not {count}")


def evaluate(expression: Expression, scope: Scope) -> Any:
    """Its value; Failed when a path is missing or a call has wrong arguments."""
    match expression:
        case Literal(value):
            return value
        case Call(name, arguments):
            return _called(name, [evaluate(each, scope) for each in arguments], scope)
        case Path() as path:
            try:
                return read_path(path, scope.data, scope.context)
            except PathFault as fault:
                raise Failed(_failures.PARAMETER_PATH, str(fault)) from None


def _called(name: str, arguments: list[Any], scope: Scope) -> Any:
    try:
        if name in _functions.RANDOM:
            return _functions.RANDOM[name][2](scope.draw, *arguments)
        return _functions.PURE[name][2](*arguments)
    except (ValueError, TypeError, OverflowError, RecursionError) as fault:
        cause = f"States.{name}: {fault}"
        raise Failed(_failures.INTRINSIC, cause) from None


def render(template: Any, scope: Scope) -> Any:
    """The template with every ``.$`` member replaced by its value."""
    if isinstance(template, list):
        return [render(item, scope) for item in template]
    if not isinstance(template, dict):
        return template
    return dict(_member(name, value, scope) for name, value in template.items())


def _member(name: str, value: Any, scope: Scope) -> tuple[str, Any]:
    if name.endswith(SUFFIX):
        return name[: -len(SUFFIX)], evaluate(parse(value), scope)
    return name, render(value, scope)


def faults(template: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every member that cannot be a template's: its JSON pointer, and why."""
    if isinstance(template, list):
        for index, item in enumerate(template):
            yield from faults(item, f"{place}/{index}")
    elif isinstance(template, dict):
        for name, value in template.items():
            yield from _member_faults(template, name, value, f"{place}/{escape(name)}")


def _member_faults(
    template: dict[str, Any], name: str, value: Any, place: str
) -> Iterator[tuple[str, str]]:
    if not name.endswith(SUFFIX):
        yield from faults(value, place)
        return
    if name[: -len(SUFFIX)] in template:
        yield place, f"{name[: -len(SUFFIX)]} is given twice, as a value and as a path"
    if not isinstance(value, str):
        yield place, "a member ending in .$ must be a path or an intrinsic function"
    elif message := fault(value):
        yield place, message


def fault(text: str) -> str | None:
    """Why the text is neither a path nor an intrinsic call."""
    try:
        parse(text)
    except SyntaxFault as found:
        return str(found)
    return None


def escape(name: str) -> str:
    """A name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
