"""A language: its words for dates and times, and how it says a moment.

Words are read from ``languages/*.json``, folded: without case, and without the marks
over letters, because that is how people type.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
MONTH_FIRST = {"en-us", "en-ph", "en-pr", "en-gu", "en-vi"}
UNDECIDED = {"en", "en-ca", "en-us-posix"}


def fold(text: str) -> str:
    """The text without case, accents and typographic variants of signs."""
    plain = text.casefold().replace("’", "'").replace("‘", "'")
    plain = re.sub("[\u2010-\u2015\u2212]", "-", plain)
    marked = unicodedata.normalize("NFKD", plain)
    return "".join(sign for sign in marked if not unicodedata.combining(sign))


@dataclass(frozen=True, eq=False)
class Language:
    """What a language calls things; ``words`` are from a folded phrase to its tags."""

    code: str
    order: str
    clock: int
    half: str
    endings: tuple[str, ...]
    words: dict[str, str]
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


def _words(raw: dict) -> dict[str, str]:
    words = _numbers(raw)
    for tag, lists in (("M", raw["months"]), ("W", raw["weekdays"])):
        for n, names in enumerate(lists, 1 if tag == "M" else 0):
            words |= dict.fromkeys(names.split(), f"{tag}{n}")
    for n, names in enumerate(raw["weekdays"]):
        for part, tag in raw.get("compounds", {}).items():
            words[names.split()[0] + part] = f"W{n} {tag}"
    for tags, phrases in raw["phrases"].items():
        words |= dict.fromkeys(phrases, tags)
    spelled = {word.translate(UMLAUTS): tags for word, tags in words.items()}
    return {fold(word): tags for word, tags in (spelled | words).items()}


@cache
def _language(code: str) -> Language:
    file = resources.files("moments") / "languages" / f"{code}.json"
    raw = json.loads(file.read_text(encoding="utf-8"))
    return Language(
        code,
        raw["order"],
        raw["clock"],
        raw["half"],
        tuple(raw["ordinal_endings"].split()),
        _words(raw),
        raw["say"],
        raw["notes"],
    )


CODES = ("en", "de", "fr", "es")


def languages(locale: str) -> list[Language]:
    """Those to read a text in: the locale's first, English if there is none such."""
    asked = locale.casefold().replace("_", "-").split("-")[0]
    first = asked if asked in CODES else "en"
    return [_language(first), *(_language(c) for c in CODES if c != first)]


def order(language: Language, locale: str) -> tuple[str, bool]:
    """``mdy`` or ``dmy``, and whether the locale leaves open which."""
    tag = locale.casefold().replace("_", "-")
    if language.code != "en":
        return language.order, False
    if tag in UNDECIDED or not tag.startswith("en"):
        return language.order, True
    return ("mdy" if tag in MONTH_FIRST else "dmy"), False
