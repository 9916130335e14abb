"""From words to tags, the same for every language.

``übermorgen um halb vier`` and ``the day after tomorrow at half past three`` become
``D+2 AT HALF 4`` and ``D+2 AT HALF 3``. Tags are separated by single blanks. A word
that means nothing here is ``_``, so that nothing is joined across it. A number is
itself, ``3 TH`` the third, ``@930m!`` 15:30 on the clock (minutes since midnight, to
the hour or the minute, settled whether before or after noon), ``#3/4/27`` a date in
figures.
"""

import re
from functools import cache

from timex._language import Language, fold
from timex._slips import spoken
from timex._tagged import DAY, MOD, NOON, PART, tagged

# "2,5 Stunden" of the folded text
HALVES = re.compile(
    r"(?<![\d.,:])(\d{1,2})[.,]5 ?"
    r"(?:hours?|hrs?|h|stunden|std|heures|horas|ore|uur|uren)\b"
)
UNIT = r"(?:MIN|HOUR|DAY|WEEK|MONTH|YEAR|TH|M\d)"
SOON = rf"(?:@|NOON|MIDNIGHT|Q|HALF|\d+(?! {UNIT})(?!\S))"  # a time of day begins
NO_HOUR = r"(?:2[5-9]|[3-9]\d)"
NUMBERED = rf"(?:1[3-9]|[2-4]\d|5[0-3])(?! (?:{UNIT}|[AP]M|OCLOCK|TO|DASH))(?!\S)"
COMMON = [
    (r"(#\d{4}\S+ (?:AT )?@\d+m)[?~]", r"\1!"),  # nobody writes half of ISO 8601
    (r"(\d+) WORKDAY EVERY", r"\1 WORKDAY"),
    (r"WITHIN (?:NEXT )?(?=\d+ (?:HOUR|MIN))", "IN "),
    (r"WITHIN (?:NEXT )?(?=\d+ (?:DAY|WEEK|MONTH|WORKDAY))", "BEFORE IN "),
    (r"WITHIN", "BEFORE "),
    (r"((?:ANY|EVERY|WEEK|MONTH)(?!\S).{0,60}?) BUT (?=(?:ON )?W\d)", r"\1 NOT "),
    (r"BUT", "_"),
    (r"IN ABOUT", "ABOUT IN"),
    # "week 49", and not "next week 14:00"
    (rf"(?<!NEXT )(?<!THIS )(?<!COMING )WEEK (?={NUMBERED})", "KW "),
    (rf"ABOUT (?=ABOUT|AT|{SOON})", "AT "),
    (r"AT (?=AT)", ""),
    (rf"(\d+) OVER (?=HALF|\d+(?! {UNIT}))", r"\1 PAST "),
    (r"OVER", "IN"),
    # "two and a half hours"; "at two hours and a half" is on the clock
    (r"(\d+) PLUSHALF HOUR", lambda m: f"{60 * int(m[1]) + 30} MIN"),
    (r"(IN|FOR) (\d+) HOUR PLUSHALF", lambda m: f"{m[1]} {60 * int(m[2]) + 30} MIN"),
    (r"(IN|FOR) (\d+) HOUR PLUSQ", lambda m: f"{m[1]} {60 * int(m[2]) + 15} MIN"),
    (r"(W\d) IN 8 DAY", r"\1 WEEKON"),  # Mittwoch in acht Tagen
    (rf"VOOR (?={SOON}|\d+(?! {UNIT})(?!\S))", "BEFORE "),
    (r"VOOR", "_"),
    (rf"(ON|IN|FROM|AT|BETWEEN|{MOD}|TH|\d+) ~", r"\1 "),  # "on Sat", not "I sat"
    (r"~\S+(?= _)", "_"),
    (r"~", ""),
    (r"CORR (?:CORR )*(\d{1,2})(?= *$)", r"CORR AT \1"),  # "no, make it 3"
    (r"SAMEDAY (?=(?:NEXT|COMING|THIS) (?:WEEK|MONTH|YEAR))", "ANY DAY "),
    (r"SAMEDAY", "TODAY"),
    (r"THISTIME (?=NEXT (?:WEEK|MONTH|YEAR))", "THISTIME TODAY "),
    (r"([2-5]0)\+ (?:AND |DASH )?([1-9])(?!\S)", lambda m: str(int(m[1]) + int(m[2]))),
    (r"([2-5]0)\+", r"\1"),
    (r"A (?=(?:MIN|HOUR|DAY|WEEK|MONTH|YEAR)(?!\S))", "1 "),
    (r"(?:A(?!\S)|DASH (?=_)) ?", ""),
    (r"(W\d|TODAY|D\+2|D-1) D\+1(?!\S)", r"\1 PMOR"),  # "Montag morgen"
    (rf"THIS (?={PART})", "TODAY "),
    (r"FROM (?=(?:(?:THIS|NEXT|COMING|LAST) )?(?:M\d|MONTH|\d{4}))", ""),
    (rf"(?:AT )?{NO_HOUR} OCLOCK|AT {NO_HOUR}(?: HOUR|(?=(?: _)?$))", "NOTIME"),
    (r"MIDNIGHT", f"@{DAY}h!"),
    (r"12 NOON|NOON", f"@{NOON}h!"),
]


@cache
def _rule(pattern: str) -> re.Pattern[str]:
    """Compiled once: a message meets some hundred of them, in each language."""
    return re.compile(rf"(?<!\S)(?:{pattern})")


def rewritten(tags: str, rules: list) -> str:
    """The tags after every rule, which match whole tags, has had its turn."""
    for pattern, replacement in rules:
        tags = _rule(pattern).sub(replacement, tags)
    return " ".join(tags.split())


def canon(text: str, language: Language) -> str:
    """The tags of what was said."""
    text = re.sub(r"(?<=-\d\d)t(?=\d)", " ", fold(text))  # ISO 8601
    text = HALVES.sub(lambda found: f"{60 * int(found[1]) + 30} min", text)
    text = re.sub(r"(?<!\w)2(?=(?:mor|day|nite|night))", "to", text)
    text = re.sub(
        r"(?<![\w.£€$])((?:0?[1-9]|1[0-2])(?::\d\d)?[ap])(?![\w.])", r"\1m", text
    )
    tags = " ".join(" ".join(tagged(spoken(text, language), language)).split())
    if not tags.strip(" _"):
        return tags
    if language.clock == 24:  # "le 3", "am 3", "el 3"
        units = r"HOUR|OCLOCK|AM|PM|MIN|TO|TILL|DASH"
        tags = re.sub(r"(?<!\S)(\d\d?) DASH (\d\d?)(?= AT @)", r"#\1-\2", tags)
        tags = re.sub(rf"(?<!\S)ON (\d\d?)(?! (?:{units}|TH))(?!\S)", r"\1 TH", tags)
    return rewritten(tags, COMMON)
