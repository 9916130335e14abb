"""How sure it is that two questions ask the same.

A logistic model of a few likenesses, fitted by ``python -m evidence.train_alike``; its
figures are in docs/benchmarks.md. Beside the likeness of the two, it matters how far an
entry is ahead of the next best: among questions about wine, "wine" says little.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evidence import _words
from evidence._question import Question, analyse
from evidence.types import Statistics

Rows = NDArray[np.float64]

WEIGHTS = {
    "cosine": 1.59,
    "covered": 0.37,
    "covers": 1.48,
    "missing": -0.29,
    "more": -0.44,
    "both": 0.45,
    "other kind": -1.14,
    "same kind": 0.8,
    "ahead": 4.88,
    "bias": -1.93,
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
    same = [any(_said(wording) == said for wording in entry) for entry in entries]
    logits = likenesses(question, entries, cosines) @ list(WEIGHTS.values())
    sure = 1 / (1 + np.exp(-logits))
    return [1.0 if exact else float(p) for exact, p in zip(same, sure, strict=True)]


def likenesses(
    question: str, entries: Sequence[Sequence[str]], cosines: Sequence[float | None]
) -> Rows:
    """A row for each entry, in the order of ``WEIGHTS``; the last column is 1."""
    facts = _statistics([wording for entry in entries for wording in entry])
    asked = analyse(question, facts)
    rows = np.array(
        [
            max((_row(asked, analyse(text, facts)) for text in entry), key=_both)
            for entry in entries
        ]
    )
    near = np.array(
        [
            BY_WORDS * both if cosine is None else cosine
            for cosine, both in zip(cosines, rows[:, 4], strict=True)
        ]
    )
    nearness = near + 0.5 * rows[:, 4]
    rivals = [
        max([*np.delete(nearness, at), LEAST_RIVAL]) for at in range(len(entries))
    ]
    return np.column_stack([near, rows, nearness - rivals, np.ones(len(entries))])


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
    weights = np.array([term.weight for term in one.terms])
    held = np.array(
        [
            1.0 if term.stems & stems else SYNONYM * bool(term.groups & groups)
            for term in one.terms
        ]
    )
    share = float(weights @ held / weights.sum())
    return share, float((weights * (1 - held)).max())


def _statistics(wordings: list[str]) -> Statistics:
    counted = Counter(s for text in wordings for s in _words.meanings(text)[0])
    count = len(wordings)
    terms = {
        stem: (held, math.log(1 + (count - held + 0.5) / (held + 0.5)))
        for stem, held in counted.items()
    }
    return Statistics(documents=count, terms=terms, ideal=0.0)
