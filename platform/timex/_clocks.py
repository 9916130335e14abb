"""On whose clock a time was said: "3pm my time", "15:00 New York time", "9 GMT"."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from timex._language import Language, fold

# A word for a time of day, without which "et" and "pt" are words like others.
TIME = r"\d\s*(?:[ap]\.?\s?m\.?|o'clock|uhr|uur|h|hours?)?\s*\(?"
HOUR = re.compile(r"\d+|NOON|MIDNIGHT|P[A-Z]+")
SHIFTED = re.compile(r"(?:utc|gmt)\s?[+-]\d{1,2}(?::?\d\d)?(?![\d:])")
# Behind "3pm Eastern"; "3pm central station" names no clock.
ENDS = r"(?=\W*(?:$|on\b|today|tomorrow|this\b|next\b|please|works))"
DAY = timedelta(days=1)
REGIONS = "Africa America Antarctica Asia Atlantic Australia Europe Indian Pacific"


@dataclass(frozen=True)
class Clock:
    """``zone`` is None where it was left open which is meant; ``text`` is the rest."""

    zone: tzinfo | None
    text: str


@cache
def _table() -> dict[str, Any]:
    file = resources.files("timex") / "clocks.json"
    table: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return table


@cache
def _cities() -> dict[str, str]:
    """The zone of each city, folded: those of the tz database that are no words of
    other things, and some more."""
    names = resources.files("tzdata").joinpath("zones").read_text().split()
    known = {
        fold(name.rpartition("/")[2].replace("_", " ")): name
        for name in names
        if name.partition("/")[0] in REGIONS.split()
    }
    named = {city: known[city] for city in known.keys() - {*_table()["words"]}}
    return named | _each(_table()["cities"])


def _each(table: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {word: zone for zone, words in table.items() for word in words}


@cache
def _phrases(language: Language) -> list[tuple[re.Pattern[str], str]]:
    """The patterns of a language, and what each names. Whose clock it is stands behind
    a time: "my time is short" says nothing of clocks."""
    table = _table()["phrases"][language.code]
    cities = "|".join(sorted(map(re.escape, _cities()), key=len, reverse=True))
    city = "|".join(table["city"]).replace("{city}", f"(?:{cities})")
    whose = [(name, "|".join(table[name])) for name in ("home", "there", "either")]
    hours = f"(?P<before>{TIME}|(?:{_hours(language)})),? *"
    found = [(hours + _whole(phrases), name) for name, phrases in whose]
    found += [(_whole("|".join(each)), name) for name, each in table["zones"].items()]
    found.append((_whole(city), "city"))
    return [(re.compile(pattern), name) for pattern, name in found]


def _hours(language: Language) -> str:
    """Its words that are an hour, or a part of the day."""
    each = (word for word, tags in language.words.items() if HOUR.fullmatch(tags))
    return "|".join(rf"\b{re.escape(word)}\b" for word in each)


def _whole(phrases: str) -> str:
    return rf"(?P<said>(?<![\w'])(?:(?:in|at|on|um|zu|a|en) )?(?:{phrases})(?!\w))"


def told(
    text: str, language: Language, there: ZoneInfo, home: ZoneInfo | None, now: datetime
) -> Clock | None:
    """The clock that the folded *text* names; None where it names none.

    *there* is where it takes place, *home* where the speaker is, if that is known.
    """
    known = {"home": home, "there": there, "either": None}
    if re.search(_table()["phrases"][language.code]["cue"], text):
        for pattern, name in _phrases(language):
            if said := pattern.search(text):
                zone = known[name] if name in known else _named(name, said["said"])
                return Clock(zone, _without(text, said.span("said")))
    return _short(text, language, [each for each in (home, there) if each], now)


def _named(name: str, said: str) -> ZoneInfo:
    """The zone of that name, or of the city in what was said."""
    if name != "city":
        return ZoneInfo(name)
    return ZoneInfo(
        _cities()[max((each for each in _cities() if each in said), key=len)]
    )


@cache
def _shorts(language: Language) -> tuple[dict[str, str], re.Pattern[str]]:
    """The zone of each abbreviation, and the pattern of a time with one behind it."""
    table, known = _table(), _each(_table()["abbreviations"])
    words = [SHIFTED.pattern, *known]
    if language.code == "en" and not language.is_guest:
        english, american = _each(table["english"]), _each(table["american"])
        words += [*english, *table["unsettled"], f"(?:{'|'.join(american)}){ENDS}"]
        known |= english | american
    return known, re.compile(
        rf"(?:{TIME}|\b(?:noon|midday|midnight) )(?P<said>{'|'.join(words)})(?!\w)\)?"
    )


def _short(
    text: str, language: Language, own: Sequence[ZoneInfo], now: datetime
) -> Clock | None:
    """An abbreviation behind a time: of one of the *own* zones, as "CST" in Shanghai
    is, or else the best known."""
    known, pattern = _shorts(language)
    said = pattern.search(text)
    if said is None:
        return None
    rest = _without(text, said.span("said"))
    if SHIFTED.fullmatch(said["said"]):
        return Clock(_shifted(said["said"]), rest)
    mine = (each for each in own if said["said"] in _names(each, now))
    usual = known.get(said["said"])
    return Clock(next(mine, ZoneInfo(usual) if usual else None), rest)


def _shifted(said: str) -> tzinfo | None:
    """The clock of ``utc+5:30``; None where there is none such."""
    figures = re.sub(r"\D", "", said)
    hours, minutes = (figures[:-2], figures[-2:]) if len(figures) > 2 else (figures, 0)
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if "-" in said else ahead) if ahead < DAY else None


def _names(zone: ZoneInfo, now: datetime) -> set[str]:
    """What the zone's times are called over the year, folded."""
    seasons = (now.replace(month=month, day=1) for month in (1, 7))
    return {fold(each.astimezone(zone).tzname() or "") for each in seasons}


def _without(text: str, span: tuple[int, int]) -> str:
    return f"{text[: span[0]]} {text[span[1] :]}"
