"""The error taxonomy, in one table, and the one shape that every failure has.

RFC 9457's problem details with Filigree's own members. A type fixes status, severity
and retryability; a subclass of ``Problem`` is one meaning of a type, and may have a
status of its own. docs/errors.md is this module for readers; a test compares them.
"""

import errno
import json
import math
import re
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException


class Kind(NamedTuple):
    """One row of the table: what a type's problems have in common."""

    status: int
    severity: str
    retryable: bool
    title: str


TABLE: dict[str, Kind] = {
    "validation_error": Kind(400, "low", False, "The request is not acceptable"),
    "authentication_error": Kind(401, "medium", False, "Who is asking is not known"),
    "authorization_error": Kind(403, "medium", False, "This is not allowed"),
    "not_found_error": Kind(404, "low", False, "There is no such thing"),
    "rate_limit_error": Kind(429, "medium", True, "Too many requests"),
    "timeout_error": Kind(504, "high", True, "It took too long"),
    "external_service_error": Kind(503, "high", True, "Another system failed"),
    "database_error": Kind(503, "critical", True, "The database failed"),
    "storage_error": Kind(507, "critical", False, "There is no room to store it"),
    "ai_service_error": Kind(502, "high", True, "The language model failed"),
    "configuration_error": Kind(500, "critical", False, "It is not set up correctly"),
    "internal_error": Kind(500, "high", False, "Something went wrong inside"),
    "unknown_error": Kind(500, "high", False, "Something unforeseen went wrong"),
}


class Problem(Exception):
    """A failure with a meaning. ``data`` goes to the caller as additional_data.

    ``status`` is None where the type's own holds. ``retry_count`` is how often what
    failed had been repeated.
    """

    type = "internal_error"
    status: int | None = None
    retry_count = 0

    def __init__(self, message: str, *, code: str | None = None, **data: Any) -> None:
        super().__init__(message)
        self.message, self.code, self.data = message, code, data

    @property
    def kind(self) -> Kind:
        return TABLE[self.type]

    @property
    def http_status(self) -> int:
        return self.status or self.kind.status


class Invalid(Problem):
    """The request is well formed and asks for what cannot be."""

    type = "validation_error"


class Malformed(Invalid):
    """The payload cannot be read as what it should be."""

    status = 422


class Conflict(Invalid):
    """It contradicts what is already there."""

    status = 409


IN_USE = "a request with this Idempotency-Key is being answered, or another won"


class KeyInUse(Conflict):
    """A request with this Idempotency-Key is being answered, or another one won."""

    def __init__(self, message: str = IN_USE, **rest: Any) -> None:
        super().__init__(message, **rest)


class Stale(Invalid):
    """The document is not at the version that the caller saw."""

    status = 412


class TooLarge(Invalid):
    """It is larger than what is taken."""

    status = 413


class Unsupported(Invalid):
    """Its media type is none of those taken."""

    status = 415


class Unauthenticated(Problem):
    """There is no valid credential."""

    type = "authentication_error"


class Forbidden(Problem):
    """The credential does not permit it."""

    type = "authorization_error"


class NotFound(Problem):
    """It is not there, or belongs to another tenant."""

    type = "not_found_error"


class RateLimited(Problem):
    """Too much was asked; ``retry_after`` says for how many seconds."""

    type = "rate_limit_error"

    def __init__(self, message: str, *, retry_after: float = 1.0, **rest: Any) -> None:
        super().__init__(message, retry_after=retry_after, **rest)


class Timeout(Problem):
    """The deadline passed first."""

    type = "timeout_error"


class Slow(Timeout):
    """Whoever sent the request took the time that there was to answer it."""

    status = 408


class Unavailable(Problem):
    """An external system, or this service, cannot answer now."""

    type = "external_service_error"


