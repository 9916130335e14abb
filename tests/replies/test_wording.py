"""What is a question about something else."""

import pytest

import replies


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ("do you have parking?", True),
        ("what are your opening hours", True),
        ("wann haben Sie offen", True),
        ("can we make it 40 euros?", False),
        ("könnten wir lieber 40 machen?", False),
        ("tell me about parking", True),
        ("où puis-je me garer", True),
        ("dónde puedo aparcar", True),
        ("40 euros", False),
        ("die Rechnung vom Mai", False),
    ],
)
def test_a_wish_to_change_something_is_no_question(
    text: str, is_question: bool
) -> None:
    assert replies.is_question(text) == is_question


@pytest.mark.parametrize("text", ["yes please", "no thanks", "ja, bitte", "Thanks!"])
def test_an_answer_may_say_nothing_else(text: str) -> None:
    assert replies.is_bare(text)
    assert not replies.is_bare(f"{text}, the blue one")


@pytest.mark.parametrize(
    "text", ["please", "Bitte sehr!", "s'il vous plaît", "oh please"]
)
def test_a_please_alone_is_a_plea(text: str) -> None:
    assert replies.is_plea(text)
    assert not replies.is_plea(f"{text} book it")


@pytest.mark.parametrize("text", ["thanks", "hello", "yes please", ""])
def test_another_courtesy_is_none(text: str) -> None:
    assert not replies.is_plea(text)
