"""What may stand in a filter: member paths, values, and how much of them."""

import math
from typing import Any

DEPTH = 16  # nested any, all and not
TESTS = 2000  # comparisons in one filter, each item of ``in`` among them
MEMBERS = 16  # in one path
LONGEST = 500  # characters of one path
SHOWN = 100  # characters of the place of a fault

Scalar = str | int | float | bool | None


class BadFilter(ValueError):
    """The filter is not in the language; ``place`` says where, as in ``any[1].due``."""

    def __init__(self, place: str, reason: str) -> None:
        place = place[:SHOWN]
        super().__init__(f"{place}: {reason}" if place else reason)
        self.place = place
        self.reason = reason


def members(path: str) -> tuple[str, ...]:
    """``a.b`` → ("a", "b"); a backslash takes the next character as it is.

    BadFilter when a member is empty, when there are more than 16 or it is too long, or
    when the text cannot be stored in PostgreSQL.
    """
    if len(path) > LONGEST:
        raise BadFilter(path, f"a path has at most {LONGEST} characters")
    found, is_open = _split(path)
    if is_open or not all(found):
        raise BadFilter(path, "a path is names joined by dots, none of them empty")
    if len(found) > MEMBERS:
        raise BadFilter(path, f"a path has at most {MEMBERS} names")
    return tuple(storable(name, path) for name in found)


def _split(path: str) -> tuple[list[str], bool]:
    """The names between the dots; whether it ends with a backslash for what is not
    there."""
    found, quoted = [""], False
    for character in path:
        if quoted or character not in "\\.":
            found[-1] += character
            quoted = False
        elif character == "\\":
            quoted = True
        else:
            found.append("")
    return found, quoted


def storable(text: str, place: str) -> str:
    """*text*, if PostgreSQL can hold it: no NUL, no half of a surrogate pair."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise BadFilter(place, "text holds a NUL or half of a surrogate pair")
    return text


def scalar(value: Any, place: str) -> Scalar:
    """*value*, if it is a string, a finite number, a boolean or null."""
    if isinstance(value, str):
        return storable(value, place)
    if isinstance(value, float) and not math.isfinite(value):
        raise BadFilter(place, "a number must be finite")
    if value is None or isinstance(value, bool | int | float):
        return value
    raise BadFilter(place, "compare with a string, a number, a boolean or null")


def ordered(value: Any, place: str) -> Scalar:
    """*value*, if it has an order: a string or a number."""
    if isinstance(value, bool) or value is None:
        raise BadFilter(place, "only strings and numbers have an order")
    return scalar(value, place)
