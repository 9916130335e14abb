"""A language: its words for dates and times, and how it says a moment.

Words are read from ``languages/*.json``, folded: without case, and without the marks
over letters, because that is how people type.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources

from normalization import unaccented

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
MONTH_FIRST = {"en-us", "en-ph", "en-pr", "en-gu", "en-vi"}
UNDECIDED = {"en", "en-ca", "en-us-posix"}
# Where people write so, as the tz database has it: the United States, Puerto Rico, the
# Virgin Islands, Guam and the Philippines, and what zones there were called before.
MONTH_FIRST_ZONES = re.compile(
    "US/.+|America/(Indiana|Kentucky|North_Dakota)/.+|America/(New_York|Detroit|Chicago"
    "|Menominee|Denver|Boise|Phoenix|Los_Angeles|Anchorage|Juneau|Sitka|Metlakatla"
    "|Yakutat|Nome|Adak|Atka|Fort_Wayne|Indianapolis|Louisville|Knox_IN|Shiprock"
    "|Puerto_Rico|St_Thomas|Virgin)|Pacific/(Honolulu|Johnston|Guam)|Asia/Manila"
    "|Navajo|[ECMP]ST[4-9][ECMP]DT|EST|MST|HST"
)


@lru_cache(maxsize=64)  # each language reads the same text
def fold(text: str) -> str:
    """The text without case, accents and typographic variants of signs."""
    plain = text.casefold().replace("’", "'").replace("‘", "'")
    plain = re.sub("[\u2010-\u2015\u2212]", "-", plain)
    return unaccented(plain)


@dataclass(frozen=True, eq=False)
class Language:
    """What a language calls things; ``words`` are from a folded phrase to its tags.

    It ``is_guest`` where the customer was said to speak another one."""

    code: str
    order: str
    clock: int
    half: str
    endings: tuple[str, ...]
    words: dict[str, str]
    elided: tuple[str, ...]
    approximate: dict[str, str]
    is_guest: bool
    saying: dict[str, str]
    asking: dict[str, str]

    def day(self, day: date) -> str:
        """The date in full, with its weekday."""
        return self.saying["date"].format(
            weekday=self.saying["weekdays"].split()[day.weekday()],
            day=day.day,
            month=self.saying["months"].split()[day.month - 1],
            year=day.year,
        )

    def moment(self, moment: datetime) -> str:
        """Date and time of day."""
        date, time = self.day(moment), f"{moment:%H:%M}"
        return self.saying["moment"].format(date=date, time=time)

    def ask(self, about: str, **values: str) -> str:
        """The question about something that was left open."""
        return self.asking[about].format(**values)


def _numbers(raw: dict[str, str]) -> dict[str, str]:
    words = {word: str(n) for n, word in enumerate(raw["numbers"].split())}
    ordinals = {word: n for n, word in enumerate(raw["ordinals"].split(), 1)}
    for n, ten in enumerate(raw["tens"].split(), 2):
        words[ten] = f"{n}0+"
        for unit, one in enumerate(raw.get("joined", "").split(), 1):
            words[f"{one}{raw['joint']}{ten}"] = str(10 * n + unit)
            ordinals[f"{one}{raw['joint']}{ten}st"] = 10 * n + unit
    for word, n in ordinals.items():
        for inflection in raw.get("inflections", "").split() or [""]:
            words[word + inflection] = f"{n} TH"
    return words


def _weekdays(raw: dict) -> dict[str, str]:
    words: dict[str, str] = {}
    for n, names in enumerate(raw["weekdays"]):
        words |= dict.fromkeys(names.split(), f"W{n}")
        for part, tag in raw.get("compounds", {}).items():
            words[names.split()[0] + part] = f"W{n} {tag}"
    for n, many in enumerate(raw["each"].split()):
        words[many.replace("+", " ")] = f"W{n} EVERY"
    return words


def _words(raw: dict) -> dict[str, str]:
    words = _numbers(raw)
    for n, names in enumerate(raw["months"], 1):
        words |= dict.fromkeys(names.split(), f"M{n}")
    words |= _weekdays(raw)
    for word in raw.get("homographs", "").split():
        words[word] = f"~{words[word]}"
    for tags, phrases in raw["phrases"].items():
        words |= dict.fromkeys(phrases, tags)
    spelled = {word.translate(UMLAUTS): tags for word, tags in words.items()}
    return {fold(word): tags for word, tags in (spelled | words).items()}


def _is_common(word: str, tags: str, own: set[str]) -> bool:
    """Whether it is short, and so may be a word of another language: do, an, ya; or
    one that is said to be: "segunda", "in"."""
    is_short = len(word) <= 3 and re.fullmatch(r"[WM]\d+|NOW|YEAR", tags) is not None
    return is_short or word in own


@cache
def _language(code: str, is_guest: bool = False) -> Language:
    file = resources.files("timex") / "languages" / f"{code}.json"
    raw = json.loads(file.read_text(encoding="utf-8"))
    words = _words(raw)
    if is_guest:
        own = {fold(word) for word in raw.get("own", "").split()}
        words = {word: t for word, t in words.items() if not _is_common(word, t, own)}
    return Language(
        code,
        raw["order"],
        raw["clock"],
        raw["half"],
        tuple(raw["ordinal_endings"].split()),
        words,
        tuple(raw.get("elided", "").split()),
        raw.get("approximate", {}),
        is_guest,
        raw["say"],
        raw["notes"],
    )


CODES = ("en", "de", "fr", "es", "nl", "it", "pt")


def languages(locale: str) -> list[Language]:
    """Those to read a text in: the locale's first, English if there is none such."""
    asked = locale.casefold().replace("_", "-").split("-")[0]
    first = asked if asked in CODES else "en"
    return [_language(first), *(_language(c, True) for c in CODES if c != first)]


def is_known(locale: str) -> bool:
    """Whether its language is one of these."""
    return locale.casefold().replace("_", "-").split("-")[0] in CODES


def order(language: Language, locale: str, zone: str) -> tuple[str, bool]:
    """``mdy`` or ``dmy``, and whether the locale leaves open which.

    Then the zone says which is likelier.
    """
    tag = locale.casefold().replace("_", "-")
    if language.code != "en":
        return language.order, False
    is_there = MONTH_FIRST_ZONES.fullmatch(zone) is not None
    if is_known(locale) and not tag.startswith("en"):  # a guest who writes English
        return _language(tag.split("-")[0]).order, is_there
    if tag in UNDECIDED or not tag.startswith("en"):
        return ("mdy" if is_there else "dmy"), True
    is_theirs = tag in MONTH_FIRST
    # Elsewhere, or of another region than here, nobody knows whose habit it is.
    return ("mdy" if is_theirs else "dmy"), is_theirs != is_there
