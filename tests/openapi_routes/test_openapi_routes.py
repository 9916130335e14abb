"""Which operation a method and a path mean, and which they never mean."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import openapi_routes


def operation(name: str, public: bool = True, **more: Any) -> dict[str, Any]:
    return {"operationId": name, **({"x-public": True} if public else {}), **more}


REF = {"schema": {"$ref": "#/components/schemas/Thing"}}
GONE = {"$ref": "#/components/responses/Gone"}
WRONG = {"$ref": "#/components/responses/Wrong"}
# What every service has.
FAILURE = {"title": "Failure", "type": "object"}
FAILS = {"schema": {"$ref": "#/components/schemas/Failure"}}
DOCUMENTS = {
    "faq-management": {
        "paths": {
            "/faqs/{id}": {"get": operation("get_faq"), "post": operation("post_faq")},
            "/faqs/export": {"get": operation("export_faqs")},
            "/faqs/internal": {"get": operation("internal", public=False)},
            "/faqs": {
                "get": operation("list_faqs", answer=REF, gone=GONE, wrong=WRONG)
            },
            "/files/{path:path}": {"get": operation("files")},
        },
        "components": {
            "schemas": {
                "Failure": FAILURE,
                "Thing": {
                    "title": "Thing",
                    "properties": {"part": {"$ref": "#/components/schemas/Part"}},
                },
                "Part": {"type": "string"},
                "Unused": {"type": "string"},
            },
            "responses": {"Gone": REF, "Unused": REF, "Wrong": FAILS},
        },
    },
    "other": {
        "paths": {
            "/faqs/{id}/parts/{part}": {"get": operation("get_part", answer=REF)},
            "/faqs/{id}": {"get": operation("shadow", public=False)},
        },
        "components": {
            "schemas": {"Thing": {"type": "integer"}, "Failure": FAILURE},
            "responses": {"Gone": REF, "Wrong": FAILS},
        },
    },
}


SCHEMES = {"bearer": {"type": "http"}, "key": {"type": "apiKey"}}
TABLE = openapi_routes.Table(DOCUMENTS, "x-public")


def meant(method: str, path: str) -> str | None:
    place = TABLE.match(method, path)
    return place.described["operationId"] if place else None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/faqs", "list_faqs"),
        ("/faqs/7", "get_faq"),
        ("/faqs/export", "export_faqs"),
        ("/faqs/%65xport", "export_faqs"),
        ("/faqs/exports", "get_faq"),
        ("/faqs/a%20b", "get_faq"),
        ("/faqs/a.b", "get_faq"),
        ("/faqs/...", "get_faq"),
        ("/faqs/7/parts/8", "get_part"),
        ("/faqs/internal", None),
        ("/faqs/%69nternal", None),
        ("/files/a", None),
        ("/files/a/b", None),
        ("/faqs/", None),
        ("/FAQS", None),
        ("faqs", None),
        ("", None),
        ("/", None),
        ("/faqs/.", None),
        ("/faqs/..", None),
        ("/faqs/%2e%2E", None),
        ("/faqs/7%2Fparts%2F8", None),
        ("/faqs/7%5cx", None),
        ("/faqs/7\\x", None),
        ("/faqs/7%00", None),
        ("/faqs/7%0a", None),
        ("/faqs/7%zz", None),
        ("/faqs/%", None),
        ("/faqs/%ff", None),
        ("//faqs", None),
        ("/faqs//7", None),
    ],
)
def test_a_path_means_one_operation_or_none(path: str, name: str | None) -> None:
    assert meant("GET", path) == name


def test_methods_are_those_that_the_path_has() -> None:
    assert TABLE.methods("/faqs/7") == ["GET", "POST"]
    assert TABLE.methods("/nowhere") == []


def test_what_is_named_has_no_methods_of_an_id() -> None:
    assert TABLE.methods("/faqs/export") == ["GET"]
    assert meant("POST", "/faqs/export") is None
    assert TABLE.methods("/faqs/internal") == []


def test_methods_are_of_whoever_calls_a_parameter_what() -> None:
    either = {"a": {"paths": {"/offers/{id}": {"get": operation("get")}}}}
    other = {"b": {"paths": {"/offers/{name}": {"put": operation("put")}}}}
    table = openapi_routes.Table(either | other, "x-public")
    assert table.methods("/offers/7") == ["GET", "PUT"]


@given(st.text(min_size=1, max_size=20))
def test_whatever_matches_an_id_is_one_segment_of_its_service(id: str) -> None:
    path = "/faqs/" + quote(id, safe="", errors="replace")
    if meant("GET", path) == "get_faq":
        assert "/" not in id
        assert id not in (".", "..", "internal", "export")


def test_the_merged_document_has_what_is_public_and_what_that_needs() -> None:
    merged = openapi_routes.merged(DOCUMENTS, "x-public", "Title", "1", SCHEMES)
    assert set(merged["paths"]) == {
        *("/faqs", "/faqs/{id}", "/faqs/export", "/faqs/{id}/parts/{part}"),
    }
    assert set(merged["components"]["responses"]) == {"FaqManagementGone", "Wrong"}
    schemas = merged["components"]["schemas"]
    own = {"FaqManagementThing", "FaqManagementPart", "OtherThing"}
    assert schemas.keys() == own | {"Failure"}
    assert schemas["FaqManagementThing"]["title"] == "FaqManagementThing"
    assert schemas["Failure"] == FAILURE
    assert merged["components"]["responses"]["Wrong"] == FAILS
    ids = [
        told["operationId"]
        for methods in merged["paths"].values()
        for told in methods.values()
    ]
    assert "faq-management.list_faqs" in ids
    assert len(set(ids)) == len(ids) == 5
    assert merged["components"]["securitySchemes"] == SCHEMES
    assert merged["security"] == [{"bearer": []}, {"key": []}]
