"""Vectors keep their value on the wire."""

import asyncio
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


def test_what_is_kept_has_a_size_however_long_the_rows_are() -> None:
    asked: list[list[str]] = []

    async def encode(texts: list[str]) -> np.ndarray:
        asked.append(texts)
        return np.ones((len(texts), 8), np.float32)

    async def act() -> None:
        recent = vectors.Recent(size=2 * 8 * 4, batch=10)
        assert (await recent.rows("m", ["a", "b", "c"], encode)).shape == (3, 8)
        await recent.rows("m", ["b", "c"], encode)
        await recent.rows("m", ["a"], encode)

    asyncio.run(act())
    assert asked == [["a", "b", "c"], ["a"]]


def test_those_who_ask_for_the_same_texts_together_do_not_all_have_them_made() -> None:
    most = now = calls = 0

    async def encode(texts: list[str]) -> np.ndarray:
        nonlocal most, now, calls
        calls, now = calls + 1, now + 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return np.ones((len(texts), 8), np.float32)

    async def act() -> None:
        recent = vectors.Recent(size=1000, batch=10)
        asked = [recent.rows("m", ["a", "b"], encode) for _ in range(50)]
        assert {each.shape for each in await asyncio.gather(*asked)} == {(2, 8)}

    asyncio.run(act())
    assert most == calls <= 4
