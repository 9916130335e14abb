"""Until when: the ends of Wait states and of pauses."""

from datetime import datetime, timedelta
from typing import Any

from asl import _choice, _failures
from asl._failures import Failed
from asl._visit import Visit


def later(now: datetime, pause: timedelta) -> datetime:
    """The moment after the pause; the last one there is when that is too late."""
    try:
        return now + pause
    except OverflowError:
        return datetime.max.replace(tzinfo=now.tzinfo)


def wake(visit: Visit, given: Any) -> datetime:
    """When a Wait state ends."""
    seconds = visit.either("Seconds", given, None)
    if seconds is None:
        moment = _choice.moment(visit.either("Timestamp", given, None))
        if moment is None:
            raise Failed(_failures.RUNTIME, f"{visit.name}: the timestamp is none")
        return moment
    if type(seconds) is not int or seconds < 0:
        cause = f"{visit.name}: {seconds!r} is no whole number of seconds"
        raise Failed(_failures.RUNTIME, cause)
    try:
        return later(visit.lane.now, timedelta(seconds=seconds))
    except OverflowError:
        return later(visit.lane.now, timedelta.max)
