"""OTLP/HTTP JSON (OpenTelemetry Protocol 1.x) to rows."""

from typing import Any

from log_records._levels import of_severity

Row = dict[str, Any]
ERROR = 2  # STATUS_CODE_ERROR
STATUS = ("http.response.status_code", "http.status_code", "rpc.grpc.status_code")


def from_otlp(body: dict[str, Any]) -> list[Row]:
    """The rows of an ExportLogsServiceRequest or an ExportTraceServiceRequest.

    AttributeError, TypeError or ValueError when it is neither.
    """
    rows = []
    for group in body.get("resourceLogs") or ():
        about = attributes(group.get("resource") or {})
        rows += [_log(about, item) for item in _items(group, "scopeLogs", "logRecords")]
    for group in body.get("resourceSpans") or ():
        about = attributes(group.get("resource") or {})
        rows += [_span(about, item) for item in _items(group, "scopeSpans", "spans")]
    return rows


def _items(group: Row, scopes: str, name: str) -> list[Row]:
    return [item for scope in group.get(scopes) or () for item in scope.get(name) or ()]


def attributes(holder: Row) -> Row:
    """A KeyValue list as an object."""
    return {
        str(pair["key"]): value(pair.get("value") or {})
        for pair in holder.get("attributes") or ()
    }


def value(any_value: Row) -> Any:
    """An AnyValue; 64-bit integers are strings in OTLP's JSON."""
    for kind, held in any_value.items():
        if kind == "intValue":
            return int(held)
        if kind == "arrayValue":
            return [value(item) for item in held.get("values") or ()]
        if kind == "kvlistValue":
            return attributes({"attributes": held.get("values")})
        return held
    return None


def _seconds(nanoseconds: Any) -> float | None:
    return int(nanoseconds) / 1e9 if int(nanoseconds or 0) else None


def _common(about: Row, item: Row) -> Row:
    said = attributes(item)
    tenant = said.pop("tenant", None) or about.get("tenant")
    row = {
        "service": about.get("service.name"),
        "tenant": tenant,
        "trace_id": item.get("traceId"),
        "span_id": item.get("spanId"),
    }
    return said | {k: v for k, v in row.items() if v}


def _log(about: Row, item: Row) -> Row:
    row = _common(about, item)
    moment = item.get("timeUnixNano") or item.get("observedTimeUnixNano")
    row["time"] = _seconds(moment)
    row["level"] = item.get("severityText") or of_severity(item.get("severityNumber"))
    row["message"] = value(item.get("body") or {})
    if "exception.stacktrace" in row:
        row["exception"] = row.pop("exception.stacktrace")
    return row


def _span(about: Row, item: Row) -> Row:
    row = _common(about, item)
    start = _seconds(item.get("startTimeUnixNano")) or 0.0
    end = _seconds(item.get("endTimeUnixNano")) or start
    failed = (item.get("status") or {}).get("code") in (ERROR, "STATUS_CODE_ERROR")
    status = _status(row, failed)
    return row | {
        "kind": "span",
        "level": "warning" if failed else "info",
        "time": end,
        "start": start,
        "duration_ms": max(0.0, (end - start) * 1000),
        "parent_id": item.get("parentSpanId"),
        "operation": item.get("name"),
        "status": status,
        "message": f"{item.get('name')} {status}",
    }


def _status(row: Row, failed: bool) -> Any:
    """The protocol's own status where the span has one, taken out of *row*."""
    given = [row.pop(name) for name in STATUS if name in row]
    return next(iter(given), "error" if failed else "ok")
