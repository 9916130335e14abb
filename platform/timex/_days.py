"""Days that are said by words: tomorrow, next Friday, in two weeks."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

from dateutil.relativedelta import relativedelta

from timex._dates import Found, Rule, nth
from timex._periods import (
    AHEAD,
    DAY,
    MONTHLY,
    PERIOD,
    WEEK,
    Days,
    Note,
    Today,
    on_weekday,
    one,
    period,
)
from timex._tagged import MOD

UNITS = {"DAY": "days", "WEEK": "weeks", "MONTH": "months", "YEAR": "years"}
MOST = {"DAY": 1000, "WEEK": 500, "MONTH": 240, "YEAR": 20}  # that somebody may mean
D = r"(?P<day>[12]\d|3[01]|[1-9])"


def _edge(found: re.Match[str], today: Today) -> Found:
    """Beginning, middle or end: a day of it, and the question which one."""
    when = period(found["period"], today.day)
    last = when.last - DAY
    if when.grain == "week":
        last -= 2 * DAY  # Friday
    days = {"BEGIN": when.first, "END": last, "MID": when.first + 14 * DAY}
    if when.grain == "week":
        days["MID"] = when.first + 2 * DAY
    day = days[found["edge"]]
    return one(day, ("vague", {"words": day}))


def _ahead(found: re.Match[str], today: Today) -> Found:
    return _distant(today.day, int(found["many"]), found["unit"])


def _ago(found: re.Match[str], today: Today) -> Found:
    return _distant(today.day, -int(found["many"]), found["unit"])


def _from_day(found: re.Match[str], today: Today) -> Found:
    """A week from Friday, heute in zwei Wochen, Friday week."""
    told = {"many": "1", "unit": "WEEK"} | found.groupdict()
    base = _anchor(found["anchor"], today)
    return _distant(base, int(told["many"]), told["unit"])


def _workdays(found: re.Match[str], today: Today) -> Found:
    """In three working days: weekends do not count."""
    day, left = today.day, int(found["many"])
    while 0 < left <= MOST["DAY"]:
        day += DAY
        left -= day.weekday() < 5
    return one(day) if left == 0 < int(found["many"]) else None


def _distant(day: date, many: int, unit: str) -> Found:
    if abs(many) > MOST[unit]:
        return None
    return one(day + relativedelta(**{UNITS[unit]: many}))


def _weeks_ahead(found: re.Match[str], today: Today) -> Found:
    """Monday in two weeks: of that week, or two weeks after the next Monday."""
    number, many = int(found["weekday"]), int(found["many"])
    if many > MOST["WEEK"]:
        return None
    monday = today.day - today.day.weekday() * DAY
    day = monday + many * WEEK + number * DAY
    other = on_weekday(number, today.day) + many * WEEK
    if many == 1:
        return one(other)
    return one(day) if day == other else one(day, _or(day, other))


def _anchor(tag: str, today: Today) -> date:
    if tag.startswith("W"):
        return on_weekday(int(tag[1]), today.day)
    return today.day + (0 if tag == "TODAY" else int(tag[1:])) * DAY


def _fortnight(found: re.Match[str], today: Today) -> Found:
    """vendredi en quinze"""
    return one(_anchor(found["anchor"], today) + 2 * WEEK)


def _weekend(found: re.Match[str], today: Today) -> Found:
    """Saturday and Sunday; "next" is of next week, and asked about."""
    ahead = AHEAD[next((each for each in found.groups() if each), "")]
    monday = today.day - today.day.weekday() * DAY
    if "COMING" in found.groups() and today.day.weekday() < 5:
        ahead = 0
    first = monday + 5 * DAY + ahead * WEEK
    days = Days(first, first + 2 * DAY)
    if "NEXT" in found.groups() and today.day.weekday() < 5:
        return replace(days, notes=(_or(first, first - WEEK),))
    return days


def _or(first: date, other: date) -> Note:
    return "next", {"one": first, "other": other}


def _weekday(found: re.Match[str], today: Today) -> Found:
    """The next such day; "next" may as well mean that of next week."""
    number = int(found["weekday"])
    modifier = found["before"] or found["after"] or ""
    coming = on_weekday(number, today.day)
    later = today.day + (number - today.day.weekday()) * DAY + WEEK
    if modifier == "LAST":
        return one(on_weekday(number, today.day, -1))
    if modifier == "NEXT2":
        notes = () if coming == later else (_or(coming + WEEK, later + WEEK),)
        return one(coming + WEEK, *notes)
    if number == today.day.weekday():
        return _same_weekday(modifier, coming, today.day)
    if modifier == "NEXT" and coming != later:
        return one(coming, _or(coming, later))
    return one(coming, plain=not modifier)


def _same_weekday(modifier: str, coming: date, today: date) -> Days:
    """Friday, said on a Friday."""
    if modifier == "THIS":
        return one(today)
    notes = () if modifier else (_or(coming, today),)
    return one(coming, *notes, plain=not modifier)


def _period(found: re.Match[str], today: Today) -> Found:
    return period(found["period"], today.day)


def _relative(found: re.Match[str], today: Today) -> Found:
    return one(_anchor(found["anchor"], today))


N = r"(?P<many>\d+)"
UNIT = r"(?P<unit>DAY|WEEK|MONTH|YEAR)"
ANCHOR = r"(?P<anchor>W\d|TODAY|D[+-]\d)"
WEAK: list[Rule] = [
    (rf"IN {N} WEEK W(?P<weekday>\d)", _weeks_ahead),
    (rf"W(?P<weekday>\d) IN {N} WEEK", _weeks_ahead),
    (rf"{N} {UNIT} (?:FROM |AFTER )?{ANCHOR}", _from_day),
    (rf"{ANCHOR} IN {N} {UNIT}", _from_day),
    (rf"{ANCHOR} (?:WEEKON|WEEK(?! (?:{MOD})))", _from_day),
    (rf"{ANCHOR} {N} (?P<unit>WEEK)", _from_day),
    (r"(?P<anchor>TODAY) NEXT (?P<unit>WEEK|MONTH|YEAR)", _from_day),
    (rf"{ANCHOR} 2WEEKON", _fortnight),
    (rf"AGO {N} {UNIT}", _ago),
    (rf"{N} {UNIT} AGO", _ago),
    (rf"BEFORE {N} {UNIT}", _ago),
    (rf"(?:IN )?{N} WORKDAY(?: HENCE| FROM TODAY)?", _workdays),
    (rf"IN {N} {UNIT}", _ahead),
    (rf"{N} {UNIT} HENCE", _ahead),
    (rf"(?P<edge>BEGIN|MID|END) (?:DASH |FROM |IN )?(?P<period>{PERIOD})", _edge),
    (rf"(?:({MOD}) )?WEEKEND(?: ({MOD}))?", _weekend),
    (
        rf"(?:(?P<before>{MOD}) )?W(?P<weekday>\d)(?!\S)"
        rf"(?: (?P<after>{MOD})(?!\S)(?! (?:WEEK|MONTH)))?",
        _weekday,
    ),
    (rf"(?P<period>(?:{MOD} )(?:WEEK|MONTH|YEAR)|(?:WEEK|MONTH|YEAR) {MOD})", _period),
    (rf"(?P<period>{MONTHLY})", _period),
    (r"(?P<anchor>TODAY|D[+-]\d)", _relative),
    (rf"(?:AT|ON) {D} TH", nth),
    # "the second opinion" is of no month
    (rf"{D} TH(?! _)", nth),
    (r"(?P<day>1[1-9]|2\d|3[01]) TH", nth),
]


@cache
def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


def days(tags: str, rules: Iterable[Rule], today: Today, found: list[Days]) -> str:
    """The tags, with ``=0`` and ``=1`` where days were said, which join *found*.

    At most two, which is what can be meant by one thing said.
    """
    for pattern, read in rules:
        form = _form(pattern)
        while len(found) < 2 and (said := form.search(tags)):
            day = read(said, today)
            if day is None:
                break
            tags = f"{tags[: said.start()]}={len(found)}{tags[said.end() :]}"
            found.append(day)
    return tags
