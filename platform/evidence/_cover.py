"""How far sentences cover the words of a question."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from evidence._question import Question, Term
from evidence._readings import Meaning, Reading

Row = NDArray[np.float64]

_WEIGHTY = 0.4
_SYNONYM, _ABOVE, _BEFORE, _AROUND = 0.85, 0.9, 0.8, 0.65


@dataclasses.dataclass(frozen=True)
class Cover:
    """How far a sentence covers each term of the question, in [0, 1], a value a term.

    ``sentence``: alone. ``near``: with heading and the sentence before. ``passage``:
    with all that stands around it.
    """

    weights: Row
    exact: Row
    exact_passage: Row
    sentence: Row
    heading: Row
    near: Row
    passage: Row


def _covers(term: Term, meaning: Meaning) -> float:
    if term.stems & meaning[0]:
        return 1.0
    return _SYNONYM if term.groups & meaning[1] else 0.0


def _levels(term: Term, reading: Reading) -> tuple[float, ...]:
    digest = reading.digest
    own = 1.0 if term.answered & digest.kinds else _covers(term, digest.own)
    above = _covers(term, digest.heading)
    near = max(own, _ABOVE * above, _BEFORE * _covers(term, digest.before))
    whole = max(near, _AROUND * _covers(term, digest.around))
    exact = float(bool(term.stems & digest.own[0]))
    anywhere = term.stems & (digest.own[0] | digest.heading[0] | digest.around[0])
    return exact, float(bool(anywhere)), own, above, near, whole


def cover(question: Question, reading: Reading) -> Cover:
    """What a sentence covers of a question."""
    levels = np.array([_levels(term, reading) for term in question.terms])
    weights = np.array([term.weight for term in question.terms])
    return Cover(weights, *levels.reshape(-1, 6).T)


def share(weights: Row, covered: Row) -> float:
    """Weighted share of the terms that is covered, in [0, 1]."""
    total = float(weights.sum())
    return float(weights @ covered) / total if total else 0.0


def complete(weights: Row, covered: Row) -> float:
    """1 when every term is covered, falling with the worst covered weighty one."""
    heavy = covered[weights >= _WEIGHTY * weights.max()] if len(weights) else covered
    return float(heavy.min()) if len(heavy) else 0.0


def gap(weights: Row, covered: Row) -> float:
    """Weight of the heaviest term that is not covered; 1 without terms."""
    return float((weights * (1 - covered)).max()) if len(weights) else 1.0


def mass(weights: Row, covered: Row) -> float:
    """Weight of what is covered; beyond three whole terms more makes no difference."""
    return min(1.0, float(weights @ covered) / 3)


def gap_of(flags: tuple[bool, ...], covered: Row) -> float:
    """How far the worst covered of the flagged terms is open; 0 without one."""
    paired = zip(flags, covered, strict=True)
    return max((1 - float(value) for flag, value in paired if flag), default=0.0)
