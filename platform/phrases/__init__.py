"""Sayings: what the assistant says of itself, and in whose language.

    phrases.say("unknown", "de")  # "Das weiß ich nicht: …"
    phrases.spoken("Wo sind Sie?", [], "en-US")  # "de"

A language is a file, ``<ISO 639-1>.json``, with every text there is. What leads a
dialogue, such as a payment, has its own table beside its own code.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import langid
import replies

SURE = 2  # words that tell a language beyond doubt


@cache
def table() -> replies.Replies:
    """Every text in every language; ValueError where one is missing."""
    found = (each for each in files(__package__).iterdir() if _is_language(each.name))
    texts = {each.name[:-5]: json.loads(each.read_text("utf-8")) for each in found}
    return replies.Replies(texts)


def _is_language(name: str) -> bool:
    return name.endswith(".json")


def say(name: str, locale: str | None, /, **fields: Any) -> str:
    """The text in the locale's language, or else in English."""
    return table().say(name, locale, **fields)


def is_last(name: str, said: Iterable[tuple[str, str]]) -> bool:
    """Whether the last of *said*, (role, text), is the assistant's and ends with that
    text, in whatever language."""
    role, text = ([*said] or [("", "")])[-1]
    return role == "assistant" and text.rstrip().endswith(table().every(name))


def spoken(message: str, said: Iterable[tuple[str, str]], locale: str | None) -> str:
    """The customer's language; "" where nothing tells it.

    That of the message where enough words of it are known, else that of what they
    *said* before, (role, text), the latest first; else what a single word tells, and
    else the locale's.
    """
    theirs = [message, *(text for role, text in reversed([*said]) if role == "user")]
    return next(filter(None, _told(theirs)), "") or table().language(locale)


def _told(theirs: list[str]) -> Iterator[str]:
    for least in (SURE, 1):
        for text in theirs:
            yield langid.spoken(text, least)


def tag(language: str, locale: str | None) -> str | None:
    """*locale* with that language in place of its own; its region stays, and says how
    figures are written there. English alone is no locale: its regions differ."""
    given, _, rest = (locale or "").replace("_", "-").partition("-")
    its_own = given.casefold() or replies.DEFAULT
    if language in ("", its_own):
        return locale
    region = rest.rpartition("-")[2]
    is_region = len(region) == 2 and region.isalpha()
    return f"{language}-{region}" if is_region else language
