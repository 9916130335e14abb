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
