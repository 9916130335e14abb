"""Borrowed vectors are asked for once, and never of two models at a time."""

import asyncio

import numpy as np
import pytest

import vectors

ROW = 4  # bytes: two numbers at half precision


class Lender:
    """Makes vectors that tell their text and model apart."""

    def __init__(self, *models: str) -> None:
        self.models, self.asked = list(models), []

    async def __call__(self, texts: list[str]) -> vectors.Made:
        model = self.models.pop(0) if len(self.models) > 1 else self.models[0]
        self.asked.append(texts)
        rows = [[len(text), ord(model[0])] for text in texts]
        return vectors.Made(model, np.array(rows, np.float32))


def rows(kept: vectors.Borrowed, lender: Lender, *texts: str) -> list[list[float]]:
    return asyncio.run(kept.rows(texts, lender)).tolist()


def test_each_text_has_its_row_whether_it_was_kept_or_not() -> None:
    kept, lender = vectors.Borrowed(size=10 * ROW, batch=10), Lender("a")
    assert rows(kept, lender, "x", "xxx") == [[1, 97], [3, 97]]
    assert rows(kept, lender, "xx", "xxx", "x", "xx") == [
        [2, 97],
        [3, 97],
        [1, 97],
        [2, 97],
    ]
    assert lender.asked[-1] == ["xx"]


def test_what_is_kept_is_not_asked_for_again() -> None:
    kept, lender = vectors.Borrowed(size=10 * ROW, batch=10), Lender("a")
    rows(kept, lender, "x")
    calls = len(lender.asked)
    rows(kept, lender, "x")
    assert len(lender.asked) == calls


def test_no_more_than_a_batch_is_asked_for_at_once() -> None:
    kept, lender = vectors.Borrowed(size=10 * ROW, batch=2), Lender("a")
    rows(kept, lender, "a", "bb", "ccc", "dddd", "eeeee")
    assert max(map(len, lender.asked)) == 2


def test_vectors_of_another_length_are_another_models_whatever_its_name() -> None:
    kept = vectors.Borrowed(size=100 * ROW, batch=10)

    async def longer(texts: list[str]) -> vectors.Made:
        return vectors.Made("a", np.ones((len(texts), 3), np.float32))

    rows(kept, Lender("a"), "x", "xx")
    mixed = asyncio.run(kept.rows(["x", "xx", "xxx"], longer))
    assert mixed.shape == (3, 3)


def test_the_oldest_go_first() -> None:
    kept, lender = vectors.Borrowed(size=2 * ROW, batch=10), Lender("a")
    rows(kept, lender, "x")
    rows(kept, lender, "xx")
    rows(kept, lender, "xxx")
    rows(kept, lender, "xx", "xxx")
    assert lender.asked[-1] == ["xxx"]
    rows(kept, lender, "x")
    assert lender.asked[-1] == ["x"]


def test_what_was_wanted_since_outlasts_what_was_not() -> None:
    kept, lender = vectors.Borrowed(size=2 * ROW, batch=10), Lender("a")
    rows(kept, lender, "x", "xx")
    rows(kept, lender, "x")
    rows(kept, lender, "xxx")
    asked = len(lender.asked)
    rows(kept, lender, "x")
    assert len(lender.asked) == asked


def test_another_model_replaces_all_that_was_kept() -> None:
    kept, lender = vectors.Borrowed(size=10 * ROW, batch=10), Lender("a")
    rows(kept, lender, "x")
    lender.models = ["b"]
    assert rows(kept, lender, "x", "xx") == [[1, 98], [2, 98]]


def test_a_model_that_keeps_changing_gives_no_rows() -> None:
    kept = vectors.Borrowed(size=10 * ROW, batch=10)
    changing = Lender(*"abababab")
    with pytest.raises(vectors.BadVector, match="several models"):
        rows(kept, changing, "x")
