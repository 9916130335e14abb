"""Uploads: one file in any of the forms that the API's description names."""

import hashlib
import re
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

import chassis
from chassis import testing

TEXT = "a;b\n1;2\n"
LIMIT = 20 * 2**20


class Tagged(BaseModel):
    tag: str = ""


class Card(BaseModel):
    """What may be said beside a file."""

    title: Annotated[str, Field(max_length=5)] = ""
    tags: list[str] = []


@pytest.fixture
def desk() -> Iterator[testing.Mesh]:
    router = chassis.router("/files")

    @router.post("", **chassis.policy(fields=Tagged))
    async def receive(upload: chassis.Uploaded) -> dict[str, Any]:
        told = {"name": upload.name, "media_type": upload.media_type}
        told |= {"sha256": upload.sha256, "fields": upload.fields}
        return told | {"text": (await upload.content()).decode()}

    @router.post("/cards", **chassis.policy(fields=Card))
    async def file_card(upload: chassis.Uploaded) -> Card:
        return upload.given(Card)

    @router.post("/bare", **chassis.policy())
    async def take(upload: chassis.Uploaded) -> str:
        return upload.name

    with testing.mesh(chassis.create_app("desk", router)) as running:
        yield running


def as_body(content: bytes, media_type: str) -> dict[str, Any]:
    return {"content": content, "headers": {"Content-Type": media_type}}


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"files": {"file": ("../a.csv", TEXT)}, "data": {"tag": "x"}}, "a.csv"),
        ({"json": {"text": TEXT, "name": "a.txt", "tag": "x"}}, "a.txt"),
        (
            as_body(TEXT.encode(), "text/csv; charset=utf-8")
            | {"params": {"tag": "x"}},
            "untitled.csv",
        ),
    ],
)
def test_a_file_comes_in_several_forms(
    desk: testing.Mesh, sent: dict[str, Any], name: str
) -> None:
    told = desk.post("/files", **sent).json()
    assert (told["name"], told["text"], told["fields"]) == (name, TEXT, {"tag": "x"})
    assert told["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()


def test_a_json_list_is_a_file_itself(desk: testing.Mesh) -> None:
    told = desk.post("/files", json=[{"a": "ü"}]).json()
    assert (told["name"], told["text"]) == ("untitled.json", '[{"a": "ü"}]')


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (as_body(b"{", "application/json"), 422),
        (as_body(b"[" * 100_000, "application/json"), 422),
        (as_body(b'{"name": "x"}', "application/json"), 422),
        (as_body(b'{"text": "a\\ud83d"}', "application/json"), 422),
        (as_body(b"x", "image/png"), 415),
        ({"data": {"file": "no file"}, "files": {"other": b"x"}}, 422),
        (as_body(b"x" * (LIMIT + 1), "text/csv"), 413),
    ],
)
def test_what_is_no_upload_is_refused(
    desk: testing.Mesh, sent: dict[str, Any], status: int
) -> None:
    assert desk.post("/files", **sent).status_code == status


def test_the_description_names_every_form(desk: testing.Mesh) -> None:
    described = desk.app.openapi()["paths"]["/files/bare"]["post"]["requestBody"]
    forms = {"multipart/form-data", "application/json", "text/csv"}
    assert described["content"].keys() == forms


@pytest.mark.parametrize(
    ("tags", "known"),
    [("spa", ["spa"]), (["a", "b"], ["a", "b"]), ('["a", "b"]', ["a", "b"])],
)
def test_a_list_in_a_form_is_one_value_or_several(
    desk: testing.Mesh, tags: Any, known: list[str]
) -> None:
    file = {"file": ("a.txt", "text")}
    told = desk.post("/files/cards", files=file, data={"tags": tags, "title": "T"})
    assert told.json() == {"title": "T", "tags": known}


@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"file": ("a.txt", "text")}, "data": {"title": "secret"}},
        {"json": {"text": "text", "title": "secret"}},
    ],
)
def test_a_faulty_field_is_told_with_its_place_and_without_its_value(
    desk: testing.Mesh, sent: dict[str, Any]
) -> None:
    answer = desk.post("/files/cards", **sent)
    assert answer.status_code == 422
    [fault] = answer.json()["additional_data"]["errors"]
    assert fault["place"] == "body/title"
    assert not {"secret", "pydantic", "Card"} & set(re.findall(r"\w+", answer.text))


FORMS: list[tuple[dict[str, Any], str]] = [
    ({"files": {"file": ("a.txt", "text")}}, "data"),
    ({"json": {"text": "text"}}, "json"),
    (as_body(TEXT.encode(), "text/csv"), "params"),
    ({"json": [{"a": 1}]}, "params"),
]


@pytest.mark.parametrize(("sent", "beside"), FORMS)
@pytest.mark.parametrize("path", ["/files/cards", "/files/bare"])
def test_a_field_that_there_is_not_is_refused_with_its_place(
    desk: testing.Mesh, sent: dict[str, Any], beside: str, path: str
) -> None:
    assert desk.post(path, **sent).status_code == 200
    misspelt = sent | {beside: sent.get(beside, {}) | {"titel": "secret"}}
    answer = desk.post(path, **misspelt)
    assert (answer.status_code, "secret" in answer.text) == (422, False)
    [fault] = answer.json()["additional_data"]["errors"]
    assert fault["place"] == "body/titel"
    assert ("title" in fault["message"]) == (path == "/files/cards")


def test_a_parameter_for_caches_is_no_field(desk: testing.Mesh) -> None:
    sent = as_body(TEXT.encode(), "text/csv") | {"params": {"_": "1"}}
    assert desk.post("/files/bare", **sent).status_code == 200


def test_the_fields_beside_a_file_are_described(desk: testing.Mesh) -> None:
    known = desk.app.openapi()["paths"]["/files/cards"]["post"]["requestBody"]
    for kind in ("multipart/form-data", "application/json"):
        assert {"title", "tags"} <= set(known["content"][kind]["schema"]["properties"])
