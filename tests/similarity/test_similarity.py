"""Comparing a few vectors in plain Python; NumPy is what it is judged by."""

import base64
import math
import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import similarity

Vector = list[float]
value = st.floats(-1e6, 1e6, width=32)


def packed(*row: float) -> str:
    return base64.b64encode(struct.pack(f"<{len(row)}f", *row)).decode()


def is_long(row: Vector) -> bool:
    return math.hypot(*row) > 1e-3


pairs = st.integers(1, 40).flatmap(
    lambda size: st.tuples(
        *(st.lists(value, min_size=size, max_size=size).filter(is_long),) * 2
    )
)


@given(pairs)
def test_a_cosine_is_what_numpy_computes(pair: tuple[Vector, Vector]) -> None:
    one, other = (np.array(row, np.float64) for row in pair)
    exact = one @ other / (np.linalg.norm(one) * np.linalg.norm(other))
    [found] = similarity.cosines(packed(*pair[0]), [packed(*pair[1])])
    assert found == pytest.approx(exact, abs=1e-9)
    assert -1 <= found <= 1


@pytest.mark.parametrize(
    "text", [None, "", "no base64!", "AAAA", packed(0, 0), packed(1, math.inf)]
)
def test_what_is_no_vector_is_refused(text: str | None) -> None:
    with pytest.raises(similarity.BadVector):
        similarity.unpack(text)


def test_vectors_of_different_lengths_are_not_compared() -> None:
    with pytest.raises(similarity.BadVector, match="one length"):
        similarity.cosines(packed(1, 0), [packed(1, 0, 0)])


def marginal(scores: Vector, rows: list[Vector], k: int, diversity: float) -> list[int]:
    """Maximal marginal relevance as it is defined, with no care for speed."""
    table = np.array(rows)
    likeness = table @ table.T
    chosen: list[int] = []
    while len(chosen) < min(k, len(scores)):
        left = [at for at in range(len(scores)) if at not in chosen]
        gain = {
            at: (1 - diversity) * scores[at]
            - diversity * max((likeness[at][c] for c in chosen), default=0.0)
            for at in left
        }
        chosen.append(max(left, key=gain.__getitem__))
    return chosen


# Directions a right angle or less apart, so that no two gains are equal but for chance.
turns = st.lists(st.integers(0, 900), min_size=1, max_size=12, unique=True)


@given(turns, st.integers(1, 12), st.sampled_from([0.1, 0.37, 0.5, 0.9]))
def test_diversity_weighs_what_was_said(
    angles: list[int], k: int, diversity: float
) -> None:
    rows = [[math.cos(a / 573), math.sin(a / 573)] for a in angles]
    scores = [1 / (2 + at + angles[at] / 1000) for at in range(len(angles))]
    found = similarity.diverse(scores, [tuple(row) for row in rows], k, diversity)
    assert found == marginal(scores, rows, k, diversity)


def test_without_diversity_the_best_come_first_and_no_vector_is_needed() -> None:
    assert similarity.diverse([0.9, 0.8, 0.8, 0.1], [], 3, 0.0) == [0, 1, 2]


def test_what_says_the_same_gives_way_to_something_else() -> None:
    rows = [(1.0, 0.0), (1.0, 0.0), (0.0, 1.0)]
    assert similarity.diverse([0.9, 0.8, 0.5], rows, 2, 0.5) == [0, 2]


def test_numpy_is_not_loaded(told_by: Callable[[str], list[str]]) -> None:
    imported = "import sys, faq_rules, intents, ranking, wording"
    program = f"{imported}; print('numpy' in sys.modules)"
    assert told_by(program) == ["False"]


@given(st.floats(-1, 1), st.floats(0, 0.99))
def test_what_a_model_adds_to_every_cosine_is_taken_away(
    cosine: float, chance: float
) -> None:
    told = chance + (1 - chance) * cosine
    assert similarity.beyond(told, chance) == pytest.approx(cosine, abs=1e-9)


@given(st.floats(-1, 1), st.floats(0, 0.99))
def test_beyond_chance_is_in_the_range_of_cosines(cosine: float, chance: float) -> None:
    assert -1 <= similarity.beyond(cosine, chance) <= 1
