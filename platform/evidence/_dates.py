"""Days of the year in a text: "8 December", "from 24 to 26 December", "Boxing Day"."""

import dataclasses
import functools
import re

from evidence import _days

_MONTHS = (
    "january february march april may june july august september october november "
    "december"
).split()
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS)
_NUMBER = r"(?<![\d:.,€$£])([12]?\d|3[01])(?:st|nd|rd|th)?(?:\s+of)?"
_TO = r"\s*(?:to|until|till|through|–|-)\s*(?:the\s+)?"
_FROM_TO = re.compile(
    rf"(?:{_NUMBER}\s+)?(?:({_MONTH})\b)?{_TO}{_NUMBER}\s+({_MONTH})\b", re.IGNORECASE
)
_LISTED = re.compile(
    rf"{_NUMBER}\s*(?:and|or|&|/|,)\s*{_NUMBER}\s+({_MONTH})\b", re.IGNORECASE
)
_ONE = re.compile(
    rf"{_NUMBER}\s+({_MONTH})\b|\b({_MONTH})\s+(?:the\s+)?{_NUMBER}(?![\d:])",
    re.IGNORECASE,
)
# "Thursday 24 December" is no rule for Thursdays.
_ITS_WEEKDAY = re.compile(
    rf"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+(?=(?:the\s+)?{_NUMBER}\s+"
    rf"(?:{_MONTH})\b)",
    re.IGNORECASE,
)
_FEASTS = {
    "christmas eve": "24 December",
    "christmas day": "25 December",
    "boxing day": "26 December",
    "st stephen's day": "26 December",
    "new year's eve": "31 December",
    "new year's day": "1 January",
}
_FEAST = re.compile(
    "|".join(rf"\b{name}\b".replace("'", "['’]?") for name in _FEASTS), re.IGNORECASE
)
# What may hold for the day asked about though it names others.
_GENERAL = re.compile(
    r"\b(?:except|apart\s+from|other\s+than|besides|otherwise|closed\s+only|"
    r"only\s+(?:on|closed)|always|daily|every|all\s+(?:year|days)|year[- ]round|"
    r"remaining|usual(?:ly)?|holidays?|season|week)\b",
    re.IGNORECASE,
)
# "May" is a month, "may" is a verb.
_BARE_MONTH = re.compile(
    rf"\b(?:{'|'.join(map(str.capitalize, _MONTHS))}|spring|summer|autumn|winter)\b"
)
_OPEN = re.compile(r"\b(?:open\w*|clos\w+|shut|hours)\b", re.IGNORECASE)
_HOURS = re.compile(
    rf"{_OPEN.pattern}|\b\d{{1,2}}[:.h]\d\d\b|\b\d{{1,2}}\s?[ap]\.?m\b|\bholiday",
    re.IGNORECASE,
)
_MONTH_OF = re.compile(
    rf"(?:{_NUMBER}\s+)?\b({_MONTH})\s+(?:{_NUMBER},?\s+)?((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_YEAR = 12 * 31

Dated = tuple[int, int, int]


@dataclasses.dataclass(frozen=True)
class _Found:
    days: frozenset[int]
    rest: str  # what of the text names none of them


def _month(name: str) -> int:
    return next(
        at for at, month in enumerate(_MONTHS) if month.startswith(name[:3].lower())
    )


def _at(day: str, month: str) -> int:
    return 31 * _month(month) + int(day) - 1


@functools.lru_cache(maxsize=1024)
def _found(text: str) -> _Found:
    days = {day for span in _FROM_TO.findall(text) for day in _span(*span)}
    for first, last, month in _LISTED.findall(text):
        days |= {_at(first, month), _at(last, month)}
    for day, month, its, other in _ONE.findall(text):
        days.add(_at(day or other, month or its))
    days |= {_of_feast(feast) for feast in _FEAST.findall(text)}
    text = _ITS_WEEKDAY.sub("", text)
    rest = _FEAST.sub("", _ONE.sub("", _LISTED.sub("", _FROM_TO.sub("", text))))
    return _Found(frozenset(days), rest)


def _span(first: str, month: str, last: str, its: str) -> list[int]:
    """The days from one to another, over the year's end too; none without the first."""
    if not first:
        return []
    low, high = _at(first, month or its), _at(last, its)
    return [(low + step) % _YEAR for step in range((high - low) % _YEAR + 1)]


def _of_feast(feast: str) -> int:
    return _at(*_FEASTS[_plain(feast)].split())


@functools.lru_cache(maxsize=256)
def dated(title: str) -> Dated | None:
    """The (year, month, day) that a title tells, "Notice of 6 May 2024"; a month or day
    that it does not is 0, None without a year."""
    found = _MONTH_OF.search(title)
    if not found:
        year = re.search(r"(?<!\d)20\d\d(?!\d)", title)
        return (int(year[0]), 0, 0) if year else None
    day = found[1] or found[3] or 0
    return int(found[4]), _month(found[2]) + 1, int(day)


def is_later(date: Dated, other: Dated) -> bool:
    """Whether a date is certainly after another, of which either may lack its month."""
    if date[0] != other[0]:
        return date[0] > other[0]
    return bool(date[1] and other[1]) and date > other


def _plain(feast: str) -> str:
    bare = re.sub(r"['’]", "", feast.lower())
    return next(name for name in _FEASTS if name.replace("'", "") == bare)


def asks_of_day(question: str) -> bool:
    """Whether a question asks if or how long it is open on a day of the year."""
    return bool(_OPEN.search(question)) and bool(_found(question).days)


def may_hold(question: str, text: str) -> bool:
    """Whether a text can tell if it is open on the question's day of the year.

    "On 24 December we close at three" says nothing of the eighth, nor does what takes
    place from 1 to 23 December; "daily except on 25 December" may, and weekdays' hours.
    """
    asked, told = _found(question), _found(text)
    if not told.days:
        return True
    if asked.days & told.days:
        return bool(_HOURS.search(text))
    is_general = _GENERAL.search(told.rest) or _BARE_MONTH.search(told.rest)
    return bool(is_general or _days.days(told.rest))


def retold(question: str, text: str) -> str:
    """The question with its feast as the day that the text names it by, if the text has
    that alone: "on 24 December" for "on Christmas Eve"."""
    found = _FEAST.search(question)
    if not found or _plain(found[0]) in _named(text):
        return question
    if _of_feast(found[0]) not in _found(text).days:
        return question
    told = _FEASTS[_plain(found[0])]
    return f"{question[: found.start()]}{told}{question[found.end() :]}"


def _named(text: str) -> frozenset[str]:
    return frozenset(map(_plain, _FEAST.findall(text)))
