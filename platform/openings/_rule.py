"""The rule: what a business says about when it can be had."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

CELL = timedelta(minutes=5)  # what all lengths and times of day are multiples of
DAY = 24 * 60  # minutes
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = timedelta(days=1)
NIGHT = 12 * 60  # minutes; what is longer over midnight is more likely a slip
# An end that is not behind the beginning is of the day after; 00:00 is the day's end.
Between = tuple[time, time]


class BadRule(ValueError):
    """The rule contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When something is open, and how what is asked for fits in.

    ``hours`` are by weekday, Monday is 0; a date among ``exceptions`` has its own
    instead, none where it is closed. A slot is ``duration`` long and begins every
    ``every`` from an opening on; ``before`` and ``after`` are kept free around it.
    ``capacity`` is how many may have the same time. Nothing begins earlier than
    ``lead`` from now, or later than ``horizon``.
    """

    zone: ZoneInfo
    hours: Mapping[int, Sequence[Between]]
    breaks: Sequence[Between] = ()
    holidays: frozenset[date] = field(default_factory=frozenset)
    exceptions: Mapping[date, Sequence[Between]] = field(default_factory=dict)
    duration: timedelta = timedelta(minutes=30)
    every: timedelta = timedelta(minutes=30)
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    capacity: int = 1
    lead: timedelta = timedelta()
    horizon: timedelta = timedelta(days=90)


def rule(
    *,
    timezone: str,
    hours: Mapping[str, Sequence[Mapping[str, time]]],
    breaks: Sequence[Mapping[str, time]] = (),
    holidays: Iterable[date] = (),
    exceptions: Mapping[date, Sequence[Mapping[str, time]]] | None = None,
    capacity: int = 1,
    lead_minutes: int = 0,
    horizon_days: int = 90,
    **lengths: int,
) -> Rule:
    """The rule that plain values say; BadRule.

    ``hours`` are by ``mon`` to ``sun``, ``exceptions`` by date; they and the breaks
    have ``opens`` and ``closes``. *lengths* are ``duration``, ``every``, ``before`` and
    ``after`` in minutes.
    """
    return checked(
        Rule(
            ZoneInfo(timezone),
            {WEEK.index(day): _betweens(those) for day, those in hours.items()},
            _betweens(breaks),
            frozenset(holidays),
            {day: _betweens(those) for day, those in (exceptions or {}).items()},
            capacity=capacity,
            lead=timedelta(minutes=lead_minutes),
            horizon=timedelta(days=horizon_days),
            **{name: timedelta(minutes=length) for name, length in lengths.items()},
        )
    )


def _betweens(those: Iterable[Mapping[str, time]]) -> list[Between]:
    return [(each["opens"], each["closes"]) for each in those]


def minutes(between: Between) -> tuple[int, int]:
    """Minutes since midnight of both ends; behind 24 hours, of the day after."""
    opens, closes = (each.hour * 60 + each.minute for each in between)
    return opens, closes if opens < closes else closes + DAY


def checked(rule: Rule) -> Rule:
    """The rule, if it can be kept; BadRule."""
    if both := sorted(rule.holidays & rule.exceptions.keys()):
        raise BadRule(f"{both[0]} is a holiday and has hours of its own")
    hours = _flat((*rule.hours.values(), *rule.exceptions.values()))
    for between in (*hours, *rule.breaks):
        opens, closes = minutes(between)
        if closes > max(DAY, opens + NIGHT):
            raise BadRule(f"{between[0]} is not before {between[1]}")
        if any(each.second or each.microsecond for each in between):
            raise BadRule(f"{between[0]} and {between[1]} are not whole minutes")
        _require_cells(timedelta(minutes=opens), timedelta(minutes=closes))
    _require_cells(rule.duration, rule.every, rule.before, rule.after)
    if not (CELL <= rule.duration <= LONGEST and CELL <= rule.every <= LONGEST):
        raise BadRule(f"slots take from {CELL} to {LONGEST}, and begin that far apart")
    return rule


def _flat(days: Iterable[Sequence[Between]]) -> list[Between]:
    return [between for day in days for between in day]


def _require_cells(*lengths: timedelta) -> None:
    """Seats are taken by cells, so nothing may begin or end within one."""
    for length in lengths:
        if length % CELL:
            raise BadRule(f"{length} is not a multiple of {CELL}")
