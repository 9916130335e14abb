"""Spans: when events make somebody busy."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import icalendar

from freebusy._text import DECLINED, Unreadable, aware, events

Span = tuple[datetime, datetime]
LASTS = "X-FILIGREE-LASTS"
# Whole days and bare times are placed in the zone afterwards, which moves them.
MARGIN = timedelta(days=2)


def busy(texts: Iterable[str], start: datetime, end: datetime, zone: str) -> list[Span]:
    """When any event of *texts* takes time between *start* and *end*.

    Spans in UTC, in their order, apart from each other, cut at *start* and *end*.
    Cancelled, declined and transparent events take none; an exception takes its own
    time instead of its instance's. Whole days and bare times are *zone*'s.
    Unreadable when a text cannot be understood.
    """
    here = ZoneInfo(zone)
    found = (
        _span(each, here) for each in _instances(texts, start, end) if _takes(each)
    )
    cut = ((max(a, start), min(b, end)) for a, b in found)
    return list(_joined(sorted((a, b) for a, b in cut if a < b)))


def _instances(
    texts: Iterable[str], start: datetime, end: datetime
) -> Iterable[icalendar.Event]:
    import recurring_ical_events

    every = icalendar.Calendar()
    for text in texts:
        for event in events(text):
            every.add_component(_marked(event))
    query = recurring_ical_events.of(every)
    try:
        return list(query.between(start - MARGIN, end + MARGIN))
    except (ValueError, TypeError, OverflowError) as exc:
        raise Unreadable(f"a recurrence cannot be followed: {exc}") from exc


def _marked(event: icalendar.Event) -> icalendar.Event:
    """With its duration beside it, for instances are told by their ends alone."""
    lasts = event.get("DURATION")
    if lasts is not None and lasts.dt.seconds:
        event[LASTS] = icalendar.vText(lasts.dt.total_seconds())
    return event


def _takes(event: icalendar.Event) -> bool:
    is_off = str(event.get("STATUS", "")).upper() == "CANCELLED" or DECLINED in event
    return not is_off and str(event.get("TRANSP", "")).upper() != "TRANSPARENT"


def _span(event: icalendar.Event, zone: tzinfo) -> Span:
    """Days are the wall's, hours and minutes of a duration elapse (RFC 5545 §3.3.6).

    What begins when the clocks skip it would end before: it is as long as it says.
    """
    start, end = (aware(each, zone) for each in (event.start, event.end))
    spans = start.astimezone(UTC), end.astimezone(UTC)
    lasts = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    elapses = str(event.get(LASTS, "")) == str(lasts.total_seconds())
    if not elapses and spans[0] < spans[1]:
        return spans
    days = (start + timedelta(days=lasts.days)).astimezone(UTC)
    return spans[0], days + timedelta(seconds=lasts.seconds)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    at: Span | None = None
    for start, end in spans:
        if at is None:
            at = start, end
        elif start <= at[1]:
            at = at[0], max(at[1], end)
        else:
            yield at
            at = start, end
    if at is not None:
        yield at
