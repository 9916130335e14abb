"""From words to tags, the same for every language.

``übermorgen um halb vier`` and ``the day after tomorrow at half past three`` become
``D+2 AT HALF 4`` and ``D+2 AT HALF 3``. Tags are separated by single blanks. A word
that means nothing here is ``_``, so that nothing is joined across it. A number is
itself, ``3 TH`` the third, ``@930m!`` 15:30 on the clock (minutes since midnight, to
the hour or the minute, settled whether before or after noon), ``#3/4/27`` a date in
figures.
"""

import re
from collections.abc import Iterator
from functools import cache

from moments._language import Language, fold

NOON, DAY = 12 * 60, 24 * 60
PART = r"P(?:DAWN|MOR|FORE|LUN|AFT|EVE|TON|NIGHT)(?!\S)"  # of the day
FIGURES = (
    r"\d{4}-\d{1,2}-\d{1,2}"
    r"|\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)(?:\d{4}|\d{2})|\d{1,2}/\d{1,2}"
)
CLOCK = r"\d{1,2}(?::|h)\d{2}(?::\d{2})?(?=\D|$)"
MARKED = r"\s*(?:uhr|h\b|[ap]\.?\s?m\b)"


def clock(minutes: int, grain: str, state: str) -> str:
    """The tag of a time of day, ``!`` settled, ``?`` open, ``~`` settled by custom."""
    return f"@{minutes % (2 * DAY)}{grain}{state}"


def state(hour: int, language: Language) -> str:
    """How settled an hour is by its number: a clock of 24 hours has no noon to ask."""
    if not 0 < hour <= 12:
        return "!"
    return "~" if language.clock == 24 and hour >= 7 else "?"


@cache
def _scanner(language: Language) -> re.Pattern[str]:
    phrases = sorted(language.words, key=len, reverse=True)
    word = "|".join(re.escape(each) for each in phrases)
    endings = "|".join(re.escape(each) for each in language.endings)
    return re.compile(
        rf"(?P<figures>(?<![\d.])(?:{FIGURES})(?!\d))"
        rf"|(?P<clock>(?<!\d){CLOCK})"
        r"|(?P<dotted>(?<!\d)\d{1,2}\.\d{1,2}(?!\d)\.?)"
        rf"|(?P<nth>(?<!\d)\d{{1,2}}(?:{endings})(?![a-z0-9]))"
        r"|(?P<number>\d+)"
        rf"|(?P<phrase>(?<![a-z'])(?:{word})(?![a-z]))"
        r"|(?P<dash>-)|(?P<word>[^\W\d_]+)"
    )


def _dotted(text: str, around: tuple[str, str], language: Language) -> str:
    """``3.4.`` is a date; ``14.30`` a time, and so is what words say is one."""
    first, second = (int(each) for each in text.rstrip(".").split("."))
    if first > 31 or second > 59:
        return "_"
    is_time = second > 12 or re.match(MARKED, around[1]) or around[0] == "AT"
    if is_time and not (text.endswith(".") and second <= 12):
        return clock(first * 60 + second, "m", state(first, language))
    return f"#{text.rstrip('.')}"


def _clock(text: str, language: Language) -> str:
    hour, minute = (int(each) for each in re.split("[:h]", text)[:2])
    if hour > 24 or minute > 59:
        return "_"
    settled = "!" if text.startswith("0") else state(hour, language)
    return clock(hour * 60 + minute, "m", settled)


def _ordinal(text: str, previous: str) -> str:
    """``3.`` ends a sentence where a time was begun."""
    number = re.sub(r"\D", "", text)
    return number if text.endswith(".") and previous == "AT" else f"{number} TH"


def _tags(text: str, language: Language) -> Iterator[str]:
    previous = ""
    for found in _scanner(language).finditer(text):
        kind, said = found.lastgroup, found.group()
        match kind:
            case "figures":
                previous = f"#{said}"
            case "clock":
                previous = _clock(said, language)
            case "dotted":
                around = (previous, text[found.end() :])
                previous = _dotted(said, around, language)
            case "nth":
                previous = _ordinal(said, previous)
            case "number":
                previous = str(int(said))
            case "phrase":
                previous = language.words[said]
            case _:
                previous = "DASH" if kind == "dash" else "_"
        yield previous


COMMON = [
    (r"([2-5]0)\+ (?:AND |DASH )?([1-9])(?!\S)", lambda m: str(int(m[1]) + int(m[2]))),
    (r"([2-5]0)\+", r"\1"),
    (r"A (?=(?:MIN|HOUR|DAY|WEEK|MONTH|YEAR)(?!\S))", "1 "),
    (r"(?:A(?!\S)|DASH (?=_)) ?", ""),
    (r"(W\d|TODAY|D\+2|D-1) D\+1(?!\S)", r"\1 PMOR"),  # "Montag morgen"
    (rf"THIS (?={PART})", "TODAY "),
    (r"FROM (?=(?:(?:THIS|NEXT|COMING|LAST) )?(?:M\d|MONTH|\d{4}))", ""),
    (r"MIDNIGHT", f"@{DAY}h!"),
    (r"12 NOON|NOON", f"@{NOON}h!"),
]


def rewritten(tags: str, rules: list) -> str:
    """The tags after every rule, which match whole tags, has had its turn."""
    for pattern, replacement in rules:
        tags = re.sub(rf"(?<!\S)(?:{pattern})", replacement, tags)
    return " ".join(tags.split())


def canon(text: str, language: Language) -> str:
    """The tags of what was said."""
    tags = " ".join(" ".join(_tags(fold(text), language)).split())
    if language.clock == 24:  # "le 3", "am 3", "el 3"
        units = r"HOUR|OCLOCK|AM|PM|MIN|TO|DASH"
        tags = re.sub(rf"(?<!\S)ON (\d\d?)(?! (?:{units}|TH))(?!\S)", r"\1 TH", tags)
    return rewritten(tags, COMMON)
