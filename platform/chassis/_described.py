"""What a service's OpenAPI document says of every operation beside its own.

FastAPI knows neither the one shape of failures nor the Idempotency-Key. Both follow
from what a route declares; a failure that only its handler knows of is the default's.
"""

from collections.abc import Iterator
from typing import Any

from chassis import errors

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "title": "Idempotency-Key"},
    "description": (
        "One of the caller's own for what is meant, such as a UUID. A repeat under it "
        "does nothing again and gets the first answer; under another request it is a "
        "conflict."
    ),
}
TEXT, NUMBER, TRUTH = ({"type": each} for each in ("string", "number", "boolean"))
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "Any failure: RFC 9457's problem details, and members of our own.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": TEXT,
        "status": {"type": "integer"},
        "error": {"type": "string", "enum": [*errors.TABLE]},
        "message": TEXT,
        "error_code": TEXT,
        "severity": {"type": "string", "enum": ["low", "medium", "high", "critical"]},
        "service": TEXT,
        "operation": TEXT,
        "retryable": TRUTH,
        "retry_count": {"type": "integer", "minimum": 0},
        "timestamp": NUMBER,
        "additional_data": {
            "type": "object",
            "properties": {"request_id": TEXT},
            "required": ["request_id"],
            "additionalProperties": True,
        },
    },
}
PROBLEM["required"] = [*PROBLEM["properties"]]
FAILS = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
    "text/html": {"schema": TEXT},  # for a browser, which asks for it by name
}
REST = "Failure"
REST_SAID = (
    "Any other failure, of the service or of what it calls: 502, 503, 504 or 507, and "
    "424 between services."
)
FRAMEWORKS = ("HTTPValidationError", "ValidationError")  # a shape that nothing has

UNCHANGED = {"description": "It is as If-None-Match says that the caller knows it"}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """*document* with the failures of its operations, and the key where one counts."""
    for path, methods in document["paths"].items():
        for method, spec in methods.items():
            _complete(spec, path)
            if method == "get" and path.endswith("}"):
                spec["responses"].setdefault("304", UNCHANGED)
    components = document.setdefault("components", {})
    known = components.setdefault("schemas", {})
    for name in FRAMEWORKS:
        known.pop(name, None)
    known["Problem"] = PROBLEM
    meanings = errors.MEANINGS.values()
    told = {each.__name__: _response(each.__doc__ or "") for each in meanings}
    components["responses"] = told | {REST: _response(REST_SAID)}
    return document


def _complete(spec: dict[str, Any], path: str) -> None:
    spec["responses"].pop("422", None)
    for each in spec.get("parameters", ()):
        each["schema"] = _sent(each["schema"])
    if "x-stream" in spec:
        _streamed(spec["responses"]["200"]["content"])
    if spec.get("x-retry") == "keyed":
        spec.setdefault("parameters", []).append(KEY)
    if "x-anonymous" in spec:
        spec["security"] = []
    for status in _failures(spec, path):
        meant = errors.MEANINGS[status].__name__
        told = spec["responses"].setdefault(str(status), _reference(meant))
        if "content" in told:  # of its handler; others fail on the way to that
            told["content"] |= FAILS
    spec["responses"]["default"] = _reference(REST)


def _sent(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be None: it is left out then, and "null" is a text."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(kinds) == len(schema.get("anyOf", ())):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return rest | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds})


def _streamed(content: dict[str, Any]) -> None:
    """Server-sent events are an answer, too; the only one where JSON is of no kind."""
    if content.get("application/json") == {"schema": {}}:
        del content["application/json"]
    content["text/event-stream"] = {"schema": TEXT}


def _failures(spec: dict[str, Any], path: str) -> Iterator[int]:
    """The statuses that follow from what the operation takes and who may call it."""
    given = {each["name"].lower() for each in spec.get("parameters", ())}
    can = {
        400: bool(given) or "requestBody" in spec,
        401: "x-anonymous" not in spec,
        403: "x-roles" in spec,
        404: "{" in path,
        409: "idempotency-key" in given,
        412: "if-match" in given,
        422: "requestBody" in spec,
        429: "x-public" in spec,
        504: True,
    }
    yield from (status for status, is_one in can.items() if is_one)


def _response(said: str) -> dict[str, Any]:
    return {"description": " ".join(said.split()), "content": FAILS}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/responses/{name}"}
