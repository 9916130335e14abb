"""Reading and writing at paths."""

import json
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from jsonpath_ng.ext import parse as parse_elsewhere

from asl import _paths, _pathsyntax
from asl._paths import PathFault
from asl._scan import SyntaxFault

NAMES = st.sampled_from(["a", "b", "c-d", "naïve"])
DATA = {"a": {"b": [1, {"c": 2}], "d e": 3, "it's": 4}, "n": None}
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "y"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=12,
)
steps = st.lists(NAMES | st.integers(-3, 3), max_size=4)


def spelt(way: list[str | int], brackets: bool) -> str:
    def one(step: str | int) -> str:
        if isinstance(step, int):
            return f"[{step}]"
        return f"['{step}']" if brackets else f".{step}"

    return "$" + "".join(map(one, way))


@given(data=values, way=steps, value=values, brackets=st.booleans())
def test_what_is_written_is_read(
    data: Any, way: list[str | int], value: Any, brackets: bool
) -> None:
    path, before = spelt(way, brackets), json.dumps(data)
    try:
        written = _paths.write(path, data, value)
    except PathFault:
        assume(False)
    assert _paths.read(path, written, {}) == value
    assert json.dumps(data) == before


@given(beside=values, inside=values, way=steps, value=values)
def test_writing_changes_nothing_beside_the_path(
    beside: Any, inside: Any, way: list[str | int], value: Any
) -> None:
    data = {"beside": beside, "inside": inside}
    try:
        written = _paths.write(spelt(["inside", *way], False), data, value)
    except PathFault:
        return
    assert written["beside"] == beside


@given(data=values, way=steps)
def test_a_path_that_can_be_read_can_be_written(
    data: Any, way: list[str | int]
) -> None:
    path = spelt(way, False)
    try:
        found = _paths.read(path, data, {})
    except PathFault:
        assume(False)
    assert _paths.write(path, data, found) == data


segments = st.lists(
    st.sampled_from(
        [".a", ".b", "[*]", "[0]", "[-1]", "[1:]", "[:2]", "[0:3:2]", "..a", "..b"]
    ),
    min_size=1,
    max_size=4,
).map(lambda drawn: "$" + "".join(drawn))


@given(data=values, path=segments)
def test_wildcards_slices_and_descents_find_what_another_library_finds(
    data: Any, path: str
) -> None:
    # Its [0] and [*] also take a scalar for a list of one, and its slices a dictionary.
    assume(not _lenient(path, data))
    theirs = [match.value for match in parse_elsewhere(path).find(data)]
    if _pathsyntax.parse(path).steps is None:
        assert sorted(map(json.dumps, _paths.read(path, data, {}))) == sorted(
            map(json.dumps, theirs)
        )
    elif theirs:
        assert _paths.read(path, data, {}) == theirs[0]
    else:
        with pytest.raises(PathFault):
            _paths.read(path, data, {})


def _lenient(path: str, data: Any) -> bool:
    """Whether a bracket of the path meets anything but a list."""
    parts = path[1:].replace("[", "\0[").replace("..", "\0..").replace(".a", "\0.a")
    found = [data]
    for part in filter(
        None, parts.replace(".b", "\0.b").replace(".\0", ".").split("\0")
    ):
        if part.startswith("[") and not all(isinstance(each, list) for each in found):
            return True
        wide = f"$[*]{part}"
        found = _paths.read(wide, found, {})
    return False


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", DATA),
        ("$['a']['d e']", 3),
        (r"$['a']['it\'s']", 4),
        ('$["a"]["it\'s"]', 4),
        ("$.n", None),
        ("$.a.b[?@.c == 2]", [{"c": 2}]),
        ("$.a.b[?(@.c >= 2 && @.c < 3)]", [{"c": 2}]),
        ("$.a.b[?!(@.c == 2) || @ == 1]", [1]),
        ("$.a.b[?@.c]", [{"c": 2}]),
        ("$.a.b[?@ == $.a.b[0]]", [1]),
        ("$..[?@ == true]", []),
        ("$.a.b[::-1]", [{"c": 2}, 1]),
        ("$.a.b[::0]", []),
        ("$.a['d e','it\\'s']", [3, 4]),
        ("$$.Execution.Id", "e1"),
        (None, {}),
    ],
)
def test_a_path_reads(path: str | None, found: Any) -> None:
    assert _paths.read(path, DATA, {"Execution": {"Id": "e1"}}) == found


@pytest.mark.parametrize("path", ["$.x", "$.a.b[2]", "$.a.b[-3]", "$.n.x", "$.a[0]"])
def test_a_path_to_nothing_is_a_fault(path: str) -> None:
    with pytest.raises(PathFault):
        _paths.read(path, DATA, {})


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "$.",
        "$..",
        "$[",
        "$[]",
        "$['a]",
        "$.a b",
        "$.a[?]",
        "$.a[?@.b ==]",
        "$.a[?1]",
        "$.a[?@.b =~ /x/]",
        "$.a.length()",
        "$[1.5]",
        "$.a[" + "(" * 5_000,
        "$[?" + "(" * 30 + "@.a" + ")" * 30 + "]",
        "$[?" + "!" * 30 + "@.a]",
    ],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(SyntaxFault):
        _pathsyntax.parse(path)


@pytest.mark.parametrize("path", ["$.a[*]", "$..a", "$.a[0:1]", "$.a[?@.b]", "$[0,1]"])
def test_a_reference_path_names_one_place(path: str) -> None:
    assert _pathsyntax.parse(path)
    with pytest.raises(SyntaxFault, match="several places"):
        _pathsyntax.reference(path)


@given(text=st.text("$.[]*?@()'\"ab01:,-=<!&| ", max_size=30))
@example("$[?@[?@[?@[?@[?@[?@[?@[?@[?@[?@[?@[?@.a]]]]]]]]]]]]")
def test_any_text_is_a_path_or_refused(text: str) -> None:
    try:
        path = _pathsyntax.parse(text)
    except SyntaxFault:
        return
    try:
        _paths.read(text, DATA, DATA)
    except PathFault:
        assert path.steps is not None


def test_a_path_gives_up_rather_than_look_at_everything() -> None:
    data = {"rows": [{"n": n} for n in range(2_000)]}
    with pytest.raises(PathFault, match="more than"):
        _paths.read("$.rows[?@.n == $.rows[?@.n == 7]]", data, {})
    deep: list[Any] = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(PathFault, match="more than"):
        _paths.read("$..*..*..*", deep, {})


@pytest.mark.parametrize("path", ["$.n.x", "$.a.b.x", "$.a.b[2]", "$.a[0]"])
def test_a_place_that_cannot_be_is_not_written(path: str) -> None:
    with pytest.raises(PathFault):
        _paths.write(path, DATA, 1)
