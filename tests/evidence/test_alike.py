"""How sure it is that two questions ask the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidence
from evidence import _alike, train_alike

FAQS = [
    ["Do you take walk-ins?"],
    ["What payment methods do you accept?", "Can I pay by card?"],
    ["How do I cancel my appointment?"],
]


def sure(question: str, cosines: list[float | None]) -> list[float]:
    return evidence.alike(question, FAQS, cosines)


@pytest.mark.parametrize(
    "question", ["do you take walk ins", "Do you take WALK-INS??", "can I pay by card"]
)
def test_the_same_words_are_the_same_question(question: str) -> None:
    assert max(sure(question, [0.5, 0.5, 0.5])) == 1.0


def test_an_entry_counts_by_its_best_wording() -> None:
    found = sure("Is paying with a card possible?", [0.1, 0.5, 0.1])
    assert found[1] == max(found)


def test_a_rival_makes_less_sure() -> None:
    alone = sure("How can I move my appointment?", [0.0, 0.1, 0.7])[2]
    with_rival = sure("How can I move my appointment?", [0.7, 0.1, 0.7])[2]
    assert with_rival < alone


def test_without_vectors_it_goes_by_words() -> None:
    found = sure("cancelling an appointment", [None, None, None])
    assert found[2] == max(found) > 0.5


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.text(max_size=40), st.floats(-1, 1)), max_size=5),
)
def test_whatever_is_asked_confidence_is_a_probability(
    question: str, known: list[tuple[str, float]]
) -> None:
    entries, near = [[text] for text, _ in known], [cosine for _, cosine in known]
    found = evidence.alike(question, entries, near)
    assert len(found) == len(known)
    assert all(0 <= each <= 1 for each in found)


def test_the_weights_are_those_that_training_gives() -> None:
    path = Path(__file__).with_name("faqs.json")
    known = list(train_alike.cases(train_alike.read(path)))
    given = dict(zip(_alike.WEIGHTS, train_alike.fitted(known), strict=True))
    assert given == pytest.approx(_alike.WEIGHTS, abs=0.05)
