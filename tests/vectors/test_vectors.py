"""Vectors keep their value on the wire, and are compared by direction alone."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vectors

FLOATS = st.floats(-100, 100, width=32).filter(lambda x: abs(x) > 1e-3)
ROWS = st.lists(FLOATS, min_size=4, max_size=4).map(lambda r: np.array(r, np.float32))


def packed(*numbers: float) -> str:
    return vectors.pack(np.array(numbers, np.float32))


@given(row=ROWS)
def test_a_vector_comes_back_as_its_unit_row(row: np.ndarray) -> None:
    [back] = vectors.unpack([vectors.pack(row)])
    assert back.dtype == np.float32
    assert np.allclose(back * np.linalg.norm(row), row, rtol=1e-5)


@given(one=ROWS, other=ROWS, factor=st.floats(0.01, 100))
def test_a_cosine_depends_on_direction_alone(
    one: np.ndarray, other: np.ndarray, factor: float
) -> None:
    longer = (other * np.float32(factor)).astype(np.float32)
    texts = [vectors.pack(each) for each in (one, other, longer)]
    same, scaled = vectors.cosines(texts[0], texts[1:])
    expected = float(one.astype(float) @ other.astype(float))
    expected /= float(np.linalg.norm(one) * np.linalg.norm(other))
    assert same == pytest.approx(expected, abs=1e-5)
    assert scaled == pytest.approx(same, abs=1e-5)
    assert -1.0 <= same <= 1.0


@pytest.mark.parametrize(
    "texts",
    [
        ["no base64!"],
        ["AAA="],
        [base64.b64encode(b"12345").decode()],
        [packed(1, 2), packed(1, 2, 3)],
        [packed(0, 0)],
        [packed(float("nan"), 1)],
        [packed(float("inf"), 1)],
        [""],
        [None],
        [],
    ],
)
def test_what_is_no_vector_is_refused(texts: list[str | None]) -> None:
    with pytest.raises(vectors.BadVector):
        vectors.unpack(texts)


def test_diversity_prefers_another_passage_to_the_same_one_again() -> None:
    scores = [0.9, 0.89, 0.5]
    rows = vectors.unpack([packed(1, 0), packed(1, 0), packed(0, 1)])
    assert vectors.diverse(scores, rows, 2, 0.0) == [0, 1]
    assert vectors.diverse(scores, rows, 2, 0.5) == [0, 2]
    assert vectors.diverse(scores, None, 2, 0.5) == [0, 1]


@given(
    every=st.lists(st.tuples(st.floats(0, 1), ROWS), max_size=6),
    k=st.integers(0, 8),
    diversity=st.floats(0, 1),
)
def test_no_place_is_chosen_twice_and_the_best_comes_first(
    every: list[tuple[float, np.ndarray]], k: int, diversity: float
) -> None:
    every.sort(key=lambda pair: -pair[0])
    rows = vectors.unpack([vectors.pack(row) for _, row in every]) if every else None
    chosen = vectors.diverse([score for score, _ in every], rows, k, diversity)
    assert len(chosen) == len(set(chosen)) == min(k, len(every))
    assert chosen[:1] == [0][: len(chosen)]
