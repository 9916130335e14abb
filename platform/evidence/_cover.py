"""How far sentences cover the words of a question.

Arrays have a row a sentence and a column a term of the question.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from evidence._question import Question, Term
from evidence._readings import Digest, Meaning, Reading

Row = NDArray[np.float64]

_SYNONYM, _ABOVE, _BEFORE, _AROUND = 0.85, 0.9, 0.8, 0.65
_REFERRED = 0.95  # what stands before, to a sentence that speaks of it
_WEIGHTY = 0.4


@dataclasses.dataclass(frozen=True)
class Cover:
    """How far each sentence covers each term, in [0, 1], and the terms' ``weights``.

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

    def of(self, at: NDArray[np.int_]) -> "Cover":
        """That of some of the sentences."""
        return Cover(
            self.weights,
            self.exact[at],
            self.exact_passage[at],
            self.sentence[at],
            self.heading[at],
            self.near[at],
            self.passage[at],
        )


def _covers(term: Term, meaning: Meaning) -> float:
    if not term.stems.isdisjoint(meaning[0]):
        return 1.0
    held = term.within(meaning[0]) if term.parts else 0.0
    return held if term.groups.isdisjoint(meaning[1]) else max(held, _SYNONYM)


def _levels(term: Term, reading: Reading) -> tuple[float, ...]:
    digest = reading.digest
    above = _covers(term, digest.heading)
    exact = term.within(digest.own[0])
    if exact == 1.0:  # and what covers a term alone covers it with what is around it
        return 1.0, 1.0, 1.0, above, 1.0, 1.0
    is_answered = not term.answered.isdisjoint(digest.kinds)
    own = 1.0 if is_answered else _covers(term, digest.own)
    linked = _REFERRED if digest.span.refers else _BEFORE
    near = max(own, _ABOVE * above, linked * _covers(term, digest.before))
    whole = max(near, _AROUND * _covers(term, digest.around))
    return exact, _anywhere(term, digest), own, above, near, whole


def _anywhere(term: Term, digest: Digest) -> float:
    return max(term.within(digest.heading[0]), term.within(digest.around[0]))


def cover(question: Question, readings: list[Reading]) -> Cover:
    """What the sentences cover of a question."""
    levels = [_levels(t, reading) for reading in readings for t in question.terms]
    table = np.array(levels).reshape(len(readings), len(question.terms), 6)
    weights = np.array([term.weight for term in question.terms])
    return Cover(weights, *np.moveaxis(table, 2, 0))


def share(weights: Row, covered: Row) -> Row:
    """Weighted share of the terms that is covered, in [0, 1]."""
    total = float(weights.sum())
    return covered @ (weights / total) if total else np.zeros(len(covered))


def complete(weights: Row, covered: Row) -> Row:
    """1 when every term is covered, falling with the worst covered weighty one."""
    if not len(weights):
        return np.zeros(len(covered))
    return np.asarray(covered[:, weights >= _WEIGHTY * weights.max()].min(1))


def gap(weights: Row, covered: Row) -> Row:
    """Weight of the heaviest term that is not covered; 1 without terms."""
    return np.asarray((weights * (1 - covered)).max(1, initial=0.0))


def mass(weights: Row, covered: Row) -> Row:
    """Weight of what is covered; beyond three whole terms more makes no difference."""
    return np.minimum(1.0, covered @ weights / 3)


def gap_of(flags: tuple[bool, ...], covered: Row) -> Row:
    """How far the worst covered of the flagged terms is open; 0 without one."""
    flagged = np.flatnonzero(flags)
    return np.asarray((1 - covered[:, flagged]).max(1, initial=0.0))


def behind(weights: Row, covered: Row) -> Row:
    """Weight of the heaviest term that another sentence covers better."""
    return np.asarray((weights * (covered.max(0) - covered)).max(1, initial=0.0))


def together(weights: Row, covered: Row) -> Row:
    """What each covers of what all of the sentences cover taken together."""
    everything = share(weights, covered.max(0, keepdims=True))[0]
    return share(weights, covered) / max(0.1, float(everything))
