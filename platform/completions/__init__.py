"""Completions: OpenAI's chat protocol: what to ask, and what was said.

What a model says is checked before anyone relies on it: JSON against its schema, calls
against the tools that were offered.
"""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from types import ModuleType
from typing import Any

from pydantic import BaseModel

import openai_endpoint
from contracts.knowledge.answers import Completion, CompletionRequest, ToolCall

MOST = 2**20  # bytes of an answer: a hundred times what is asked for
# Why a model stopped in the middle of what it had to say.
BROKEN_OFF = ("length", "content_filter")


class Settings(BaseModel):
    """OPENAI_* variables; with an API key, or a base URL, there is an endpoint."""

    api_key: str = ""
    base_url: str | None = None
    model: str = "gpt-4o-mini"


class Unusable(ValueError):
    """The model's output is not what was asked for."""


class BadSchema(ValueError):
    """The caller's schema is no JSON Schema."""


class Endpoint:
    """An OpenAI-compatible endpoint.

    ``call`` carries a request out, by its name and a function, with whatever patience
    it has, on the terms that are given with the request.
    """

    def __init__(self, given: Settings, call: Callable[..., Awaitable[Any]]) -> None:
        self._hosted = openai_endpoint.Endpoint(given.api_key, given.base_url, MOST)
        self._call, self.model = call, given.model

    async def complete(self, asked: CompletionRequest, **terms: Any) -> Completion:
        """One completion; BadSchema, Unusable, and whatever ``call`` raises."""
        path = "/chat/completions"
        create = partial(self._hosted.post, path, request(asked, self.model))
        try:
            return read(await self._call(f"POST {path}", create, **terms), asked)
        except (self._hosted.refusal, ValueError) as exc:
            raise Unusable("unusable output") from exc


def endpoint(given: Settings, call: Callable[..., Awaitable[Any]]) -> Endpoint | None:
    """The endpoint that is configured, if one is."""
    return Endpoint(given, call) if given.api_key or given.base_url else None


def request(asked: CompletionRequest, model: str) -> dict[str, Any]:
    """The body of ``POST /chat/completions``; BadSchema."""
    body: dict[str, Any] = {
        "model": model,
        "messages": asked.messages,
        "max_tokens": asked.max_tokens,
        "temperature": asked.temperature,
    }
    if asked.tools:
        body["tools"] = asked.tools
    if asked.schema_ is not None:
        _check(asked.schema_)
        named = {"name": "output", "schema": asked.schema_}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    return body


def _check(schema: dict[str, Any]) -> None:
    if fault := _schemas().fault(schema):
        raise BadSchema(f"the schema is none: {fault}")


def _schemas() -> ModuleType:
    # Not above: whoever asks no model does without the megabytes of jsonschema.
    import schemas

    return schemas


def read(answer: Any, asked: CompletionRequest) -> Completion:
    """What the answer's JSON, or whatever came instead, says; Unusable."""
    try:
        first = answer["choices"][0]
        if first.get("finish_reason") in BROKEN_OFF:
            raise Unusable("the model did not finish what it says")
        said = first["message"]
        calls = [
            _call(each["function"], asked) for each in said.get("tool_calls") or ()
        ]
        text = said.get("content") or ""
        parsed = None if asked.schema_ is None or calls else _parsed(text, asked)
        return Completion(
            text=text,
            parsed=parsed,
            tool_calls=calls,
            model=answer["model"],
            usage=_usage(answer.get("usage") or {}),
        )
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as exc:
        raise Unusable("the model's output is unusable") from exc


def _usage(used: dict[str, Any]) -> dict[str, int]:
    counted = {name: used.get(name) for name in ("prompt_tokens", "completion_tokens")}
    return {name: count for name, count in counted.items() if count is not None}


def _parsed(text: str, asked: CompletionRequest) -> Any:
    """The JSON in *text*, without the fence that models like to put around it."""
    bare = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    parsed = json.loads(bare)
    if not _schemas().admits(asked.schema_ or {}, parsed):
        raise Unusable("it does not satisfy the schema")
    return parsed


def _call(function: dict[str, Any], asked: CompletionRequest) -> ToolCall:
    """A call of a tool that was offered, with an object of arguments."""
    offered = {tool.get("function", {}).get("name") for tool in asked.tools}
    name = function["name"]
    if name not in offered:
        raise Unusable(f"{name} was not offered")
    return ToolCall(name=name, arguments=json.loads(function.get("arguments") or "{}"))