class UpstreamFailed(Problem):
    """A service that this one calls failed: 424, which nobody retries or counts.

    ``upstream`` is the one that failed first. For somebody outside it is 504 when it
    ``timed_out``, 503 where ``retry_after`` (seconds) says when to come back, else 502.
    """

    type = "external_service_error"
    status = 424

    def __init__(
        self, message: str, *, upstream: str, timed_out: bool = False, **rest: Any
    ) -> None:
        super().__init__(message, upstream=upstream, timed_out=timed_out, **rest)


class DatabaseFailed(Problem):
    """The database could not do it."""

    type = "database_error"


class NoRoom(UpstreamFailed):
    """There is no room to keep it: 424 as what fails behind, outside StorageFailed."""

    type = "storage_error"

    def __init__(self, message: str, *, upstream: str = "", **rest: Any) -> None:
        super().__init__(message, upstream=upstream, **rest)


class StorageFailed(Problem):
    """There is no room to keep it."""

    type = "storage_error"


class AIServiceFailed(Problem):
    """A language or embedding model could not answer."""

    type = "ai_service_error"


class Misconfigured(Problem):
    """The service lacks a setting, a contract or a right."""

    type = "configuration_error"


class Internal(Problem):
    """A defect. The log has the cause; the answer never does."""


class Unknown(Problem):
    """A failure that none of the other types describes."""

    type = "unknown_error"


MEANINGS: dict[int, type[Problem]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Stale,
    413: TooLarge,
    415: Unsupported,
    422: Malformed,
    429: RateLimited,
    503: Unavailable,
    504: Timeout,
}
PASSED_ON = frozenset((400, 404, 409, 412, 413, 415, 422, 429))
REFUSED = frozenset((401, 403, 405))
# What a body must have to be one of ours. Any other body stays where it came from.
MEMBERS = frozenset(("error", "message", "error_code", "service", "additional_data"))
# Only these types of pydantic's put text into a message that the request had.
QUOTING = frozenset(("value_error", "assertion_error", "union_tag_invalid"))
FAULTS = 50  # listed in one answer
PLACE = 200  # characters of where a fault is, which may be a name that was sent


def body(
    problem: Problem,
    *,
    service: str,
    operation: str,
    request_id: str,
    now: float | None = None,
) -> dict[str, Any]:
    """The problem as every failure is told (``application/problem+json``).

    ``now`` is in epoch seconds. Whatever ``data`` holds, the answer is valid JSON.
    """
    kind = problem.kind
    plain = to_json(problem.data, serialize_unknown=True, inf_nan_mode="null")
    return {
        "type": f"/errors/{problem.type}",
        "title": kind.title,
        "status": problem.http_status,
        "error": problem.type,
        "message": problem.message,
        "error_code": problem.code or _code(problem),
        "severity": kind.severity,
        "service": service,
        "operation": operation,
        "retryable": kind.retryable,
        "retry_count": problem.retry_count,
        "timestamp": time.time() if now is None else now,
        "additional_data": {**json.loads(plain), "request_id": request_id},
    }


def _code(problem: Problem) -> str:
    """``NotFound`` → ``NOT_FOUND``, ``AIServiceFailed`` → ``AI_SERVICE_FAILED``"""
    words = r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
    return re.sub(words, "_", type(problem).__name__).upper()


def from_exception(exc: BaseException) -> Problem:
    """What a failure means; one that nobody foresaw says nothing of its cause."""
    match exc:
        case Problem():
            return exc
        case RequestValidationError():
            return _malformed(exc)
        case HTTPException():
            return _refused(exc)
        case TimeoutError():
            return Timeout("the deadline passed first")
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return NoRoom("the disk of this service is full: free some of it")
    return Internal("something went wrong; the log has the cause under this request id")


def _refused(exc: HTTPException) -> Problem:
    """A status that the framework chose. Of a 5xx its text stays in the log."""
    other = Invalid if exc.status_code < 500 else Internal
    meaning = MEANINGS.get(exc.status_code, other)
    hidden = meaning is Internal
    problem = meaning("something went wrong" if hidden else str(exc.detail))
    problem.status = exc.status_code
    return problem


