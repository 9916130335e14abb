"""Days in a text, of the week and as counted from today, and years."""

import re

NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(
    r"\b(mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bweekends?\b", re.IGNORECASE
)
_RANGE = re.compile(
    r"\b(mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:days?)?\s*(?:to|–|-|until|"
    r"through)\s*(mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:days?)?\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d,€$£])(?:19|20)\d\d\b(?![.,]?\d|\s?(?:[%€]|euro))")
_EVERY = re.compile(
    r"\bdaily\b|\bevery\s+day\b|\ball\s+week\b|\bseven\s+days\b|\bany\s+(?:day|time)\b|"
    r"\bround\s+the\s+clock\b|\b24/7\b",
    re.IGNORECASE,
)
_WEEKDAYS = re.compile(
    r"\bweekdays?\b|\bworking\s+days?\b|\bbusiness\s+days?\b", re.IGNORECASE
)
_WEEKEND = frozenset({5, 6})
_HOLIDAY = r"(?:public|bank|national)\s+holidays?|holidays|weekdays?"
_NEAR = r"(?:right|just)\s+now|now|at\s+the\s+moment|today|tonight|tomorrow"
_WHEN = re.compile(
    rf"(\b(?:on|at|over|during)\s+(?:the\s+)?)?(?:{_RANGE.pattern}|{_DAY.pattern}|"
    rf"\b(?:{_HOLIDAY})\b)|\b(?:{_NEAR})\b",
    re.IGNORECASE,
)
_ITSELF = re.compile(rf"(?:{_NEAR})\b", re.IGNORECASE)
_BARE = re.compile(rf"(?:{_DAY.pattern}|(?:{_HOLIDAY})\b)", re.IGNORECASE)


def _day(name: str) -> int:
    return next(at for at, day in enumerate(NAMES) if day.startswith(name.lower()[:3]))


def days(text: str) -> frozenset[int]:
    """Days of the week that a text names, 0 for Monday, ranges included."""
    found: set[int] = set()
    if _EVERY.search(text):
        found.update(range(7))
    if _WEEKDAYS.search(text):
        found.update(range(5))
    for match in _RANGE.finditer(text):
        first, last = _day(match[1]), _day(match[2])
        found.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    for match in _DAY.finditer(text):
        found |= {_day(match[1])} if match[1] else _WEEKEND
    return frozenset(found)


def years(text: str) -> frozenset[str]:
    """The years from 1900 to 2099 that a text names, as they are written."""
    return frozenset(_YEAR.findall(text))


def unnamed(text: str) -> str:
    """The text without the days of the week that it names."""
    return _DAY.sub("", _RANGE.sub("", text))


def swapped(text: str, piece: str) -> str | None:
    """A text with its first day or holiday replaced by a piece; None without one.

    A bare day takes over the preposition: "on Saturday" and "Monday" is "on Monday".
    What is asked of now and of Monday is asked of Monday.
    """
    found = _WHEN.search(text)
    if not found:
        return None
    kept = found[1] or "" if _BARE.match(piece) else ""
    return f"{text[: found.start()]}{kept}{piece}{text[found.end() :]}"


def needs_on(text: str) -> bool:
    """Whether a day that it names stands after a preposition: "on Monday", "today"."""
    return bool(_BARE.match(text)) and not _ITSELF.match(text)


def named(text: str) -> bool:
    """Whether a text names days of the week, holidays, or a day by today's."""
    return bool(_WHEN.search(text))
