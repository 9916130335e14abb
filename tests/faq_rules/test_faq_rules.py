"""Which question is the same, what an import makes of it, and how sure a match is."""

from datetime import UTC, datetime

import pytest

import faq_rules
from contracts.knowledge.faqs import Faq, MatchRequest, NewFaq

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 2, tzinfo=UTC)


def new(question: str, answer: str = "Yes.", **more: object) -> NewFaq:
    return NewFaq(question=question, answer=answer, **more)


def saved(question: str) -> Faq:
    return faq_rules.entry(new(question), NOW)


def matched(question: str, *known: Faq, **asked: object) -> list[tuple[str, float]]:
    request = MatchRequest(question=question, **asked)
    found = faq_rules.matches(request, [faq_rules.Near(each, 0.3) for each in known])
    return [(match.question, match.score) for match in found]


@pytest.mark.parametrize(
    "other", ["are YOU open", "Are you  open?!", " Are you open. "]
)
def test_case_spacing_and_closing_marks_do_not_make_another_question(
    other: str,
) -> None:
    assert faq_rules.key(other) == faq_rules.key("Are you open?")


def test_letters_that_are_spelt_decomposed_make_no_other_question() -> None:
    """As macOS spells them; nobody sees a difference."""
    assert faq_rules.key("Wann o\u0308ffnet ihr?") == faq_rules.key(
        "Wann \u00f6ffnet ihr?"
    )


def test_other_words_make_another_question() -> None:
    assert faq_rules.key("Are you open?") != faq_rules.key("Are you closed?")


def test_an_entry_is_found_by_how_it_is_asked_not_by_its_answer() -> None:
    words = faq_rules.wording(new("Open?", "From nine.", variants=["When?"]))
    assert words == "Open?\nWhen?"


def test_an_entry_keeps_its_place_when_it_is_replaced() -> None:
    known = saved("Open?")
    other = faq_rules.entry(new("Open?", "No."), LATER, known)
    assert (other.id, other.created_at) == (known.id, NOW)
    assert (other.answer, other.updated_at) == ("No.", LATER)


def test_an_import_replaces_adds_and_takes_the_later_of_two() -> None:
    known = [saved("Open?"), saved("Parking?")]
    given = [new("open", "1"), new("Dogs?", "2"), new("OPEN?", "3")]
    made, created, replaced = faq_rules.merged(given, known, LATER)
    assert [each.answer for each in made] == ["3", "2"]
    assert (made[0].id, created, replaced) == (known[0].id, 1, 1)


def test_which_entry_is_repeated_by_which_is_told() -> None:
    given = [new("Open?"), new("Can I park?"), new("open"), new("OPEN ?")]
    [first, second] = faq_rules.repeated(given, [1, 2, 4, 9])
    assert (first[0], second[0]) == (1, 4)
    assert "row 9" in first[1]
    assert list(faq_rules.repeated(given[:2], [1, 2])) == []


def test_the_surest_come_first_and_no_more_than_wanted() -> None:
    known = [saved("Can I bring my dog?"), saved("Can I park?"), saved("Open?")]
    found = matched("can I park", *known, k=2)
    assert found[0] == ("Can I park?", 1.0)
    assert len(found) == 2
    assert found[1][1] < 1.0


def test_the_threshold_cuts_the_score_that_is_shown() -> None:
    known = [saved("Can I bring my dog?"), saved("Can I park?")]
    assert matched("can I park", *known, min_score=1.0) == [("Can I park?", 1.0)]
    assert matched("Who are you?", *known, min_score=0.9) == []


@pytest.mark.parametrize(
    "question",
    [
        "Can I bring my dog? Where do I leave my bike?",
        "Where do I leave my bike, and can I bring my dog?",
        "Kann ich zahlen? Can I bring my dog?",
    ],
)
def test_an_entry_is_found_by_one_of_several_questions(question: str) -> None:
    known = saved("Can I bring my dog?"), saved("Is there a lift?")
    found = dict(matched(question, *known))
    assert found["Can I bring my dog?"] == 1.0
    assert found["Is there a lift?"] < 0.5
