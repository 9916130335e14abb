"""When a message may go out."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def may_go(
    wanted: datetime, quiet: tuple[time, time] | None, timezone: str
) -> datetime:
    """The first moment from *wanted* on that is outside the *quiet* hours, in UTC.

    *quiet* is from one wall-clock time up to another, over midnight if the first is
    the later one; two equal ones are no time at all. ZoneInfoNotFoundError.
    """
    zone = ZoneInfo(timezone)
    local = wanted.astimezone(zone)
    if quiet is None or not _is_within(local.time(), *quiet):
        return wanted.astimezone(UTC)
    day = local.date()
    if quiet[1] <= local.time():
        day += timedelta(days=1)
    end = datetime.combine(day, quiet[1], zone).astimezone(UTC)
    # The clock may be put back over the end: then that hour has come already.
    return max(end, wanted.astimezone(UTC))


def _is_within(at: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= at < end
    return at >= start or at < end
