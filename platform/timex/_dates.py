"""Days that are said so clearly that their numbers are no hours.

Dates in figures are read by dateutil; "3 March", "the last Friday of May" by the table
below, before the time of day is looked for.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from dateutil import parser
from dateutil.relativedelta import relativedelta, weekday

from timex._language import Language
from timex._periods import DAY, MONTHLY, PERIOD, WEEK, Days, Today, one, period
from timex._tagged import MOD

YEARS = range(1900, 2200)  # outside, nobody means it
RECENT = timedelta(days=90)
SAID = r"\d{4}|MONTH|LAST"  # which year, or which month
Found = Days | None
Rule = tuple[str, Callable[[re.Match[str], Today], Found]]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _parsed(text: str, today: Today) -> date | None:
    """Figures in the order of the locale; the next such day, if no year is said."""
    month_first = today.order == "mdy" and "." not in text
    default = datetime(today.day.year, 1, 1)
    if iso := re.fullmatch(r"(\d{4})[./-](\d\d?)[./-](\d\d?)", text):
        return _date(*(int(each) for each in iso.groups()))
    # With dots, dateutil takes two figures for a number.
    plain = re.sub("[.-]", "/", text)
    for day_first in (not month_first, month_first):
        try:
            day = parser.parse(plain, default=default, dayfirst=day_first).date()
        except (ValueError, OverflowError):
            continue
        short = len(re.findall(r"\d+", text)) < 3
        return day + relativedelta(years=int(short and day < today.day))
    return None


def is_none(tags: str) -> bool:
    """Whether figures look like a date, and are that of no day: 30/2, 2027-02-30."""
    for figures in re.findall(r"(?<!\S)#(\S+)", tags):
        short = sorted(int(each) for each in re.findall(r"\d+", figures))[:2]
        if len(short) > 1 and short[0] <= 12 and short[1] <= 31:
            return True
    return False


def _coming(day: date, today: Today) -> Days:
    """That day; asked about where it is next year's, as this year's has just passed."""
    passed = day - relativedelta(years=1)
    recently = today.day - RECENT <= passed < today.day
    turned = day.year > today.day.year and recently
    return one(day, ("year", {"one": day})) if turned else one(day)


def _is_turned(text: str, day: date, today: Today) -> bool:
    """Whether the day is first where the month should be, as in 13/4 in America."""
    is_month_first = today.order == "mdy" and not today.undecided
    return is_month_first and day.day > 12 and text.startswith(f"{day.day}/")


def _figures(found: re.Match[str], today: Today) -> Found:
    """A date in figures: ISO, or in the order of the locale, asked if that is open."""
    day = _parsed(found[1], today)
    if day is None or day.year not in YEARS:
        return None
    if _is_turned(found[1], day, today):
        return one(day, ("vague", {"words": day}))
    has_year = len(re.findall(r"\d+", found[1])) > 2
    swaps = day.day <= 12 and day.day != day.month and re.match(r"\d\d?[/-]", found[1])
    if not (swaps and today.undecided):
        return one(day) if has_year else _coming(day, today)
    other = _swapped(day, today, has_year=has_year)
    return one(day, ("order", {"one": day, "other": other}))


def _swapped(day: date, today: Today, *, has_year: bool) -> date:
    """With day and month the other way round; the next such, if no year is said."""
    other = day.replace(day=day.month, month=day.day)
    if has_year:
        return other
    other = other.replace(year=today.day.year)
    return other.replace(year=other.year + (other < today.day))


def _in_period(number: str, tags: str, today: Today) -> date | None:
    """The day of a month, next year if it has passed and no year is said."""
    when = period(tags, today.day)
    try:
        day = when.first.replace(day=int(number))
        if re.search(SAID, tags) or day >= today.day:
            return day
        return day.replace(year=day.year + 1)
    except ValueError:
        return None


def _month_day(found: re.Match[str], today: Today) -> Found:
    return _day_of(found["day"], found["month"], today)


def _day_month(found: re.Match[str], today: Today) -> Found:
    tags = f"{found['month']} {found['year'] or ''}"
    return _day_of(found["day"], tags, today)


def _day_of(number: str, tags: str, today: Today) -> Days:
    """That day of a month; of one that has no such day, that it has not."""
    if day := _in_period(number, tags, today):
        return one(day) if re.search(SAID, tags) else _coming(day, today)
    return replace(period(tags, today.day), notes=(("missing", {}),))


def _month_days(found: re.Match[str], today: Today) -> Found:
    first = _in_period(found["from"], found["month"], today)
    last = _in_period(found["to"], found["month"], today)
    return Days(first, last + DAY) if first and last and first <= last else None


def _nth_weekday(found: re.Match[str], today: Today) -> Found:
    """The third Friday of a month, the last Monday; none where there is no fifth."""
    nth = -1 if found["nth"] == "LAST" else int(found["nth"].split()[0])
    for tags in (found["month"], f"{found['month']} {today.day.year + 1}"):
        month = period(tags, today.day)
        edge = month.last - DAY if nth < 0 else month.first
        day = edge + relativedelta(weekday=weekday(int(found["weekday"]), nth))
        if not month.first <= day < month.last:
            return None
        if day >= today.day or re.search(r"\d{4}|MONTH|LAST M", found["month"]):
            return one(day)
    return None


def _last_day(found: re.Match[str], today: Today) -> Found:
    when = period(found["month"], today.day)
    first = found["nth"].startswith("1")
    return one(when.first if first else when.last - DAY)


def _week(found: re.Match[str], today: Today) -> Found:
    """That week of the year, of the next one where it is over (ISO 8601)."""
    for year in (today.day.year, today.day.year + 1):
        try:
            first = date.fromisocalendar(year, int(found["number"]), 1)
        except ValueError:
            return None
        if first + WEEK > today.day:
            return Days(first, first + WEEK, "week")
    return None


def nth(found: re.Match[str], today: Today) -> Found:
    """The next such day of a month, of those that have so many days."""
    is_skipped = False  # a month that has no such day
    for ahead in range(3):
        try:
            first = today.day.replace(day=1) + relativedelta(months=ahead)
            day = first.replace(day=int(found["day"]))
        except ValueError:
            is_skipped = True
            continue
        if day >= today.day:
            notes = (("vague", {"words": day}),) if is_skipped else ()
            return replace(one(day, *notes), counted=True)
    return None


D = r"(?P<day>[12]\d|3[01]|[1-9])"
STRONG: list[Rule] = [
    (r"(?:IN )?KW (?P<number>\d\d?)", _week),
    (r"#(\S+)", _figures),
    (
        r"(?:FROM |BETWEEN )?(?P<from>\d\d?) (?:TH )?(?:TO|TILL|DASH|AND) "
        rf"(?P<to>\d\d?) (?:TH )?(?:FROM |IN )?(?P<month>{MONTHLY})",
        _month_days,
    ),
    (
        rf"(?P<nth>\d TH|LAST) W(?P<weekday>\d) (?:FROM |IN )?(?P<month>{MONTHLY})",
        _nth_weekday,
    ),
    (rf"(?P<nth>1 TH|LAST) DAY (?:FROM |IN )?(?P<month>{PERIOD})", _last_day),
    (rf"{D} TH (?:FROM |IN )?(?P<month>{MONTHLY})", _month_day),
    # "a month" is no first of it
    (rf"{D} (?:FROM |IN )?(?P<month>(?!MONTH(?! {MOD})){MONTHLY})", _month_day),
    (
        r"(?P<month>M\d+) (?P<from>\d\d?) (?:TH )?(?:TO|TILL|DASH) "
        r"(?P<to>\d\d?)(?: TH)?(?!\S)",
        _month_days,
    ),
    (
        rf"(?P<month>M\d+) {D}(?: TH)?(?!\S)(?! (?:AM|PM|OCLOCK|HOUR))"
        r"(?: (?P<year>\d{4})(?!\S))?",
        _day_month,
    ),
]
# "vendredi 13" is a date, where "Friday 3" is a time.
NUMBERED = rf"(?<=W\d ){D}(?!\S)(?! (?:OCLOCK|HOUR|TO|TILL|DASH|AND|AM|PM|MIN|P[A-Z]+))"


def strong(language: Language) -> list[Rule]:
    """What says a day so clearly that its numbers are no hours."""
    return STRONG + [(NUMBERED, nth)] * (language.code in ("fr", "es"))
