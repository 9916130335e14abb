"""What short messages answer, in four languages."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import replies

ABOUT = {"pay", "payment", "zahlung", "paiement", "pago", "link"}
ROWS = [
    line.split("|", 1)
    for line in Path(__file__).with_name("answers.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("expected", "message"), ROWS, ids=lambda text: text.strip())
def test_an_answer_is_what_the_table_says(expected: str, message: str) -> None:
    assert replies.answer(message.strip(), ABOUT) == expected.strip()


def test_a_word_that_the_dialogue_is_not_about_makes_it_another_matter() -> None:
    assert replies.answer("cancel the booking", {"booking"}) == "cancel"
    assert replies.answer("cancel the booking") == "none"


@given(st.text(alphabet="bdfgjlqrtvwxz", min_size=3, max_size=12), st.booleans())
def test_a_yes_with_any_unknown_word_is_no_yes(word: str, is_before: bool) -> None:
    message = f"{word} yes" if is_before else f"yes {word}"
    if replies.answer(word) == "none":
        assert replies.answer(message) != "yes"


@given(st.text(max_size=200))
def test_every_message_has_an_answer(message: str) -> None:
    known = {"yes", "no", "cancel", "later", "perhaps", "none"}
    assert replies.answer(message) in known
