"""Whether what was told where a name is awaited is one, and what else it says."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import timex
from arranging import _doubting as doubting
from arranging import _offers as offering
from arranging._offers import Offer
from arranging._words import Words, is_written

FEW = 1  # words beside a time that need not be understood
# Where something else may follow a name: "Anna Lee, 2 pm", "Anna Lee at 14:00".
PARTS = re.compile(
    r"\s*[,;]\s*|\s+(?=(?:at |um |à |a las |@ ?)?\d{1,2}(?!st|nd|rd|th))"
)
NTH = re.compile(r"\D \d(?:st|nd|rd|th)$")
Read = Callable[[str], timex.Reading]


def alone(
    text: str,
    read: timex.Reading,
    again: Read,
    offers: Sequence[Offer],
    words: Words,
    locale: str,
) -> tuple[str, timex.Reading]:
    """The name, where the text may be one, and the time that is said beside it, read
    *again*; no name, and what was *read*, where it is none."""
    head, *tail = PARTS.split(words.bare(text), maxsplit=1)
    name = words.name(head)
    if not name or offering.is_title(name, offers):
        return "", read
    own = again(name) if tail else read
    if _is_day(name, own, words, locale):
        return "", read
    if not tail:
        return name, replace(read, start=None, ambiguous=())
    return _with_more(name, tail[0], again(tail[0]), read, words)


def _with_more(
    name: str, more: str, beside: timex.Reading, read: timex.Reading, words: Words
) -> tuple[str, timex.Reading]:
    """A name and a time, or a surname first; nothing where it is something else."""
    if doubting.is_told(beside) and beside.unread <= FEW:
        return name, beside
    if whole := words.name(f"{name}, {more}"):
        return whole, replace(read, start=None, ambiguous=())
    return "", read


def _is_day(name: str, read: timex.Reading, words: Words, locale: str) -> bool:
    """Whether it says a day or an hour that anybody would mean. A name may sound like
    one: Eve, May Monday, Tuesday Weld, Nina Mittag."""
    if not doubting.is_told(read) or read.grain == "month":
        return False
    said = name.split()
    if len(said) == 1:
        return words.is_day(name, locale)
    if re.search(r"\d", name) and not NTH.search(name):
        return True
    is_vague = any(each.about == "vague" for each in read.ambiguous)
    return not (is_written(name) and (is_vague or read.unread == 1))
