"""How far sentences cover the words of a question.

Arrays have a row a sentence and a column a term of the question.
"""

import dataclasses
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from evidence import _bounds
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


class _Held:
    """How far texts hold the terms. Many sentences share a heading and what is around
    them, and each stands before the next: each meaning is looked at once."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        self._terms = terms
        self._at: dict[Meaning, int] = {}

    def places(self, meanings: Iterable[Meaning]) -> list[int]:
        """The rows of the meanings in ``tables``."""
        return [self._at.setdefault(each, len(self._at)) for each in meanings]

    def tables(self) -> tuple[Row, Row]:
        """A row a meaning, a column a term: as they are, and with synonyms."""
        shape = len(self._at), len(self._terms)
        exact = [term.within(stems) for stems, _ in self._at for term in self._terms]
        alike = [
            not term.groups.isdisjoint(groups)
            for _, groups in self._at
            for term in self._terms
        ]
        as_it_is = np.array(exact).reshape(shape)
        synonyms = _SYNONYM * np.array(alike).reshape(shape)
        return as_it_is, np.maximum(as_it_is, synonyms)


def _answered(terms: tuple[Term, ...], digests: list[Digest]) -> NDArray[np.bool_]:
    """Which sentences hold a kind of answer that covers a term."""
    found = np.zeros((len(digests), len(terms)), bool)
    for at, term in enumerate(terms):
        if term.answered:
            found[:, at] = [not term.answered.isdisjoint(d.kinds) for d in digests]
    return found


def _settled(terms: tuple[Term, ...], digests: list[Digest]) -> Row:
    """How far the bounds of each sentence settle the amounts of the question."""
    found = np.zeros((len(digests), len(terms)))
    for at, term in enumerate(terms):
        if term.amount:
            found[:, at] = [_bounds.settled(term.amount, d.bounds) for d in digests]
    return found


def cover(question: Question, readings: list[Reading]) -> Cover:
    """What the sentences cover of a question."""
    digests, held = [reading.digest for reading in readings], _Held(question.terms)
    own = held.places(digest.own for digest in digests)
    heading = held.places(digest.heading for digest in digests)
    before = held.places(digest.before for digest in digests)
    around = held.places(digest.around for digest in digests)
    exact, covers = held.tables()
    is_there = exact[own] == 1.0  # and what is there is covered with all around it
    settled = _settled(question.terms, digests)
    sentence = np.where(_answered(question.terms, digests), 1.0, covers[own])
    sentence = np.maximum(sentence, settled)
    refers = [_REFERRED if digest.span.refers else _BEFORE for digest in digests]
    linked = np.array(refers).reshape(-1, 1) * covers[before]
    near = np.maximum(np.maximum(sentence, _ABOVE * covers[heading]), linked)
    return Cover(
        weights=np.array([term.weight for term in question.terms]),
        exact=exact[own],
        exact_passage=np.where(
            is_there,
            1.0,
            np.maximum(settled, np.maximum(exact[heading], exact[around])),
        ),
        sentence=sentence,
        heading=covers[heading],
        near=near,
        passage=np.maximum(near, _AROUND * covers[around]),
    )


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
