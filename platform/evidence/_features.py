"""How well each sentence answers a question, as numbers that a model can weigh."""

import itertools

import numpy as np

from evidence import _asked, _cover, _meaning
from evidence._cover import Cover, Row
from evidence._meaning import Embed
from evidence._question import Question
from evidence._readings import Reading
from evidence.types import Statistics

NAMES = (
    "exact_sentence",
    "exact_passage",
    "sentence",
    "near",
    "heading",
    "passage",
    "soft",
    "gap",
    "gap_soft",
    "gap_sentence",
    "complete",
    "complete_kind",
    "complete_soft",
    "held_mass",
    "open_mass",
    "open_soft",
    "unknown",
    "name_gap",
    "focus_gap",
    "focus_soft",
    "number_gap",
    "pairs",
    "row",
    "row_foreign",
    "cosine_sentence",
    "cosine_heading",
    "cosine_content",
    "near_mean",
    "near_least",
    "passage_score",
    "passage_bm25",
    "passage_cosine",
    "rank",
    "kind_held",
    "kind_missing",
    "strict_missing",
    "count_held",
    "count_missing",
    "fresh_held",
    "fresh_missing",
    "day_held",
    "day_missing",
    "leave_held",
    "leave_missing",
    "offer_held",
    "offer_missing",
    "length",
    "terms",
)

_DEEPEST = 24


def _pairs(question: Question, reading: Reading) -> float:
    """Share of the question's neighbouring words that are neighbours here too."""
    if not question.pairs:
        return 0.0
    row = reading.digest.order
    held = set(itertools.pairwise(row))
    return len(question.pairs & held) / len(question.pairs)


def _row(question: Question, reading: Reading) -> tuple[float, float]:
    """(share of a table row's cell that was asked for, the rest); 0, 0 for prose.

    Of the cell that fits best: "Service: Full service" fits "full service" wholly.
    """
    cells = reading.digest.cells
    if not cells:
        return 0.0, 0.0
    asked = frozenset().union(*(term.stems for term in question.terms))
    share = max(len(cell & asked) / len(cell) for cell in cells)
    return share, 1 - share


def _count(question: Question, reading: Reading) -> bool | None:
    """Whether a number counts what the question counts; None if it counts nothing."""
    if not question.counts[0]:
        return None
    stems, groups = reading.digest.counted
    return bool(question.counts[0] & stems or question.counts[1] & groups)


_A_NAME = frozenset({"name"})
_NAMED = frozenset({"name", "person"})
_FIGURED = frozenset(
    "money clock count measure duration age year weight temperature length area speed "
    "phone code".split()
)


def _fresh(question: Question, reading: Reading) -> bool | None:
    """Whether the sentence tells a name or a number that the question does not.

    None if neither is asked for. "Who founded Harbour Loft?" is not answered by a
    sentence whose only name is Harbour Loft.
    """
    digest, expects = reading.digest, question.expects
    if expects & _NAMED:
        return bool(digest.names - question.words)
    if expects and expects <= _FIGURED:
        return bool(digest.figures - question.figures)
    return None


def _kind(question: Question, reading: Reading) -> dict[str, float]:
    fresh = _fresh(question, reading)
    held = bool(question.expects & reading.digest.kinds)
    held |= question.expects == _A_NAME and fresh is True
    missing = bool(question.expects) and not held
    day_held = bool(question.days & reading.digest.days)
    named = bool(question.days and reading.digest.days)
    counted = _count(question, reading)
    leave_held, leave_missing = _asked.leave(question.text, reading.text)
    offer_held, offer_missing = _asked.offer(question.text, reading.text)
    return {
        "kind_held": float(held),
        "kind_missing": float(missing),
        "strict_missing": float(missing and question.expects <= _asked.STRICT),
        "count_held": float(counted is True),
        "count_missing": float(counted is False),
        "fresh_held": float(fresh is True),
        "fresh_missing": float(fresh is False),
        "day_held": float(day_held),
        "day_missing": float(named and not day_held),
        "leave_held": leave_held,
        "leave_missing": leave_missing,
        "offer_held": offer_held,
        "offer_missing": offer_missing,
    }


def lexical(
    question: Question, reading: Reading, found: Cover, facts: Statistics
) -> dict[str, float]:
    """The features that need no vectors."""
    weights, passage = found.weights, reading.passage
    row, row_foreign = _row(question, reading)
    unknown = np.array([float(not term.known) for term in question.terms])
    kinds = _kind(question, reading)
    complete = _cover.complete(weights, found.near)
    named = tuple(term.named for term in question.terms)
    numeric = tuple(term.word[0].isdigit() for term in question.terms)
    return {
        "exact_sentence": _cover.share(weights, found.exact),
        "exact_passage": _cover.share(weights, found.exact_passage),
        "sentence": _cover.share(weights, found.sentence),
        "near": _cover.share(weights, found.near),
        "heading": _cover.share(weights, found.heading),
        "passage": _cover.share(weights, found.passage),
        "soft": _cover.share(weights, found.passage),
        "gap": _cover.gap(weights, found.passage),
        "gap_soft": _cover.gap(weights, found.passage),
        "gap_sentence": _cover.gap(weights, found.near),
        "complete": complete,
        "complete_kind": complete * (1 - kinds["kind_missing"]),
        "complete_soft": complete,
        "held_mass": _cover.mass(weights, found.near),
        "open_mass": _cover.mass(weights, 1 - found.passage),
        "open_soft": _cover.mass(weights, 1 - found.passage),
        "unknown": _cover.mass(weights, unknown * (1 - found.passage)),
        "name_gap": _cover.gap_of(named, found.passage),
        "focus_gap": _cover.gap_of(question.focus, found.near),
        "focus_soft": _cover.gap_of(question.focus, found.near),
        "number_gap": _cover.gap_of(numeric, found.exact_passage),
        "pairs": _pairs(question, reading),
        "row": row,
        "row_foreign": row_foreign,
        "cosine_sentence": 0.0,
        "cosine_heading": 0.0,
        "cosine_content": 0.0,
        "near_mean": 0.0,
        "near_least": 0.0,
        "passage_score": passage.score,
        "passage_bm25": min(1.0, passage.bm25 / facts.ideal) if facts.ideal else 0.0,
        "passage_cosine": max(0.0, passage.cosine),
        "rank": 1.0 / (1 + reading.rank),
        **kinds,
        "length": min(1.0, len(reading.text) / 200),
        "terms": min(1.0, len(question.terms) / 6),
    }


def _promise(question: Question, reading: Reading, found: Cover) -> float:
    """A rough rank, by which the sentences are picked that are looked at closely."""
    held = bool(question.expects & reading.digest.kinds)
    strict = bool(question.expects) and question.expects <= _asked.STRICT
    kind = 0.5 * held - 0.5 * (strict and not held)
    covered = found.sentence + found.near + 0.5 * found.passage
    row = _row(question, reading)[0] / 2
    return _cover.share(found.weights, covered) + kind + row + reading.passage.score


def rows(
    question: Question, readings: list[Reading], facts: Statistics, embed: Embed | None
) -> list[tuple[Reading, Cover, Row]]:
    """The most promising sentences, at most 24; each row is as in NAMES."""
    covered = [(reading, _cover.cover(question, reading)) for reading in readings]
    covered.sort(key=lambda entry: -_promise(question, *entry))
    kept = [
        (reading, found, lexical(question, reading, found, facts))
        for reading, found in covered[:_DEEPEST]
    ]
    if embed is not None and kept:
        _meaning.add_meaning(question, kept, embed)
    return [(r, c, np.array([row[name] for name in NAMES])) for r, c, row in kept]
