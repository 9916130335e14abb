"""When a message may go out."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def may_go(wanted: datetime, start: time, end: time, timezone: str) -> datetime:
    """The first moment from *wanted* on that is outside the quiet hours, in UTC.

    They are from *start* up to *end* of the wall clock in *timezone*, over midnight if
    *start* is the later one; two equal times are no hours at all.
    """
    place = ZoneInfo(timezone)
    local = wanted.astimezone(place)
    if not _is_within(local.time(), start, end):
        return wanted.astimezone(UTC)
    day = local.date()
    if end <= local.time():
        day += timedelta(days=1)
    over = datetime.combine(day, end, place).astimezone(UTC)
    # Where the clock is put back over the end, that may have come already.
    return max(over, wanted.astimezone(UTC))


def _is_within(at: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= at < end
    return at >= start or at < end
