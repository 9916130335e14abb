"""A follow-up is asked, and answered, about what was being talked about."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import wording
from evidence import Subject

TALKS = json.loads(Path(__file__).with_name("talks.json").read_text("utf-8"))
HOUSE = {
    "Pets": "Dogs cost 15 euros a night. Cats are not allowed.",
    "Memberships": "The monthly membership costs 49 euros. A yearly membership can be "
    "frozen for up to three months.",
    "Pool": "The pool is free for guests. Visitors pay 12 euros.",
    "Guided tours": "Tours start at 10:30. Children under 8 cannot take part in tours.",
    "Rental": "Children under twelve ride on a child seat free of charge.",
}


def whole(*turns: str) -> dict:
    *before, last = turns
    return wording.whole(last, [("user", text) for text in before])


def same(question: str) -> str:
    return question.lower().strip(" ?.!")


@pytest.mark.parametrize(("turns", "asked"), TALKS, ids=lambda each: str(each)[:60])
def test_a_talk_leads_to_a_question_of_its_own(turns, asked):
    assert same(whole(*turns)["question"]) == same(asked)


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        (("Do you do guided tours?", "when do they start?"), ["guided", "tours"]),
        (("Do you do guided tours?", "my son is 7"), ["guided", "tours"]),
        (("How much is a massage?", "is breakfast included?"), ["massage"]),
        (("How much is a full service?", "and a small one?"), ["small", "service"]),
        (("Can I smoke in the room?", "and on the balcony?"), ["smoke"]),
    ],
)
def test_a_follow_up_knows_what_it_is_about(turns, words):
    assert whole(*turns)["about"]["words"] == tuple(words)


def test_what_a_talk_is_about_outlasts_what_is_brought_along():
    turns = ("Do you do guided tours?", "can I bring my dog?", "when do they start?")
    assert whole(*turns)["question"] == "when do guided tours start?"
    anew = ("Do you do guided tours?", "Where can I park?", "how much is it?")
    assert "tours" not in whole(*anew)["question"]


@pytest.mark.parametrize(
    "last",
    [
        "Is there a sauna?",
        "Is it possible to pay by card?",
        "And where can I park?",
        "Thanks!",
    ],
)
def test_what_says_all_itself_is_about_nothing_before(last):
    assert whole("How much is a single room?", last) == {
        "question": last,
        "about": None,
    }


def quoted(ask, turns, threshold=0.0) -> str:
    """What is quoted however unsure it is: nothing of another thing may be."""
    made = whole(*turns)
    about = Subject(**made["about"])
    found, _ = ask(made["question"], HOUSE, about=about, threshold=threshold)
    return " / ".join(quote.text for quote in found.quotes)


@pytest.mark.parametrize(
    ("turns", "said", "unsaid"),
    [
        (("Are dogs allowed?", "how much?", "and cats?"), "Cats are not", "15"),
        (("How much is the pool?", "and for visitors?"), "12 euros", "free for guests"),
        (("Do you do guided tours?", "my son is 7"), "under 8", "child seat"),
        (
            ("How much is the yearly membership?", "can it be frozen?"),
            "three months",
            "pool",
        ),
    ],
)
def test_an_answer_speaks_of_what_the_talk_is_about(ask, turns, said, unsaid):
    answer = quoted(ask, turns)
    assert said in answer
    assert unsaid not in answer


@pytest.mark.parametrize(
    "turns",
    [
        ("How much is the monthly membership?", "can it be frozen?"),
        ("Do you have a solarium?", "how much is it?"),
    ],
)
def test_another_thing_is_no_answer(ask, turns):
    answer = quoted(ask, turns)
    assert "three months" not in answer
    assert "solarium" in answer or not answer or "monthly" in answer


SAID = st.text() | st.lists(
    st.sampled_from("and the what about ? , . 😀 on Sunday for children it how".split())
).map(" ".join)


@given(st.lists(SAID, min_size=1, max_size=4))
@example(["How much is the sauna?", "and ?"])
@example(["How much is the sauna?", "😀"])
def test_whatever_is_said_leads_to_a_question(turns):
    assert whole(*turns)["question"] is not None
