"""What an upstream's failure means to the service that called it."""

import errno
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import errors


def told(problem: errors.Problem) -> bytes:
    body = errors.body(
        problem, service="there", operation="do", request_id="theirs", now=1.0
    )
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "meaning",
    [
        errors.Invalid,
        errors.NotFound,
        errors.Conflict,
        errors.Stale,
        errors.TooLarge,
        errors.Unsupported,
        errors.Malformed,
        errors.RateLimited,
    ],
)
def test_what_is_said_of_the_request_keeps_meaning_message_code_and_data(meaning):
    said = meaning("it is so", code="SO", place="here")
    heard = errors.from_response(said.http_status, told(said), "there")
    assert type(heard) is meaning
    assert (heard.message, heard.code) == ("it is so", "SO")
    assert heard.data["place"] == "here"
    assert "request_id" not in heard.data


@pytest.mark.parametrize("status", [400, 404, 409, 412, 413, 415, 422, 429, 500, 503])
def test_a_foreign_body_never_gets_through(status):
    body = json.dumps({"message": "psql: secret", "error": "Traceback"}).encode()
    problem = errors.from_response(status, body, "there")
    assert "secret" not in str(problem)
    assert "there" in problem.message
    assert "secret" not in json.dumps(problem.data)


def test_a_rate_limit_keeps_the_seconds_to_wait():
    said = errors.RateLimited("slowly", retry_after=7.5)
    heard = errors.from_response(429, told(said), "there")
    assert heard.data["retry_after"] == 7.5


@pytest.mark.parametrize("wait", ["soon", -1, None, [], float("inf")])
def test_seconds_to_wait_that_are_none_are_dropped(wait):
    body = json.loads(told(errors.Conflict("no")))
    body["additional_data"]["retry_after"] = wait
    heard = errors.from_response(409, json.dumps(body).encode(), "there")
    assert "retry_after" not in heard.data


@pytest.mark.parametrize("meaning", [errors.Unauthenticated, errors.Forbidden])
def test_a_refusal_of_this_service_is_a_misconfigured_edge(meaning):
    said = meaning("a may not call b: POST /x")
    heard = errors.from_response(said.http_status, told(said), "there")
    assert isinstance(heard, errors.Misconfigured)
    assert heard.message == "there refused this service: a may not call b: POST /x"


@pytest.mark.parametrize("status", [500, 502, 503, 507])
def test_an_upstreams_own_failure_is_upstream_failed(status):
    heard = errors.from_response(status, b"", "there")
    assert isinstance(heard, errors.UpstreamFailed)
    assert heard.http_status == 424
    assert heard.data == {"upstream": "there", "timed_out": False}


def test_an_upstream_that_timed_out_is_flagged():
    heard = errors.from_response(504, told(errors.Timeout("slow")), "there")
    assert heard.data == {"upstream": "there", "timed_out": True}


def test_the_service_that_failed_first_keeps_its_name_through_every_hop():
    heard = errors.from_response(504, b"", "last")
    for middle in ("third", "second", "first"):
        heard = errors.from_response(424, told(heard), middle)
    assert isinstance(heard, errors.UpstreamFailed)
    assert heard.data == {"upstream": "last", "timed_out": True}


def test_when_to_come_back_goes_along_with_an_upstreams_failure():
    said = errors.UpstreamFailed("no", upstream="last", retry_after=30.0)
    heard = errors.from_response(424, told(said), "there")
    assert heard.data["retry_after"] == 30.0


def test_that_there_is_no_room_is_told_through_every_hop():
    heard = errors.from_response(424, told(errors.NoRoom("full")), "last")
    for middle in ("second", "first"):
        heard = errors.from_response(424, told(heard), middle)
    # Who goes on without its upstream does so here as well.
    assert isinstance(heard, errors.UpstreamFailed)
    assert (heard.kind.status, heard.message) == (507, "full")
    assert heard.data["upstream"] == "last"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_of_ones_own_is_no_defect(number: int):
    said = errors.from_exception(OSError(number, "No space left on device"))
    assert (said.kind.status, said.http_status) == (507, 424)
    assert isinstance(errors.from_exception(OSError(errno.EIO, "")), errors.Internal)


def test_a_424_without_our_body_names_the_one_that_said_it():
    heard = errors.from_response(424, b"<html>", "there")
    assert heard.data["upstream"] == "there"


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("message", "error", "error_code", "service", "additional_data"),
                    *("code", "self", "retry_after", "upstream", "timed_out", "status"),
                ]
            ),
            each,
            max_size=8,
        )
    ),
    max_leaves=12,
)


@given(st.integers(400, 599), st.binary(max_size=40) | anything)
def test_any_answer_becomes_a_problem_that_can_be_told(status, content):
    sent = content if isinstance(content, bytes) else json.dumps(content).encode()
    problem = errors.from_response(status, sent, "there")
    assert problem.http_status >= 400
    assert json.loads(told(problem))["additional_data"]["request_id"] == "theirs"


@given(anything, anything, st.sampled_from([409, 424, 429, 500]))
def test_any_data_in_a_problem_of_ours_can_be_passed_on(data, code, status):
    body = json.loads(told(errors.Conflict("no")))
    body |= {"additional_data": data, "error_code": code, "error": data}
    problem = errors.from_response(status, json.dumps(body).encode(), "there")
    passed_on = json.loads(told(problem))
    assert passed_on["additional_data"]["request_id"] == "theirs"
    assert isinstance(passed_on["error_code"], str)


def test_an_error_code_that_is_no_text_makes_the_body_foreign():
    body = json.loads(told(errors.Conflict("secret"))) | {"error_code": [1]}
    problem = errors.from_response(409, json.dumps(body).encode(), "there")
    assert (problem.message, problem.code) == ("there answered 409", None)


def test_a_body_nested_beyond_reason_is_not_ours():
    problem = errors.from_response(404, b"[" * 100_000, "there")
    assert isinstance(problem, errors.NotFound)
