"""What SDKs' exceptions say, whichever shape they have."""

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import _failures, errors
from chassis._failures import Health


class Shaped(Exception):
    """An exception with the attributes that an SDK would give it."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__()
        vars(self).update(attributes)


class FalseWhenFailed(SimpleNamespace):
    """A response as requests has them."""

    def __bool__(self) -> bool:
        return self.status_code < 400


def caused(exc: Exception, cause: Exception) -> Exception:
    exc.__cause__ = cause
    return exc


@pytest.mark.parametrize(
    ("exc", "status"),
    [
        (Shaped(status_code=503), 503),
        (Shaped(http_status=402), 402),
        (Shaped(code=429), 429),
        (Shaped(status=500), 500),
        (Shaped(response=FalseWhenFailed(status_code=502)), 502),
        (Shaped(resp=SimpleNamespace(status=410)), 410),
        (errors.Conflict("no"), 409),
        (Shaped(code="card_declined", http_status=402), 402),
        (Shaped(code=7), None),
        (ConnectionError(), None),
    ],
)
def test_the_status_is_found_where_sdks_have_it(exc, status):
    assert _failures.status_of(exc) == status


@pytest.mark.parametrize(
    "exc",
    [
        TimeoutError(),
        ConnectionResetError(),
        socket.gaierror(-2, "unknown"),
        httpx.ConnectError("no"),
        httpx.ReadTimeout("slow"),
        type("APIConnectionError", (Exception,), {})(),
        type("SomeTransportError", (type("TransportError", (Exception,), {}),), {})(),
        caused(Shaped(), ConnectionError()),
        caused(Shaped(), caused(Shaped(), TimeoutError())),
    ],
)
def test_a_connection_that_failed_is_transient_however_it_is_wrapped(exc):
    assert _failures.is_transient(exc)


@pytest.mark.parametrize(
    "exc", [ValueError(), KeyError(), PermissionError(), Shaped(status_code=400)]
)
def test_what_a_repeat_cannot_mend_is_not_transient(exc):
    assert not _failures.is_transient(exc)


def test_an_answer_counts_more_than_what_it_is_wrapped_in():
    assert not _failures.is_transient(caused(Shaped(status=404), ConnectionError()))


@pytest.mark.parametrize(
    ("exc", "again", "health"),
    [
        (Shaped(status=200), False, Health.WELL),
        (Shaped(status=404), False, Health.WELL),
        (Shaped(status=408), True, Health.ILL),
        (Shaped(status=429), True, Health.UNKNOWN),
        (Shaped(status=500), True, Health.ILL),
        (ConnectionError(), True, Health.ILL),
        (TypeError(), False, Health.UNKNOWN),
        (errors.NotFound("no"), False, Health.WELL),
        (errors.Timeout("no"), True, Health.ILL),
        (errors.RateLimited("no"), True, Health.UNKNOWN),
        (errors.Misconfigured("no"), False, Health.UNKNOWN),
    ],
)
def test_the_verdict_is_that_of_this_table(exc, again, health):
    assert _failures.judged(exc, _failures.is_transient) == (again, health)


def test_a_5xx_that_is_not_to_be_repeated_is_still_a_failure():
    verdict = _failures.judged(Shaped(status=501), lambda exc: False)
    assert verdict == (False, Health.ILL)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7.0), ("0", 0.0), ("1.5", 1.5), ("soon", None), ("-3", None), ("nan", None)],
)
def test_retry_after_in_seconds(text, seconds):
    headers = {"retry-after": text}
    for exc in (
        Shaped(headers=headers),
        Shaped(response=httpx.Response(429, headers=headers)),
    ):
        assert _failures.seconds_asked(exc) == seconds


@given(st.integers(-3600, 3600))
def test_retry_after_as_a_date_is_the_time_until_then(seconds):
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    headers = {"Retry-After": format_datetime(moment, usegmt=True)}
    found = _failures.seconds_asked(Shaped(headers=headers))
    assert found is not None
    # A date has whole seconds, and the test itself takes some time.
    assert max(0, seconds - 5) <= found <= max(0, seconds)


@given(st.text() | st.integers().map(str) | st.floats().map(str))
def test_any_retry_after_is_some_seconds_or_none(text):
    found = _failures.seconds_asked(Shaped(headers={"retry-after": text}))
    assert found is None or 0 <= found < 1e12


def test_the_reason_is_the_systems_and_never_the_exceptions_text():
    refused = ConnectionRefusedError(111, "Connection refused")
    assert _failures.reason(caused(Shaped(), refused)) == "Connection refused"
    assert _failures.reason(ConnectionError("https://key@host")) == "ConnectionError"
