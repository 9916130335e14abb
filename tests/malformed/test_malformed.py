"""An answer of another shape is as good as none."""

from collections.abc import Callable
from typing import Any

import pytest

import malformed


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
        pytest.raises(malformed.MalformedAnswer, match="another shape") as told,
        malformed.reading(),
    ):
        read({"name": "Ada"})
    assert isinstance(told.value, ConnectionError)
    assert isinstance(told.value.__cause__, malformed.UNREADABLE)


def test_another_failure_is_what_it_is() -> None:
    with pytest.raises(TimeoutError), malformed.reading():
        raise TimeoutError
