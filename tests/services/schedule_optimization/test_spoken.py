"""What customers write, as the service understands it: 273 sayings, and 240 of others.

Those of `unseen.jsonl` were written by somebody who had seen no word list and no rule.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chassis import testing

HERE = Path(__file__).parent
PARTS = {"morning": range(5, 12), "afternoon": range(12, 18), "evening": range(17, 22)}
# Where before or after noon is all that is open.
HALVES = {"at seven on Friday", "midnight on Friday"}


def one(said: str) -> dict[str, Any]:
    """2026-03-13 14:00 .. 16:00, 2026-03-13 morning, 2026-03-13"""
    first, _, last = said.partition(" .. ")
    if last:
        return {"start": first, "end": f"{first[:11]}{last}"}
    day, _, rest = said.partition(" ")
    if rest in PARTS:
        return {"date": day, "part": rest}
    return {"start": said} if rest else {"date": day}


def expected(said: str) -> dict[str, Any]:
    if said in ("?", "!", "-"):
        return {"-": {"none": True}}.get(said, {"ask": said})
    return {"any": [one(each) for each in said.split(" or ")]}


def spoken() -> Iterator[dict[str, Any]]:
    now = zone = ""
    for line in (HERE / "spoken.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            day, clock, zone = line[2:].split()
            now = at(f"{day} {clock}", zone).isoformat()
        elif line and not line.startswith("#"):
            locale, text, said = (cell.strip() for cell in line.split("|"))
            told = {"text": text, "locale": locale, "now": now, "zone": zone}
            yield told | {"expect": expected(said)}


def unseen() -> Iterator[dict[str, Any]]:
    lines = (HERE / "unseen.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        either = [
            {"start" if "T" in each else "day": each}
            for each in row["expect"].get("any", ())
        ]
        yield row | {"expect": {"any": either}} if either else row


def at(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def is_half(question: str, start: str) -> bool:
    """Whether all it asks is which of two times, twelve hours apart."""
    begins = datetime.fromisoformat(start)
    minutes = [
        int(hour) * 60 + int(minute)
        for hour, minute in re.findall(r"\b(\d\d):(\d\d)\b", question)
    ]
    apart = {abs(each - begins.hour * 60 - begins.minute) for each in minutes}
    return len(minutes) > 1 and apart <= {0, 720}


def is_asked(row: dict[str, Any], told: dict[str, Any]) -> bool:
    if told["start"] is None or row["text"] in HALVES:
        return bool(told["ambiguous"])
    return not all(is_half(each, told["start"]) for each in told["ambiguous"])


def is_meant(told: dict[str, Any], meant: dict[str, Any], zone: str) -> bool:
    start, end = (datetime.fromisoformat(told[each]) for each in ("start", "end"))
    if "start" in meant:
        ends = at(meant["end"], zone) if "end" in meant else end
        exact = told["grain"] in ("minute", "hour", "part_of_day")
        return exact and (start, end) == (at(meant["start"], zone), ends)
    if "day" in meant:
        return start.date().isoformat() == meant["day"]
    if start.date().isoformat() != meant["date"]:
        return False
    if "part" in meant:
        return told["grain"] == "part_of_day" and start.hour in PARTS[meant["part"]]
    # A weekend is said by its first day.
    return told["grain"] == "day" and end - start < timedelta(days=2, hours=2)


def is_understood(row: dict[str, Any], told: dict[str, Any]) -> bool:
    meant = row["expect"]
    if "none" in meant:
        return told["start"] is None and bool(told["ambiguous"])
    if "ask" in meant or "impossible" in meant:
        return is_asked(row, told)
    if told["start"] is None:
        return False
    those = meant.get("any", [meant])
    return any(is_meant(told, each, row["zone"]) for each in those)


@pytest.fixture(scope="module")
def mesh() -> Iterator[testing.Mesh]:
    from services.calendar.schedule_optimization.app import app

    with testing.mesh(app, upstreams={"slot-management": {}}) as running:
        yield running


def case(row: dict[str, Any]) -> Any:
    return pytest.param(row, id=f"{row['locale']}: {row['text']}")


@pytest.mark.parametrize("row", [case(row) for row in (*spoken(), *unseen())])
def test_what_is_written_is_understood_or_asked_about(
    mesh: testing.Mesh, row: dict[str, Any]
) -> None:
    asked = {"text": row["text"], "reference": row["now"], "timezone": row["zone"]}
    asked |= {"locale": row["locale"]}
    told = mesh.post(
        "/api/v1/schedules/interpret", json=asked, roles=("customer",)
    ).json()
    assert is_understood(row, told), told


def test_a_moment_with_its_offset_is_said_on_the_clock_of_the_zone(
    mesh: testing.Mesh,
) -> None:
    asked = {"text": "2026-11-03T14:30:00+02:00", "timezone": "Europe/London"}
    asked |= {"reference": "2026-03-11T09:30:00Z", "locale": "en-GB"}
    told = mesh.post("/api/v1/schedules/interpret", json=asked).json()
    assert datetime.fromisoformat(told["start"]) == at(asked["text"], "UTC")
    assert told["start"].startswith("2026-11-03T12:30")
    assert told["ambiguous"] == []
