"""How sure it is that two questions ask the same.

A logistic model of a few likenesses, fitted by ``python -m evidence.train_alike``; its
figures are in docs/benchmarks.md. Beside the likeness of the two, it matters how far an
entry is ahead of the next best: among questions about wine, "wine" says little.
"""

import math
from collections import Counter
from collections.abc import Sequence

from evidence import _words
from evidence._question import Question, analyse
from evidence.types import Statistics

Row = list[float]

WEIGHTS = {
    "cosine": 1.07,
    "covered": 0.67,
    "covers": 1.54,
    "missing": -0.53,
    "more": -0.57,
    "both": 0.83,
    "other kind": -1.09,
    "same kind": 1.09,
    "ahead": 4.60,
    "bias": -1.82,
}
SYNONYM = 0.85
BY_WORDS = 0.8  # of what both cover, in the place of a cosine
LEAST_RIVAL = 0.3  # how alike the next best is at least taken to be


def alike(
    question: str, entries: Sequence[Sequence[str]], cosines: Sequence[float | None]
) -> list[float]:
    """The confidence in 0..1 that each entry asks what *question* asks.

    An entry is one or more wordings of a question; *cosines* has, for each, that of its
    vector and the question's, or None where there is none. One in the same words has 1.
    """
    if not entries:
        return []
    said = _said(question)
    rows = likenesses(question, entries, cosines)
    return [
        1.0 if any(_said(wording) == said for wording in entry) else _sure(row)
        for entry, row in zip(entries, rows, strict=True)
    ]


def _sure(row: Row) -> float:
    logit = sum(w * x for w, x in zip(WEIGHTS.values(), row, strict=True))
    return 1 / (1 + math.exp(-logit))


def likenesses(
    question: str, entries: Sequence[Sequence[str]], cosines: Sequence[float | None]
) -> list[Row]:
    """A row for each entry, in the order of ``WEIGHTS``; the last column is 1."""
    facts = _statistics([wording for entry in entries for wording in entry])
    asked = analyse(question, facts)
    rows = [
        max((_row(asked, analyse(text, facts)) for text in entry), key=_both)
        for entry in entries
    ]
    near = [
        BY_WORDS * _both(row) if cosine is None else cosine
        for cosine, row in zip(cosines, rows, strict=True)
    ]
    nearness = [n + 0.5 * _both(row) for n, row in zip(near, rows, strict=True)]
    return [
        [near[at], *row, nearness[at] - _rival(nearness, at), 1.0]
        for at, row in enumerate(rows)
    ]


def _rival(nearness: list[float], at: int) -> float:
    return max([*nearness[:at], *nearness[at + 1 :], LEAST_RIVAL])


def _said(question: str) -> list[str]:
    return _words.words(question.replace("-", " "))


def _both(row: tuple[float, ...]) -> float:
    return row[4]


def _row(asked: Question, entry: Question) -> tuple[float, ...]:
    """Coverage of the question, of the entry, what each misses, both, and the kinds."""
    covered, missing = _covered(asked, entry)
    covers, more = _covered(entry, asked)
    other = bool(asked.expects and entry.expects and not asked.expects & entry.expects)
    same = bool(asked.expects & entry.expects)
    return covered, covers, missing, more, covered * covers, float(other), float(same)


def _covered(one: Question, other: Question) -> tuple[float, float]:
    """The weighted share of the terms of *one* that *other* has, and the worst miss."""
    if not one.terms:
        return 0.0, 1.0
    stems, groups = _words.meanings(other.text)
    weights = [term.weight for term in one.terms]
    held = [
        max(term.within(stems), SYNONYM * bool(term.groups & groups))
        for term in one.terms
    ]
    pairs = list(zip(weights, held, strict=True))
    share = sum(weight * value for weight, value in pairs) / sum(weights)
    return share, max(weight * (1 - value) for weight, value in pairs)


def _statistics(wordings: list[str]) -> Statistics:
    counted = Counter(s for text in wordings for s in _words.meanings(text)[0])
    count = len(wordings)
    terms = {
        stem: (held, math.log(1 + (count - held + 0.5) / (held + 0.5)))
        for stem, held in counted.items()
    }
    return Statistics(documents=count, terms=terms, ideal=0.0)
