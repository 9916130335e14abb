"""Days and hours as a span on a zone's clock, and what is open about it."""

from dataclasses import replace
from datetime import datetime, timedelta

from dateutil import tz

from moments._hours import Hours
from moments._periods import DAY, Days
from moments._saying import offset
from moments._scene import MINUTE, Reading, Scene

LENGTH = {"minute": MINUTE, "hour": 60 * MINUTE}
MIDNIGHT = 24 * 60


def _implied(clock: Hours, scene: Scene) -> Days:
    """Today where no day is said, tomorrow if that time has passed."""
    until = clock.ends if clock.grain == "part_of_day" or not clock.begins[0] else None
    passed = scene.at(scene.today, until or clock.begins[0]) <= scene.now
    day = scene.today + DAY * passed
    return Days(day, day + DAY)


def _changes(start: datetime, wall: int, scene: Scene) -> list[str]:
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


def _half(begins: list[datetime], start: datetime, scene: Scene) -> list[str]:
    """The question whether before or after noon."""
    others = [f"{each:%H:%M}" for each in begins if each != start]
    one = scene.language.moment(start)
    return [scene.ask("half", one=one, other=other) for other in others]


def _end(
    start: datetime, day: Days, clock: Hours, lasting: timedelta | None, scene: Scene
) -> datetime:
    if clock.ends is not None:
        return scene.at(day.first, clock.ends)
    return scene.after(start, lasting or LENGTH[clock.grain])


def timed(
    when: Days | None, clock: Hours, lasting: timedelta | None, scene: Scene
) -> Reading:
    """Hours of a day, of the first one that is left if more are meant."""
    whole = when or _implied(clock, scene)
    long = whole.grain != "day"
    day = replace(whole, first=max(whole.first, scene.today)) if long else whole
    begins = {scene.at(day.first, each): each for each in clock.begins}
    # Of two ends, the other one would have to change as well.
    ahead = [each for each in begins if each > scene.now and clock.ends is None]
    start = (ahead or list(begins))[0]
    asked = [scene.ask("day")] * long + _half(list(begins), start, scene)
    if clock.grain != "part_of_day":
        asked += _changes(start, begins[start], scene)
    end = _end(start, day, clock, lasting, scene)
    return Reading(start, end, clock.grain, tuple(asked))


def whole(when: Days, scene: Scene) -> Reading:
    """Days from midnight to midnight."""
    start, end = scene.at(when.first, 0), scene.at(when.last, 0)
    return Reading(start, end, when.grain, ())
