"""Fields: what is said of an uploaded file, beside it."""

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
Schema = dict[str, Any]
FORM = "multipart/form-data"


def of_form(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A form's text fields: one that is repeated, or holds a JSON list, is a list."""
    fields: dict[str, Any] = {}
    for name, text in items:
        if not isinstance(text, str):
            continue
        value = _value(text)
        if name in fields:
            value = [*_listed(fields[name]), *_listed(value)]
        fields[name] = value
    return fields


def of_query(request: Request) -> dict[str, Any]:
    """The fields of a body that has no place for them."""
    given = request.query_params.items()
    return {name: text for name, text in given if not is_for_caches(name)}


def is_for_caches(parameter: str) -> bool:
    """Whether it is meant for caches on the way alone (``?_=1``)."""
    return parameter.startswith("_")


def require_known(fields: Iterable[str], known: type[BaseModel] | None) -> None:
    """RequestValidationError for a field that *known* does not name, as of a body that
    admits no other: one that is misspelt would say nothing."""
    names = known.model_fields if known else {}
    there = f"there is only {', '.join(names)}" if names else "a file stands alone here"
    told = {"type": "extra_forbidden", "msg": there}
    faults = [told | {"loc": ("body", each)} for each in fields if each not in names]
    if faults:
        raise RequestValidationError(faults)


def checked(fields: dict[str, Any], model: type[M], *, is_form: bool) -> M:
    """The fields as *model*; RequestValidationError with each fault and its place.

    In a form, one value of a list is that list.
    """
    wanted = model.model_json_schema()["properties"] if is_form else {}
    given = {
        name: _listed(value) if wanted.get(name, {}).get("type") == "array" else value
        for name, value in fields.items()
    }
    try:
        return model.model_validate(given)
    except ValidationError as exc:
        found = [each | {"loc": ("body", *each["loc"])} for each in exc.errors()]
        raise RequestValidationError(found) from exc


def described(body: Schema, model: type[BaseModel] | None) -> Schema:
    """An upload's request body in OpenAPI, with the fields of *model* beside the file.

    A table or a list as the body has no place for them.
    """
    if model is None:
        return body
    told = model.model_json_schema()["properties"]
    form, other = (
        body["content"][kind]["schema"] for kind in (FORM, "application/json")
    )
    [in_json] = [one for one in other["oneOf"] if one["type"] == "object"]
    kinds = {FORM: form, "application/json": in_json}
    content = {
        kind: {"schema": schema | {"properties": schema["properties"] | told}}
        for kind, schema in kinds.items()
    }
    return body | {"content": content}


def _value(text: str) -> Any:
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
