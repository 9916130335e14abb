"""Days, and months, weeks and years of them, as seen from today."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta, weekday

from timex._language import Language
from timex._tagged import MOD

DAY, WEEK = timedelta(days=1), timedelta(days=7)
Note = tuple[str, dict[str, str | date]]
AHEAD = {"LAST": -1, "": 0, "THIS": 0, "COMING": 1, "NEXT": 1, "NEXT2": 2}


def _whole(what: str) -> str:
    """A pattern of such a period, with what says which one, and maybe a year."""
    return rf"(?:{MOD} )?(?:{what})(?!\S)(?: {MOD}(?!\S))?(?: \d{{4}}(?!\S))?"


PERIOD = _whole(r"M\d+|MONTH|WEEK|YEAR")
MONTHLY = _whole(r"M\d+|MONTH")


@dataclass(frozen=True)
class Days:
    """From ``first`` up to but without ``last``; ``plain`` is no more than a weekday,
    ``counted`` no more than a day's number in its month.

    ``notes`` are what is left open: what about, and the dates to ask with.
    """

    first: date
    last: date
    grain: str = "day"
    notes: tuple[Note, ...] = ()
    plain: bool = False
    counted: bool = False


@dataclass(frozen=True)
class Today:
    """From where the words are seen."""

    day: date
    language: Language
    order: str
    undecided: bool


def one(day: date, *notes: Note, plain: bool = False) -> Days:
    return Days(day, day + DAY, "day", notes, plain)


def on_weekday(number: int, day: date, ahead: int = 1) -> date:
    """The *ahead*-th such weekday after *day*; with -1 the last one before."""
    start = day + DAY if ahead > 0 else day - DAY
    return start + relativedelta(weekday=weekday(number, ahead))


def _named(number: int, year: int | None, modifier: str, today: date) -> Days:
    """That month of the year, or else the next such; this month counts."""
    first, this = date(year or today.year, number, 1), today.replace(day=1)
    if not year:
        passed = first < this
        first += relativedelta(years=-(not passed) if modifier == "LAST" else passed)
    return Days(first, first + relativedelta(months=1), "month")


def _ahead(unit: str, ahead: int, today: date) -> Days:
    if unit == "WEEK":
        first = today - today.weekday() * DAY + ahead * WEEK
        return Days(first, first + WEEK, "week")
    if unit == "MONTH":
        first = today.replace(day=1) + relativedelta(months=ahead)
        return Days(first, first + relativedelta(months=1), "month")
    first = date(today.year + ahead, 1, 1)
    return Days(first, first + relativedelta(years=1), "month")


def period(tags: str, today: date) -> Days:
    """The period of tags that `PERIOD` matches: M3 2027, NEXT WEEK, MONTH LAST."""
    modifier, year = re.search(MOD, tags), re.search(r"(?<!\S)\d{4}(?!\S)", tags)
    said = modifier.group() if modifier else ""
    if named := re.search(r"M(\d+)", tags):
        return _named(int(named[1]), int(year.group()) if year else None, said, today)
    unit = re.search("WEEK|MONTH|YEAR", tags)
    return _ahead(unit.group(), AHEAD[said], today)
