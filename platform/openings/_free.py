"""What is free: slots that are open, that nobody else is busy in, and that have a seat.

A seat is taken by cells of five minutes. Who takes every cell of a span under one
seat's number, all or none, has it alone, whatever the lengths of what others take.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from openings._rule import CELL, Rule
from openings._wall import Span, joined, open_spans, starts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cells(span: tuple[datetime, datetime]) -> range:
    """The numbers of the cells that *span* touches."""
    start, end = span
    return range((start - EPOCH) // CELL, -((EPOCH - end) // CELL))


def keys(name: str, span: tuple[datetime, datetime], seat: int) -> list[str]:
    """What one seat's cells are called: who has all of these has the time alone."""
    return [f"{name}:{cell}:{seat}" for cell in cells(span)]


class Occupied:
    """What is not to be had: the seats that are taken, and when somebody is busy.

    ``unknown`` says why it could not be found out, and then nothing is to be had.
    """

    def __init__(
        self,
        taken: Iterable[tuple[tuple[datetime, datetime], int]] = (),
        busy: Iterable[tuple[datetime, datetime]] = (),
        unknown: str | None = None,
    ) -> None:
        self.unknown = unknown
        self._seats: defaultdict[int, set[int]] = defaultdict(set)
        for span, seat in taken:
            for cell in cells(span):
                self._seats[cell].add(seat)
        self._busy = joined([Span(*span) for span in busy if span[0] < span[1]])

    def seats(self, span: Span) -> set[int]:
        """The seats of which some part of *span* is taken."""
        return {
            seat
            for cell in cells(span)
            if cell in self._seats
            for seat in self._seats[cell]
        }

    def is_busy(self, span: Span) -> bool:
        """Whether somebody is, or may be, busy during a part of *span*."""
        return self.unknown is not None or any(
            each.start < span.end and span.start < each.end for each in self._busy
        )


def claimed(rule: Rule, start: datetime, last: datetime | None = None) -> Span:
    """What a slot takes: itself and its buffers, which may lie outside the hours.

    With *last*, what the slots that begin from *start* through *last* take.
    """
    return Span(start - rule.before, (last or start) + rule.duration + rule.after)


def seats(rule: Rule, start: datetime, occupied: Occupied) -> list[int]:
    """The seats that are free for a slot, lowest first, whether it is open or not."""
    span = claimed(rule, start)
    if occupied.is_busy(span):
        return []
    return sorted(set(range(rule.capacity)) - occupied.seats(span))


def free(
    rule: Rule, first: datetime, last: datetime, now: datetime, occupied: Occupied
) -> Iterator[datetime]:
    """The beginnings of slots, *first* through *last*, that can be had now; in UTC."""
    earliest, latest = max(first, now + rule.lead), min(last, now + rule.horizon)
    if earliest > latest:
        return
    opened = iter(open_spans(rule, earliest, latest + rule.duration))
    span = next(opened, None)
    for start in starts(rule, earliest, latest):
        while span and span.end <= start:
            span = next(opened, None)
        if span is None:
            return
        fits = span.start <= start and start + rule.duration <= span.end
        if fits and seats(rule, start, occupied):
            yield start


def nearest(found: Iterable[datetime], wanted: datetime, most: int) -> list[datetime]:
    """At most *most* of them, in order of time: those that are closest to *wanted*."""
    by_distance = sorted(found, key=lambda start: (abs(start - wanted), start))
    return sorted(by_distance[:most])
