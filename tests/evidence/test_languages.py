"""Questions in German, French and Spanish are answered from texts of their language."""

from pathlib import Path

import pytest

import evidence
from evidence import _glossed, _parts, corpus, evaluate, train

SETS = Path(__file__).with_name("languages")
NAMES = sorted(path.stem for path in SETS.glob("*.json"))


@pytest.fixture(scope="module", params=NAMES)
def outcomes(request, embed):
    """Every question of a set with its answer, by words alone."""
    found = corpus.read(SETS / f"{request.param}.json")
    index = corpus.Index(found.passages, embed)
    given = []
    for case in found.cases:
        passages, facts = index.search(_parts.looked_for(case.question))
        answer = evidence.answer(case.question, passages, facts, embed=embed)
        given.append((evaluate.Outcome(case, answer, 0.0, 0.0), passages))
    return given


def test_most_questions_are_answered_and_most_others_refused(outcomes):
    tally = evaluate.tally([outcome for outcome, _ in outcomes])
    assert tally.refused <= 0.3 * tally.answerable
    assert tally.false <= 0.4 * tally.unanswerable
    assert tally.right >= 0.65 * tally.answerable
    assert tally.auroc >= 0.8


def test_quotes_are_verbatim(outcomes):
    said = 0
    for outcome, passages in outcomes:
        texts = {passage.id: passage.text for passage in passages}
        for quote in outcome.answer.quotes:
            assert texts[quote.passage_id][quote.start : quote.end] == quote.text
            assert quote.text == quote.text.strip() != ""
            said += 1
    assert said


@pytest.mark.parametrize("folder", [train.SETS, evaluate.BLIND])
def test_no_english_question_is_taken_for_another_language(folder):
    for found in train.sets(folder):
        for case in found.cases:
            asked = case.resolved or case.question
            assert _glossed.languages(asked, list(found.passages))[0] == "english"
