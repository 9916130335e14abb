"""Tags of single words and figures, before their order says more."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from timex._language import Language
from timex._slips import meant

NOON, DAY = 12 * 60, 24 * 60
PART = r"P(?:DAWN|MOR|FORE|LUN|AFT|EVE|TON|NIGHT)(?!\S)"  # of the day
MOD = r"(?:THIS|NEXT2|NEXT|COMING|LAST)"  # which of several
FIGURES = (
    r"\d{4}(?P<mark>[./-])\d{1,2}(?P=mark)\d{1,2}"
    r"|\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)(?:\d{4}|\d{2})|\d{1,2}/\d{1,2}"
)
CLOCK = r"\d{1,2}(?::|h|u)\d{2}(?::\d{2})?(?=\D|$)"
MONEY = (
    r"[€$£¥]\s?\d[\d.,]*|(?<![\d:])\d[\d.,]*\s?"
    r"(?:[€$£¥%]|(?:euros?|eur|dollars?|pounds?|quid|bucks|usd|gbp|chf|percent)(?![a-z]))"
)
MARKED = r"\s*(?:uhr|uur|[hu]\b|[ap]\.?\s?m\b)"


class Said(NamedTuple):
    """A piece of the text, the tags before it, and the text after it."""

    text: str
    before: str
    after: str


def clock(minutes: int, grain: str, state: str) -> str:
    """The tag of a time of day, ``!`` settled, ``?`` open, ``~`` settled by custom."""
    return f"@{minutes % (2 * DAY)}{grain}{state}"


def state(hour: int, language: Language) -> str:
    """How settled an hour is by its number: a clock of 24 hours has no noon to ask."""
    if not 0 < hour <= 12:
        return "!"
    return "~" if language.clock == 24 and hour >= 7 else "?"


def _branches(phrases: Iterable[str]) -> str:
    """A pattern of the longest of these, letter by letter: some hundred alternatives
    side by side would each be tried at every word."""
    tails: dict[str, list[str]] = {}
    for phrase in phrases:
        tails.setdefault(phrase[:1], []).append(phrase[1:])
    if not any(tails):
        return ""
    made = (_letter(each) + _branches(rest) for each, rest in tails.items() if each)
    return f"(?:{'|'.join(made)}){'?' * ('' in tails)}"


def _letter(sign: str) -> str:
    return "[ -]+" if sign == " " else re.escape(sign)


@cache
def _scanner(language: Language) -> re.Pattern[str]:
    word = _branches(language.words)
    endings = "|".join(re.escape(each) for each in language.endings)
    return re.compile(
        rf"(?P<money>{MONEY})"
        rf"|(?P<figures>(?<![\d.])(?:{FIGURES})(?!\d))"
        rf"|(?P<clock>(?<!\d){CLOCK})"
        r"|(?P<dotted>(?<!\d)\d{1,2}\.\d{1,2}(?!\d)\.?)"
        rf"|(?P<nth>(?<!\d)\d{{1,2}}(?:{endings})(?![a-z0-9]))"
        r"|(?P<number>\d+)"
        rf"|(?P<phrase>(?<![a-z'])(?:{word})(?![a-z]))"
        r"|(?P<dash>-)|(?P<word>[^\W\d_]+)"
    )


def _figures(said: Said, language: Language) -> str:
    """``#3/4/27``; who is "open 24/7" says no date."""
    is_idiom = said.text == "24/7" and said.before != "ON"
    return "_" if is_idiom else f"#{said.text}"


def _clock(said: Said, language: Language) -> str:
    hour, minute = (int(each) for each in re.split("[:hu]", said.text)[:2])
    if hour * 60 + minute > DAY or minute > 59:
        return "NOTIME"
    settled = "!" if said.text.startswith("0") else state(hour, language)
    return clock(hour * 60 + minute, "m", settled)


def _dotted(said: Said, language: Language) -> str:
    """``3.4.`` is a date; ``14.30`` a time, and so is what words say is one."""
    first, second = (int(each) for each in said.text.rstrip(".").split("."))
    if first > 31 or second > 59:
        return "_"
    if second > 12 or re.match(MARKED, said.after) or said.before == "AT":
        return _dotted_time(said, first, second, language)
    return _dotted_date(said, language)


def _dotted_date(said: Said, language: Language) -> str:
    is_date = language.clock == 24 and not language.is_guest
    if not is_date and not re.search(r"\.$|\.0\d$", said.text):
        return "_"  # version 2.3
    return f"#{said.text.rstrip('.')}"


def _dotted_time(said: Said, hour: int, minute: int, language: Language) -> str:
    if said.text.endswith(".") and minute <= 12:
        return _dotted_date(said, language)
    return clock(hour * 60 + minute, "m", state(hour, language))


def _ordinal(said: Said, language: Language) -> str:
    """``3.`` ends a sentence where a time was begun."""
    number = re.sub(r"\D", "", said.text)
    is_end = said.text.endswith(".") and said.before == "AT"
    return number if is_end else f"{number} TH"


def _number(said: Said, language: Language) -> str:
    """Four figures are kept: 0900 may be an hour."""
    return said.text if len(said.text) == 4 else str(int(said.text))


def _phrase(said: Said, language: Language) -> str:
    """Its tags; words may be joined by a hyphen, or stand apart."""
    words = re.sub("[ -]+", " ", said.text)
    return language.words.get(said.text) or language.words.get(words, "")


def _word(said: Said, language: Language) -> str:
    return "_" if language.is_guest else meant(said.text, language)


READ: dict[str, Callable[[Said, Language], str]] = {
    "money": lambda said, language: "_",
    "figures": _figures,
    "clock": _clock,
    "dotted": _dotted,
    "nth": _ordinal,
    "number": _number,
    "phrase": _phrase,
    "word": _word,
    "dash": lambda said, language: "DASH",
}


def tagged(text: str, language: Language) -> Iterator[str]:
    """The tags of each piece of a folded text, in their order."""
    before = ""
    for found in _scanner(language).finditer(text):
        said = Said(found.group(), before, text[found.end() :])
        before = READ[str(found.lastgroup)](said, language)
        yield before
