"""Fields: what is said of an uploaded file, beside it."""

import json
from collections.abc import Iterable
from typing import Any, TypeVar

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


def described(body: Schema, model: type[BaseModel]) -> Schema:
    """An upload's request body in OpenAPI, with the fields of *model* beside the file.

    A table or a list as the body has no place for them.
    """
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
