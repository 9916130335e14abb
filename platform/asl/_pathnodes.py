"""What a path is made of, once parsed (RFC 9535 names the parts)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    at: int


@dataclass(frozen=True, slots=True)
class Slice:
    start: int | None
    stop: int | None
    step: int | None


@dataclass(frozen=True, slots=True)
class Every:
    """All members or items: ``*``."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Query:
    """A path inside a filter: from the item (``@``) or from the whole (``$``)."""

    from_item: bool
    segments: "tuple[Segment, ...]"


@dataclass(frozen=True, slots=True)
class Compare:
    left: Literal | Query
    sign: str
    right: Literal | Query


@dataclass(frozen=True, slots=True)
class Exists:
    query: Query


@dataclass(frozen=True, slots=True)
class Not:
    test: "Test"


@dataclass(frozen=True, slots=True)
class AnyOf:
    tests: "tuple[Test, ...]"


@dataclass(frozen=True, slots=True)
class AllOf:
    tests: "tuple[Test, ...]"


Test = Compare | Exists | Not | AnyOf | AllOf


@dataclass(frozen=True, slots=True)
class Filter:
    test: Test


Selector = Key | Index | Slice | Every | Filter


@dataclass(frozen=True, slots=True)
class Segment:
    """What to select from every node, or (*descend*) from all below it as well."""

    selectors: tuple[Selector, ...]
    descend: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """*steps* are names and indexes when the path names one place, else ``None``."""

    text: str
    of_context: bool
    segments: tuple[Segment, ...]
    steps: tuple[str | int, ...] | None
