"""Whether a definition is one of flagd's (https://flagd.dev/schema/v0/flags.json)."""

from collections.abc import Iterator, Mapping
from typing import Any

from openfeature.contrib.tools.flagd.core.targeting.targeting import OPERATORS

MEMBERS = {"state", "variants", "defaultVariant", "targeting", "metadata"}
ITERATING = {"map", "filter", "all", "some", "none"}
LAZY = {"if", "?:", "and", "or"}
KNOWN = {*OPERATORS, *LAZY, *ITERATING}
# A few bytes of it can ask for gigabytes: doubling what it has gathered, thirty times.
REFUSED = {"reduce", "log"}
KINDS = {bool: "boolean", str: "string", int: "number", float: "number", dict: "object"}


class BadFlag(ValueError):
    """The message says what is wrong, and where."""


def check(definition: Any) -> None:
    """BadFlag unless *definition* is a flag that can be evaluated."""
    for fault in _faults(definition):
        raise BadFlag(fault)


def kind(value: Any) -> str | None:
    """The type of a flag with that variant; None where there is none of it."""
    return KINDS.get(type(value))


def _faults(definition: Any) -> Iterator[str]:
    if not isinstance(definition, dict):
        yield "a flag is an object with state and variants"
        return
    for name in sorted(set(definition) - MEMBERS):
        yield f"{name} is no member of a flag"
    if definition.get("state") not in ("ENABLED", "DISABLED"):
        yield "state is ENABLED or DISABLED"
    yield from _wrong_variants(definition)
    yield from _wrong_metadata(definition.get("metadata", {}))
    targeting = definition.get("targeting", {})
    if not isinstance(targeting, dict):
        yield "targeting is an object"
    yield from _wrong_rule(targeting, "targeting", iterating=False)


def _wrong_variants(definition: Mapping[str, Any]) -> Iterator[str]:
    variants = definition.get("variants")
    if not isinstance(variants, dict) or not variants:
        yield "variants is an object with at least one member"
        return
    kinds = {kind(value) for value in variants.values()}
    if None in kinds or len(kinds) > 1:
        yield "variants are all booleans, all strings, all numbers or all objects"
    default = definition.get("defaultVariant")
    if default is not None and (type(default) is not str or default not in variants):
        yield f"defaultVariant {default} is not among the variants"


def _wrong_metadata(metadata: Any) -> Iterator[str]:
    if not isinstance(metadata, dict):
        yield "metadata is an object"
        return
    for name, value in metadata.items():
        if not isinstance(value, bool | str | int | float) or not name:
            yield f"metadata {name} is a boolean, a string or a number"


def _wrong_rule(rule: Any, place: str, *, iterating: bool) -> Iterator[str]:
    if isinstance(rule, list):
        for number, each in enumerate(rule):
            yield from _wrong_rule(each, f"{place}[{number}]", iterating=iterating)
    elif isinstance(rule, dict):
        if len(rule) > 1:
            yield f"{place} has more than one operator"
        for name, arguments in rule.items():
            yield from _wrong_operator(name, place, iterating=iterating)
            within = iterating or name in ITERATING
            yield from _wrong_rule(arguments, f"{place}.{name}", iterating=within)


def _wrong_operator(name: str, place: str, *, iterating: bool) -> Iterator[str]:
    if name not in KNOWN or name in REFUSED:
        yield f"{place} has the operator {name}, which is not evaluated here"
    if iterating and name in ITERATING:
        yield f"{place} iterates within an iteration"
