"""Layers of a PDF that are not shown: drafts, other languages, notes for the printer.

ISO 32000-1, 8.11. What is shown is what the file's own default says, as in a reader
that was just opened.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

_DAMAGED = (AttributeError, KeyError, TypeError, ValueError)


class Layers:
    """Which of a file's layers are hidden."""

    def __init__(self, reader: Any) -> None:
        self._hidden: set[int] = set()
        with contextlib.suppress(*_DAMAGED):
            told = reader.root_object["/OCProperties"].get_object()
            default = told["/D"].get_object()
            if default.get("/BaseState") == "/OFF":
                self._hidden |= {*_numbers(told.get("/OCGs"))}
                self._hidden -= {*_numbers(default.get("/ON"))}
            self._hidden |= {*_numbers(default.get("/OFF"))}

    def __bool__(self) -> bool:
        return bool(self._hidden)

    def hide(self, held: Any, key: str) -> bool:
        """Whether what belongs to the layer (or the group of layers) that *held* has
        under *key* is hidden."""
        if not self._hidden:
            return False
        with contextlib.suppress(*_DAMAGED):
            place = held.raw_get(key)
            group = place.get_object()
            if group.get("/Type") != "/OCMD":
                return place.idnum in self._hidden
            hidden = [number in self._hidden for number in _of_group(group)]
            needs_all = group.get("/P") == "/AllOn"
            return any(hidden) if needs_all else bool(hidden) and all(hidden)
        return False


def _of_group(group: Any) -> Iterator[int]:
    held = group.raw_get("/OCGs")
    if isinstance(held.get_object(), list):
        return _numbers(held)
    return iter([held.idnum])


def _numbers(held: Any) -> Iterator[int]:
    """The numbers of the objects that a list refers to."""
    for place in held.get_object() if held is not None else ():
        if (number := getattr(place, "idnum", None)) is not None:
            yield number
