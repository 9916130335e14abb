"""Reading and writing at paths.

A path that names one place reads its value, and fails where there is none. Any other
path reads the list of what it found, which may be empty. Reading looks at no more than
``NODES`` values, whatever the path: a filter inside a filter is no way to spend a
service's time.
"""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from asl import _pathnodes as parts
from asl._pathnodes import Path
from asl._pathsyntax import parse, reference

NODES = 100_000
NOTHING = object()
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class PathFault(ValueError):
    """The path names nothing in the data, or a place that cannot be written."""


def read(text: str | None, data: Any, context: Any) -> Any:
    """What the path names in the data or (``$$``) the context; ``None`` reads {}."""
    return {} if text is None else read_path(parse(text), data, context)


def read_path(path: Path, data: Any, context: Any) -> Any:
    root = context if path.of_context else data
    if path.steps is None:
        return _Walk(root).find(path.segments, root)
    for step in path.steps:
        if (root := _child(root, step)) is NOTHING:
            raise PathFault(f"{path.text} is not in the input")
    return root


def write(text: str | None, data: Any, value: Any) -> Any:
    """*data* with *value* at the reference path; *data* itself is left as it was.

    ``None`` discards the value. Objects on the way are made; an item of an array must
    be there already.
    """
    if text is None:
        return data
    return _placed(reference(text), 0, data, value)


def _placed(path: Path, depth: int, data: Any, value: Any) -> Any:
    steps = path.steps or ()
    if depth == len(steps):
        return value
    step = steps[depth]
    inside = _child(data, step)
    if isinstance(step, str) and isinstance(data, dict):
        below = {} if inside is NOTHING else inside
        return data | {step: _placed(path, depth + 1, below, value)}
    if isinstance(step, int) and inside is not NOTHING:
        changed = list(data)
        changed[step] = _placed(path, depth + 1, inside, value)
        return changed
    raise PathFault(f"{path.text} cannot be written into the input")


def _child(node: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return node.get(step, NOTHING) if isinstance(node, dict) else NOTHING
    if isinstance(node, list) and -len(node) <= step < len(node):
        return node[step]
    return NOTHING


def children(node: Any) -> list[Any]:
    """The values of an object or an array; none of anything else."""
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def equal(left: Any, right: Any) -> bool:
    """JSON equality: 1 is 1.0, but neither is true."""
    match left, right:
        case (bool(), _) | (_, bool()):
            return left is right
        case list(), list():
            return len(left) == len(right) and all(map(equal, left, right))
        case dict(), dict():
            same = left.keys() == right.keys()
            return same and all(map(equal, left.values(), map(right.get, left)))
    return bool(left == right)


def _ordered(left: Any, sign: str, right: Any) -> bool:
    """Only numbers with numbers, and strings with strings, have an order."""
    for kind in (str, int | float):
        if isinstance(left, kind) and isinstance(right, kind):
            flags = isinstance(left, bool) or isinstance(right, bool)
            return not flags and SIGNS[sign](left, right)
    return sign in ("<=", ">=") and equal(left, right)


def _compared(left: Any, sign: str, right: Any) -> bool:
    if sign in ("==", "!="):
        return equal(left, right) is (sign == "==")
    return _ordered(left, sign, right)


class _Walk:
    """One reading: where ``$`` is, and how many values may still be looked at."""

    def __init__(self, root: Any) -> None:
        self._root, self._left = root, NODES

    def find(self, segments: tuple[parts.Segment, ...], start: Any) -> list[Any]:
        nodes = [start]
        for segment in segments:
            nodes = list(self._spent(self._segment(segment, nodes)))
        return nodes

    def _spent(self, found: Iterator[Any]) -> Iterator[Any]:
        for node in found:
            self._look()
            yield node

    def _look(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise PathFault(f"the path looks at more than {NODES} values")

    def _segment(self, segment: parts.Segment, nodes: list[Any]) -> Iterator[Any]:
        for node in nodes:
            for place in self._below(node) if segment.descend else (node,):
                for selector in segment.selectors:
                    yield from self._selected(selector, place)

    def _below(self, node: Any) -> Iterator[Any]:
        """The node and all inside it, in the order of the document."""
        waiting = [node]
        while waiting:
            self._look()
            yield (place := waiting.pop())
            waiting.extend(reversed(children(place)))

    def _selected(self, selector: parts.Selector, node: Any) -> Iterator[Any]:
        match selector:
            case parts.Key(step) | parts.Index(step):
                if (found := _child(node, step)) is not NOTHING:
                    yield found
            case parts.Slice(start, stop, step) if isinstance(node, list) and step != 0:
                yield from node[start:stop:step]
            case parts.Every():
                yield from children(node)
            case parts.Filter(test):
                yield from self._kept(test, children(node))

    def _kept(self, test: parts.Test, items: list[Any]) -> Iterator[Any]:
        return (item for item in items if self._holds(test, item))

    def _holds(self, test: parts.Test, item: Any) -> bool:
        self._look()
        match test:
            case parts.AnyOf(tests):
                return any(self._holds(each, item) for each in tests)
            case parts.AllOf(tests):
                return all(self._holds(each, item) for each in tests)
            case parts.Not(inner):
                return not self._holds(inner, item)
            case parts.Exists(query):
                return bool(self._query(query, item))
            case parts.Compare(left, sign, right):
                return _compared(
                    self._value(left, item), sign, self._value(right, item)
                )

    def _query(self, query: parts.Query, item: Any) -> list[Any]:
        start = item if query.from_item else self._root
        return self.find(query.segments, start)

    def _value(self, operand: parts.Literal | parts.Query, item: Any) -> Any:
        """A literal, or the one value that the query finds."""
        if isinstance(operand, parts.Literal):
            return operand.value
        found = self._query(operand, item)
        return found[0] if len(found) == 1 else NOTHING
