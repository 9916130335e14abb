"""Records: rows of CSV or JSON as pydantic models, and back.

A bad row never spoils the others: it is reported by its number. What ``write`` makes,
``read`` takes back unchanged.
"""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

M = TypeVar("M", bound=BaseModel)
Kind = Literal["csv", "json"]
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class NotRecords(ValueError):
    """The content as a whole is not of its kind; the message says where."""


class Fault(NamedTuple):
    """A row that is no record: its number from 1, and why."""

    number: int
    reason: str


class Read(NamedTuple, Generic[M]):
    records: list[M]
    faults: list[Fault]


def read(content: bytes, kind: Kind, model: type[M], most: int) -> Read[M]:
    """The rows of *content* as *model*; NotRecords when broken or more than *most*."""
    rows = _rows(content, kind)
    if len(rows) > most:
        raise NotRecords(f"{len(rows)} rows, and at most {most} are taken at once")
    done: Read[M] = Read([], [])
    for number, row in enumerate(rows, 1):
        try:
            done.records.append(model.model_validate(row))
        except ValidationError as exc:
            wrong = (
                f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}"
                for e in exc.errors(include_input=False, include_url=False)
            )
            done.faults.append(Fault(number, "; ".join(wrong)))
    return done


def _rows(content: bytes, kind: Kind) -> list[dict[str, Any]]:
    try:
        text = content.decode("utf-8-sig")
        if kind == "json":
            return TypeAdapter(list[dict[str, Any]]).validate_json(text)
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        return [{k: _cell(v) for k, v in row.items() if k and v} for row in table]
    except (UnicodeDecodeError, ValidationError, csv.Error) as exc:
        raise NotRecords(f"this is not {kind} in UTF-8: {exc}") from exc


def _cell(text: str) -> Any:
    """A cell; one that holds a JSON list, as ``write`` leaves it, is that list."""
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def write(models: Iterable[BaseModel], kind: Kind, model: type[BaseModel]) -> bytes:
    """The members of *model* of every one of *models*, as one file."""
    names = list(model.model_fields)
    rows = [each.model_dump(mode="json", include=set(names)) for each in models]
    if kind == "json":
        return json.dumps(rows, ensure_ascii=False, indent=1).encode()
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, names)
    table.writeheader()
    table.writerows(
        {k: json.dumps(v) if isinstance(v, list) else v for k, v in row.items()}
        for row in rows
    )
    return text.getvalue().encode()
