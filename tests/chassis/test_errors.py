"""The taxonomy's table, the one body, and what the framework's failures mean."""

import json
import re
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import FastAPI, Header
from fastapi.exceptions import RequestValidationError
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field, field_validator, model_validator
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from chassis import errors

DOCUMENT = Path(__file__).parents[2] / "docs" / "errors.md"
KINDS = {
    "validation_error",
    "authentication_error",
    "authorization_error",
    "not_found_error",
    "rate_limit_error",
    "timeout_error",
    "external_service_error",
    "database_error",
    "storage_error",
    "ai_service_error",
    "configuration_error",
    "internal_error",
    "unknown_error",
}


def problems() -> list[type[errors.Problem]]:
    return [
        found
        for found in vars(errors).values()
        if isinstance(found, type)
        and issubclass(found, errors.Problem)
        and found is not errors.Problem
    ]


def made(meaning: type[errors.Problem]) -> errors.Problem:
    if meaning is errors.UpstreamFailed:
        return errors.UpstreamFailed("no", upstream="x")
    return meaning("no")


def told(problem: errors.Problem) -> dict:
    return errors.body(
        problem, service="here", operation="do", request_id="r1", now=12.5
    )


def test_the_table_has_exactly_the_thirteen_types():
    assert set(errors.TABLE) == KINDS


@pytest.mark.parametrize(
    ("meaning", "status", "kind"),
    [
        (errors.Invalid, 400, "validation_error"),
        (errors.Malformed, 422, "validation_error"),
        (errors.Unauthenticated, 401, "authentication_error"),
        (errors.Forbidden, 403, "authorization_error"),
        (errors.NotFound, 404, "not_found_error"),
        (errors.Conflict, 409, "validation_error"),
        (errors.Stale, 412, "validation_error"),
        (errors.TooLarge, 413, "validation_error"),
        (errors.Unsupported, 415, "validation_error"),
        (errors.RateLimited, 429, "rate_limit_error"),
        (errors.Timeout, 504, "timeout_error"),
        (errors.UpstreamFailed, 424, "external_service_error"),
        (errors.Unavailable, 503, "external_service_error"),
        (errors.DatabaseFailed, 503, "database_error"),
        (errors.NoRoom, 424, "storage_error"),
        (errors.StorageFailed, 507, "storage_error"),
        (errors.AIServiceFailed, 502, "ai_service_error"),
        (errors.Misconfigured, 500, "configuration_error"),
        (errors.Internal, 500, "internal_error"),
        (errors.Unknown, 500, "unknown_error"),
    ],
)
def test_a_meaning_has_its_type_and_status(meaning, status, kind):
    body = told(made(meaning))
    assert (body["status"], body["error"]) == (status, kind)


def test_every_type_has_a_meaning_that_raises_it():
    assert {meaning.type for meaning in problems()} == KINDS


def test_severity_is_one_of_four():
    severities = {kind.severity for kind in errors.TABLE.values()}
    assert severities == {"low", "medium", "high", "critical"}


def test_the_body_has_these_members_and_no_others():
    problem = errors.NotFound("there is no b7", conversation_id="c1")
    problem.retry_count = 2
    assert told(problem) == {
        "type": "/errors/not_found_error",
        "title": "There is no such thing",
        "status": 404,
        "error": "not_found_error",
        "message": "there is no b7",
        "error_code": "NOT_FOUND",
        "severity": "low",
        "service": "here",
        "operation": "do",
        "retryable": False,
        "retry_count": 2,
        "timestamp": 12.5,
        "additional_data": {"request_id": "r1", "conversation_id": "c1"},
    }


@pytest.mark.parametrize("meaning", problems(), ids=lambda found: found.__name__)
def test_the_error_code_is_the_meaning_in_capitals(meaning):
    code = told(made(meaning))["error_code"]
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code)
    assert code.replace("_", "") == meaning.__name__.upper()


def test_an_error_code_of_its_own_is_kept():
    assert told(errors.Conflict("no", code="KEY_REUSED"))["error_code"] == "KEY_REUSED"


def test_the_request_id_cannot_be_overwritten_by_data():
    body = told(errors.Invalid("no", request_id="forged"))
    assert body["additional_data"]["request_id"] == "r1"


def test_data_that_is_not_json_still_makes_a_valid_answer():
    problem = errors.Invalid("no", odd={1, 2}, more=object(), never=float("nan"))
    found = json.loads(JSONResponse(told(problem)).body)["additional_data"]
    assert sorted(found["odd"]) == [1, 2]
    assert found["never"] is None


def test_what_nobody_foresaw_says_nothing_of_its_cause():
    body = told(errors.from_exception(RuntimeError("password=hunter2")))
    assert body["error"] == "internal_error"
    assert "hunter2" not in json.dumps(body)


def test_a_problem_stays_itself():
    problem = errors.Stale("no")
    assert errors.from_exception(problem) is problem


