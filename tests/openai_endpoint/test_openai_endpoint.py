"""The SDK against an endpoint of its protocol, in this process."""

import asyncio
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

import openai_endpoint
from chassis import testing

PADDING = {"/v1/long": 5000}  # bytes after an answer, by path


class Model(BaseHTTPRequestHandler):
    """Echoes what it is asked; refuses a key that it does not know."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        is_known = self.headers["authorization"] == "Bearer key"
        told = {"path": self.path, "asked": json.loads(body)}
        if not is_known:
            told = {"error": {"message": "who are you?"}}
        text = json.dumps(told).encode() + b" " * PADDING.get(self.path, 0)
        self.send_response(200 if is_known else 401)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with testing.answering(HTTPServer(("127.0.0.1", 0), Model)) as server:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"


def test_what_is_asked_arrives_and_the_answer_is_plain_json(url: str) -> None:
    endpoint = openai_endpoint.Endpoint("key", url)
    answer = asyncio.run(endpoint.post("/embeddings", {"input": ["a"]}))
    assert answer == {"path": "/v1/embeddings", "asked": {"input": ["a"]}}


def test_a_refusal_is_the_sdk_s_with_its_status(url: str) -> None:
    endpoint = openai_endpoint.Endpoint("another", url)
    with pytest.raises(endpoint.refusal) as raised:
        asyncio.run(endpoint.post("/embeddings", {"input": ["a"]}))
    assert raised.value.status_code == 401


def test_an_answer_of_any_length_is_read_as_far_as_it_may_be(url: str) -> None:
    short, long = (openai_endpoint.Endpoint("key", url, most) for most in (4000, 8000))
    assert asyncio.run(long.post("/long", {}))["path"] == "/v1/long"
    with pytest.raises(ValueError, match="longer"):
        asyncio.run(short.post("/long", {}))


def test_nobody_there_is_a_refusal_after_one_try() -> None:
    endpoint = openai_endpoint.Endpoint("key", "http://127.0.0.1:9/v1")
    with pytest.raises(endpoint.refusal):
        asyncio.run(endpoint.post("/embeddings", {}))


def test_the_types_of_the_whole_interface_are_not_loaded(
    told_by: Callable[[str], list[str]],
) -> None:
    program = (
        "import sys, openai_endpoint\n"
        "openai_endpoint.Endpoint('key', 'http://127.0.0.1:9/v1')\n"
        "types = [name for name in sys.modules if name.startswith('openai.types')]\n"
        "print(len(types))\n"
        "import openai\n"
        "print(openai.types.Embedding.__name__)"
    )
    loaded, name = told_by(program)
    assert int(loaded) < 150  # of 430
    assert name == "Embedding"
