"""Logs: one JSON object a line on stdout; the access line is the span."""

import json
import logging
import os
import sys
import time
from typing import Any

from chassis import _context

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
# The message once more, as uvicorn has it for terminals.
_LEFT_OUT = _STANDARD | {"color_message"}


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


def span(operation: str, started: float, status: int, **details: Any) -> None:
    """Write the access line of one request or event; *started* is epoch seconds."""
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
            "start": started,
            "duration_ms": round((time.time() - started) * 1000, 3),
            "parent_id": context.parent_id,
            "outcome": "error" if failed else "ok",
            **details,
        },
    )
