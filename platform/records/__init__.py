"""Records: rows of CSV or JSON as pydantic models, and back.

A bad row never spoils the others: it is reported by its number. What ``write`` makes,
``read`` takes back unchanged.
"""

import csv
import io
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Generic, Literal, NamedTuple, TypeVar, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

M = TypeVar("M", bound=BaseModel)
Kind = Literal["csv", "json"]
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
# What spreadsheets take for a formula (OWASP, CSV Injection), behind any apostrophes:
# one more before it makes it a text for them, and can be taken away again.
FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


class NotRecords(ValueError):
    """The content as a whole is not of its kind; the message says where."""


class Fault(NamedTuple):
    """A row that is no record: its number from 1, and why."""

    number: int
    reason: str


class Read(NamedTuple, Generic[M]):
    """The records, the number of the row that each came from, and the other rows."""

    records: list[M]
    numbers: list[int]
    faults: list[Fault]


def read(content: bytes, model: type[M], most: int) -> Read[M]:
    """The rows of *content* as *model*; NotRecords when broken or more than *most*.

    It is JSON where it begins as a list or an object does, and CSV otherwise, which may
    separate its cells by commas, semicolons or tabs. Where *model* has a list, a cell
    is its items, apart by semicolons, or a JSON list.
    """
    rows, is_table = _rows(content, model)
    # The cells of a table are all text.
    strict = False if is_table else None
    if len(rows) > most:
        raise NotRecords(f"{len(rows)} rows, and at most {most} are taken at once")
    done: Read[M] = Read([], [], [])
    for number, row in enumerate(rows, 1):
        try:
            done.records.append(model.model_validate(_checked(row), strict=strict))
            done.numbers.append(number)
        except ValidationError as exc:
            wrong = (
                f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}"
                for e in exc.errors(include_input=False, include_url=False)
            )
            done.faults.append(Fault(number, "; ".join(wrong)))
        except NotRecords as exc:
            done.faults.append(Fault(number, str(exc)))
    return done


def _checked(row: Any) -> dict[str, Any]:
    """A row with its members; NotRecords for what has none, or too many."""
    if not isinstance(row, dict):
        raise NotRecords("row: it is no object")
    if None in row:
        raise NotRecords("row: it has more cells than there are columns")
    return row


def _rows(content: bytes, model: type[BaseModel]) -> tuple[list[Any], bool]:
    """The rows, and whether they are those of a table."""
    try:
        text = content.decode("utf-8-sig")
        if text.lstrip().startswith(("[", "{")):
            return TypeAdapter(list[Any]).validate_json(text), False
        return list(_table(text, model)), True
    except ValidationError as exc:
        [wrong, *_] = exc.errors(include_input=False, include_url=False)
        raise NotRecords(f"this is not a JSON list: {wrong['msg']}") from exc
    except UnicodeDecodeError as exc:
        raise NotRecords("this is no text in UTF-8") from exc
    except csv.Error as exc:
        raise NotRecords(f"this is not CSV: {exc}") from exc


def _table(text: str, model: type[BaseModel]) -> Iterator[dict[str | None, Any]]:
    lists = {
        name
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is list
    }
    for row in _reader(text, list(model.model_fields)):
        # Rows may end in empty cells beyond the columns.
        filled = {k: v for k, v in row.items() if (any(v) if k is None else v)}
        yield {k: v if k is None else _cell(v, k in lists) for k, v in filled.items()}


def _reader(text: str, names: list[str]) -> Iterator[dict[str | None, Any]]:
    mark = _separator(text, names)
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=mark)
    table.fieldnames = _named(table.fieldnames or (), names)
    return table


def _separator(text: str, names: Iterable[str]) -> str:
    """What separates the cells: that by which the first row has most *names*."""
    [first] = list(itertools.islice(io.StringIO(text), 1)) or [""]
    rows = {mark: next(csv.reader([first], delimiter=mark), []) for mark in ",;\t"}
    known = set(names)
    return max(rows, key=lambda mark: len(known & set(_named(rows[mark], names))))


def _named(columns: Iterable[str], names: Iterable[str]) -> list[str]:
    """The columns as the model has their names: people write "Question "."""
    given = list(columns)
    meant = {name.casefold(): name for name in names if name not in given}
    return [meant.pop(each.strip().casefold(), each) for each in given]


def _cell(text: str, is_list: bool) -> Any:
    """A cell as it was before ``write`` made it safe; one of a list is its items, or
    the JSON that ``write`` leaves."""
    if text.startswith("'") and FORMULA.match(text):
        text = text[1:]
    if not is_list:
        return text
    if text.startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return [item.strip() for item in text.split(";") if item.strip()]


def write(models: Iterable[BaseModel], kind: Kind, model: type[BaseModel]) -> bytes:
    """The members of *model* of every one of *models*, as one file."""
    names = list(model.model_fields)
    rows = [each.model_dump(mode="json", include=set(names)) for each in models]
    if kind == "json":
        return json.dumps(rows, ensure_ascii=False, indent=1).encode()
    text = io.StringIO(newline="")
    # In quotes, as another country's spreadsheets separate cells by semicolons.
    table = csv.DictWriter(text, names, quoting=csv.QUOTE_ALL)
    table.writeheader()
    table.writerows({k: _safe(v) for k, v in row.items()} for row in rows)
    return text.getvalue().encode()


def _safe(value: Any) -> Any:
    """A value as a cell that no spreadsheet takes for a formula."""
    if isinstance(value, list):
        return json.dumps(value)
    is_formula = isinstance(value, str) and FORMULA.match(value)
    return f"'{value}" if is_formula else value
