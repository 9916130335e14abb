"""A change of an OpenAPI document that would fail a caller is found."""

import copy
import json
import subprocess

import pytest

from filigree import graph_breaking

THING = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "size": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
    },
}
BODY = {
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}
}
BASE = {
    "paths": {
        "/api/v1/things": {
            "post": {
                "operationId": "make",
                "x-public": True,
                "parameters": [
                    {"in": "query", "name": "dry", "schema": {"type": "boolean"}}
                ],
                "requestBody": BODY,
                "responses": {
                    "201": {
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Thing"}
                            }
                        }
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": THING,
            "New": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "note": {"type": "string", "deprecated": True},
                },
            },
        }
    },
}


def changed(change):
    document = copy.deepcopy(BASE)
    change(document)
    return [
        found.message
        for found in graph_breaking.breaking({"shop": BASE}, {"shop": document})
    ]


def make(document):
    return document["paths"]["/api/v1/things"]["post"]


def schema(document, name):
    return document["components"]["schemas"][name]


def test_no_change_breaks_nothing():
    assert changed(lambda document: None) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["paths"].clear(), "make was removed; deprecate it first"),
        (
            lambda d: d["paths"].update({"/v2": d["paths"].pop("/api/v1/things")}),
            "make moved from POST /api/v1/things to POST /v2",
        ),
        (lambda d: make(d).pop("x-public"), "make is no longer public"),
        (
            lambda d: make(d)["parameters"].append(
                {"in": "query", "name": "q", "required": True}
            ),
            "make: the query parameter q is required now",
        ),
        (
            lambda d: make(d)["parameters"][0].update(required=True),
            "make: the query parameter dry is required now",
        ),
        (
            lambda d: make(d)["parameters"].clear(),
            "make: the query parameter dry was removed",
        ),
        (
            lambda d: make(d)["requestBody"].update(required=True),
            "make: a body is requ",
        ),
        (lambda d: make(d)["responses"].clear(), "make: the answer 201 was removed"),
        (
            lambda d: schema(d, "Thing")["properties"].pop("size"),
            "make: the answer.size was removed",
        ),
        (
            lambda d: schema(d, "Thing")["properties"]["id"].update(type="integer"),
            "make: the answer.id changed its type",
        ),
        (
            lambda d: schema(d, "Thing")["required"].clear(),
            "make: the answer.id may be missing now",
        ),
        (
            lambda d: schema(d, "New")["required"].append("size"),
            "make: the request.size is required now",
        ),
        (
            lambda d: schema(d, "New")["properties"].pop("name"),
            "make: the request.name was removed",
        ),
    ],
)
def test_a_breaking_change_is_found(change, says):
    assert any(says in message for message in changed(change))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: make(d)["parameters"].append({"in": "query", "name": "q"}),
        lambda d: schema(d, "Thing")["properties"].update(new={"type": "string"}),
        lambda d: schema(d, "New")["properties"].update(new={"type": "string"}),
        lambda d: schema(d, "New")["required"].clear(),
        lambda d: schema(d, "New")["properties"].pop("note"),
        lambda d: schema(d, "New")["properties"].update(
            name={"anyOf": [{"type": "string"}, {"type": "null"}]}
        ),
        lambda d: schema(d, "Thing")["properties"].update(size={"type": "integer"}),
        lambda d: d["paths"].update({"/new": {"get": {"operationId": "new"}}}),
    ],
)
def test_a_change_that_fails_no_caller_passes(change):
    assert changed(change) == []


def test_a_deprecated_operation_may_go():
    base = copy.deepcopy(BASE)
    make(base)["deprecated"] = True
    assert list(graph_breaking.breaking({"s": base}, {"s": {"paths": {}}})) == []


def test_a_service_that_is_gone_is_found():
    (found,) = graph_breaking.breaking({"shop": BASE}, {})
    assert found.place == "contracts/openapi/shop.json"


def git(root, *arguments):
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", "-C", root, *who, *arguments], check=True, timeout=30)


def test_the_base_is_read_from_git(repository):
    repository.write("contracts/openapi/shop.json", json.dumps(BASE))
    git(repository.root, "init", "-q", "-b", "main")
    git(repository.root, "add", ".")
    git(repository.root, "commit", "-q", "-m", "base")
    repository.write("contracts/openapi/shop.json", "{}")
    assert graph_breaking.base_documents(repository.root, "main") == {"shop": BASE}


def test_a_base_that_git_does_not_know_is_none(repository):
    assert graph_breaking.base_documents(repository.root, "main") is None
