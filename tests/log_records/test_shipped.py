"""What a cluster's log agent sends, as Fluent Bit's http output writes it."""

import asyncio
import gzip
import json

import pytest

import log_records

FILE = (
    "/var/log/containers/faq-management-6d9f-x2x_filigree-knowledge_faq-management-"
    + "0a" * 32
    + ".log"
)


def wrapped(text, **more):
    """As the tail input has it, with ``multiline.parser cri``, ``Path_Key file``."""
    told = {"date": 1763735425.25, "stream": "stdout", "_p": "F", "log": text}
    return json.dumps(told | {"file": FILE} | more).encode()


def rows(body, **headers):
    async def pieces():
        yield body[:7]
        yield body[7:]

    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return list(asyncio.run(log_records.shipped(pieces(), told)))


def test_a_line_is_what_its_service_wrote_and_says_where():
    said = {"time": 5.5, "level": "info", "service": "faq-management", "message": "hi"}
    assert log_records.unwrapped(wrapped(json.dumps(said))) == said | {
        "pod": "faq-management-6d9f-x2x"
    }


def test_a_line_cannot_be_another_services():
    row = log_records.unwrapped(
        wrapped('{"service": "authentication", "message": "x"}')
    )
    assert row["service"] == "faq-management"


def test_what_an_interpreter_prints_is_an_error_of_its_service():
    row = log_records.unwrapped(wrapped("MemoryError", stream="stderr"))
    assert row == {
        "time": 1763735425.25,
        "level": "error",
        "message": "MemoryError",
        "service": "faq-management",
        "pod": "faq-management-6d9f-x2x",
    }


def test_a_line_of_which_half_is_missing_is_text():
    row = log_records.unwrapped(wrapped('{"message": "cut o', _p="P"))
    assert row["message"] == '{"message": "cut o'


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", wrapped("  ")])
def test_what_is_no_line_is_left_out(body):
    assert rows(body) == []


def test_all_that_an_agent_has_read_is_taken_some_at_a_time():
    body = b"\n".join(wrapped(f"line {n}") for n in range(2500))
    taken = rows(gzip.compress(body), content_encoding="gzip")
    assert [len(each) for each in taken] == [1000, 1000, 500]
    assert taken[2][-1]["message"] == "line 2499"


def test_more_than_is_held_at_once_is_refused():
    with pytest.raises(log_records.TooMuch):
        rows(b" " * (log_records.MOST_BYTES + 1))


@pytest.mark.parametrize(
    ("keys", "header", "wanted"),
    [
        ("one", "Bearer one", True),
        ("one, two", "bearer two", True),
        ("one", "Bearer on", False),
        ("one", "Basic one", False),
        ("one", None, False),
        ("", "Bearer ", False),
        (" , ", "Bearer ", False),
        ("one", "Bearer Ünä", False),
    ],
)
def test_a_key_admits_itself_alone(keys, header, wanted):
    assert log_records.admits(keys, header) is wanted
