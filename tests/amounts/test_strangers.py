"""What somebody else wrote, who knew what was wanted and not how it is done.

On the day that it came, before any of it was read, 215 of the 240 were right, 8 were
wrong amounts or none at all, 2 were asked about and 15 missed. The rules that were
wanting have been written since; what is still not as its writer has it is listed.
"""

import json
from pathlib import Path
from typing import Any

import pytest

import amounts

ROWS = Path(__file__).with_name("strangers.jsonl").read_text("utf-8").splitlines()
READ = [json.loads(each) for each in ROWS]
# What is less than nothing is asked about, for nobody pays it: its writer wants the
# amount. "For like 60 or 70" may be people.
STILL = {
    "-20 EUR": "ask",
    "−£15.00": "ask",
    "(35.00) USD": "ask",
    "can you do it for like 60 or 70?": "none",
}


def wanted(row: dict[str, Any]) -> str:
    expected = row["expect"]
    if "minor" in expected:
        return f"{expected['minor']} {expected['currency']}"
    return next(iter(expected))


def understood(row: dict[str, Any]) -> str:
    found = amounts.find(row["text"], None, row["currency_hint"])
    if any(one.doubt for one in found) or len(found) > 1:
        return "ask"
    return f"{found[0].minor_units} {found[0].currency}" if found else "none"


@pytest.mark.parametrize("row", READ, ids=lambda row: row["text"])
def test_it_is_understood_as_its_writer_meant_it(row):
    assert understood(row) == STILL.get(row["text"], wanted(row))


def test_what_is_listed_as_not_understood_is_not():
    differ = {row["text"] for row in READ if understood(row) != wanted(row)}
    assert differ == {*STILL}
