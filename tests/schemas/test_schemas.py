"""A value against a schema that a stranger may have written."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

import schemas
from chassis import testing

WORD = {"type": "string", "pattern": "^[a-z]+$"}
NESTED = {"$ref": "#/$defs/word", "$defs": {"word": WORD}}


@pytest.mark.parametrize(
    ("schema", "value", "is_admitted"),
    [
        ({}, 5, True),
        ({"type": "integer", "maximum": 5}, 5, True),
        ({"type": "integer", "maximum": 5}, 6, False),
        ({"required": ["a"], "additionalProperties": False}, {}, False),
        ({"properties": {"a": WORD}, "required": ["a"]}, {"a": "b"}, True),
        ({"items": {"enum": [1, "x"]}}, [1, "x"], True),
        ({"items": {"enum": [1, "x"]}}, [1, "y"], False),
        (NESTED, "word", True),
        (NESTED, "Word", False),
        (WORD, 5, False),
        ({"pattern": "b"}, "abc", True),
        ({"pattern": "b"}, 5, True),
        ({"$schema": schemas.DIALECT, "type": "null"}, None, True),
    ],
)
def test_a_value_is_admitted_as_the_standard_says(
    schema: dict[str, Any], value: Any, is_admitted: bool
) -> None:
    assert schemas.admits(schema, value) is is_admitted


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server in this process, and the paths that it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    with testing.answering(server):
        yield f"http://127.0.0.1:{server.server_port}", paths


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_nothing_is_fetched(asked: tuple[str, list[str]], keyword: str) -> None:
    address, paths = asked
    assert not schemas.admits({keyword: f"{address}/schema"}, {})
    assert not schemas.admits({"$id": address, "allOf": [{keyword: "other"}]}, {})
    assert paths == []


def doubled(levels: int) -> dict[str, Any]:
    """References to two of the next level each."""
    twice = {
        f"l{n}": {"allOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 2} for n in range(levels)
    }
    return {"$ref": "#/$defs/l0", "$defs": twice | {f"l{levels}": {"type": "integer"}}}


# Each of them would take years, or for ever.
@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (doubled(60), 5),
        ({"$ref": "#"}, 5),
        ({"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, 5),
        ({"$schema": "http://json-schema.org/draft-07/schema#", **doubled(60)}, 5),
        ({"allOf": [doubled(60) | {"unevaluatedProperties": False}]}, {"a": 5}),
        ({"pattern": "^(a+)+$"}, "a" * 5_000 + "b"),
        (
            {"additionalProperties": False, "patternProperties": {"^(a+)+$": {}}},
            {"a" * 5_000 + "b": 1},
        ),
    ],
)
def test_what_takes_too_long_is_not_admitted(
    schema: dict[str, Any], value: Any
) -> None:
    assert not schemas.admits(schema, value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": 5}, "5"),
        ({"type": "whole"}, 5),
        ({"$ref": "#/$defs/none"}, 5),
        ({"$ref": 5}, 5),
        ({"properties": [1]}, {}),
        ({"pattern": "("}, "5"),
        ({"pattern": 5}, "5"),
        ({"pattern": r"(?=a)\w"}, "a"),
        ({"maximum": "5"}, 5),
        ({"required": 5}, {}),
    ],
)
def test_what_is_no_schema_admits_nothing(schema: dict[str, Any], value: Any) -> None:
    assert not schemas.admits(schema, value)
