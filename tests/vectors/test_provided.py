"""Vectors of an endpoint are those of the texts that it was asked about."""

import asyncio
from typing import Any

import numpy as np
import pytest

import vectors


def encoded(data: list[Any], texts: list[str]) -> np.ndarray:
    """The rows that come of an endpoint's answer."""

    async def call(name: str, post: Any) -> Any:
        return {"data": data}

    return asyncio.run(vectors.Provided("key", None, "m", call).encode(texts))


def test_each_text_has_its_own_vector_in_whatever_order_they_come() -> None:
    late, early = {"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1, 0]}
    assert encoded([late, early], ["a", "b"]).tolist() == [[1, 0], [0, 1]]


def test_where_no_place_is_told_they_are_in_order() -> None:
    data = [{"embedding": [1, 0]}, {"embedding": [0, 1]}]
    assert encoded(data, ["a", "b"]).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "data",
    [
        [],
        ["x"],
        [None],
        [{"index": "0", "embedding": [1]}, {"index": 1, "embedding": [1]}],
        [{"index": 0, "embedding": [float("nan"), 1]}],
        [{"index": 0, "embedding": [float("inf"), 1]}],
    ],
)
def test_what_is_no_vector_for_each_text_is_refused(data: list[Any]) -> None:
    with pytest.raises(vectors.BadVector):
        encoded(data, ["a"])


def test_the_cosine_that_texts_have_by_chance_is_measured_once() -> None:
    asked: list[int] = []

    async def call(name: str, post: Any) -> Any:
        asked.append(count := len(post.args[1]["input"]))
        # Of each two, half is what all have in common.
        rows = np.hstack([np.ones((count, 1)), np.eye(count)])
        return {"data": [{"embedding": row.tolist()} for row in rows]}

    async def twice() -> float:
        provided = vectors.Provided("key", None, "m", call)
        await provided.encode(["a"])
        await provided.encode(["b"])
        return provided.chance

    assert asyncio.run(twice()) == pytest.approx(0.5)
    assert asked == [1, asked[1], 1]


def test_an_endpoint_that_cannot_be_measured_is_read_as_it_is() -> None:
    async def call(name: str, post: Any) -> Any:
        return {"data": [{"embedding": [3, 4]}]}

    provided = vectors.Provided("key", None, "m", call)
    assert asyncio.run(provided.encode(["a"])) == pytest.approx(np.array([[0.6, 0.8]]))
    assert provided.chance == 0
