"""How well each sentence answers a question, as numbers that a model can weigh."""

import dataclasses

import numpy as np

from evidence import _asked, _cover, _matches, _meaning
from evidence._cover import Cover, Row
from evidence._meaning import Meaning
from evidence._question import Question
from evidence._readings import Reading
from evidence.types import Statistics

_COVERED = (
    "exact_sentence",
    "exact_passage",
    "sentence",
    "near",
    "heading",
    "passage",
    "gap",
    "gap_sentence",
    "complete",
    "held_mass",
    "open_mass",
    "unknown",
    "open_known",
    "open_unknown",
    "name_gap",
    "focus_gap",
    "number_gap",
    "elsewhere",
    "together",
)
_FOUND = ("passage_score", "passage_bm25", "passage_cosine", "rank", "length")
NAMES = (
    *_COVERED,
    "complete_kind",
    *_meaning.NAMES,
    *_matches.NAMES,
    *_FOUND,
    "terms",
    *_matches.ASKS,
)

_DEEPEST = 24


@dataclasses.dataclass(frozen=True)
class Table:
    """Sentences, what they cover, and their features: a row each, as in NAMES."""

    readings: list[Reading]
    cover: Cover
    rows: Row


def _covered(question: Question, found: Cover) -> list[Row]:
    """The columns of ``_COVERED``."""
    weights = found.weights
    unknown = np.array([float(not term.known) for term in question.terms])
    named = tuple(term.named for term in question.terms)
    numeric = tuple(term.word[0].isdigit() for term in question.terms)
    open_near, open_passage = 1 - found.near, 1 - found.passage
    return [
        _cover.share(weights, found.exact),
        _cover.share(weights, found.exact_passage),
        _cover.share(weights, found.sentence),
        _cover.share(weights, found.near),
        _cover.share(weights, found.heading),
        _cover.share(weights, found.passage),
        _cover.gap(weights, found.passage),
        _cover.gap(weights, found.near),
        _cover.complete(weights, found.near),
        _cover.mass(weights, found.near),
        _cover.mass(weights, open_passage),
        _cover.mass(weights, unknown * open_passage),
        _cover.mass(weights, (1 - unknown) * open_near),
        _cover.mass(weights, unknown * open_near),
        _cover.gap_of(named, found.passage),
        _cover.gap_of(question.focus, found.near),
        _cover.gap_of(numeric, found.exact_passage),
        _cover.behind(weights, found.near),
        _cover.together(weights, found.near),
    ]


def _found(reading: Reading, facts: Statistics) -> tuple[float, ...]:
    """The values of ``_FOUND``."""
    passage = reading.passage
    return (
        passage.score,
        min(1.0, passage.bm25 / facts.ideal) if facts.ideal else 0.0,
        max(0.0, passage.cosine),
        1.0 / (1 + reading.rank),
        min(1.0, len(reading.text) / 200),
    )


def _promise(question: Question, readings: list[Reading], found: Cover) -> Row:
    """A rough rank, by which the sentences are picked that are looked at closely."""
    strict = bool(question.expects) and question.expects <= _asked.STRICT
    covered = found.sentence + found.near + 0.5 * found.passage
    extra = [_bonus(question, reading, strict) for reading in readings]
    return _cover.share(found.weights, covered) + np.array(extra)


# What is unmistakable: without a number, no sentence tells a telephone number.
_PLAIN_TO_SEE = frozenset({"phone", "email"})
_LAST = -9.0


def _bonus(question: Question, reading: Reading, strict: bool) -> float:
    held = bool(question.expects & reading.digest.kinds)
    if strict and not held and question.expects <= _PLAIN_TO_SEE:
        return _LAST
    kind = 0.5 * held - 0.5 * (strict and not held)
    return kind + _matches.row(question, reading)[0] / 2 + reading.passage.score


def _closest(
    question: Question, readings: list[Reading]
) -> tuple[list[Reading], Cover]:
    every = _cover.cover(question, readings)
    promise = _promise(question, readings, every)
    best = np.argsort(-promise, kind="stable")[:_DEEPEST]
    return [readings[at] for at in best], every.of(best)


def table(
    question: Question,
    readings: list[Reading],
    facts: Statistics,
    meaning: Meaning | None,
) -> Table | None:
    """The most promising sentences, at most 24; None without sentences or words."""
    if not readings or not question.terms:
        return None
    kept, found = _closest(question, readings)
    meant = (
        _meaning.unknown(question, found)
        if meaning is None
        else _meaning.columns(question, kept, found, meaning)
    )
    matched = np.array([_matches.matched(question, reading) for reading in kept])
    covered = _covered(question, found)
    kind_missing = matched[:, _matches.NAMES.index("kind_missing")]
    alike = (len(question.terms) / 6, *_matches.asks(question))
    rows = np.column_stack(
        [
            *covered,
            covered[_COVERED.index("complete")] * (1 - kind_missing),
            *meant,
            matched,
            np.array([_found(reading, facts) for reading in kept]),
            np.tile(np.minimum(1.0, alike), (len(kept), 1)),
        ]
    )
    return Table(kept, found, rows)
