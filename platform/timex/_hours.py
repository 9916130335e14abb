"""The time of day that tags say: one time, two, or a part of the day."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from timex._canon import rewritten
from timex._language import Language
from timex._tagged import DAY, NOON, PART, clock, state

PARTS = {
    "PDAWN": (0, 6 * 60),
    "PMOR": (6 * 60, NOON),
    "PFORE": (9 * 60, NOON),
    "PLUN": (NOON, 14 * 60),
    "PAFT": (NOON, 18 * 60),
    "PEVE": (18 * 60, 22 * 60),
    "PTON": (18 * 60, DAY),
    "PNIGHT": (22 * 60, 30 * 60),
}
# Small hours belong to the night before, or to the day itself.
AT_NIGHT: dict[str, Callable[[int], tuple[int, ...]]] = {
    "PTON": lambda minutes: (minutes + DAY,),
    "PNIGHT": lambda minutes: (minutes, minutes + DAY),
}
# When businesses are likely to be meant, if nobody says before or after noon.
LIKELY = range(8 * 60, 20 * 60)
DAYS = r"(?<!\S)(?:TODAY|D[+-]\d|=\d|W\d)(?!\S)"
HALVES = {"AM": "PMOR", "PM": "PAFT"}
C = r"@\d+[hm][!?~]"
H = r"(?:1\d|2[0-4]|\d)"
NOT_HOURS = r"(?! (?:TH|M\d|MIN|DAY|WEEK|MONTH|YEAR|FROM M\d|_))(?!\S)"


@dataclass(frozen=True)
class Hours:
    """Minutes since midnight of the day, the likeliest first; ``ends`` where said.

    More than one beginning, or ``ends`` of a pair, is what was left open.
    """

    begins: tuple[int, ...]
    ends: int | None
    grain: str
    shift: str = ""


def _at(hour: str, more: int, grain: str = "m", settled: str = "?") -> str:
    minutes = int(hour) * 60 + more
    return clock(minutes, grain, settled if 0 < int(hour) <= 12 else "!")


def _full(hour: str, language: Language) -> str:
    """The hour alone, settled or not as the language has it."""
    return _at(hour, 0, "h", state(int(hour), language))


def _settled(tag: str, half: str) -> str:
    minutes = int(tag[1:-2]) % NOON + (NOON if half == "PM" else 0)
    return clock(minutes, tag[-2], "!")


def _plus(tag: str, more: int) -> str:
    return clock(int(tag[1:-2]) + more, "m", tag[-1])


@cache
def _clocks(language: Language) -> list:
    """How times are said, from what says most to what says least."""
    half = 30 if language.half == "past" else -30
    beside = rf"TODAY|D[+-]\d|=\d|W\d|{PART}"
    o = "(?: (?:OCLOCK|HOUR))?"
    made = partial(_full, language=language)

    def told(found: re.Match[str]) -> str:
        settled = state(int(found[1]), language)
        return _at(found[1], int(found[2]), "m", settled)

    def before(found: re.Match[str]) -> str:
        return _at(found[1], int(found[2]))

    def after(found: re.Match[str]) -> str:
        settled = "!" if found[2].startswith("0") else "?"
        return f"{found[1]} {_at(found[2], int(found[3]), 'm', settled)}"

    return [
        (
            rf"(\d+) (?:MIN )?(PAST|AFTER|MINTO|BEFORE) HALF ({H}){o}(?!\S)",
            lambda m: _at(m[3], half + _signed(m[1], m[2])),
        ),
        (rf"HALF ({H}){o}(?!\S)", lambda m: _at(m[1], half)),
        (rf"QPAST ({H}){o}(?!\S)", lambda m: _at(m[1], 15)),
        (rf"(?:QTO|THREEQ) ({H}){o}(?!\S)", lambda m: _at(m[1], -15)),
        (rf"QOF ({H}){o}(?!\S)", lambda m: _at(m[1], -45)),
        (
            rf"([1-5]?\d) (?:MIN )?(PAST|AFTER|MINTO|BEFORE) ({H}){o}(?!\S)",
            lambda m: _at(m[3], _signed(m[1], m[2])),
        ),
        (rf"(?<!FROM )(20|25) TO ({H})(?!\S)", lambda m: _at(m[2], -int(m[1]))),
        # Nobody comes from five to four.
        (r"(?<!FROM )(5) TO ([1-4])(?!\S)", lambda m: _at(m[2], -int(m[1]))),
        (rf"AT (5|10|20|25) TILL ({H})(?!\S)", lambda m: "AT " + _at(m[2], -int(m[1]))),
        (rf"AT (5|10) TO ({H})(?!\S)", lambda m: "AT " + _at(m[2], -int(m[1]))),
        (rf"({H}){o} PLUSHALF(?!\S)", lambda m: _at(m[1], 30)),
        (rf"({H}){o} PLUSQ(?!\S)", lambda m: _at(m[1], 15)),
        (rf"({H}){o} MINUSQ(?!\S)", lambda m: _at(m[1], -15)),
        (rf"({C}) PLUSHALF(?!\S)", lambda m: _plus(m[1], 30)),
        (rf"({C}) PLUSQ(?!\S)", lambda m: _plus(m[1], 15)),
        (rf"({C}) MINUSQ(?!\S)", lambda m: _plus(m[1], -15)),
        (rf"({H}){o} MINUS (\d+)(?!\S)", lambda m: _at(m[1], -int(m[2]))),
        (rf"(AT|{beside}) (1[0-2]|[1-9]) ([0-5][05]){NOT_HOURS}", after),
        (rf"(1[0-2]|[1-9]) ([0-5][05])(?= (?:[AP]M|ON|AT|{beside})(?!\S))", before),
        (r"^(1[0-2]|[1-9]) ([0-5][05])$", before),
        (rf"({beside}) ([01]\d|2[0-3])([0-5]\d)(?!\S)", after),
        (rf"^([01]\d|2[0-3])([0-5]\d)(?= (?:ON )?(?:{beside})(?!\S))", told),
        # No part of the day has both a ten and a four.
        (
            r"(?<!FROM )(10) TO ([1-8])(?= (?:ON |TODAY |D\+\d |W\d )*P(?:AFT|EVE))",
            lambda m: _at(m[2], -int(m[1])),
        ),
        (rf"AT ({H}) AND ([1-5]?\d)(?!\S)", lambda m: "AT " + _at(m[1], int(m[2]))),
        (rf"({H}) (?:OCLOCK|HOUR) ([0-5]?\d)(?! \D)(?!\S)", told),
        (r"(?:AT )?([01]?\d|2[0-3])([0-5]\d) (?:OCLOCK|HOUR)(?!\S)", told),
        (r"AT ([01]?\d|2[0-3])([0-5]\d)(?!\S)", told),
        (rf"({H}) (AM|PM)(?!\S)", lambda m: _settled(_at(m[1], 0, "h"), m[2])),
        (rf"({C}) (AM|PM)(?!\S)", lambda m: _settled(m[1], m[2])),
        (rf"({C}) (?:OCLOCK|HOUR)(?!\S)", r"\1"),
        (rf"({H}) (?:OCLOCK|HOUR)(?!\S)", lambda m: made(m[1])),
        (rf"AT ({H}){NOT_HOURS}", lambda m: "AT " + made(m[1])),
        (rf"({beside}) ([AP]M)(?!\S)", lambda m: f"{m[1]} {HALVES[m[2]]}"),
    ]


def _signed(minutes: str, word: str) -> int:
    return int(minutes) if word in ("PAST", "AFTER") else -int(minutes)


@cache
def _bare(language: Language, has_day: bool) -> list:
    """Numbers that are hours because of what stands beside them."""
    days = rf"TODAY|D[+-]\d|=\d|{PART}" + ("" if language.clock == 24 else r"|W\d")
    link = "(TO|DASH|TILL|AND|OR)"
    hour = rf"({H}){NOT_HOURS}"
    made = partial(_full, language=language)

    return [
        (
            rf"({H}) {link} ({C})",
            lambda m: f"{made(m[1])} {m[2]} {m[3]}",
        ),
        (rf"({C}) {link} {hour}", lambda m: f"{m[1]} {m[2]} {made(m[3])}"),
        (
            # Without a day, two numbers among other words are sizes or prices.
            rf"{'' if has_day else '^'}({H}) (TO|DASH|TILL) {hour}",
            lambda m: f"{made(m[1])} {m[2]} {made(m[3])}",
        ),
        *([(rf"AT ({H})(?= _)", lambda m: f"AT {made(m[1])}")] * has_day),
        (rf"BETWEEN ({H}) AND {hour}", lambda m: f"{made(m[1])} TO {made(m[2])}"),
        (rf"(AFTER|BEFORE|TILL) {hour}", lambda m: f"{m[1]} {made(m[2])}"),
        (rf"({days}) {hour}", lambda m: f"{m[1]} {made(m[2])}"),
        (rf"({H}) ({PART})", lambda m: f"{made(m[1])} {m[2]}"),
        (rf"FROM {hour}", lambda m: f"FROM {made(m[1])}"),
        (rf"^{hour} (?=TODAY|D[+-]\d|W\d|NEXT W|THIS W)", lambda m: f"{made(m[1])} "),
        (rf"(?<!FOR ){hour} (?=ON (?:=\d|W\d|TODAY))", lambda m: f"{made(m[1])} "),
        (rf"({H}) OR {hour}", lambda m: f"{made(m[1])} OR {made(m[2])}"),
        (rf"^({H})$", lambda m: made(m[1])),
    ]


def _options(tag: str, part: str | None) -> tuple[int, ...]:
    """Minutes of the day that the tag may mean, the likeliest first."""
    minutes = int(tag[1:-2])
    if minutes == DAY:
        return DAY, 0  # midnight of the day: its end, or its beginning
    if tag[-1] == "!" or (tag[-1] == "~" and part is None):
        return (minutes,)
    return _halves(minutes % NOON, part)


def _halves(early: int, part: str | None) -> tuple[int, ...]:
    """Before noon, after it, or both, by the part of the day."""
    late = early + NOON
    if part is None:
        return (early, late) if early in LIKELY else (late, early)
    if early < 5 * 60 and part in AT_NIGHT:
        return AT_NIGHT[part](early)
    return (early,) if part in ("PMOR", "PFORE", "PDAWN") else (late,)


def _pair(first: str, last: str, part: str | None) -> tuple[tuple[int, ...], int]:
    """Beginnings and the end; what one of them says about noon holds for both."""
    begins, ends = _options(first, part), _options(last, part)
    if ends == (0,) and last[-1] != "!":
        ends = (NOON,)  # a morning ends at noon: "between 10 and 12"
    pairs = [(a, b) for a in begins for b in ends if a < b]
    if not pairs:  # over midnight
        return begins[:1], min(ends) + DAY * (min(ends) <= begins[0])
    if len(ends) == 1:
        return (max(pairs)[0],), ends[0]
    best = min(pairs, key=lambda pair: (begins.index(pair[0]), pair[1] - pair[0]))
    return (best[0], *(set(begins) - {best[0]})), best[1]


def _between(found: re.Match[str], part: str | None) -> Hours:
    begins, ends = _pair(found[1], found[2], part)
    grain = "minute" if "m" in found[1][-2] + found[2][-2] else "hour"
    return Hours(begins, ends, grain)


def _either(found: re.Match[str], part: str | None) -> Hours:
    """Two times, the one as likely as the other."""
    begins = (_options(found[1], part)[0], _options(found[2], part)[0])
    return Hours(begins, None, "minute" if "m" in found[1] + found[2] else "hour")


def _single(found: re.Match[str], part: str | None) -> Hours:
    return Hours(
        _options(found[1], part), None, "minute" if found[1][-2] == "m" else "hour"
    )


def _from(found: re.Match[str], part: str | None) -> Hours:
    return Hours(_options(found[1], part)[:1], DAY, "hour")


def _until(found: re.Match[str], part: str | None) -> Hours:
    return Hours((0,), _options(found[1], part)[0], "hour")


SAID = [
    (rf"(?:FROM |BETWEEN )?(?:AT )?({C}) (?:TO|DASH|TILL) (?:AT )?({C})", _between),
    (rf"(?:FROM )?(?:AT )?({C}) BEFORE (?:AT )?({C})", _between),
    (rf"AFTER (?:AT )?({C}) (?:AND )?BEFORE ({C})", _between),
    (rf"(?:FROM )?({C}) AT ({C})", _between),
    (rf"BETWEEN (?:AT )?({C}) AND (?:AT )?({C})", _between),
    (rf"(?:AT )?({C}) OR (?:AT )?({C})", _either),
    (rf"(?:AFTER|FROM) (?:AT )?({C})", _from),
    (rf"(?:AT )?({C}) ONWARDS", _from),
    (rf"(?:AT )?({C}) LATEST", _until),
    (rf"(?:BEFORE|TO|TILL) (?:AT )?({C})", _until),
    (rf"(?:AT )?({C})", _single),
]
FORMS = [(re.compile(rf"(?<!\S)(?:{form})(?!\S)"), made) for form, made in SAID]


def _part(tags: str) -> tuple[str, str, str]:
    """The part of the day that is said, early or late in it, and the other tags."""
    found = re.search(rf"(?<!\S)(?:(BEGIN|END|MID) )?({PART})", tags)
    if not found:
        return "", "", tags
    rest = tags[: found.start()] + tags[found.end() :]
    return found[2], found[1] or "", re.sub(rf"(?<!\S){PART}", "", rest)


def _span(part: str, shift: str) -> Hours:
    begins, ends = PARTS[part]
    third = (ends - begins) // 3
    begins, ends = {
        "": (begins, ends),
        "BEGIN": (begins, begins + third),
        "MID": (begins + third, ends - third),
        "END": (ends - third, ends),
    }[shift]
    return Hours((begins,), ends, "part_of_day")


def hours(tags: str, language: Language) -> tuple[Hours | None, str]:
    """The time of day, if one is said, and the tags that say something else."""
    tags = rewritten(tags, _clocks(language))
    tags = rewritten(tags, _bare(language, re.search(DAYS, tags) is not None))
    part, shift, rest = _part(tags)
    for form, made in FORMS if "@" in rest else ():
        if found := form.search(rest):
            left = f"{rest[: found.start()]} {rest[found.end() :]}"
            return made(found, part or None), " ".join(left.split())
    return (_span(part, shift) if part else None), " ".join(rest.split())
