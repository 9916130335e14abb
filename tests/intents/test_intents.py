"""The nearest example tells what a message calls for, and only what fits is kept."""

from typing import Any

import numpy as np
import pytest

import intents
import vectors
from contracts.assistant.plans import Action, ActionSpec

KNOWN = intents.Intents(
    {
        "greet": {"examples": ["Hello!", "Good  morning"], "reply": "Hi."},
        "ask": {
            "examples": ["How much is it?"],
            "actions": [
                {"name": "search", "arguments": {"query": "{question}", "k": 3}},
                {"name": "match", "arguments": {"near": "{vector}"}},
            ],
        },
    }
)
SCHEMA = {
    "type": "object",
    "properties": {"k": {"type": "integer"}},
    "required": ["k"],
}


def test_examples_are_compared_without_case_and_punctuation() -> None:
    assert KNOWN.sentences == ["hello", "good morning", "how much is it"]


def test_the_nearest_example_names_the_intent_and_says_how_near_it_is() -> None:
    rows = np.eye(3, dtype=np.float32)
    assert KNOWN.nearest(rows, vectors.pack(np.array([0.6, 0.8, 0.0])))[0] == "greet"
    asked = vectors.pack(np.array([0.0, 0.6, 0.8]))
    assert KNOWN.nearest(rows, asked) == ("ask", pytest.approx(0.8))
    assert KNOWN.nearest(rows, asked, chance=0.6) == ("ask", pytest.approx(0.5))


def test_an_argument_that_is_a_name_stands_for_its_value() -> None:
    [search, _] = KNOWN.wanted("ask", {"question": "What of {k}?", "vector": "AAAA"})
    assert search.arguments == {"query": "What of {k}?", "k": 3}


@pytest.mark.parametrize("values", [{"vector": None}, {}])
def test_an_argument_without_a_value_is_left_out(values: dict[str, Any]) -> None:
    [_, match] = KNOWN.wanted("ask", {"question": "q"} | values)
    assert match.arguments == {}


def test_an_intent_calls_for_a_reply_or_for_actions() -> None:
    assert (KNOWN.reply("greet"), KNOWN.wanted("greet", {})) == ("Hi.", [])
    assert KNOWN.reply("ask") is None


@pytest.mark.parametrize(
    ("name", "arguments", "fits"),
    [
        ("search", {"k": 3}, True),
        ("search", {"k": "many"}, False),
        ("search", {}, False),
        ("drop_tables", {"k": 3}, False),
    ],
)
def test_only_offered_actions_with_admitted_arguments_fit(
    name: str, arguments: dict[str, Any], fits: bool
) -> None:
    offered = [ActionSpec(name="search", parameters=SCHEMA)]
    made = Action(name=name, arguments=arguments)
    assert intents.fitting([made], offered) == ([made] if fits else [])


def test_what_a_schema_of_somewhere_else_admits_is_not_asked_for() -> None:
    elsewhere = {"$ref": "http://127.0.0.1:9/schema"}
    offered = [ActionSpec(name="search", description="x", parameters=elsewhere)]
    made = Action(name="search", arguments={"query": "x"})
    assert intents.fitting([made], offered) == []
