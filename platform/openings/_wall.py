"""The wall clock: what is open, and where slots begin, in UTC.

The offset of a zone is constant between its transitions, and there a time on the wall
is a moment plus a constant. So each such stretch is worked out by itself, and what
touches is joined. Where the clocks go forward a time is missing in both stretches;
where they go back it is in both: nothing has to be decided about either.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from openings._rule import Rule, minutes

STEP = timedelta(days=1)  # no zone changes its offset back within one
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class Span(NamedTuple):
    """From ``start`` up to but without ``end``."""

    start: datetime
    end: datetime


class Piece(NamedTuple):
    """A stretch of one day's hours: its moments, and its times on the wall.

    ``anchor`` is the wall's time of opening, even where the piece begins later.
    """

    start: datetime
    end: datetime
    offset: timedelta
    anchor: datetime


def stretches(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[Span]:
    """Spans of constant offset that together are *first* up to *last*, in UTC."""
    start, at = first.astimezone(UTC), first.astimezone(UTC)
    end = last.astimezone(UTC)
    while at < end:
        following = min(at + STEP, end)
        if _offset(zone, following) != _offset(zone, at):
            change = _transition(zone, at, following)
            yield Span(start, change)
            start = change
        at = following
    if start < end:
        yield Span(start, end)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _transition(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first whole second with the offset of *high*."""
    old = _offset(zone, low)
    low = low.replace(microsecond=0)
    while high - low > SECOND:
        middle = low + timedelta(seconds=(high - low) // SECOND // 2)
        if _offset(zone, middle) == old:
            low = middle
        else:
            high = middle
    return high


def _pieces(rule: Rule, first: datetime, last: datetime) -> Iterator[Piece]:
    """The hours, breaks still in them, of every stretch and day."""
    for stretch in stretches(rule.zone, first, last):
        offset = _offset(rule.zone, stretch.start)
        shown = [(each + offset).replace(tzinfo=None) for each in stretch]
        day = datetime.combine(shown[0], datetime.min.time()) - STEP  # its night
        while day < shown[1]:
            for opens, closes in _hours(rule, day):
                piece = (max(opens, shown[0]), min(closes, shown[1]))
                if piece[0] < piece[1]:
                    moments = [each.replace(tzinfo=UTC) - offset for each in piece]
                    yield Piece(*moments, offset, opens)
            day += STEP


def _hours(rule: Rule, day: datetime) -> Iterator[tuple[datetime, datetime]]:
    if day.date() in rule.holidays:
        return
    usual = rule.hours.get(day.weekday(), ())
    for between in rule.exceptions.get(day.date(), usual):
        opens, closes = minutes(between)
        yield day + opens * MINUTE, day + closes * MINUTE


def _breaks(rule: Rule, day: datetime) -> list[Span]:
    """The breaks of a day, of that before it and of that after, on the wall."""
    return sorted(
        Span(day + n * STEP + opens * MINUTE, day + n * STEP + closes * MINUTE)
        for n in (-1, 0, 1)
        for opens, closes in map(minutes, rule.breaks)
    )


def _outside_breaks(rule: Rule, piece: Piece) -> Iterator[Span]:
    """What the breaks leave of a piece, which reaches into the day after at most."""
    at = piece.start
    for pause in _breaks(rule, datetime.combine(piece.anchor, datetime.min.time())):
        begins, ends = (each.replace(tzinfo=UTC) - piece.offset for each in pause)
        if at < begins:
            yield Span(at, min(begins, piece.end))
        at = max(at, ends)
    yield Span(at, piece.end)


def open_spans(rule: Rule, first: datetime, last: datetime) -> list[Span]:
    """What is open from *first* up to *last*, in UTC, in order, in one where it can."""
    found = [
        span
        for piece in _pieces(rule, first, last)
        for span in _outside_breaks(rule, piece)
        if span.start < span.end
    ]
    return joined(found)


def hours_on(rule: Rule, day: date) -> list[Span]:
    """The hours that begin on that day, without the breaks, as the wall shows them:
    without a zone, and whether or not the clocks change then."""
    spans = list[Span]()
    for opens, closes in _hours(rule, datetime.combine(day, datetime.min.time())):
        wall = (each.replace(tzinfo=UTC) for each in (opens, closes))
        piece = Piece(*wall, timedelta(), opens)
        spans += (
            each for each in _outside_breaks(rule, piece) if each.start < each.end
        )
    return [Span(*(end.replace(tzinfo=None) for end in span)) for span in joined(spans)]


def next_open(rule: Rule, day: date) -> date | None:
    """The first day after that one on which something is open, within the horizon."""
    ahead = (day + n * STEP for n in range(1, rule.horizon.days + 1))
    return next((each for each in ahead if hours_on(rule, each)), None)


def opened(rules: Iterable[Rule], first: datetime, last: datetime) -> list[Span]:
    """What any of the rules has open from *first* up to *last*, in UTC and in order."""
    return joined([span for rule in rules for span in open_spans(rule, first, last)])


def is_open(rule: Rule, start: datetime) -> bool:
    """Whether a slot that begins then would be within the hours, on the grid or not."""
    end = start + rule.duration
    spans = open_spans(rule, start - STEP, end + STEP)
    return any(each.start <= start and end <= each.end for each in spans)


def joined(spans: list[Span]) -> list[Span]:
    """The same moments in as few spans as possible, in order."""
    made: list[Span] = []
    for span in sorted(spans):
        if made and span.start <= made[-1].end:
            made[-1] = Span(made[-1].start, max(made[-1].end, span.end))
        else:
            made.append(span)
    return made


def starts(rule: Rule, first: datetime, last: datetime) -> list[datetime]:
    """Where slots may begin from *first* through *last*: every so often on the wall."""
    found = set()
    for piece in _pieces(rule, first, last + SECOND):
        shown = (piece.start + piece.offset).replace(tzinfo=None)
        late = (shown - piece.anchor) % rule.every
        at = piece.start + (rule.every - late if late else timedelta())
        while at < piece.end and at <= last:
            found.add(at)
            at += rule.every
    return sorted(found)
