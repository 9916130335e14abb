"""Every change of the clocks in every zone, for two years, as customers see the slots.

What the service shows is compared with each five minutes looked at by themselves.
"""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from chassis import testing

PATH = "/api/v1/slots"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
STEP = 5 * MINUTE
AROUND = 12 * 60 * MINUTE  # on both sides of a change
# By day, and over midnight, when clocks are changed.
HOURS = ((time(8), time(17)), (time(21, 30), time(3, 15)))
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPEN = [{"opens": f"{a:%H:%M}", "closes": f"{b:%H:%M}"} for a, b in HOURS]
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def offsets(zone: zoneinfo.ZoneInfo, at: datetime) -> tuple[timedelta | None, ...]:
    """Before and from *at* on."""
    both = ((at - MINUTE).astimezone(zone), at.astimezone(zone))
    return tuple(each.utcoffset() for each in both)


def transitions(zone: zoneinfo.ZoneInfo) -> Iterator[datetime]:
    """Every change of the offset in two years, to the minute, by halving."""
    for day in range(2, 720):
        low, high = TODAY + day * DAY, TODAY + (day + 1) * DAY
        old = low.astimezone(zone).utcoffset()
        if high.astimezone(zone).utcoffset() == old:
            continue
        while high - low > MINUTE:
            middle = low + (high - low) // MINUTE // 2 * MINUTE
            is_old = middle.astimezone(zone).utcoffset() == old
            low, high = (middle, high) if is_old else (low, middle)
        yield high


@pytest.fixture(scope="module")
def zones() -> dict[str, list[datetime]]:
    """All zones of the database, as the package has it: of those alike, one."""
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    alike: dict[tuple, str] = {}
    for name in sorted(zoneinfo.available_timezones()):
        zone = zoneinfo.ZoneInfo(name)
        changes = [(at, *offsets(zone, at)) for at in transitions(zone)]
        alike.setdefault((offsets(zone, TODAY), *changes), name)
    return {name: [at for at, *_ in key[1:]] for key, name in alike.items()}


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    zoneinfo.reset_tzpath()


@pytest.fixture
def mesh(database: FastAPI) -> Iterator[testing.Mesh]:
    from services.calendar.slot_management.app import app

    with testing.mesh(app, upstreams={"database-operations": database}) as running:
        yield running


def offer(mesh: testing.Mesh, zone: str, minutes: int, **more: Any) -> None:
    given = {"title": "Visit", "timezone": zone, "horizon_days": 730, **more}
    given |= {"duration": minutes, "every": minutes, "hours": dict.fromkeys(WEEK, OPEN)}
    answer = mesh.put(f"{PATH}/offers/visit", json=given | {"lead_minutes": 0})
    assert answer.status_code == 200, answer.text


def shown(mesh: testing.Mesh, first: datetime, last: datetime) -> list[dict[str, Any]]:
    asked = {"service": "visit", "from": first.isoformat(), "to": last.isoformat()}
    answer = mesh.get(PATH, params=asked | {"limit": 1000}, roles=("customer",))
    assert answer.status_code == 200, answer.text
    assert answer.json()["cursor"] is None
    return answer.json()["slots"]


def opened(wall: datetime) -> int | None:
    """Minutes since the opening, where the wall shows a time at which it is open."""
    now = wall.hour * 60 + wall.minute
    for opens, closes in HOURS:
        begins = opens.hour * 60 + opens.minute
        lasts = (closes.hour * 60 + closes.minute - begins) % (24 * 60)
        if (now - begins) % (24 * 60) < lasts:
            return (now - begins) % (24 * 60)
    return None


def wanted(
    zone: zoneinfo.ZoneInfo, first: datetime, last: datetime, minutes: int
) -> list[datetime]:
    """Where slots begin, by looking at every five minutes by themselves."""
    count = (last - first) // STEP
    since = [opened((first + n * STEP).astimezone(zone)) for n in range(count)]
    cells = minutes // 5
    return [
        first + n * STEP
        for n in range(count - cells + 1)
        if since[n] is not None
        and since[n] % minutes == 0
        and None not in since[n : n + cells]
    ]


@pytest.mark.parametrize("minutes", [20, 30, 45])
def test_around_every_change_no_slot_is_missing_and_none_is_a_phantom(
    mesh: testing.Mesh, zones: dict[str, list[datetime]], minutes: int
) -> None:
    assert len(zones) > 40
    assert sum(map(len, zones.values())) > 80
    for name, changes in zones.items():
        if not changes:
            continue
        zone = zoneinfo.ZoneInfo(name)
        offer(mesh, name, minutes, before=15, after=10)
        for at in changes:
            first, last = at - AROUND, at + AROUND
            found = shown(mesh, first, last)
            starts = [datetime.fromisoformat(each["start"]) for each in found]
            assert starts == wanted(zone, first, last, minutes), (name, at)
            ends = [datetime.fromisoformat(each["end"]) for each in found]
            assert {b - a for a, b in zip(starts, ends, strict=True)} == {
                minutes * MINUTE
            }
            # What the customer reads is the wall's time, with its offset of then.
            walls = [(each.replace(tzinfo=None), each.utcoffset()) for each in starts]
            seen = [each.astimezone(UTC).astimezone(zone) for each in starts]
            assert walls == [(w.replace(tzinfo=None), w.utcoffset()) for w in seen]


def test_opening_hours_are_at_the_same_time_on_the_wall_in_every_zone(
    mesh: testing.Mesh, zones: dict[str, list[datetime]]
) -> None:
    """On the day before, of, and after the first change; today, where there is none."""
    for name, changes in zones.items():
        zone = zoneinfo.ZoneInfo(name)
        offer(mesh, name, 30)
        middle = (changes or [TODAY + 4 * DAY])[0].astimezone(zone).date()
        for day in (middle - DAY, middle, middle + DAY):
            first = datetime.combine(day, time(4), zone)
            last = datetime.combine(day, time(21), zone)
            found = [each["start"] for each in shown(mesh, first, last)]
            assert len(found) == 18, (name, day)
            assert (found[0][11:16], found[-1][11:16]) == ("08:00", "16:30")


# The last has its winter time as what is saved. All are of places that go on with it:
# where a newer database has ended it, as Morocco's, there is no change to look at.
SOME = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin")


@pytest.mark.parametrize("name", SOME)
def test_buffers_are_lived_minutes_whatever_the_clocks_do(
    mesh: testing.Mesh, name: str
) -> None:
    offer(mesh, name, 30, before=15, after=30)
    at = next(transitions(zoneinfo.ZoneInfo(name)))
    first, last = at - AROUND, at + AROUND
    before = shown(mesh, first, last)
    slot = min(before, key=lambda each: abs(datetime.fromisoformat(each["start"]) - at))
    held = mesh.post(f"{PATH}/holds", json={"slot_id": slot["id"]})
    assert held.status_code == 201, held.text
    start = datetime.fromisoformat(slot["start"])
    left = {datetime.fromisoformat(each["start"]) for each in shown(mesh, first, last)}
    # Each needs 75 minutes, its own buffers in them: whoever begins nearer is gone.
    assert left == {
        begins
        for each in before
        if abs((begins := datetime.fromisoformat(each["start"])) - start) >= 75 * MINUTE
    }
