"""What is written can be read back, and a bad row spoils no other."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

import records


class Contact(BaseModel):
    name: str
    age: int = 0
    tags: list[str] = []


# An empty cell means that the member is absent.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
MARKS = "=+-@\t\r\n＝＋－＠"  # with which formulas begin
FORMULAS = st.from_regex(f"'{{0,2}}[{MARKS}].{{0,9}}", fullmatch=True)
CONTACTS = st.builds(
    Contact,
    name=TEXT | FORMULAS,
    age=st.integers(-9, 999),
    tags=st.lists(TEXT | FORMULAS, max_size=3),
)


@pytest.mark.parametrize("kind", ["csv", "json"])
@given(every=st.lists(CONTACTS, max_size=5))
def test_what_is_written_is_read_back_unchanged(
    kind: records.Kind, every: list[Contact]
) -> None:
    written = records.write(every, kind, Contact)
    numbers = list(range(1, len(every) + 1))
    assert records.read(written, Contact, most=5) == (every, numbers, [])


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_line_breaks_and_quotes_survive(kind: records.Kind) -> None:
    odd = [Contact(name='a "b",\r\nc;\td', tags=["x,y", '"z"'])]
    written = records.write(odd, kind, Contact)
    assert records.read(written, Contact, most=1).records == odd


@pytest.mark.parametrize("mark", MARKS)
def test_no_text_is_a_formula_for_a_spreadsheet(mark: str) -> None:
    odd = [Contact(name=f"{mark}cmd|'/c calc'!A1", age=-1, tags=[f"{mark}1;{mark}2"])]
    written = records.write(odd, "csv", Contact).decode()
    [_, cells] = csv.reader(io.StringIO(written, newline=""))
    assert cells[0] == f"'{odd[0].name}"
    assert not cells[2].startswith(tuple(MARKS))
    assert cells[1] == "-1"  # a number is no formula, and stays one
    assert records.read(written.encode(), Contact, most=1).records == odd


def test_an_apostrophe_before_another_text_stays() -> None:
    done = records.read(b"name\n'tis\n'=1\n", Contact, most=9)
    assert [each.name for each in done.records] == ["'tis", "=1"]


def test_a_bad_row_is_reported_by_its_number_and_member() -> None:
    table = b"name,age\nAda,36\n,1\nBob,old\nEve,\n"
    done = records.read(table, Contact, most=9)
    assert [each.name for each in done.records] == ["Ada", "Eve"]
    assert done.records[1].age == 0
    assert [fault.number for fault in done.faults] == [2, 3]
    assert [fault.reason.split(":")[0] for fault in done.faults] == ["name", "age"]


def test_a_reason_does_not_repeat_what_was_sent() -> None:
    done = records.read(b"name,age\nAda,hunter2\n", Contact, most=9)
    assert "hunter2" not in done.faults[0].reason


def test_what_a_model_does_not_have_is_not_written() -> None:
    class Known(Contact):
        secret: str

    known = [Known(name="Ada", secret="hunter2")]
    for kind in ("csv", "json"):
        assert b"hunter2" not in records.write(known, kind, Contact)


@pytest.mark.parametrize(
    "content",
    [b"{not json", b'{"name": "Ada"}', b"[" * 100_000, b"\xff\xfe", b'name\n"Ada\n'],
)
def test_what_is_not_of_its_kind_is_refused_whole(content: bytes) -> None:
    with pytest.raises(records.NotRecords) as refused:
        records.read(content, Contact, most=9)
    assert "http" not in str(refused.value)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_are_apart_as_the_names_of_the_columns_are(mark: str) -> None:
    rows = [["tags", "name", "age"], ["x", "Ada, or; so\tB", "36"], ["", "Bob", "", ""]]
    text = io.StringIO()
    csv.writer(text, delimiter=mark).writerows(rows)
    done = records.read(text.getvalue().encode(), Contact, most=9)
    ada = Contact(name="Ada, or; so\tB", age=36, tags=["x"])
    assert done == ([ada, Contact(name="Bob")], [1, 2], [])


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_columns_are_named_in_any_case(mark: str) -> None:
    table = mark.join([" Name", "AGE "]) + "\n" + mark.join(["Ada", "36"])
    done = records.read(table.encode(), Contact, most=9)
    assert done == ([Contact(name="Ada", age=36)], [1], [])


def test_a_column_named_as_it_is_counts_before_one_in_another_case() -> None:
    done = records.read(b"Name,name\nBob,Ada\n", Contact, most=9)
    assert done.records == [Contact(name="Ada")]


def test_a_cell_of_a_list_is_its_items() -> None:
    table = b'name;tags\nAda;"a; b,c;"\nBob;one\n'
    done = records.read(table, Contact, most=9)
    assert [each.tags for each in done.records] == [["a", "b,c"], ["one"]]


def test_a_row_that_is_none_is_reported_and_spoils_no_other() -> None:
    listed = records.read(b'["Ada", {"name": "Bob"}, null]', Contact, most=9)
    assert [each.name for each in listed.records] == ["Bob"]
    assert (listed.numbers, [fault.number for fault in listed.faults]) == ([2], [1, 3])
    table = records.read(b"name,age\nAda,1\nBob, or so,2\n", Contact, most=9)
    assert [fault.number for fault in table.faults] == [2]
    for fault in (*listed.faults, *table.faults):
        assert "Contact" not in fault.reason


def test_more_rows_than_are_taken_at_once_are_refused() -> None:
    table = b"name\n" + b"Ada\n" * 3
    assert len(records.read(table, Contact, most=3).records) == 3
    with pytest.raises(records.NotRecords, match="3 rows, and at most 2"):
        records.read(table, Contact, most=2)


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    done = records.read("\ufeffname\nAda\n".encode(), Contact, most=9)
    assert done.records == [Contact(name="Ada")]
