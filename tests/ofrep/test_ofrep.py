"""Flags in flagd's schema, evaluated as OFREP answers."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ofrep


@dataclass
class Flag:
    key: str
    value: Any


def flag(**members: Any) -> dict[str, Any]:
    variants = {"on": True, "off": False}
    return {"state": "ENABLED", "variants": variants, "defaultVariant": "off"} | members


def ask(definition: Any, **context: Any) -> dict[str, Any]:
    return ofrep.Rules([Flag("f", definition)]).evaluate("f", context)


@pytest.mark.parametrize("values", [[True, False], ["a", ""], [1, 2], [1.5, 2], [{}]])
def test_a_variant_keeps_its_type(values):
    variants = {f"v{n}": value for n, value in enumerate(values)}
    found = ask(flag(variants=variants, defaultVariant="v0"))
    assert (found["value"], type(found["value"])) == (values[0], type(values[0]))
    assert (found["variant"], found["reason"]) == ("v0", "STATIC")


def test_a_disabled_flag_leaves_the_value_to_the_asker():
    found = ask(flag(state="DISABLED"))
    assert found["reason"] == "DISABLED"
    assert "value" not in found


def test_a_rule_decides_by_the_context():
    rule = {"if": [{"==": [{"var": "plan"}, "pro"]}, "on", "off"]}
    found = ask(flag(targeting=rule), plan="pro")
    assert (found["value"], found["reason"]) == (True, "TARGETING_MATCH")
    assert ask(flag(targeting=rule))["value"] is False


@given(st.text(min_size=1, max_size=20))
def test_a_share_of_the_askers_is_always_the_same_ones(who):
    rule = {"fractional": [["on", 50], ["off", 50]]}
    definition = flag(targeting=rule)
    first = ask(definition, targetingKey=who)
    assert first["variant"] in ("on", "off")
    assert ask(definition, targetingKey=who) == first


def test_a_rule_that_names_no_variant_is_an_error_of_the_flag_alone():
    rules = ofrep.Rules(
        [
            Flag("bad", flag(targeting={"if": [True, "none"]})),
            Flag("broken", {"state": "?"}),
            Flag("good", flag()),
        ]
    )
    made = json.loads(ofrep.answer(rules, "", b"{}").body)["flags"]
    assert [each.get("errorCode") for each in made] == ["GENERAL", "PARSE_ERROR", None]


def test_evaluating_does_not_change_the_definition():
    definition = flag()
    before = json.dumps(definition)
    ask(definition)
    assert json.dumps(definition) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "MAYBE"},
        {"variants": {}},
        {"variants": {"on": True, "off": "no"}},
        {"variants": {"on": None}},
        {"defaultVariant": "maybe"},
        {"colour": "red"},
        {"targeting": []},
        {"targeting": {"if": [], "or": []}},
        {"targeting": {"shout": ["a"]}},
        {"targeting": {"reduce": [[1, 2], {"var": "current"}, 0]}},
        {"targeting": {"map": [[1], {"map": [[1], {"var": ""}]}]}},
        {"metadata": {"a": []}},
    ],
)
def test_what_is_no_flag_is_refused(wrong):
    with pytest.raises(ofrep.BadFlag):
        ofrep.check(flag(**wrong))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["if", "var", "<", "cat", "map", "fractional", "sem_ver"]),
            inner,
            max_size=1,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.dictionaries(st.text(max_size=3), JSON, max_size=3))
def test_no_accepted_rule_makes_evaluating_raise(rule, context):
    definition = flag(targeting=rule)
    try:
        ofrep.check(definition)
    except ofrep.BadFlag:
        return
    body = json.dumps({"context": context | {"targetingKey": "u"}}).encode()
    made = ofrep.answer(ofrep.Rules([Flag("f", definition)]), "f", body)
    assert made.status in (200, 400)
    assert json.loads(made.body)["key"] == "f"


@pytest.mark.parametrize(
    ("sent", "status"), [("{}", 304), ('"x", {}', 304), ("W/{}", 304), ('"x"', 200)]
)
def test_an_etag_is_compared_as_http_says(sent, status):
    rules = ofrep.Rules([Flag("f", flag())])
    tag = ofrep.answer(rules, "", b"").headers["ETag"]
    made = ofrep.answer(rules, "", b"{}", sent.format(tag))
    assert made.status == status
    assert (made.body == b"") == (status == 304)


@given(st.binary(max_size=40))
def test_no_body_makes_it_raise(body):
    assert ofrep.answer(ofrep.Rules([]), "", body).status in (200, 400)


def test_a_context_that_is_too_large_is_refused():
    body = json.dumps({"context": {"a": "x" * 70_000}}).encode()
    assert ofrep.answer(ofrep.Rules([]), "", body).status == 400
