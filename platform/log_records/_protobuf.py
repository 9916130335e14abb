"""OTLP/HTTP in protobuf, the encoding that exporters use unless told otherwise."""

import base64
from typing import Any

Row = dict[str, Any]
IDS = ("traceId", "spanId", "parentSpanId")
MEDIA_TYPE = "application/x-protobuf"


def decoded(body: bytes) -> Row:
    """*body* as OTLP's JSON; ValueError when it is neither spans nor logs.

    Both requests have the same field numbers at the top, so a body is read as spans
    first: only a span has its trace id as bytes in field 1, where a log record has its
    time.
    """
    # Imported when the first one comes: the runtime takes 6 MB, which most never need.
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces

    for request, holds in (
        (traces.ExportTraceServiceRequest, _has_spans),
        (logs.ExportLogsServiceRequest, _has_any),
    ):
        try:
            found = MessageToDict(request.FromString(body), use_integers_for_enums=True)
        except DecodeError:
            continue
        if holds(found):
            return _with_hexadecimal_ids(found)
    if body:
        raise ValueError("neither spans nor log records")
    return {"resourceLogs": []}


def _has_spans(found: Row) -> bool:
    return any(
        span.get("traceId")
        for group in found.get("resourceSpans", ())
        for scope in group.get("scopeSpans", ())
        for span in scope.get("spans", ())
    )


def _has_any(found: Row) -> bool:
    return "resourceLogs" in found


def _with_hexadecimal_ids(value: Any) -> Any:
    """Protobuf's JSON has bytes as base64, OTLP's has ids as hexadecimal digits."""
    if isinstance(value, list):
        return [_with_hexadecimal_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64decode(held).hex()
        if name in IDS
        else _with_hexadecimal_ids(held)
        for name, held in value.items()
    }
