"""The protocol: a request's body in, status, headers and body out (OFREP 0.2)."""

import hashlib
import json
from typing import Any, NamedTuple

from openfeature.exception import ErrorCode

from ofrep._rules import Rules, failure

LARGEST = 65_536  # bytes of a request
STATUS = {ErrorCode.FLAG_NOT_FOUND.value: 404}


class Answer(NamedTuple):
    """``body`` is JSON; empty with status 304."""

    body: bytes
    status: int
    headers: dict[str, str]


class _Refused(Exception):
    def __init__(self, code: ErrorCode, details: str) -> None:
        super().__init__(details)
        self.code = code


def answer(
    rules: Rules, key: str, body: bytes, if_none_match: str | None = None
) -> Answer:
    """Evaluate the flag *key*, or all of them when it is empty.

    All of them have an ETag: 304 while *if_none_match* names what would be answered.
    """
    try:
        context = _context(body)
    except _Refused as refused:
        return _json(400, failure(key or None, refused.code, str(refused)))
    if key:
        one = rules.evaluate(key, context)
        status = STATUS.get(one["errorCode"], 400) if "errorCode" in one else 200
        return _json(status, one)
    every = _json(
        200, {"flags": [rules.evaluate(each, context) for each in rules.keys]}
    )
    tag = f'"{hashlib.sha256(every.body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if _names(if_none_match, tag):
        return Answer(b"", 304, headers)
    return every._replace(headers=every.headers | headers)


def _context(body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST:
        raise _Refused(ErrorCode.PARSE_ERROR, f"at most {LARGEST} bytes are taken")
    try:
        asked = json.loads(body or b"{}")
    except (ValueError, RecursionError) as exc:
        raise _Refused(ErrorCode.PARSE_ERROR, "the body is not JSON") from exc
    context = asked.get("context") or {} if isinstance(asked, dict) else None
    if not isinstance(context, dict):
        raise _Refused(ErrorCode.INVALID_CONTEXT, "context is an object")
    if not isinstance(context.get("targetingKey", ""), str):
        raise _Refused(ErrorCode.INVALID_CONTEXT, "targetingKey is a string")
    return context


def _names(if_none_match: str | None, tag: str) -> bool:
    """Weak comparison, as RFC 9110 §13.1.2 wants it."""
    tags = [each.strip() for each in (if_none_match or "").split(",")]
    return "*" in tags or tag in {each.removeprefix("W/") for each in tags}


def _json(status: int, body: Any) -> Answer:
    text = json.dumps(body, separators=(",", ":"), sort_keys=True)
    return Answer(text.encode(), status, {"Content-Type": "application/json"})