def test_a_passed_deadline_is_a_timeout():
    assert isinstance(errors.from_exception(TimeoutError()), errors.Timeout)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "validation_error"),
        (401, "authentication_error"),
        (404, "not_found_error"),
        (405, "validation_error"),
        (406, "validation_error"),
        (500, "internal_error"),
        (501, "internal_error"),
        (503, "external_service_error"),
    ],
)
def test_the_frameworks_status_is_kept_and_gets_its_type(status, kind):
    body = told(errors.from_exception(HTTPException(status)))
    assert (body["status"], body["error"]) == (status, kind)


def test_the_frameworks_own_500_does_not_leak_its_detail():
    problem = errors.from_exception(HTTPException(500, "at /srv/app.py line 3"))
    assert "/srv" not in problem.message


class Card(BaseModel):
    number: str = Field(max_length=4)
    holder: str = "x"

    @field_validator("holder")
    @classmethod
    def is_known(cls, value: str) -> str:
        if value == "Mallory Malice":
            raise ValueError(f"nobody is called {value}")
        return value

    @model_validator(mode="after")
    def is_whole(self) -> "Card":
        if self.holder == "both":
            raise ValueError(f"{self.number} is not of {self.holder}")
        return self


def answering() -> TestClient:
    app = FastAPI()

    @app.post("/cards")
    def create(card: Card, x_count: Annotated[int, Header()] = 0) -> Card:
        return card

    @app.get("/cards")
    def find(limit: int) -> int:
        return limit

    async def fail(_: object, exc: Exception) -> JSONResponse:
        body = told(errors.from_exception(exc))
        return JSONResponse(body, body["status"])

    app.add_exception_handler(RequestValidationError, fail)
    app.add_exception_handler(HTTPException, fail)
    return TestClient(app)


@pytest.mark.parametrize(
    "sent",
    [
        {"content": b"{", "headers": {"content-type": "application/json"}},
        {"json": {"number": 7}},
        {"json": {}},
        {},
    ],
)
def test_a_payload_that_cannot_be_read_is_422(sent):
    answer = answering().post("/cards", **sent)
    assert answer.status_code == 422
    assert answer.json()["error_code"] == "MALFORMED"


def test_a_faulty_parameter_is_400_because_the_payload_is_sound():
    client = answering()
    assert client.get("/cards", params={"limit": "many"}).status_code == 400
    header = {"x-count": "many"}
    answer = client.post("/cards", json={"number": "1"}, headers=header)
    assert answer.json()["additional_data"]["errors"][0]["place"] == "header/x-count"
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("card", "secret"),
    [
        ({"number": "4242424242424242"}, "4242424242424242"),
        ({"number": "1", "holder": "Mallory Malice"}, "Mallory"),
        ({"number": "987", "holder": "both"}, "987"),
    ],
)
def test_a_fault_names_its_place_and_never_its_value(card, secret):
    answer = answering().post("/cards", json=card)
    [fault] = answer.json()["additional_data"]["errors"]
    assert fault["place"].startswith("body")
    assert fault["message"]
    assert secret not in answer.text


def test_a_fault_costs_no_pattern_for_each_value_of_a_large_payload(monkeypatch):
    fault = {"loc": ("body",), "type": "value_error", "msg": "both is not of 7"}
    fault["input"] = {"holder": "both", "more": [*range(1000)]}
    used: list[str] = []

    def noted(pattern: str, *rest: str, sub=re.sub) -> str:
        used.append(pattern)
        return sub(pattern, *rest)

    monkeypatch.setattr(re, "sub", noted)
    problem = errors.from_exception(RequestValidationError([fault]))
    assert problem.data["errors"][0]["message"] == "… is not of …"
    assert len(used) == 1


def test_the_list_of_faults_is_bounded():
    found = [{"loc": ("body", n), "msg": "no", "type": "x"} for n in range(1000)]
    problem = errors.from_exception(RequestValidationError(found))
    assert len(problem.data["errors"]) == errors.FAULTS


def test_a_wrong_method_is_405_in_the_one_shape():
    answer = answering().delete("/cards")
    assert answer.status_code == 405
    assert answer.json()["error"] == "validation_error"


def written() -> str:
    """docs/errors.md as the module has it."""
    yes = {True: "yes", False: "no"}
    types = [
        f"| `{name}` | {kind.status} | {kind.severity} | {yes[kind.retryable]} |"
        f" {kind.title} |"
        for name, kind in errors.TABLE.items()
    ]
    meanings = [
        f"| `{found.__name__}` | `{found.type}` | {made(found).http_status} |"
        f" {found.__doc__.splitlines()[0]} |"
        for found in problems()
    ]
    return "\n".join(
        [
            "| type | status | severity | retryable | title |",
            "|---|---|---|---|---|",
            *types,
            "",
            "| raise | type | status | when |",
            "|---|---|---|---|",
            *meanings,
        ]
    )


def test_the_document_has_the_table():
    assert written() in DOCUMENT.read_text("utf-8")
