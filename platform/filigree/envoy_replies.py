"""What Envoy says when it answers itself: the taxonomy's one shape, and a remedy.

An answer of a service passes untouched; only Envoy's own refusals and failures are
told here, as ``application/problem+json`` that names who failed and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from filigree import envoy_routes
from filigree.declarations import Declaration

CALLEE = "%REQ(:AUTHORITY)%"
ASKED = "%REQ(:METHOD)% %PATH(NQ)%"
# Nobody sends it. What is absent is null where it stands alone, which a failure's
# members never are, and nothing where it is a part of a text.
NOTHING = "%REQ(X-FILIGREE-NOTHING)%"
OPERATION, REQUEST = f"%ROUTE_NAME%{NOTHING}", f"%REQ(X-REQUEST-ID)%{NOTHING}"
# Seconds since 1970 with milliseconds: the formatter has no such number of its own.
NOW = (
    "%TYPED_CEL(double(int(request.time)) "
    "+ double(request.time.getMilliseconds()) / 1000.0)%"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the taxonomy, as chassis.errors has it; a test compares the two."""

    error: str
    severity: str
    retryable: bool
    title: str


DENIED = Kind("authorization_error", "medium", False, "This is not allowed")
LATE = Kind("timeout_error", "high", True, "It took too long")
FAILED = Kind("external_service_error", "high", True, "Another system failed")
ABSENT = Kind("not_found_error", "low", False, "There is no such thing")
BAD = Kind("validation_error", "low", False, "The request is not acceptable")

# Envoy's response flags, with what they mean for one who calls.
FLAGS = {
    "UH": ("EJECTED", "failed repeatedly and is left alone for a while"),
    "UF": ("UNREACHABLE", "does not accept connections"),
    "UO": ("OVERFLOW", "has as many requests under way as this edge allows"),
    "UC": ("RESET", "closed the connection before it answered"),
}


def egress(
    caller: str, declaration: Declaration | None, absent: Iterable[str] = ()
) -> dict[str, Any]:
    """The replies of a caller's egress listener, in a mesh without the *absent*."""
    if declaration is None:
        remedy = "It has no such operation: see contracts/openapi/."
    else:
        remedy = f"Declare the operation under `calls:` in {declaration.path}."
    denied = f"{caller} may not call {CALLEE}: {ASKED}. {remedy}"
    refused = {"upstream": CALLEE, "caller": caller}
    declared = {"declare_in": str(declaration.path)} if declaration else {}
    return {
        "mappers": [
            _mapper(
                _status(403), _body(DENIED, denied, "UNDECLARED", refused | declared)
            ),
            *(_not_started(callee, refused) for callee in absent),
            *_failures(CALLEE, refused),
        ]
    }


def inbound(service: str) -> dict[str, Any]:
    """The replies of the listener on a service's port."""
    denied = (
        f"{ASKED} is not open here: only probes, /metrics and /openapi.json are. "
        f"Make the call with: filigree call {service} {ASKED}"
    )
    upstream = {"upstream": service}
    return {
        "mappers": [
            _unknown_method(upstream),
            _mapper(_status(403), _body(DENIED, denied, "UNDECLARED", upstream)),
            *_failures(service, upstream),
        ]
    }


def _failures(service: str, data: dict[str, Any]) -> list[dict[str, Any]]:
    flagged = [
        _mapper(
            {"response_flag_filter": {"flags": [flag]}},
            _body(FAILED, f"{service} {what}", code, data, service),
        )
        for flag, (code, what) in FLAGS.items()
    ]
    late = f"{service} did not answer in time: {ASKED}"
    slow = "not all of the request came in time"
    bad = "this is not a request that the mesh passes on (%RESPONSE_CODE_DETAILS%)"
    otherwise = f"{service} could not be reached (%RESPONSE_CODE_DETAILS%)"
    return [
        _mapper(_status(504), _body(LATE, late, "TIMEOUT", data | {"timed_out": True})),
        _mapper(_status(408), _body(LATE, slow, "SLOW", data)),
        *flagged,
        # Of a framing that Envoy does not have: no failure of who is behind it.
        _mapper(_status(501), _body(BAD, bad, "BAD_REQUEST", data)),
        _mapper(_status(404), _body(ABSENT, bad, "NOT_FOUND", data)),
        _mapper(_status(500, "GE"), _body(FAILED, otherwise, "UNREACHABLE", data)),
        _mapper(_status(400, "GE"), _body(BAD, bad, "BAD_REQUEST", data)),
    ]


def _unknown_method(data: dict[str, Any]) -> dict[str, Any]:
    """501, also where Envoy itself refuses what the method wants: a CONNECT without a
    way on, a QUERY that does not say what it asks in. What Envoy knows as no method at
    all is a bad request."""
    why = "%REQ(:METHOD)% is no method that is known here"
    unknown = {"header_filter": {"header": envoy_routes.UNKNOWN}}
    return _mapper(unknown, _body(BAD, why, "METHOD", data)) | {"status_code": 501}


def _not_started(callee: str, data: dict[str, Any]) -> dict[str, Any]:
    asked = {"name": ":authority", "string_match": {"exact": callee}}
    why = (
        f"{callee} is not part of this mesh, which was started without it. "
        "`filigree up` without names starts every service."
    )
    return _mapper(
        {"header_filter": {"header": asked}},
        _body(FAILED, why, "NOT_STARTED", data, callee),
    )


def _status(value: int, op: str = "EQ") -> dict[str, Any]:
    wanted = {"default_value": value, "runtime_key": "filigree.none"}
    return {"status_code_filter": {"comparison": {"op": op, "value": wanted}}}


def _mapper(when: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    told = {"content_type": "application/problem+json", "json_format": body}
    told["omit_empty_values"] = True
    return {"filter": when, "body_format_override": told}


def _body(
    kind: Kind, message: str, code: str, data: dict[str, Any], service: str = CALLEE
) -> dict[str, Any]:
    return {
        "type": f"/errors/{kind.error}",
        "title": kind.title,
        "status": "%RESPONSE_CODE%",
        "error": kind.error,
        "message": message,
        "error_code": code,
        "severity": kind.severity,
        "service": data["upstream"] if service == CALLEE else service,
        "operation": OPERATION,
        "retryable": kind.retryable,
        "retry_count": 0,
        "timestamp": NOW,
        "additional_data": {"request_id": REQUEST, **data},
    }
