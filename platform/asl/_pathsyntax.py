"""The grammar of paths: JSONPath (RFC 9535) as Step Functions writes it.

``$`` is the data, ``$$`` the context object. Names after a dot may hold hyphens, and a
filter may stand in parentheses, as in the dialect that Step Functions uses. Of RFC
9535's functions there are none.
"""

import re
from functools import lru_cache

from asl import _scan
from asl._pathnodes import (
    AllOf,
    AnyOf,
    Compare,
    Every,
    Exists,
    Filter,
    Index,
    Key,
    Literal,
    Not,
    Path,
    Query,
    Segment,
    Selector,
    Slice,
    Test,
)
from asl._scan import Scan, SyntaxFault

NAME = re.compile(r"[\w-]+")
SLICE = re.compile(r"\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*(?::\s*(-?\d{1,9})?\s*)?")
INDEX = re.compile(r"-?\d{1,9}(?=\s*[,\]])")
COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")


@lru_cache(maxsize=1024)
def parse(text: str) -> Path:
    """The path; SyntaxFault says what is wrong with it."""
    scan = Scan(text)
    path = path_at(scan)
    scan.end()
    return path


def reference(text: str) -> Path:
    """A path that names exactly one place."""
    path = parse(text)
    if path.steps is None:
        raise SyntaxFault(f"{text} may name several places; a reference path is needed")
    return path


def path_at(scan: Scan) -> Path:
    """The path that begins here; what follows it is left."""
    start = scan.at
    if (root := scan.take("$$", "$")) is None:
        raise scan.fault("a path begins with $")
    segments = _segments(scan)
    text = scan.text[start : scan.at].strip()
    return Path(text, root == "$$", segments, _steps(segments))


def _steps(segments: tuple[Segment, ...]) -> tuple[str | int, ...] | None:
    steps: list[str | int] = []
    for segment in segments:
        match segment:
            case Segment((Key(name),), False):
                steps.append(name)
            case Segment((Index(at),), False):
                steps.append(at)
            case _:
                return None
    return tuple(steps)


def _segments(scan: Scan) -> tuple[Segment, ...]:
    found: list[Segment] = []
    while mark := _sign(scan):
        if mark == "[":
            found.append(Segment(_bracket(scan)))
        else:
            found.append(Segment(_member(scan, mark), mark == ".."))
    return tuple(found)


def _sign(scan: Scan) -> str | None:
    """What opens a segment; unlike elsewhere, no white space may stand before it."""
    for mark in ("..", ".", "["):
        if scan.text.startswith(mark, scan.at):
            scan.at += len(mark)
            return mark
    return None


def _member(scan: Scan, mark: str) -> tuple[Selector, ...]:
    if scan.take("*"):
        return (Every(),)
    if mark == ".." and scan.take("["):
        return _bracket(scan)
    if name := scan.match(NAME):
        return (Key(name[0]),)
    raise scan.fault("expected a name")


def _bracket(scan: Scan) -> tuple[Selector, ...]:
    selectors = [_selector(scan)]
    while scan.take(","):
        selectors.append(_selector(scan))
    scan.need("]")
    return tuple(selectors)


def _selector(scan: Scan) -> Selector:
    scan.match(_scan.SPACE)
    if scan.take("*"):
        return Every()
    if scan.take("?"):
        return Filter(_either(scan))
    if (name := scan.quoted()) is not None:
        return Key(name)
    if at := scan.match(INDEX):
        return Index(int(at[0]))
    if ends := scan.match(SLICE):
        return Slice(*(None if end is None else int(end) for end in ends.groups()))
    raise scan.fault("expected a name in quotes, an index, a slice, * or ?")


def _either(scan: Scan) -> Test:
    tests = [_both(scan)]
    while scan.take("||"):
        tests.append(_both(scan))
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def _both(scan: Scan) -> Test:
    tests = [_test(scan)]
    while scan.take("&&"):
        tests.append(_test(scan))
    return tests[0] if len(tests) == 1 else AllOf(tuple(tests))


def _test(scan: Scan) -> Test:
    scan.deeper()
    if scan.take("!"):
        found: Test = Not(_test(scan))
    elif scan.take("("):
        found = _either(scan)
        scan.need(")")
    else:
        found = _comparison(scan)
    scan.shallower()
    return found


def _comparison(scan: Scan) -> Test:
    left = _operand(scan)
    if sign := scan.take(*COMPARISONS):
        return Compare(left, sign, _operand(scan))
    if isinstance(left, Literal):
        raise scan.fault("expected a comparison")
    return Exists(left)


def _operand(scan: Scan) -> Literal | Query:
    scan.match(_scan.SPACE)
    if root := scan.take("@", "$"):
        scan.deeper()
        query = Query(root == "@", _segments(scan))
        scan.shallower()
        return query
    if (text := scan.quoted()) is not None:
        return Literal(text)
    if (number := scan.number()) is not None:
        return Literal(number)
    if word := scan.word():
        return Literal(_scan.WORDS[word])
    raise scan.fault("expected a value, @ or $")
