"""What people say, and when that is: three tables."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import timex

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, tzinfo=BERLIN)
COLUMNS = ("locale", "said", "start", "grain", "end", "open")


def rows(name: str) -> list[dict[str, str]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    told = [line.split("|") for line in lines if not line.startswith("#")]
    return [dict(zip(COLUMNS, map(str.strip, cells), strict=True)) for cells in told]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


CASES = [
    pytest.param(row, id=f"{row['locale']}: {row['said']}")
    for name in ("first.txt", "held_back.txt", "third.txt")
    for row in rows(name)
]


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_is_when_it_is_meant(case: dict[str, str]) -> None:
    read = timex.read(case["said"], NOW, BERLIN, case["locale"])
    if case["start"] == "-":
        assert (read.start, read.end, read.grain) == (None, None, None)
        assert read.ambiguous
        return
    assert (read.start, read.grain) == (moment(case["start"]), case["grain"])
    if case["end"]:
        assert read.end == moment(case["end"])
    assert bool(read.ambiguous) == (case["open"] == "?"), read.ambiguous
