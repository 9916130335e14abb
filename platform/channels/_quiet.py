"""When a message may go out."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def may_go(wanted: datetime, start: time, end: time, timezone: str) -> datetime:
    """The first moment from *wanted* on that is outside the quiet hours, in UTC.

    They are from *start* up to *end* of the wall clock in *timezone*, over midnight if
    *start* is the later one; two equal times are no hours at all.
    """
    place, wanted = ZoneInfo(timezone), wanted.astimezone(UTC)

    def is_quiet(at: datetime) -> bool:
        return start != end and _is_within(at.astimezone(place).time(), start, end)

    if not is_quiet(wanted):
        return wanted
    first = wanted.astimezone(place).date()
    # Where the clock is put back over the end it comes twice, and both may be quiet's;
    # where it is put forward over it, that day's may be within the hours of the next.
    ends = sorted(
        datetime.combine(first + timedelta(days), end, place)
        .replace(fold=fold)
        .astimezone(UTC)
        for days in range(3)
        for fold in (0, 1)
    )
    return next(each for each in ends if each >= wanted and not is_quiet(each))


def _is_within(at: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= at < end
    return at >= start or at < end
