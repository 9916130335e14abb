"""Fit the models on the question sets: ``python -m evidence.train``.

Deterministic: the same sets give the same ``weights.json``. Only what was held out by
business says anything about quality; ``evidence.evaluate`` reports that.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import embeddings
from evidence import (
    _features,
    _model,
    _parts,
    _question,
    _readings,
    _spelling,
    _standing,
    corpus,
)
from evidence._meaning import Meaning
from evidence._model import DECISION_NAMES, Linear, Row, Weights
from evidence._sought import sought

SETS = Path(__file__).resolve().parents[2] / "tests" / "evidence" / "sets"
FOUND = 12
_SELECT_PENALTY, _DECIDE_PENALTY, _PAIRS_PENALTY = 0.05, 0.02, 0.3
_STEPS, _RATE = 400, 0.05
_CONVERGED = 1e-10
_THRESHOLD = 0.4

Labels = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Example:
    """One question's sentences as features, and which of them hold its facts."""

    business: str
    case: corpus.Case
    rows: Row
    right: Labels


def examples(found: corpus.Set, embed: corpus.Embed, vectors: bool) -> list[Example]:
    """Training examples of a set; questions of several parts or none are left out."""
    index = corpus.Index(found.passages, embed)
    meaning = Meaning(embed) if vectors else None
    built: list[Example] = []
    for case in found.cases:
        asked = case.resolved or case.question
        if _question.is_vague(sought(asked)) or len(_parts.parts(asked)) > 1:
            continue
        passages, facts = index.search(sought(asked), FOUND)
        meant = _spelling.corrected(sought(asked), passages, facts)
        question = _question.analyse(meant, facts)
        readings = _readings.read(_standing.current(asked, passages))
        table = _features.table(question, readings, facts, meaning)
        if table is None:
            continue
        right = np.array([corpus.is_right(case, [r.quoted]) for r in table.readings])
        built.append(Example(found.name, case, table.rows, right))
    return built


def _fit_select(sets: Sequence[Example]) -> Linear:
    """Adam on the softmax likelihood that a right sentence is chosen."""
    used = [example for example in sets if example.right.any()]
    every = np.vstack([example.rows for example in used])
    mean, spread = _moments(every)
    scaled = (every - mean) / spread
    right = np.concatenate([example.right for example in used])
    sizes = np.array([len(example.rows) for example in used])
    weights = np.zeros(len(mean))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        pull = _pull(scaled @ weights, right, sizes)
        slope = _SELECT_PENALTY * weights + pull @ scaled / len(used)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        move = first / (1 - 0.9**step)
        weights -= _RATE * move / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return Linear(weights / spread, float(-(mean / spread) @ weights))


def _pull(strength: Row, right: Labels, sizes: NDArray[np.int_]) -> Row:
    """How far each sentence's share is too high, the questions one after another."""
    starts = np.cumsum(sizes) - sizes
    highest = np.maximum.reduceat(strength, starts)
    share = np.exp(strength - np.repeat(highest, sizes))
    share /= np.repeat(np.add.reduceat(share, starts), sizes)
    wanted = share * right
    return np.asarray(
        share - wanted / np.repeat(np.add.reduceat(wanted, starts), sizes)
    )


def _moments(rows: Row) -> tuple[Row, Row]:
    spread = rows.std(0)
    return rows.mean(0), np.where(spread < 1e-6, 1.0, spread)


def fit_logistic(rows: Row, right: Labels, penalty: float | Row) -> Linear:
    """Newton's method on the penalised likelihood; the bias is not penalised.

    ``penalty``: one for all columns, or one each.
    """
    mean, spread = _moments(rows)
    scaled = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    each = np.broadcast_to(penalty, rows.shape[1]) * len(rows)
    ridge = np.diag(np.append(each, 0.0))
    weights = np.zeros(scaled.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-scaled @ weights))
        curve = (scaled * (chance * (1 - chance))[:, None]).T @ scaled + ridge
        slope = scaled.T @ (chance - right) + ridge @ weights
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < _CONVERGED:
            break
    own = weights[:-1] / spread
    return Linear(own, float(weights[-1] - own @ mean))


def fit(sets: Sequence[Example]) -> Weights:
    """Both models. An unanswerable question's choice is wrong whatever it is."""
    select = _fit_select(sets)
    choices = [_model.choose(example.rows, select) for example in sets]
    right = [
        bool(example.right[list(choice.picked)].any())
        for example, choice in zip(sets, choices, strict=True)
    ]
    rows = np.stack([choice.row for choice in choices])
    pairs = np.arange(rows.shape[1]) >= _model.ALONE
    penalty = np.where(pairs, _PAIRS_PENALTY, _DECIDE_PENALTY)
    decide = fit_logistic(rows, np.array(right), penalty)
    return Weights(select, decide, _THRESHOLD)


def _named(names: Sequence[str], linear: Linear) -> dict[str, float]:
    values = zip(names, linear.weights, strict=True)
    rounded = {name: round(float(value), 6) for name, value in values}
    return {**rounded, "bias": round(linear.bias, 6)}


def written(weights: Weights) -> dict[str, object]:
    return {
        "threshold": weights.threshold,
        "select": _named(_features.NAMES, weights.select),
        "decide": _named(DECISION_NAMES, weights.decide),
    }


def sets(folder: Path) -> list[corpus.Set]:
    return [corpus.read(path) for path in sorted(folder.glob("*.json"))]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m evidence.train", description=__doc__)
    parser.add_argument("--sets", type=Path, default=SETS)
    parser.add_argument("--out", type=Path, default=_model.WEIGHTS)
    options = parser.parse_args(arguments)
    embed: Callable[[list[str]], NDArray[np.float32]] = embeddings.load().encode
    content = {}
    for kind, vectors in (("full", True), ("plain", False)):
        found = [e for s in sets(options.sets) for e in examples(s, embed, vectors)]
        content[kind] = written(fit(found))
    options.out.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    print(f"{options.out}: fitted on {len(found)} questions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
