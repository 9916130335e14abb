"""The gold set says nothing that its documents do not say."""

import re
from collections import Counter
from typing import Any

import pytest

Question = dict[str, Any]
Texts = dict[str, str]
Tables = dict[str, list[list[str]]]

STAFF = {"owner", "admin", "agent"}


@pytest.fixture(scope="session")
def public(manifest: dict[str, Any], texts: Texts) -> Texts:
    """What a customer may read."""
    open_to_all = [d["file"] for d in manifest["documents"] if not d["roles"]]
    return {name: texts[name] for name in open_to_all}


def of_kind(questions: list[Question], kind: str) -> list[Question]:
    return [question for question in questions if question["kind"] == kind]


def test_there_are_enough_of_each_kind(questions: list[Question]) -> None:
    kinds = Counter(question["kind"] for question in questions)
    assert kinds["answerable"] >= 120
    assert kinds["unanswerable"] >= 70
    assert kinds["clarify"] >= 10
    assert set(kinds) == {"answerable", "unanswerable", "clarify"}


def test_ids_and_questions_are_unique(questions: list[Question]) -> None:
    ids = Counter(question["id"] for question in questions)
    asked = Counter(
        (question["question"], str(question.get("history")), question.get("ask_as"))
        for question in questions
    )
    assert ids.most_common(1)[0][1] == 1
    assert asked.most_common(1)[0][1] == 1


@pytest.mark.parametrize("kind", ["answerable", "unanswerable", "clarify"])
def test_the_halves_are_equal(questions: list[Question], kind: str) -> None:
    halves = Counter(question["split"] for question in of_kind(questions, kind))
    assert set(halves) == {"tune", "test"}
    assert abs(halves["tune"] - halves["test"]) <= 1


def test_no_fact_is_in_both_halves(questions: list[Question]) -> None:
    sides: dict[tuple[str, ...], set[str]] = {}
    for question in of_kind(questions, "answerable"):
        for source in question["evidence"]:
            key = (source["document"], source["quote"], *source.get("row", []))
            sides.setdefault(key, set()).add(question["split"])
    assert [fact for fact, halves in sides.items() if len(halves) > 1] == []


def test_every_quote_is_in_its_document(
    questions: list[Question], texts: Texts
) -> None:
    missing = [
        (question["id"], source)
        for question in of_kind(questions, "answerable")
        for source in question["evidence"]
        if source["quote"] not in texts[source["document"]]
    ]
    assert missing == []


def test_cells_named_with_a_quote_stand_in_one_row_with_it(
    questions: list[Question], tables: Tables
) -> None:
    def found(source: dict[str, Any]) -> bool:
        wanted = {source["quote"], *source["row"]}
        return any(wanted <= set(row) for row in tables[source["document"]])

    lost = [
        (question["id"], source)
        for question in of_kind(questions, "answerable")
        for source in question["evidence"]
        if "row" in source and not found(source)
    ]
    assert lost == []


def test_every_answer_names_the_documents_of_its_evidence(
    questions: list[Question],
) -> None:
    for question in of_kind(questions, "answerable"):
        named = {source["document"] for source in question["evidence"]}
        assert set(question["documents"]) == named, question["id"]


def test_the_evidence_holds_the_facts(questions: list[Question]) -> None:
    """All of it together when all is needed, else every piece by itself."""
    short = []
    for question in of_kind(questions, "answerable"):
        said = [
            " ".join([source["quote"], *source.get("row", [])])
            for source in question["evidence"]
        ]
        pieces = [" ".join(said)] if question["needs"] == "all" else said
        short += [
            (question["id"], fact)
            for fact in question["must_contain"]
            if not all(fact in piece for piece in pieces)
        ]
        assert question["must_contain"], question["id"]
    assert short == []


def test_what_a_customer_is_told_stands_where_customers_may_read(
    questions: list[Question], public: Texts
) -> None:
    for question in of_kind(questions, "answerable"):
        restricted = set(question["documents"]) - set(public)
        assert bool(restricted) == (question.get("ask_as") in STAFF), question["id"]


def test_what_is_called_absent_is_absent(
    questions: list[Question], public: Texts
) -> None:
    present = [
        (question["id"], pattern, name)
        for question in of_kind(questions, "unanswerable")
        for pattern in question["absent"]
        for name, text in public.items()
        if re.search(pattern, text, re.IGNORECASE)
    ]
    assert present == []


def test_every_unanswerable_question_says_what_is_absent_or_must_not_be_said(
    questions: list[Question],
) -> None:
    for question in of_kind(questions, "unanswerable"):
        assert question["absent"] or question["must_not_contain"], question["id"]


def test_restricted_facts_are_in_the_documents_that_only_staff_may_read(
    questions: list[Question], public: Texts, texts: Texts
) -> None:
    """Else their absence would prove nothing about who may read."""
    restricted = " ".join(text for name, text in texts.items() if name not in public)
    for question in questions:
        if question["style"] == "restricted":
            for pattern in question["absent"]:
                assert re.search(pattern, restricted, re.IGNORECASE), question["id"]


def test_a_follow_up_has_a_history_that_ends_with_the_assistant(
    questions: list[Question],
) -> None:
    for question in questions:
        if question["style"] == "follow-up":
            assert question["history"][-1]["role"] == "assistant", question["id"]


def test_an_underspecified_question_says_what_has_to_be_asked(
    questions: list[Question],
) -> None:
    assert all(question["between"] for question in of_kind(questions, "clarify"))
