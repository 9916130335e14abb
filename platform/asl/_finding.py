"""What is wrong with a definition, and where."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from asl._fields import Rule, unknown
from asl._templates import escape


class Finding(NamedTuple):
    """*place* is a JSON pointer (RFC 6901) into the definition."""

    place: str
    message: str


Findings = Iterator[Finding]


def under(place: str, field: str | int) -> str:
    return f"{place}/{escape(str(field))}"


def fields(value: dict[str, Any], rules: dict[str, Rule], place: str) -> Findings:
    """Fields that are unknown, and fields whose value their rule refuses."""
    for field, held in value.items():
        rule = rules.get(field)
        message = rule(held) if rule else unknown(field)
        if message:
            yield Finding(under(place, field), message)
