"""What is said beside a time, and makes it another one, or leaves it open."""

import re
from dataclasses import replace

from dateutil.relativedelta import relativedelta

from timex._canon import rewritten
from timex._periods import DAY, WEEK, Days, Note
from timex._scene import Scene
from timex._tagged import MOD, PART

# By what is asked about: several dates, the hour, one day of many.
OPEN = {
    "series": rf"EVERY (?:\d+ (?:TH )?)?(?:W\d|WORKDAY|DAY|WEEK|MONTH|WEEKEND|{PART})"
    r"|(?:W\d|WORKDAY) EVERY|SERIES",
    "time": rf"WHEN|{PART} (?:OR|AND|DASH) {PART}"
    r"|(?<!FROM )(?<!AT )(?:5 TO (?:[5-9]|1\d)|10 TO \d\d?)(?! (?:TH|M\d|\d))",
    "day": rf"HOLIDAY|ANY (?:W\d|WORKDAY|DAY|WEEK|WEEKEND|{PART})",
    "hour": "NOTIME",
}
EXCLUDED = (
    rf"NOT (?:(?:ON|AT|FROM) )?(?:{MOD} )?(?:W\d|D[+-]\d|TODAY)(?: {PART})?(?!\S)",
    "_",
)
SHIFT = r"(?<!\S)(?:(\d+) (DAY|WEEK|MONTH)|(DAY)) (BEFORE|AFTER|FROM) =(\d)"
# A limit of days, or about a day: no day of its own.
LIMIT = r"(?<!\S)(?<!=\d )(?:BEFORE|AFTER|TILL|ABOUT) =\d|=\d (?:ONWARDS|LATEST)"
UNITS = {"DAY": "days", "WEEK": "weeks", "MONTH": "months"}


def left_open(tags: str, scene: Scene) -> tuple[list[str], str]:
    """Questions about what no rule can settle, and the tags without it."""
    asked = [about for about, said in OPEN.items() if _says(said, tags)]
    questions = [scene.ask(about) for about in asked]
    rules = [EXCLUDED, (r"(?:EVERY|SERIES|WHEN|NOTIME|ANY)(?!\S)", "")]
    return questions, rewritten(tags, rules)


def _says(pattern: str, tags: str) -> bool:
    return re.search(rf"(?<!\S)(?:{pattern})(?!\S)", tags) is not None


def shifted(tags: str, found: list[Days]) -> str:
    """Two days before Christmas: the day that *found* has is moved by them."""
    if week := re.search(r"(?<!\S)(?<!\d )WEEK (?:FROM |ON )?=(\d)", tags):
        first = found[int(week[1])].first
        found[int(week[1])] = Days(first, first + WEEK, "week")
    said = re.search(SHIFT, tags)
    if said is None:
        return tags
    many, unit, place = int(said[1] or 1), said[2] or said[3], int(said[5])
    sign = -1 if said[4] == "BEFORE" else 1
    day = found[place].first + sign * relativedelta(**{UNITS[unit]: min(many, 1000)})
    found[place] = Days(day, day + DAY)
    return f"{tags[: said.start()]}={place}{tags[said.end() :]}"


def limited(tags: str, days: Days | None) -> Days | None:
    """Asked which day, where a day is only said to be the first or the last."""
    if days is None or not re.search(LIMIT, tags):
        return days
    which: Note = ("day", {})
    return replace(days, notes=(*days.notes, which))


def numbered(tags: str, days: Days | None) -> Days | None:
    """Asked at what time, where a number beside the day may be an hour: "Friday 3p"."""
    if days is None or not re.search(r"(?<!\S)\d\d?(?!\S)", tags):
        return days
    when: Note = ("time", {})
    return replace(days, notes=(*days.notes, when))
