"""What every operation says of its failures, and that they come in that shape."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI, Response
from pydantic import BaseModel

import chassis
from chassis import testing

router = chassis.router("/things")


class Thing(BaseModel):
    size: int


@router.post("/{id}", **chassis.policy(retry="keyed", public=True, roles=chassis.STAFF))
async def make(id: str, given: Thing, seen: chassis.IfMatch) -> Thing:
    if given.size < 0:
        raise chassis.Invalid("it is too small", least=0)
    raise chassis.NotFound(f"there is no {id}")


@router.post("", **chassis.policy(retry="keyed"))
async def act() -> int:
    raise ZeroDivisionError


@router.get("", **chassis.policy(retry="read", anonymous=True))
async def look(size: int | None = None) -> str:
    return "here"


@router.get("/below/{path:path}", **chassis.policy(retry="read", anonymous=True))
async def look_below(path: str) -> str:
    return path


@router.get("/watch", **chassis.policy(retry="read", stream=True))
async def watch() -> Response:
    return Response("")


@router.post("/talk", **chassis.policy(retry="keyed", stream=True))
async def talk() -> Thing:
    return Thing(size=1)


@router.get("/sheet", **chassis.policy(), **chassis.media("application/json", "text/a"))
async def sheet() -> Response:
    return Response("1", media_type="text/a")


APP: FastAPI = chassis.create_app("things", router)
DOCUMENT: dict[str, Any] = APP.openapi()


@pytest.fixture
def things(database: FastAPI) -> Iterator[testing.Mesh]:
    with testing.mesh(APP, upstreams={"database-operations": database}) as running:
        yield running


def described(path: str, method: str = "post") -> dict[str, Any]:
    return dict(DOCUMENT["paths"][path][method])


def failures(path: str, method: str = "post") -> set[str]:
    return {each for each in described(path, method)["responses"] if each[0] != "2"}


def key_of(path: str, method: str = "post") -> list[bool]:
    given = described(path, method).get("parameters", [])
    return [each["required"] for each in given if each["name"] == "Idempotency-Key"]


def test_an_operation_has_the_failures_that_follow_from_what_it_takes() -> None:
    every = {"400", "401", "403", "404", "409", "412", "422", "429", "504", "default"}
    assert failures("/things/{id}") == every
    assert failures("/things") == {"400", "401", "409", "504", "default"}
    assert failures("/things", "get") == {"400", "504", "default"}
    assert failures("/things/watch", "get") == {"401", "504", "default"}


def test_the_key_is_declared_wherever_it_counts() -> None:
    assert key_of("/things/{id}") == [False]
    assert key_of("/things") == [False]
    assert key_of("/things", "get") == []


def test_a_parameter_that_may_be_left_out_is_never_the_word_null() -> None:
    [size] = described("/things", "get")["parameters"]
    assert size["schema"] == {"title": "Size", "type": "integer"}
    assert not size["required"]


def test_only_what_is_open_to_anybody_says_that_it_needs_no_credential() -> None:
    assert described("/things", "get")["security"] == []
    assert "security" not in described("/things")


def test_what_goes_on_to_others_has_no_version_of_its_own(
    things: testing.Mesh,
) -> None:
    answer = things.get("/things/below/a/b", headers={"If-Match": "theirs"})
    assert (answer.status_code, answer.json()) == (200, "a/b")


@pytest.mark.parametrize(
    ("path", "method", "types"),
    [
        ("/things/watch", "get", {"text/event-stream"}),
        ("/things/talk", "post", {"application/json", "text/event-stream"}),
        ("/things/sheet", "get", {"application/json", "text/a"}),
        ("/things", "get", {"application/json"}),
    ],
)
def test_the_document_says_what_an_answer_is(
    path: str, method: str, types: set[str]
) -> None:
    """A client that is generated from it would read a sheet or events as JSON."""
    assert described(path, method)["responses"]["200"]["content"].keys() == types


@pytest.mark.parametrize(
    ("path", "status", "asked"),
    [
        ("/things/a", 400, {"json": {"size": -1}}),
        ("/things/a", 400, {"json": {"size": 1}, "headers": {"Idempotency-Key": " "}}),
        ("/things/a", 401, {"json": {"size": 1}, "tenant": None}),
        ("/things/a", 403, {"json": {"size": 1}, "roles": ("customer",)}),
        ("/things/a", 404, {"json": {"size": 1}}),
        ("/things/a", 400, {"json": {"size": 1}, "headers": {"If-Match": "old"}}),
        ("/things/a", 412, {"json": {"size": 1}, "headers": {"If-Match": '"old"'}}),
        ("/things/a", 422, {"json": {"size": "x"}}),
        ("/things", 500, {"headers": {"Idempotency-Key": "k"}}),
    ],
)
def test_a_failure_comes_as_the_document_says(
    things: testing.Mesh, path: str, status: int, asked: dict[str, Any]
) -> None:
    answer = things.post(path, **asked)
    assert answer.status_code == status
    template = path.replace("/a", "/{id}")
    told = described(template)["responses"]
    reference = told.get(str(status), told["default"])["$ref"].rpartition("/")[2]
    content = DOCUMENT["components"]["responses"][reference]["content"]
    shape = content[answer.headers["content-type"]]
    schema = shape["schema"] | {"components": DOCUMENT["components"]}
    jsonschema.validate(answer.json(), schema)
    headers = asked.get("headers", {}) | {"Accept": "text/html"}
    page = things.post(path, **asked | {"headers": headers})
    assert page.headers["content-type"].partition(";")[0] in content


def test_a_failure_has_no_member_that_the_document_does_not_know(
    things: testing.Mesh,
) -> None:
    known = DOCUMENT["components"]["schemas"]["Problem"]["properties"]
    assert things.post("/things").json().keys() == known.keys()


def test_no_contract_has_the_frameworks_own_shape_of_failures() -> None:
    contracts = files("contracts").joinpath("openapi").iterdir()
    told = [each.read_text("utf-8") for each in contracts if each.is_file()]
    assert told
    for each in told:
        assert "HTTPValidationError" not in each
        assert "application/problem+json" in each