def _malformed(exc: RequestValidationError) -> Problem:
    """Each fault with its place; never the value, which may be a secret.

    Malformed (422) is a payload that cannot be read; a faulty parameter or header is
    Invalid (400).
    """
    found = exc.errors()
    faults = [
        {"place": "/".join(map(str, each["loc"]))[:PLACE], "message": _wording(each)}
        for each in found[:FAULTS]
    ]
    first = f"{faults[0]['place']}: {faults[0]['message']}" if faults else "no body"
    payload = not found or any(each["loc"][:1] == ("body",) for each in found)
    meaning = Malformed if payload else Invalid
    return meaning(f"the request is malformed: {first}", errors=faults)


def _wording(fault: dict[str, Any]) -> str:
    """The message of a fault, with what the request had in it blotted out."""
    message = str(fault["msg"])
    if fault["type"] not in QUOTING:
        return message
    tag = str(fault.get("ctx", {}).get("tag", ""))
    # Only what stands in it: a request may hold a million values.
    told = {each for each in (*_leaves(fault.get("input")), tag) if each in message}
    longest_first = sorted(told - {""}, key=len, reverse=True)
    if not longest_first:
        return message
    values = "|".join(map(re.escape, longest_first))
    return re.sub(rf"(?<!\w)(?:{values})(?!\w)", "…", message)


def _leaves(value: Any) -> Iterator[str]:
    """Every scalar in a JSON value, as text."""
    match value:
        case dict():
            for each in value.values():
                yield from _leaves(each)
        case list():
            for each in value:
                yield from _leaves(each)
        case _:
            yield str(value)


def from_response(status: int, content: bytes, upstream: str) -> Problem:
    """What an upstream's failure means here.

    What it says of the request keeps its meaning, and its message where the body is a
    problem of ours. What it says of itself, or of our right to call it, is no fault of
    our caller: UpstreamFailed or Misconfigured.
    """
    told = _told(content)
    message = told.get("message", f"{upstream} answered {status}")
    data = _data(told)
    if status in PASSED_ON:
        problem = MEANINGS[status](message, code=told.get("error_code"))
        problem.data |= data
        return problem
    if status in REFUSED:
        return Misconfigured(f"{upstream} refused this service: {message}")
    if status == 424:
        meaning = NoRoom if told.get("error") == NoRoom.type else UpstreamFailed
        return _failed_behind(meaning, message, told.get("error_code"), data, upstream)
    return UpstreamFailed(
        f"{upstream} failed ({status})", upstream=upstream, timed_out=status == 504
    )


def _failed_behind(
    meaning: type[UpstreamFailed],
    message: str,
    code: str | None,
    data: dict[str, Any],
    upstream: str,
) -> UpstreamFailed:
    """The failure that an upstream passes on, still under the first one's name."""
    first = str(data.get("upstream") or upstream)
    timed_out = data.get("timed_out") is True
    kept = {name: data[name] for name in ("retry_after",) if name in data}
    failed = meaning(message, upstream=first, timed_out=timed_out, **kept)
    failed.code = code if code != _code(failed) else None
    return failed


def _told(content: bytes) -> dict[str, Any]:
    """The problem that a body holds; empty when it is not one of ours."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or not found.keys() >= MEMBERS:
        return {}
    texts = all(isinstance(found[name], str) for name in ("message", "error_code"))
    return found if texts and str(found["error"]) in TABLE else {}


def _data(told: dict[str, Any]) -> dict[str, Any]:
    """What a problem said beside its message, less what is about that hop alone."""
    given = told.get("additional_data")
    data = dict(given) if isinstance(given, dict) else {}
    data.pop("request_id", None)
    if not _is_seconds(data.get("retry_after", 0)):
        del data["retry_after"]
    return data


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value >= 0
