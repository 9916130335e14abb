"""JSON: objects as rows, each value with the name that it has."""

import json
from typing import Any

from extraction import _clean, _tables
from extraction._builder import Builder
from extraction._limits import Limits


def is_json(text: str) -> bool:
    """Whether *text* is an object or a list; a text may begin like one."""
    try:
        return text.lstrip()[:1] in ("{", "[") and json.loads(text) is not None
    except ValueError:
        return False


def read(text: str, builder: Builder, limits: Limits) -> None:
    # Numbers stay as they are written.
    value = json.loads(text, parse_int=str, parse_float=str)
    if isinstance(value, dict):
        builder.title = str(value.get("title") or value.get("name") or "")
    _place(value, builder, 1)


def _place(value: Any, builder: Builder, level: int) -> None:
    """An object's plain values are a row; what else has a name stands below it."""
    if isinstance(value, list):
        for each in value:
            _place(each, builder, level)
    elif isinstance(value, dict):
        value = {name: _held(each) for name, each in _told(value).items()}
        plain = {name: _plain(each) for name, each in value.items() if _is_plain(each)}
        builder.table_row(_tables.row([*plain], [*plain.values()]))
        for name, each in value.items():
            if name not in plain:
                builder.heading(name, level)
                _place(each, builder, level + 1)
    else:
        builder.list_item(_plain(value))


def _told(value: dict[str, Any]) -> dict[str, Any]:
    """*value* without what JSON-LD says of its own form, such as ``@type``."""
    return {name: each for name, each in value.items() if not name.startswith("@")}


def _held(value: Any) -> Any:
    """What an object of JSON-LD holds that holds but one value, as an answer does."""
    is_linked = isinstance(value, dict) and "@type" in value
    told = _told(value) if is_linked else {}
    [only] = told.values() if len(told) == 1 else [value]
    return only if _is_plain(only) else value


def _is_plain(value: Any) -> bool:
    """Whether it fits in a row: one value, or a list of such."""
    held = value if isinstance(value, list) else [value]
    return not any(isinstance(each, dict | list) for each in held)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_plain, value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else _clean.unmarked(str(value))
