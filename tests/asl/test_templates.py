"""Payload templates and the intrinsic functions in them."""

import base64
import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl import Failed, _templates
from asl._scan import SyntaxFault

DATA = {"v": [3, 1, 2], "o": {"a": 1}, "t": "text", "q": "it's {} \\ here"}
texts = st.text(max_size=40)


def value(expression: str, data: Any = None, seed: str = "s") -> Any:
    scope = _templates.Scope(DATA if data is None else data, {}, seed)
    return _templates.render({"x.$": expression}, scope)["x"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("States.Format('{}, {} and {}', 'a', 1.5, null)", "a, 1.5 and null"),
        (r"States.Format('\{\} {}', true)", "{} true"),
        (r"States.Format('it\'s {}', $.t)", "it's text"),
        ("States.Format($.q, 1)", "it's 1 \\ here"),
        ("States.Format('{}', $.o)", '{"a":1}'),
        (r"States.Array('\\{', 'a,b)')", ["\\{", "a,b)"]),
        ("States.Array()", []),
        ("States.ArrayPartition($.v, 2)", [[3, 1], [2]]),
        ("States.ArrayContains($.v, 1.0)", True),
        ("States.ArrayContains($.v, true)", False),
        ("States.ArrayRange(1, 1, 1)", [1]),
        ("States.ArrayRange(3, 1, 1)", []),
        ("States.ArrayGetItem($.v, 0)", 3),
        ("States.ArrayLength(States.ArrayUnique(States.Array(1, 1.0, '1')))", 2),
        ("States.JsonMerge($.o, States.StringToJson('{\"b\": [2]}'), false)", None),
        ("States.MathAdd(2.5, 0)", 3),
        ("States.MathAdd(-2.5, 0)", -2),
        ("States.StringSplit('a-b_c', '-_')", ["a", "b", "c"]),
        ("States.StringSplit('a]b^c', ']^')", ["a", "b", "c"]),
        ("States.StringSplit('abc', '')", ["abc"]),
        ("States.ArrayGetItem($.v[?@ > 1], 1)", 2),
        ("States.Hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"),
    ],
)
def test_an_intrinsic_function_gives(expression: str, expected: Any) -> None:
    wanted = {"a": 1, "b": [2]} if expected is None else expected
    assert value(expression) == wanted


@pytest.mark.parametrize(
    "expression",
    [
        "States.Format('{}')",
        "States.Format('{}', 1, 2)",
        "States.Format($.v)",
        "States.ArrayPartition($.v, 0)",
        "States.ArrayPartition($.t, 1)",
        "States.ArrayRange(1, 1001, 1)",
        "States.ArrayRange(1, 10, 0)",
        "States.ArrayGetItem($.v, 3)",
        "States.ArrayGetItem($.v, '0')",
        "States.ArrayLength($.o)",
        "States.Base64Decode('no base64!')",
        "States.Base64Decode('/w==')",
        "States.Base64Encode(1)",
        "States.Hash('x', 'CRC')",
        "States.Hash('x', $.v)",
        "States.JsonMerge($.o, $.o, true)",
        "States.JsonMerge($.o, $.v, false)",
        "States.StringToJson('NaN')",
        "States.StringToJson('')",
        "States.MathAdd('1', 1)",
        "States.MathAdd(true, 1)",
        "States.MathRandom(5, 5)",
        "States.StringSplit($.v, ',')",
    ],
)
def test_wrong_arguments_are_an_intrinsic_failure(expression: str) -> None:
    with pytest.raises(Failed) as failure:
        value(expression)
    assert failure.value.error == "States.IntrinsicFailure"


def test_deeply_nested_text_is_a_failure_and_no_crash() -> None:
    with pytest.raises(Failed, match="IntrinsicFailure"):
        value("States.StringToJson($.t)", {"t": "[" * 100_000})


def test_a_long_text_is_not_hashed() -> None:
    with pytest.raises(Failed, match="10000"):
        value("States.Hash($.t, 'MD5')", {"t": "x" * 10_001})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "'text'",
        "1",
        "States.Nothing()",
        "States.Format",
        "States.Format(",
        "States.Format()",
        "States.UUID(1)",
        "States.ArrayLength($.v, 1)",
        "States.Format('a' 'b')",
        "States.Format('a',)",
        "States.Format('a') more",
        "States.Format(a)",
        "States.Array(" * 11 + ")" * 11,
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(SyntaxFault):
        _templates.parse(text)


@given(text=st.text("$.'\\{}()States,Format UUID12", max_size=40))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    message = _templates.fault(text)
    assert message is None or message


@given(text=texts)
def test_base64_and_json_come_back(text: str) -> None:
    given_ = {"t": text}
    encoded = value("States.Base64Encode($.t)", given_)
    assert base64.b64decode(encoded).decode() == text
    assert value("States.Base64Decode(States.Base64Encode($.t))", given_) == text
    assert value("States.StringToJson(States.JsonToString($))", given_) == given_


@given(text=texts)
def test_a_literal_can_hold_any_text(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    assert value(f"States.Array('{escaped}')") == [text]
    braces = escaped.replace("{", "\\{").replace("}", "\\}")
    assert value(f"States.Format('{braces}')") == text


@given(items=st.lists(st.integers(-3, 3) | st.booleans() | st.none(), max_size=9))
def test_unique_keeps_the_first_of_each(items: list[Any]) -> None:
    found = value("States.ArrayUnique($.v)", {"v": items})
    kinds = [(type(item), item) for item in items]
    assert [(type(item), item) for item in found] == list(dict.fromkeys(kinds))


def test_draws_depend_on_the_seed_alone() -> None:
    both = "States.Array(States.UUID(), States.UUID(), States.MathRandom(0, 1000000))"
    first, again, other = value(both), value(both), value(both, seed="other")
    assert first == again
    assert first != other
    assert first[0] != first[1]
    assert uuid.UUID(first[0]).version == 4


def test_a_seed_in_the_call_fixes_the_number_for_every_execution() -> None:
    call = "States.MathRandom(1, 999999, 7)"
    assert value(call) == value(call, seed="other")


def test_templates_are_filled_at_any_depth() -> None:
    template = {"a": [{"b.$": "$.t"}, "$.t"], "c": {"d.$": "$.v[0]"}, "e.$": "$$.I"}
    scope = _templates.Scope(DATA, {"I": 1}, "s")
    filled = {"a": [{"b": "text"}, "$.t"], "c": {"d": 3}, "e": 1}
    assert _templates.render(template, scope) == filled


def test_a_missing_path_is_a_parameter_path_failure() -> None:
    with pytest.raises(Failed) as failure:
        value("$.absent")
    assert failure.value.error == "States.ParameterPathFailure"


def test_every_fault_of_a_template_has_its_place() -> None:
    template = {"a.$": 1, "b": [{"c/d.$": "x"}], "e": 1, "e.$": "$.e"}
    places = [place for place, _ in _templates.faults(template, "/P")]
    assert places == ["/P/a.$", "/P/b/0/c~1d.$", "/P/e.$"]
    assert json.dumps(places)
