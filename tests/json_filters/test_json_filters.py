"""The language against an oracle in Python, with PostgreSQL as the judge."""

from collections.abc import Callable, Iterator
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import json_filters

Ask = Callable[[str, list[Any]], list[bool | None]]

names = st.sampled_from(["a", "b", "any", "x.y", '"', "\\", "é", "$", "a b"])
texts = st.one_of(
    st.sampled_from(["", "a", "ab", "B", "\\", '"', "%", ".*", "😀", "\uffff", "a\nb"]),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=4
    ),
)
numbers = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.5, 1e16, 1e-7, 10**20, -(10**20)]),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
documents = st.dictionaries(
    names,
    st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)
        ),
        max_leaves=6,
    ),
    max_size=4,
)


def escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace(".", "\\.")


paths = st.lists(names, min_size=1, max_size=3).map(
    lambda parts: ".".join(map(escaped, parts))
)
tests = st.one_of(
    st.fixed_dictionaries({"eq": scalars}),
    st.fixed_dictionaries({"ne": scalars}),
    st.fixed_dictionaries({"contains": scalars}),
    st.fixed_dictionaries({"icontains": st.sampled_from(["", "a", "Ab", "b", ".*"])}),
    st.fixed_dictionaries({"in": st.lists(scalars, max_size=3)}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.dictionaries(
        st.sampled_from(["lt", "lte", "gt", "gte"]),
        st.one_of(numbers, texts),
        min_size=1,
        max_size=2,
    ),
)
plain = st.tuples(paths, st.one_of(scalars, tests)).map(lambda pair: dict([pair]))
# A path that begins with a junction's name would be read as the junction.
clauses = plain.filter(lambda one: next(iter(one)) not in ("any", "all", "not"))
filters = st.recursive(
    clauses,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
    ),
    max_leaves=5,
)


def reached(value: Any, parts: tuple[str, ...]) -> Iterator[Any]:
    """What stands at a path; a list on the way stands for each of its elements."""
    if not parts:
        yield value
    elif isinstance(value, dict):
        if parts[0] in value:
            yield from reached(value[parts[0]], parts[1:])
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                yield from reached(item, parts)


def elements(values: list[Any]) -> Iterator[Any]:
    for value in values:
        yield from value if isinstance(value, list) else [value]


def same_kind(one: Any, other: Any) -> bool:
    def kind(value: Any) -> str:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return "number" if is_number else type(value).__name__

    return kind(one) == kind(other)


def equal(value: Any, operand: Any) -> bool:
    return same_kind(value, operand) and value == operand


CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}


def passes(operator: str, operand: Any, found: list[Any]) -> bool:
    items = list(elements(found))
    match operator:
        case "eq":
            return any(equal(item, operand) for item in items)
        case "ne":
            return not any(equal(item, operand) for item in items)
        case "in":
            return any(equal(item, one) for item in items for one in operand)
        case "exists":
            return bool(found) == operand
        case "contains":
            has_element = any(equal(item, operand) for item in items)
            return has_element or has_part(operand, found, items)
        case "icontains":
            capital = [capitals(item) for item in items]
            return has_part(capitals(operand), found, capital)
    order = ORDERINGS[operator]
    return any(same_kind(item, operand) and order(item, operand) for item in items)


def has_part(operand: Any, found: list[Any], items: list[Any]) -> bool:
    if not isinstance(operand, str) or not any(isinstance(v, str) for v in found):
        return False
    return any(isinstance(item, str) and operand in item for item in items)


def capitals(value: Any) -> Any:
    """A string with ASCII's letters in capitals: no other letter's are theirs."""
    return value.translate(CAPITALS) if isinstance(value, str) else value


def matches(filter: dict[str, Any], document: Any) -> bool:
    return all(clause(key, value, document) for key, value in filter.items())


def clause(key: str, value: Any, document: Any) -> bool:
    match key:
        case "any":
            return any(matches(item, document) for item in value)
        case "all":
            return all(matches(item, document) for item in value)
        case "not":
            return not matches(value, document)
    found = list(reached(document, json_filters.members(key)))
    tests = value if isinstance(value, dict) else {"eq": value}
    return all(passes(operator, item, found) for operator, item in tests.items())


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(filter=filters, bodies=st.lists(documents, min_size=1, max_size=8))
def test_postgresql_agrees_with_the_language(
    filter: dict[str, Any], bodies: list[Any], holds: Ask
) -> None:
    expected = [matches(filter, body) for body in bodies]
    assert holds(json_filters.jsonpath(filter), bodies) == expected


