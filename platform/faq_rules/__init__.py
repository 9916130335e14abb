"""Entries: frequently asked questions as they are stored, told apart and found.

A question asked again in other case, spacing or closing punctuation is the same one,
and so is one whose letters are spelt decomposed.
"""

import hashlib
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import records
from contracts.infrastructure.database import Index
from contracts.knowledge.faqs import (
    Faq,
    Imported,
    Match,
    MatchRequest,
    NewFaq,
    Rejected,
)
from evidence import alike, questions
from faq_rules._published import Near, Published, wording

__all__ = [
    "Merged",
    "Near",
    "Published",
    "asked",
    "batches",
    "entry",
    "found_by",
    "imported",
    "key",
    "matches",
    "merged",
    "repeated",
    "wording",
]

SHOWN = set(Match.model_fields) - {"score"}
AT_ONCE = 90  # entries of one event; with all their variants fewer than a filter takes


def key(question: str) -> str:
    """What a question is known by, 24 characters."""
    composed = unicodedata.normalize("NFC", question)
    folded = " ".join(composed.casefold().split()).rstrip("?!. ")
    return hashlib.sha256(folded.encode()).hexdigest()[:24]


def matches(asked: MatchRequest, found: Sequence[Near]) -> list[Match]:
    """The entries found that are sure enough to ask the same, or one of the questions
    there where it is several, the surest first."""
    wordings = [[one.entry.question, *one.entry.variants] for one in found]
    each = [alike(asked.question, wordings, [one.cosine for one in found])]
    if (parts := questions(asked.question))[1:]:
        # The vector is of all of them: each by itself is told by its words.
        each += [alike(part, wordings, [None] * len(found)) for part in parts]
    sure = [max(scores) for scores in zip(*each, strict=True)]
    every = [
        Match(score=score, **one.entry.model_dump(include=SHOWN))
        for score, one in zip(sure, found, strict=True)
    ]
    kept = [match for match in every if match.score >= asked.min_score]
    return sorted(kept, key=lambda match: (-match.score, match.id))[: asked.k]


def entry(given: NewFaq, now: datetime, known: Faq | None = None) -> Faq:
    """*given* as a new entry, or in the place of *known*."""
    since = known.created_at if known else now
    id = known.id if known else uuid.uuid4().hex
    return Faq(**given.model_dump(), id=id, created_at=since, updated_at=now)


class Merged(NamedTuple):
    """Entries, of which so many are new and so many replace one that was there."""

    entries: list[Faq]
    created: int
    updated: int


def merged(given: Iterable[NewFaq], known: Iterable[Faq], now: datetime) -> Merged:
    """*given* as entries, each in the place of the one of *known* that asks the same.

    Of two that ask the same, the later one counts: ``repeated`` tells of the other.
    """
    there = {key(each.question): each for each in known}
    new = {key(each.question): each for each in given}
    made = [entry(each, now, there.get(asks)) for asks, each in new.items()]
    updated = len(new.keys() & there.keys())
    return Merged(made, len(made) - updated, updated)


def repeated(
    given: Sequence[NewFaq], numbers: Sequence[int]
) -> Iterator[tuple[int, str]]:
    """The numbers of those of *given* that a later one repeats, and why they are not
    taken."""
    asked = [key(each.question) for each in given]
    last = dict(zip(asked, numbers, strict=True))
    for asks, number in zip(asked, numbers, strict=True):
        if last[asks] != number:
            yield number, f"row {last[asks]} asks the same, and is taken instead"


def found_by(entry: Faq) -> dict[str, Any]:
    """How an entry is stored: under what nobody else may ask, and its words."""
    return {"unique": [key(entry.question)], "index": Index(text=wording(entry))}


def imported(
    read: records.Read[NewFaq], known: Iterable[Faq], now: datetime
) -> tuple[list[Faq], Imported]:
    """What was *read*, as entries, and what is told of its rows."""
    new = merged(read.records, known, now)
    bad = [*read.faults, *repeated(read.records, read.numbers)]
    told = [Rejected(number=number, reason=why) for number, why in sorted(bad)]
    done = Imported(created=new.created, updated=new.updated, rejected=told)
    return new.entries, done


def batches(made: Sequence[Faq]) -> Iterator[Sequence[Faq]]:
    """Entries, as many at a time as one event, or one filter, is for."""
    for at in range(0, len(made), AT_ONCE):
        yield made[at : at + AT_ONCE]


def asked(made: Iterable[Faq]) -> list[str]:
    """What the questions are known by that entries answer to customers."""
    shown = [each for each in made if each.state == "published"]
    return [key(text) for each in shown for text in (each.question, *each.variants)]
