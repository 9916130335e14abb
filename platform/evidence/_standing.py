"""Which passages speak for the business as it is now."""

import functools
import re
from collections.abc import Sequence

from evidence import _asked, _dates
from evidence._question import Question
from evidence._readings import Reading
from evidence.types import Passage

_REMEMBERED = 256

_SUPERSEDED = re.compile(
    r"\bsuperseded\b|\bno\s+longer\s+in\s+force\b|"
    r"\bthis\s+(?:policy|document|version|list|notice|page|leaflet)\s+"
    r"(?:is|was|has\s+been)\s+(?:replaced|withdrawn|out\s+of\s+date|obsolete|outdated)\b",
    re.IGNORECASE,
)
_ASKS_OLD = re.compile(
    r"\b(?:old|older|previous|previously|former|earlier|superseded|used\s+to|20\d\d)\b",
    re.IGNORECASE,
)


_CUSTOMERS = r"(?:patient|customer|guest|client|user|visitor|member|tenant|buyer)s?"
_OPINION = re.compile(
    rf"\btestimonials?\b|\bguest\s?book\b|^\W*reviews\W*$|"
    rf"\b{_CUSTOMERS}(?:['’]s?)?\s+(?:reviews|voices|opinions|feedback)\b|"
    rf"\bwhat\s+(?:our\s+)?(?:{_CUSTOMERS}|people|others)\s+(?:say|said|think)\b",
    re.IGNORECASE,
)
_ASKS_OPINION = re.compile(
    r"\b(?:reviews?|opinions?|testimonials?|recommend\w*|rat(?:ed|ings?)|stars?|"
    r"feedback|complain\w*|experiences?|praise\w*|happy|satisfied|(?:people|patients|"
    r"customers|guests|others|they|anyone)\s+(?:say|said|think|thought|wrote|like))\b",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=_REMEMBERED)
def _is_opinion(title: str, section: str) -> bool:
    return bool(_OPINION.search(title) or _OPINION.search(section))


@functools.lru_cache(maxsize=_REMEMBERED)
def _is_past(title: str, text: str) -> bool:
    return bool(_SUPERSEDED.search(f"{title} {text}"))


_REPLACES = re.compile(
    r"\b(?:replac|supersed)(?:es|ing)\s+(?:all|our|the|that|those|any|what|its|earlier|"
    r"previous|old|\s)+(?:[a-z]+\s+){0,3}?(?:of|from|dated)\s+([^.;\n]{4,40})",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=_REMEMBERED)
def _replaced(text: str) -> frozenset[_dates.Dated]:
    """The dates of what a text says that it replaces: "replaces that of May 2024"."""
    found = (_dates.dated(told) for told in _REPLACES.findall(text))
    return frozenset(date for date in found if date)


def _is_of(title: str, replaced: set[_dates.Dated]) -> bool:
    """Whether a title is dated as what is replaced, by the day where both tell it."""
    own = _dates.dated(title)
    return own is not None and any(
        own[1]
        and own[:2] == date[:2]
        and (own[2] == date[2] or not own[2] or not date[2])
        for date in replaced
    )


def _past(passages: list[Passage]) -> set[str]:
    """The documents that are superseded."""
    replaced = {date for passage in passages for date in _replaced(passage.text)}
    return {
        passage.document_id
        for passage in passages
        if _is_past(passage.title, passage.text) or _is_of(passage.title, replaced)
    }


def current(question: str, passages: list[Passage]) -> list[Passage]:
    """The passages that speak for the business as it is now.

    Documents that say they are superseded, or that another says it replaces, stay for a
    question about what was before, what customers wrote for one about opinions.
    """
    if not _ASKS_OPINION.search(question):
        passages = [p for p in passages if not _is_opinion(p.title, p.section)]
    if _ASKS_OLD.search(question):
        return passages
    past = _past(passages)
    return [passage for passage in passages if passage.document_id not in past]


_PLAIN = _asked.STRICT | {"clock", "duration"}
_AS_WELL = 0.6  # of what an older sentence covers, for a later one to be in its place


def latest(
    question: Question,
    readings: list[Reading],
    covered: Sequence[float],
    picked: Sequence[int],
) -> list[int]:
    """The picked sentences, by their places, each that a later notice speaks of as well
    giving way to what that says.

    A notice is a document with a date in its title. ``covered``: the share of the
    question that each sentence covers. Where the past is asked for, they stay.
    """
    dates = [_dates.dated(reading.passage.title) for reading in readings]
    if _ASKS_OLD.search(question.text) or len(set(filter(None, dates))) < 2:
        return list(picked)

    def later(at: int) -> int:
        told = [
            other
            for other in range(len(readings))
            if _is_later(dates[other], dates[at])
            and covered[other] >= _AS_WELL * covered[at]
            and _tells(question, readings[other]) >= _tells(question, readings[at])
        ]
        return max(told, key=lambda other: covered[other], default=at)

    return list(dict.fromkeys(map(later, picked)))


def _is_later(date: _dates.Dated | None, other: _dates.Dated | None) -> bool:
    return bool(date and other and _dates.is_later(date, other))


def _tells(question: Question, reading: Reading) -> bool:
    """Whether it holds an answer of the kind asked for, of those plainly seen."""
    return bool(question.expects & _PLAIN & reading.digest.kinds)
