"""What is meant of a message, and what is a question about something else."""

import pytest

import replies


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("no, 40 not 50", "no, 40"),
        ("40 EUR, not 50 EUR please", "40 EUR, please"),
        ("make it 40 instead of €50", "make it 40"),
        ("40 statt 50 Euro", "40"),
        ("nicht 50 sondern 40", "sondern 40"),
        ("40 euros au lieu de 50", "40 euros"),
        ("pas 50, 40", ", 40"),
        ("40 euros, no 50", "40 euros"),
        ("40 en vez de 50", "40"),
        ("no 40", "no 40"),
        ("not today", "not today"),
        ("I paid 50", "I paid 50"),
    ],
)
def test_figures_that_are_denied_are_left_out(text: str, meant: str) -> None:
    assert " ".join(replies.undenied(text).split()) == meant


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
