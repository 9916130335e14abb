"""Vectors keep their value on the wire."""

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
