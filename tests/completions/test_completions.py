"""What a model says is used only where it is what was asked for."""

from collections.abc import Callable
from typing import Any

import pytest

import completions
from contracts.knowledge.answers import CompletionRequest

SCHEMA = {
    "type": "object",
    "required": ["n"],
    "properties": {"n": {"type": "integer"}},
}
TOOL = {"type": "function", "function": {"name": "book", "parameters": {}}}
SAID = [{"role": "user", "content": "One?"}]


def asked(**more) -> CompletionRequest:
    return CompletionRequest.model_validate({"messages": SAID} | more)


def said(content: str | None, *calls: tuple[str, str], usage=None) -> dict[str, Any]:
    made = [
        {"function": {"name": name, "arguments": arguments}}
        for name, arguments in calls
    ]
    message = {"content": content, "tool_calls": made}
    return {"choices": [{"message": message}], "model": "m", "usage": usage}


def test_a_plain_request_asks_for_nothing_but_text():
    body = completions.request(asked(max_tokens=9), "m")
    assert body == {
        "model": "m",
        "messages": SAID,
        "max_tokens": 9,
        "temperature": 0.0,
    }


def test_tools_and_schema_are_handed_on():
    body = completions.request(asked(tools=[TOOL], schema=SCHEMA), "m")
    assert body["tools"] == [TOOL]
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA


def test_a_schema_that_is_none_is_refused_before_anything_is_asked():
    with pytest.raises(completions.BadSchema):
        completions.request(asked(schema={"type": "nonsense"}), "m")


@pytest.mark.parametrize("text", ['{"n": 1}', '```json\n{"n": 1}\n```', ' {"n": 1}\n'])
def test_json_is_read_with_or_without_a_fence(text):
    assert completions.read(said(text), asked(schema=SCHEMA)).parsed == {"n": 1}


@pytest.mark.parametrize(
    "text", ["", "one", '{"n": "1"}', "{}", "[1]", '{"n": 1', "[" * 100_000, None]
)
def test_output_that_misses_its_schema_is_unusable(text):
    with pytest.raises(completions.Unusable):
        completions.read(said(text), asked(schema=SCHEMA))


def test_text_is_text_where_no_schema_was_asked_for():
    answer = completions.read(said('{"n": 1}'), asked())
    assert (answer.text, answer.parsed) == ('{"n": 1}', None)


def test_a_call_of_an_offered_tool_is_read_with_its_arguments():
    answer = completions.read(said(None, ("book", '{"at": 3}')), asked(tools=[TOOL]))
    [call] = answer.tool_calls
    assert (call.name, call.arguments, answer.text) == ("book", {"at": 3}, "")


@pytest.mark.parametrize(
    "call", [("refund", "{}"), ("book", "{"), ("book", "[1]"), ("book", "3")]
)
def test_a_call_that_was_not_offered_or_is_garbled_is_unusable(call):
    with pytest.raises(completions.Unusable):
        completions.read(said(None, call), asked(tools=[TOOL]))


@pytest.mark.parametrize(
    "answer",
    [None, "text", [], {}, {"choices": []}, {"choices": None}, {"choices": ["x"]}],
)
def test_whatever_else_comes_back_is_unusable(answer):
    with pytest.raises(completions.Unusable):
        completions.read(answer, asked())


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_half_of_what_a_model_has_to_say_is_no_answer(reason):
    answer = said("It costs 80 euros, and")
    answer["choices"][0]["finish_reason"] = "stop"
    assert completions.read(answer, asked()).text == "It costs 80 euros, and"
    answer["choices"][0]["finish_reason"] = reason
    with pytest.raises(completions.Unusable):
        completions.read(answer, asked())


def test_usage_that_was_not_told_is_left_out():
    usage = {"prompt_tokens": 7, "completion_tokens": None}
    assert completions.read(said("x", usage=usage), asked()).usage == {
        "prompt_tokens": 7
    }


def test_a_schema_of_somewhere_else_is_satisfied_by_nothing():
    wanted = asked(schema={"$ref": "http://127.0.0.1:9/schema"})
    with pytest.raises(completions.Unusable):
        completions.read(said('{"n": 1}'), wanted)


def test_jsonschema_is_not_loaded_where_no_schema_is_asked_for(
    told_by: Callable[[str], list[str]],
) -> None:
    program = (
        "import sys, completions\n"
        "print('jsonschema' in sys.modules)\n"
        "print(completions.endpoint(completions.Settings(), None))"
    )
    assert told_by(program) == ["False", "None"]