@settings(max_examples=200, deadline=None)
@given(filter=filters, body=documents)
def test_not_is_exactly_the_rest(
    filter: dict[str, Any], body: dict[str, Any], holds: Ask
) -> None:
    is_so = holds(json_filters.jsonpath(filter), [body])
    is_not = holds(json_filters.jsonpath({"not": filter}), [body])
    assert {is_so[0], is_not[0]} == {True, False}


@settings(max_examples=100, deadline=None)
@given(filter=filters, body=documents, root=texts)
def test_a_document_below_a_root_is_found_alike(
    filter: dict[str, Any], body: dict[str, Any], root: str, holds: Ask
) -> None:
    below = holds(json_filters.jsonpath(filter, root), [{root: body}])
    assert below == holds(json_filters.jsonpath(filter), [body])


@settings(max_examples=100, deadline=None)
@given(text=texts, other=texts)
def test_a_value_cannot_leave_its_quotes(text: str, other: str, holds: Ask) -> None:
    held = holds(json_filters.jsonpath({"a": text}), [{"a": text}, {"a": other}])
    assert held == [True, text == other]


@pytest.mark.parametrize("part", ["müller", "MÜLLER", "ТЕСТ", "a.b", "σ"])
def test_capitals_of_any_script_are_their_letters(part: str, holds: Ask) -> None:
    texts = ["An MÜLLER", "an müller", "это Тест", "xA.By", "a-b", "Σ"]
    path = json_filters.jsonpath({"a": {"icontains": part}})
    expected = [part.upper() in text.upper() for text in texts]
    assert holds(path, [{"a": text} for text in texts]) == expected


@pytest.mark.parametrize(
    ("filter", "place"),
    [
        ({"a": {"like": 1}}, "a.like"),
        ({"any": {"a": 1}}, "any"),
        ({"any": [{"a": 1}, {"b": {"in": 3}}]}, "any[1].b.in"),
        ({"all": [{"not": {"a": {"lt": None}}}]}, "all[0].not.a.lt"),
        ({"a": {"in": [1, {"b": 2}]}}, "a.in[1]"),
        ({"a": {"lt": True}}, "a.lt"),
        ({"a": {"eq": {"b": 1}}}, "a.eq"),
        ({"a": [1]}, "a.eq"),
        ({"a": {"exists": 1}}, "a.exists"),
        ({"a": {"icontains": 1}}, "a.icontains"),
        ({"a": {"icontains": "\x00"}}, "a.icontains"),
        ({"a": {}}, "a"),
        ({"a..b": 1}, "a..b"),
        ({"": 1}, ""),
        ({"a\\": 1}, "a\\"),
        ({"a": "\x00"}, "a.eq"),
        ({"a\x00": 1}, "a\x00"),
        ({"a": "\ud800"}, "a.eq"),
        ({"a": float("nan")}, "a.eq"),
        ({"a": {"gt": float("inf")}}, "a.gt"),
        ({"not": [{"a": 1}]}, "not"),
        ({"any": ["a"]}, "any[0]"),
    ],
)
def test_a_bad_filter_is_refused_with_its_place(
    filter: dict[str, Any], place: str
) -> None:
    with pytest.raises(json_filters.BadFilter) as refused:
        json_filters.jsonpath(filter)
    assert refused.value.place == place


def test_a_filter_is_bounded_in_depth_and_size(holds: Ask) -> None:
    deep: dict[str, Any] = {"a": 1}
    for _ in range(100):
        deep = {"not": deep}
    for too_much in (deep, {"a": {"in": list(range(3000))}}):
        with pytest.raises(json_filters.BadFilter):
            json_filters.jsonpath(too_much)
    wide = json_filters.jsonpath({"not": {"a": {"in": list(range(1500))}}})
    assert holds(wide, [{"a": 7}, {"a": -1}]) == [False, True]


@pytest.mark.parametrize(
    "filter", [{}, {"all": []}, {"all": [{}, {"all": [{}]}]}, {"not": {"any": []}}]
)
def test_a_filter_that_keeps_everything_is_known_as_such(filter: Any) -> None:
    assert json_filters.jsonpath(filter, "root") == json_filters.EVERYTHING
    assert json_filters.jsonpath(filter | {"a": 1}) == '$."a" == 1'
