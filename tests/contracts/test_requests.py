"""What a request is read as: what its OpenAPI document says, and nothing near it."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

import contracts
from contracts.calendar.slots import Hours
from contracts.closed import Body
from contracts.moments import SHOWN, UNTIL, Clock, Day, Moment, WallMoment
from contracts.zones import MaybeZone, Zone

for _, _name, _ in pkgutil.walk_packages(contracts.__path__, "contracts."):
    importlib.import_module(_name)

ROOT = Path(contracts.__file__).parent
TIMES = [1_700_000_000, 1.5, True, "1700000000", "1700000000.5", "-5", "20260131"]
NOTHING = {"type": "null"}
WRONG: dict[str, list[Any]] = {
    "integer": ["5", 5.0, 5.5, True],
    "number": ["5", True],
    "boolean": [1, 0, "true", "on"],
    "string": [5, 5.5, True],
    "date-time": TIMES,
    "date": TIMES,
    SHOWN: [*TIMES, "09:00Z", "09:00+01:00", "09:00:00.5", "9:00"],
    UNTIL: [*TIMES, "24:01", "24:00:01", "25:00", "9:00"],
}


def bodies(of: type[Body] = Body) -> Iterator[type[Body]]:
    for each in of.__subclasses__():
        yield each
        yield from bodies(each)


def kinds() -> Iterator[tuple[type[Body], str, str]]:
    """Each member of a body that is one scalar: the body, its name, and its kind."""
    for body in {each.__qualname__: each for each in bodies()}.values():
        schema = TypeAdapter(body).json_schema(by_alias=True)
        for name, told in schema.get("properties", {}).items():
            either = [one for one in told.get("anyOf", [told]) if one != NOTHING]
            if len(either) == 1 and "type" in either[0]:
                told = either[0]
                kind = told.get("format") or told.get("pattern") or told["type"]
                kind = kind if kind in WRONG else told["type"]
                if kind in WRONG:
                    yield body, name, kind


def taken() -> Iterator[tuple[str, str, bool]]:
    """Each JSON body with a name: its operation, the name, and whether it is closed."""
    for file in sorted((ROOT / "openapi").glob("*.json")):
        document = json.loads(file.read_text())
        for methods in document["paths"].values():
            for spec in methods.values():
                content = spec.get("requestBody", {}).get("content", {})
                schema = content.get("application/json", {}).get("schema", {})
                if name := schema.get("$ref", "").rpartition("/")[2]:
                    told = document["components"]["schemas"][name]
                    is_closed = told.get("additionalProperties") is False
                    yield f"{file.stem}/{spec['operationId']}", name, is_closed


def test_every_body_is_one_that_is_read_strictly() -> None:
    strict = {each.__name__ for each in bodies()}
    # A body that is a service's own alone is seen to be closed, and so strict.
    lax = [of for of, name, closed in taken() if not closed and name not in strict]
    assert lax == []


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_of_another_kind_is_refused_at_its_place(kind: str) -> None:
    taken = []
    for body, name, what in kinds():
        for wrong in WRONG[kind] if what == kind else ():
            try:
                body.model_validate({name: wrong})
            except ValidationError as exc:
                if name in [each["loc"][0] for each in exc.errors()]:
                    continue
            taken.append((body.__name__, name, wrong))
    assert taken == []


def test_there_are_bodies_with_members_of_every_kind() -> None:
    assert {what for _, _, what in kinds()} == set(WRONG)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Moment, "2026-01-31T09:00:00+01:00"),
        (WallMoment, "2026-01-31T09:00:00"),
        (WallMoment, "2026-01-31"),
        (Day, "2026-01-31"),
        (Clock, "09:00"),
    ],
)
def test_a_time_is_told_as_text(kind: Any, text: str) -> None:
    assert TypeAdapter(kind).dump_json(TypeAdapter(kind).validate_python(text))


@pytest.mark.parametrize(
    "name", ["Mars/Base", "Europe", "../etc/passwd", "+02:00", "é", "x" * 65, "UTC\0"]
)
@pytest.mark.parametrize("kind", [Zone, MaybeZone])
def test_a_zone_is_one_that_there_is(kind: Any, name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(name)


def test_a_zone_keeps_its_name() -> None:
    for name in ("Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"):
        assert TypeAdapter(Zone).validate_python(name) == name
    assert TypeAdapter(MaybeZone).validate_python("") == ""
    with pytest.raises(ValidationError):
        TypeAdapter(Zone).validate_python("")


def test_a_day_may_end_at_24_00_and_not_begin_there():
    told = Hours.model_validate_json('{"opens": "20:00", "closes": "24:00"}')
    assert told == Hours.model_validate_json('{"opens": "20:00", "closes": "00:00"}')
    with pytest.raises(ValidationError):
        Hours.model_validate_json('{"opens": "24:00", "closes": "09:00"}')
