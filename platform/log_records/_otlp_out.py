"""Lines to OTLP/HTTP JSON (OpenTelemetry Protocol 1.x), for any collector."""

from collections.abc import Iterable
from typing import Any

from contracts.operations.logs import Line
from log_records._levels import SEVERITY

LOGS, TRACES = "/v1/logs", "/v1/traces"
SERVER, OK, ERROR = 2, 1, 2  # SPAN_KIND_SERVER, STATUS_CODE_OK, STATUS_CODE_ERROR


def to_otlp(
    lines: Iterable[tuple[str, Line]],
) -> dict[str, tuple[dict[str, Any], int]]:
    """Requests by path (``/v1/logs``, ``/v1/traces``) for (tenant, line) pairs, each
    with the number of lines in it."""
    logs: dict[str, list[Any]] = {}
    spans: dict[str, list[Any]] = {}
    for tenant, line in lines:
        if line.kind == "span" and line.span_id and line.trace_id:
            spans.setdefault(line.service, []).append(_span(tenant, line))
        else:
            logs.setdefault(line.service, []).append(_log(tenant, line))
    made = {}
    if logs:
        body = {"resourceLogs": _grouped(logs, "scopeLogs", "logRecords")}
        made[LOGS] = (body, sum(map(len, logs.values())))
    if spans:
        body = {"resourceSpans": _grouped(spans, "scopeSpans", "spans")}
        made[TRACES] = (body, sum(map(len, spans.values())))
    return made


def _grouped(by_service: dict[str, list[Any]], scopes: str, name: str) -> list[Any]:
    return [
        {
            "resource": {"attributes": _attributes({"service.name": service})},
            scopes: [{"scope": {"name": "filigree"}, name: items}],
        }
        for service, items in by_service.items()
    ]


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": _value(value)}
        for key, value in values.items()
        if value is not None
    ]


def _value(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case list():
            return {"arrayValue": {"values": [_value(item) for item in value]}}
        case dict():
            return {"kvlistValue": {"values": _attributes(value)}}
    return {"stringValue": str(value)}


def _nanoseconds(seconds: float) -> str:
    return str(round(seconds * 1e6) * 1000)


def _log(tenant: str, line: Line) -> dict[str, Any]:
    said = {"tenant": tenant, "request_id": line.request_id, **line.details}
    record = {
        "timeUnixNano": _nanoseconds(line.time),
        "severityNumber": SEVERITY[line.level],
        "severityText": line.level.upper(),
        "body": {"stringValue": line.message},
        "attributes": _attributes({**said, "exception.stacktrace": line.exception}),
        "traceId": line.trace_id,
        "spanId": line.span_id,
    }
    return {key: value for key, value in record.items() if value}


def _span(tenant: str, line: Line) -> dict[str, Any]:
    start = line.time if line.start is None else line.start
    end = start + (line.duration_ms or 0.0) / 1000
    said = {"tenant": tenant, "request_id": line.request_id, **line.details}
    if isinstance(line.status, int):
        said["http.response.status_code"] = line.status
    record = {
        "traceId": line.trace_id,
        "spanId": line.span_id,
        "parentSpanId": line.parent_id,
        "name": line.operation,
        "kind": SERVER,
        "startTimeUnixNano": _nanoseconds(start),
        "endTimeUnixNano": _nanoseconds(end),
        "status": {"code": ERROR if line.fingerprint else OK},
        "attributes": _attributes(said),
    }
    return {key: value for key, value in record.items() if value}
