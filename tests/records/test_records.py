"""What is written can be read back, and a bad row spoils no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

import records


class Contact(BaseModel):
    name: str
    age: int = 0
    tags: list[str] = []


# An empty cell means that the member is absent, and one with a bracket may be a list.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
NAMES = TEXT.filter(lambda text: not text.startswith("["))
CONTACTS = st.builds(
    Contact, name=NAMES, age=st.integers(-9, 999), tags=st.lists(TEXT, max_size=3)
)


@pytest.mark.parametrize("kind", ["csv", "json"])
@given(every=st.lists(CONTACTS, max_size=5))
def test_what_is_written_is_read_back_unchanged(
    kind: records.Kind, every: list[Contact]
) -> None:
    written = records.write(every, kind, Contact)
    assert records.read(written, kind, Contact, most=5) == (every, [])


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_line_breaks_and_quotes_survive(kind: records.Kind) -> None:
    odd = [Contact(name='a "b",\r\nc;\td', tags=["x,y", '"z"'])]
    written = records.write(odd, kind, Contact)
    assert records.read(written, kind, Contact, most=1).records == odd


def test_a_bad_row_is_reported_by_its_number_and_member() -> None:
    table = b"name,age\nAda,36\n,1\nBob,old\nEve,\n"
    done = records.read(table, "csv", Contact, most=9)
    assert [each.name for each in done.records] == ["Ada", "Eve"]
    assert done.records[1].age == 0
    assert [fault.number for fault in done.faults] == [2, 3]
    assert [fault.reason.split(":")[0] for fault in done.faults] == ["name", "age"]


def test_a_reason_does_not_repeat_what_was_sent() -> None:
    done = records.read(b"name,age\nAda,hunter2\n", "csv", Contact, most=9)
    assert "hunter2" not in done.faults[0].reason


def test_what_a_model_does_not_have_is_not_written() -> None:
    class Known(Contact):
        secret: str

    known = [Known(name="Ada", secret="hunter2")]
    for kind in ("csv", "json"):
        assert b"hunter2" not in records.write(known, kind, Contact)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{not json", "json"),
        (b'{"name": "Ada"}', "json"),
        (b'["Ada"]', "json"),
        (b"\xff\xfe", "json"),
        (b"\xff\xfe", "csv"),
        (b'name\n"Ada\n', "csv"),
    ],
)
def test_what_is_not_of_its_kind_is_refused_whole(
    content: bytes, kind: records.Kind
) -> None:
    with pytest.raises(records.NotRecords):
        records.read(content, kind, Contact, most=9)


def test_more_rows_than_are_taken_at_once_are_refused() -> None:
    table = b"name\n" + b"Ada\n" * 3
    assert len(records.read(table, "csv", Contact, most=3).records) == 3
    with pytest.raises(records.NotRecords, match="3 rows, and at most 2"):
        records.read(table, "csv", Contact, most=2)


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    done = records.read("\ufeffname\nAda\n".encode(), "csv", Contact, most=9)
    assert done.records == [Contact(name="Ada")]
