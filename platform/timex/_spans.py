"""Days and hours as a span on a zone's clock, and what is open about it."""

from dataclasses import replace
from datetime import datetime, timedelta

from dateutil import tz

from timex._hours import Hours
from timex._periods import DAY, Days
from timex._saying import offset
from timex._scene import MINUTE, Question, Reading, Scene

LENGTH = {"minute": MINUTE, "hour": 60 * MINUTE}
NOON, MIDNIGHT = 12 * 60, 24 * 60
WEEK = 7  # days


def _implied(clock: Hours, scene: Scene) -> Days:
    """Today where no day is said, tomorrow if that time has passed."""
    until = clock.ends if clock.grain == "part_of_day" or not clock.begins[0] else None
    passed = scene.at(scene.today, until or clock.begins[0]) <= scene.now
    day = scene.today + DAY * passed
    return Days(day, day + DAY)


def _changes(start: datetime, wall: int, scene: Scene) -> list[Question]:
    """What a change of the clocks does to a beginning at *wall* minutes of the day."""
    if tz.datetime_ambiguous(start):
        times = (start.replace(fold=fold) for fold in (0, 1))
        before, after = (f"{each:%H:%M} {offset(each)}" for each in times)
        one = f"{start:%H:%M}"
        return [scene.ask("fold", one=one, before=before, after=after)]
    if (start.hour * 60 + start.minute - wall) % MIDNIGHT:
        one = f"{wall // 60 % 24:02}:{wall % 60:02}"
        return [scene.ask("gap", one=one, other=f"{start:%H:%M}")]
    return []


def _which(
    begins: dict[datetime, int], start: datetime, scene: Scene
) -> list[Question]:
    """The question which of two times; before or after noon, where that is all."""
    one = scene.language.moment(start)
    others = {_beside(at, start, scene): at for at in begins if at != start}
    return [
        scene.ask(_apart(begins[at], begins[start]), one=one, other=other)
        for other, at in others.items()
    ]


def _apart(one: int, other: int) -> str:
    return "either" if (one - other) % NOON else "half"


def _beside(other: datetime, start: datetime, scene: Scene) -> str:
    if other.date() == start.date():
        return f"{other:%H:%M}"
    return scene.language.moment(other)


def _end(
    start: datetime, day: Days, clock: Hours, lasting: timedelta | None, scene: Scene
) -> datetime:
    if clock.ends is not None:
        return scene.at(day.first, clock.ends)
    return scene.after(start, lasting or LENGTH[clock.grain])


def _begins(day: Days, clock: Hours, scene: Scene) -> dict[datetime, int]:
    """When it may begin, by what the wall is to show then; the likeliest first."""
    begins = {scene.at(day.first, each): each for each in clock.begins}
    if len(begins) == 1:
        return begins
    # The midnight before today is not meant.
    return {at: each for at, each in begins.items() if each or at > scene.now}


def _likeliest(begins: dict[datetime, int], clock: Hours, scene: Scene) -> datetime:
    """The first that is still to come, unless its end would have to change too."""
    ahead = (each for each in begins if each > scene.now and clock.ends is None)
    return next(ahead, next(iter(begins)))


def timed(
    when: Days | None, clock: Hours, lasting: timedelta | None, scene: Scene
) -> Reading:
    """Hours of a day, of the first one that is left if more are meant."""
    day, asked = when or _implied(clock, scene), list[Question]()
    if day.last - day.first > DAY:
        day = replace(day, first=min(max(day.first, scene.today), day.last - DAY))
        asked.append(scene.ask("day"))
    begins = _begins(day, clock, scene)
    start = _likeliest(begins, clock, scene)
    asked += _which(begins, start, scene)
    if clock.grain != "part_of_day":
        for each, wall in begins.items():
            asked += _changes(each, wall, scene)
    end = _end(start, day, clock, lasting, scene)
    names = frozenset({"clock", "day"} if when else {"clock"})
    also = [(at, scene.after(at, end - start)) for at in _others(begins, start)]
    also += _on_later_days(begins[start], day, clock, lasting, scene)
    return Reading(start, end, clock.grain, tuple(asked), names=names, others=(*also,))


def _on_later_days(
    wall: int, day: Days, clock: Hours, lasting: timedelta | None, scene: Scene
) -> list[tuple[datetime, datetime]]:
    """The same hours of the days after the first, where a week or less is meant."""
    many = (day.last - day.first).days
    later = [replace(day, first=day.first + n * DAY) for n in range(1, many)]
    starts = [(scene.at(each.first, wall), each) for each in later if many <= WEEK]
    return [(at, _end(at, each, clock, lasting, scene)) for at, each in starts]


def _others(begins: dict[datetime, int], start: datetime) -> list[datetime]:
    """What was said beside *start*, and the hour of *start* where it comes again."""
    wall = begins[start]
    said = [at for at in begins if _apart(begins[at], wall) == "either"]
    again = [start.replace(fold=1)] if tz.datetime_ambiguous(start) else []
    return said + again


def whole(when: Days, scene: Scene) -> Reading:
    """Days from midnight to midnight."""
    start, end = scene.at(when.first, 0), scene.at(when.last, 0)
    asked = (scene.ask("day"),) if when.last - when.first > DAY else ()
    return Reading(start, end, when.grain, asked, names=frozenset({"day"}))
