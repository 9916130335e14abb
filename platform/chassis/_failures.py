"""What an exception of an SDK says: of the attempt, and of the provider's health.

No SDK is imported: the chassis has none, and a service imports its own lazily. They
agree on little, so a status is looked for where the common ones have it: openai, httpx
and requests (``status_code``, ``response``), stripe (``http_status``), google
(``resp.status``, ``code``), aiohttp (``status``).
"""

import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, NamedTuple

import httpx

from chassis import errors

Kinds = tuple[type[Exception], ...]

TRANSIENT: Kinds = (
    TimeoutError,
    ConnectionError,
    socket.gaierror,
    httpx.TransportError,
)
# What SDKs call the same, in classes that derive from none of the above.
TRANSIENT_NAMES = frozenset(
    (
        "APIConnectionError ConnectionError ServerNotFoundError Timeout TransportError"
    ).split()
)
SLOW_NAMES = frozenset(
    ("APITimeoutError", "Timeout", "TimeoutError", "TimeoutException")
)
WORTH_REPEATING = frozenset((408, 425, 429))
SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")
DEPTH = 8  # causes that are followed


class Health(Enum):
    """What an attempt told of the provider."""

    WELL = "it answered, whatever it answered"
    ILL = "it failed"
    UNKNOWN = "nothing: it limits us, or the fault is ours"


class Verdict(NamedTuple):
    again: bool
    health: Health


def judged(exc: Exception, again: Callable[[Exception], bool]) -> Verdict:
    """Whether to repeat, and the provider's health. *again* knows what is transient.

    An answer of 4xx is a sign of life; a rate limit says nothing; 5xx, and what is
    transient without an answer, is a failure. A problem that the call itself raised
    is judged by its type.
    """
    if isinstance(exc, errors.Problem):
        transient = exc.kind.retryable
        return Verdict(transient, _health(exc.http_status, transient, ours=True))
    transient = again(exc)
    return Verdict(transient, _health(status_of(exc), transient, ours=False))


def _health(status: int | None, transient: bool, *, ours: bool) -> Health:
    if status == 429:
        return Health.UNKNOWN
    if transient:
        return Health.ILL
    if status is None or (ours and status >= 500):
        return Health.UNKNOWN
    return Health.ILL if status >= 500 else Health.WELL


def is_transient(exc: Exception, kinds: Kinds = TRANSIENT) -> bool:
    """5xx, 408, 425 and 429 are; without an answer, *kinds* and what they caused."""
    status = status_of(exc)
    if status is not None:
        return status >= 500 or status in WORTH_REPEATING
    return any(
        isinstance(each, kinds) or _is_called(each, TRANSIENT_NAMES)
        for each in _causes(exc)
    )


def is_slow(exc: Exception) -> bool:
    """Whether time ran out: here, in the SDK, or at the provider."""
    status = status_of(exc)
    if status is not None:
        return status in (408, 504)
    return any(_is_called(each, SLOW_NAMES) for each in _causes(exc))


def status_of(exc: Exception) -> int | None:
    """The HTTP status that the provider answered with, if it did."""
    if isinstance(exc, errors.Problem):
        return exc.http_status
    own = _first_status(exc, "status_code", "http_status", "status", "code")
    return own or _first_status(_answer(exc), "status_code", "status")


def seconds_asked(exc: Exception) -> float | None:
    """The provider's Retry-After (RFC 9110 §10.2.3) in seconds, never negative."""
    if isinstance(exc, errors.Problem):
        return exc.data.get("retry_after")
    answer = _answer(exc)
    for headers in (getattr(answer, "headers", answer), getattr(exc, "headers", None)):
        look_up = getattr(headers, "get", None)
        text = look_up and (look_up("retry-after") or look_up("Retry-After"))
        if text:
            return _seconds(str(text))
    return None


def reason(exc: Exception) -> str:
    """Why it failed, for the log: the system's words, else the kind of the exception.

    Never an exception's own text, which may hold an address with its credentials.
    """
    for each in _causes(exc):
        if isinstance(each, OSError) and each.strerror:
            return each.strerror
    return type(exc).__name__


def _seconds(text: str) -> float | None:
    if SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())


def _answer(exc: Exception) -> Any:
    # Not `or`: a response of requests is false when it is a failure.
    answer = getattr(exc, "response", None)
    return getattr(exc, "resp", None) if answer is None else answer


def _first_status(holder: Any, *names: str) -> int | None:
    for name in names:
        found = getattr(holder, name, None)
        if isinstance(found, int) and 100 <= found <= 599:
            return int(found)
    return None


def _is_called(exc: BaseException, names: frozenset[str]) -> bool:
    return any(base.__name__ in names for base in type(exc).__mro__)


def _causes(exc: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = exc
    for _ in range(DEPTH):
        if found is None:
            return
        yield found
        found = found.__cause__
