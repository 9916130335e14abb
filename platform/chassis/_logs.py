"""Logs: one JSON object a line on stdout; the access line is the span."""

import json
import logging
import os
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from chassis import _context

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
# The message once more, as uvicorn has it for terminals.
_LEFT_OUT = _STANDARD | {"color_message"}


@dataclass(frozen=True, slots=True)
class Began:
    """When something began: ``at`` is epoch seconds."""

    at: float = field(default_factory=time.time)
    _ticks: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Since then, by a clock that nobody sets: the other may have been."""
        return time.monotonic() - self._ticks


class JsonFormatter(logging.Formatter):
    """A record and the current context as one line of JSON."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        context = _context.current()
        line: dict[str, Any] = {
            "time": record.created,
            "level": record.levelname.lower(),
            "service": self._service,
            "message": record.getMessage(),
            "tenant": context.tenant,
            "trace_id": context.trace_id,
            "span_id": context.span_id,
            "request_id": context.request_id,
        }
        line |= {k: v for k, v in vars(record).items() if k not in _LEFT_OUT}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(service: str) -> None:
    """Send every logger's records to stdout as JSON, from LOG_LEVEL (INFO) upwards."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(os.environ.get("LOG_LEVEL", "INFO").upper())
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("nats").setLevel(logging.WARNING)


def span(operation: str, began: Began, status: int, **details: Any) -> None:
    """Write the access line of one request or event, which ends now."""
    context = _context.current()
    failed = status >= 500 or status == 424
    logging.getLogger("chassis.span").log(
        logging.WARNING if failed else logging.INFO,
        "%s %s",
        operation,
        status,
        extra={
            "kind": "span",
            "operation": operation,
            "status": status,
            "start": began.at,
            "duration_ms": round(began.seconds * 1000, 3),
            "parent_id": context.parent_id,
            "outcome": "error" if failed else "ok",
            **details,
        },
    )
