"""An answer of another shape is as good as none."""

from collections.abc import Callable
from typing import Any

import pytest

import garbled


@pytest.mark.parametrize(
    "read",
    [
        lambda answer: answer.id,
        lambda answer: answer["id"],
        lambda answer: answer[0],
        lambda answer: int(answer["name"]),
        lambda answer: answer["name"]["first"],
    ],
)
def test_an_answer_of_another_shape_is_garbled(read: Callable[[Any], Any]) -> None:
    with (
        pytest.raises(garbled.Garbled, match="another shape") as told,
        garbled.reading(),
    ):
        read({"name": "Ada"})
    assert isinstance(told.value, ConnectionError)
    assert isinstance(told.value.__cause__, garbled.UNREADABLE)


def test_another_failure_is_what_it_is() -> None:
    with pytest.raises(TimeoutError), garbled.reading():
        raise TimeoutError
