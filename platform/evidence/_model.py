"""Two small logistic models: which sentences answer best, and whether they answer.

The first ranks sentences (a softmax over those of one question), the second gives the
probability that what the first chose is an answer; it weighs pairs of features, too.
Both are fitted by ``evidence.train`` and kept in ``weights.json``, one pair for
questions with vectors ("full") and one for those without ("plain").
"""

import dataclasses
import functools
import itertools
import json
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evidence._features import NAMES

Row = NDArray[np.float64]

_DRAWN = (
    *NAMES,
    "chosen_passage",
    "chosen",
    "strength",
    "margin",
    "score_spread",
    "score_top",
    "soft_top",
)
# What counts together: a missing kind of answer says more where all words are covered.
_JOINED = (
    "near",
    "soft",
    "gap",
    "complete_kind",
    "kind_held",
    "kind_missing",
    "focus_gap",
    "focus_soft",
    "cosine_content",
    "passage_score",
    "chosen_passage",
    "near_mean",
    "unknown",
    "terms",
    "strict_missing",
    "fresh_held",
    "fresh_missing",
    "count_missing",
    "asks_leave",
    "asks_who",
    "asks_when",
    "asks_figure",
    "asks_what",
    "soft_elsewhere",
    "soft_together",
    "complete_soft",
    "gap_soft",
    "cosine_content_lag",
)
_PAIRS = tuple(itertools.combinations_with_replacement(_JOINED, 2))
_LEFT = [_DRAWN.index(left) for left, _ in _PAIRS]
_RIGHT = [_DRAWN.index(right) for _, right in _PAIRS]
_MIDDLE = 0.5

ALONE = len(_DRAWN)
"""How many of ``DECISION_NAMES`` stand alone; the rest are products."""

DECISION_NAMES = (*_DRAWN, *(f"{left} * {right}" for left, right in _PAIRS))

_RANK, _SCORE, _SOFT = (NAMES.index(n) for n in ("rank", "passage_score", "soft"))
_CELL = [NAMES.index("row"), NAMES.index("row_foreign")]  # 1 together for table rows
_LOOKED_AT = 6
_QUOTED = 3
_ROWS, _LEVEL = 8, 0.7
_CLOSE, _CLOSE_ELSEWHERE = 0.1, 0.15
_LOOKED_AT_ELSEWHERE, _QUOTED_ELSEWHERE = 4, 2


@dataclasses.dataclass(frozen=True)
class Linear:
    weights: Row
    bias: float

    def __call__(self, rows: Row) -> Row:
        return np.asarray(rows @ self.weights + self.bias)


@dataclasses.dataclass(frozen=True)
class Weights:
    select: Linear
    decide: Linear
    threshold: float


@dataclasses.dataclass(frozen=True)
class Choice:
    """``picked``: rows to quote, the best first. ``row``: values of DECISION_NAMES."""

    picked: tuple[int, ...]
    row: Row


WEIGHTS = Path(__file__).with_name("weights.json")


def _linear(names: tuple[str, ...], content: dict[str, float]) -> Linear:
    return Linear(np.array([content[name] for name in names]), content["bias"])


@functools.lru_cache(maxsize=2)
def weights(kind: str) -> Weights:
    """``kind``: "full" or "plain"."""
    content = json.loads(WEIGHTS.read_text("utf-8"))[kind]
    return Weights(
        _linear(NAMES, content["select"]),
        _linear(DECISION_NAMES, content["decide"]),
        content["threshold"],
    )


def choose(rows: Row, select: Linear) -> Choice:
    """The sentences to quote, of at least one, and what speaks for them.

    Beside the best, those of its passage that come near it, and two of other passages
    that come nearer still: where two sentences fit nearly as well, both are shown. Of
    a table, all rows that fit as well: Monday's hours alone are not the opening hours.
    """
    strength = select(rows)
    order = np.argsort(-strength, kind="stable")
    best = int(order[0])
    share = np.exp(strength - strength.max())
    share /= share.sum()
    own = rows[:, _RANK] == rows[best, _RANK]
    near = [int(at) for at in order[:_LOOKED_AT] if share[at] >= _CLOSE * share[best]]
    level = own & (rows[:, _CELL].sum(1) > _MIDDLE) & (share >= _LEVEL * share[best])
    table = [int(at) for at in order if level[at]][:_ROWS] if level[best] else []
    picked = dict.fromkeys([*_picked(near, own, share, best), *table])
    other = strength[~own].max() if (~own).any() else strength.min()
    scores = np.sort(rows[:, _SCORE])
    drawn = [
        share[own].sum(),
        share[best],
        strength[best],
        strength[best] - other,
        scores[-1] - _middle(scores),
        scores[-1],
        rows[:, _SOFT].max(),
    ]
    return Choice(tuple(picked), _joined(np.array([*rows[best], *drawn])))


def _middle(ordered: Row) -> float:
    """The median; NumPy's own imports its masked arrays, 2 MiB, to tell those."""
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _joined(drawn: Row) -> Row:
    """What is drawn, and the products that ``DECISION_NAMES`` ends with."""
    apart = drawn - _MIDDLE
    return np.concatenate([drawn, apart[_LEFT] * apart[_RIGHT]])


def _picked(near: list[int], own: Row, share: Row, best: int) -> list[int]:
    """Of the best's own passage the nearest, and at most two of others."""
    here = [at for at in near if own[at]][:_QUOTED]
    far = [at for at in near[:_LOOKED_AT_ELSEWHERE] if not own[at]]
    close = [at for at in far if share[at] >= _CLOSE_ELSEWHERE * share[best]]
    return here + close[:_QUOTED_ELSEWHERE]


def probability(row: Row, decide: Linear) -> float:
    """That the choice answers the question."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, float(decide(row))))))
