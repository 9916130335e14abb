"""Schemas: whether a value is one that a JSON Schema admits, whoever wrote the schema.

One may come from a stranger. So nothing is fetched for it: a reference leads to a place
in the schema itself. A pattern takes time by the length of the text alone, and all of
it so many steps: a page of references to one another may else take years. What cannot
be decided like that is not admitted.
"""

import itertools
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import jsonschema
import pydantic_core
import referencing
from jsonschema.validators import extend
from pydantic_core import core_schema
from referencing.exceptions import Unresolvable

__all__ = ["admits", "fault"]

STEPS = 20_000  # keywords that are looked at; a hundredth of a millisecond each
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# They follow references and match patterns uncounted.
UNDECIDED = {"patternProperties", "unevaluatedItems", "unevaluatedProperties"}
Errors = Iterator[jsonschema.ValidationError]
Keyword = Callable[[Any, Any, Any, Any], Errors | None]


class _Undecided(Exception):
    """Whether the value is admitted is not to be found out."""


_steps: ContextVar[Iterator[int]] = ContextVar("steps")


def admits(schema: dict[str, Any], value: Any) -> bool:
    """Whether *schema* (draft 2020-12) admits *value*; not where that is undecided."""
    _steps.set(iter(range(STEPS)))
    try:
        _require_own_dialect(schema)
        return _Validator(schema, registry=referencing.Registry()).is_valid(value)
    except (_Undecided, RecursionError):
        return False
    except (jsonschema.exceptions.UnknownType, Unresolvable):
        return False
    except (AttributeError, LookupError, TypeError, ValueError):  # it is no schema
        return False


def fault(schema: dict[str, Any]) -> str | None:
    """Why *schema* is no JSON Schema (draft 2020-12); None where it is one."""
    try:
        _KNOWN.check_schema(schema)
    except jsonschema.SchemaError as exc:
        return exc.message
    return None


def _require_own_dialect(schema: Any) -> None:
    """A part in another dialect would be looked at by that one's keywords."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if part.get("$schema", DIALECT) != DIALECT:
                raise _Undecided
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _counted(keyword: Keyword) -> Keyword:
    def looked_at(validator: Any, given: Any, value: Any, schema: Any) -> Errors:
        if next(_steps.get(), None) is None or UNDECIDED & schema.keys():
            raise _Undecided
        yield from keyword(validator, given, value, schema) or ()

    return looked_at


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Errors:
    if isinstance(value, str) and not _is_match(pattern, value):
        yield jsonschema.ValidationError(f"it does not match {pattern}")


def _is_match(pattern: str, text: str) -> bool:
    try:
        _matching(pattern).validate_python(text)
    except pydantic_core.ValidationError:
        return False
    return True


@lru_cache(maxsize=64)
def _matching(pattern: str) -> pydantic_core.SchemaValidator:
    """By an engine without backtracking; undecided for what only that could match."""
    wanted = core_schema.str_schema(pattern=pattern, regex_engine="rust-regex")
    try:
        return pydantic_core.SchemaValidator(wanted)
    except pydantic_core.SchemaError as exc:
        raise _Undecided from exc


_KNOWN = jsonschema.Draft202012Validator
_Validator = extend(
    _KNOWN,
    {
        name: _counted(keyword)
        for name, keyword in itertools.chain(
            _KNOWN.VALIDATORS.items(), [("pattern", _pattern)]
        )
    },
)
