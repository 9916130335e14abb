"""Any row as the one shape that is kept: redacted, bounded, with an id of its own."""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import model_validator

import redaction
from contracts.operations.logs import KeptLine, Line
from log_records._fingerprint import fingerprint
from log_records._levels import level

LONGEST = 8000  # characters of one text
WIDEST = 100  # members of one object, items of one list
DEEPEST = 6
AHEAD = 300.0  # seconds that a sender's clock may be ahead
LARGEST = 32_000  # characters of details as JSON
HEX = re.compile(r"[0-9a-f]{16}(?:[0-9a-f]{16})?$")
TENANT = re.compile(r"[A-Za-z0-9_-]{1,100}")
SOUGHT = ("id", "kind", "time", "level", "service", "message", "trace_id")
PLACED = frozenset(
    "time timestamp level service message tenant trace_id span_id parent_id request_id "
    "kind operation status start duration_ms exception".split()
)

Row = dict[str, Any]


def owned(
    rows: Iterable[Row], sender: str, platform: str, now: float
) -> dict[str, list[Line]]:
    """The lines of *rows* by tenant.

    The *platform* may say whose a row is, and keeps what is nobody's; what any other
    *sender* sends is its own.
    """
    lines: dict[str, dict[str, Line]] = {}
    alike: Counter[str] = Counter()
    for row in rows:
        owner = _owner(row, platform) if sender == platform else sender
        content = json.dumps(row, sort_keys=True)
        line = accept(row, now, alike[content])
        alike[content] += 1
        lines.setdefault(owner, {})[line.id] = line
    return {owner: list(each.values()) for owner, each in lines.items()}


def kept(lines: Iterable[Line], segment: str) -> Iterator[KeptLine]:
    """The lines as they are stored.

    A store indexes every member of a document: those that nobody looks for are one.
    """
    for line in lines:
        members = line.model_dump(exclude_none=True)
        sought = {name: members.pop(name, None) for name in SOUGHT}
        rest = json.dumps(members)
        size = len(rest) + len(line.message)
        yield KeptLine(**sought, rest=rest, segment=segment, size=size)


class Found(Line):
    """A line as it is read from where ``kept`` put it."""

    @model_validator(mode="before")
    @classmethod
    def _unpacked(cls, stored: Any) -> Any:
        if isinstance(stored, dict) and "rest" in stored:
            return json.loads(stored["rest"]) | stored
        return stored


def _owner(row: Row, platform: str) -> str:
    said = row.get("tenant")
    return said if isinstance(said, str) and TENANT.fullmatch(said) else platform


def accept(row: Row, now: float, occurrence: int = 0) -> Line:
    """*row* as a line; anything is taken, whatever its members hold.

    ``now`` is the time of a row without one (``time``, or as many loggers say it
    ``timestamp``), and of one from the future. A span's id
    follows from its service and span id, another line's from what it says and from how
    many like it (*occurrence*) came before it in its batch.
    """
    safe = _bounded(redaction.redact(row))
    told = {k: v for k, v in safe.items() if k not in PLACED}
    service, message = _text(safe.get("service"), "-"), _text(safe.get("message"), "")
    exception = _text(safe.get("exception"), None)
    span = _span(safe) if row.get("kind") == "span" else {}
    line = Line(
        id=_id(row, span, service, occurrence),
        time=_moment(row.get("time", row.get("timestamp")), now),
        level=level(safe.get("level")),
        service=service[:100],
        message=message,
        exception=exception,
        request_id=_text(safe.get("request_id"), None, 128),
        details=told if len(json.dumps(told)) <= LARGEST else {"dropped": "too large"},
        **_ids(row),
        **span,
    )
    if _is_error(line):
        line.fingerprint = fingerprint(service, message, exception)
    return line


def _is_error(line: Line) -> bool:
    if line.kind == "span":
        return str(line.status)[:1] == "5" or line.status == "error"
    return line.level in ("error", "critical")


def _span(safe: Row) -> Row:
    status = safe.get("status")
    return {
        "kind": "span",
        "operation": _text(safe.get("operation"), "-", 200),
        "status": status if isinstance(status, int) else _text(status, "ok", 50),
        "start": _number(safe.get("start")),
        "duration_ms": max(0.0, _number(safe.get("duration_ms")) or 0.0),
    }


def _ids(row: Row) -> Row:
    """Hexadecimal ids alone: they are not redacted, so nothing else may pass."""
    found = {}
    for name in ("trace_id", "span_id", "parent_id"):
        given = row.get(name)
        if isinstance(given, str) and HEX.match(given.lower()):
            found[name] = given.lower()
    return found


def _id(row: Row, span: Row, service: str, occurrence: int) -> str:
    if span and row.get("span_id"):
        parts = ["span", service, str(row["span_id"])]
    else:
        parts = ["line", json.dumps(row, sort_keys=True, default=str), str(occurrence)]
    text = "\x1f".join(parts).encode(errors="surrogatepass")
    return hashlib.sha256(text).hexdigest()[:32]


def _bounded(value: Any, depth: int = 0) -> Any:
    match value:
        case str():
            return _text(value, "")
        case float() if not math.isfinite(value):
            return str(value)
        case dict() | list() if depth >= DEEPEST:
            return "…"
        case dict():
            return _bounded_members(value, depth + 1)
        case list():
            return [_bounded(item, depth + 1) for item in value[:WIDEST]]
    return value


def _bounded_members(value: Row, depth: int) -> Row:
    pairs = list(value.items())[:WIDEST]
    return {_text(name, "", 200): _bounded(held, depth) for name, held in pairs}


def _text(value: Any, default: Any, longest: int = LONGEST) -> Any:
    """Text that a database takes: no NUL, no half of a surrogate pair."""
    if value is None:
        return default
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if not text.isascii() or "\x00" in text:
        text = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return text if len(text) <= longest else text[:longest] + "…"


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _moment(value: Any, now: float) -> float:
    """Epoch seconds of a number or of ISO 8601."""
    number = _number(value)
    if number is None:
        try:
            number = datetime.fromisoformat(str(value)).timestamp()
        except (ValueError, OverflowError):
            return now
    return number if 0 < number < now + AHEAD else now
