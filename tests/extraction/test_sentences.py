"""Sentences end where a reader would say so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import extraction

BRIEF = settings(max_examples=40, deadline=None)


def split(text):
    return [text[start:end] for start, end in extraction.sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["We open at 9.", "We close at 5."],
        ["It costs 80.50 euros.", "Pay in cash!", "Really?", "Yes."],
        ["Dr. Weber and Mrs. Hill work here.", "Ask them."],
        ["Bring e.g. a towel.", "We have none."],
        ["Call J. R. Smith.", "He knows."],
        ["See No. 5 on p. 12 for details.", "Thank you."],
        ["He said no.", "Then he left."],
        ["We open at 9 a.m. on Mondays.", "Come early."],
        ["Wait...", "There is more."],
        ['"Is it open?" she asked.', "It was."],
        ["(It is closed.)", "Come back later."],
        ["Visit www.example.com for more.", "Or call."],
        ["Version 2.0 is out.", "It is better."],
        ["So can I.", "Ask me."],
        ["Der Termin ist am 3. Mai um 10 Uhr.", "Bitte kommen Sie pünktlich."],
        ["Wir haben z. B. Kaffee und z.B. Tee.", "Er kostet ca. 3 Euro."],
        ["Die Praxis ist im 2. Stock.", "Der Aufzug ist rechts."],
        ["Der Preis beträgt 80.", "Danach zahlen Sie weniger."],
        ["M. Dupont est là.", "Mme. Blanc aussi."],
        ["El Sr. García vive aquí.", "¿Y usted?", "También."],
        ["1. Rinse gently.", "Then wait."],
        ["営業時間は9時です。", "日曜は休みです。"],
    ],
    ids=lambda sentences: sentences[0],
)
def test_sentences_are_told_apart(sentences):
    joint = "" if sentences[0].endswith("。") else " "
    assert split(joint.join(sentences)) == sentences


def test_a_line_break_ends_a_sentence():
    assert split("Main Street 1\n1234 Town") == ["Main Street 1", "1234 Town"]


@BRIEF
@given(st.text())
def test_spans_are_in_order_and_leave_out_white_space_only(text):
    reached = 0
    for start, end in extraction.sentences(text):
        assert reached <= start < end
        assert not text[reached:start].strip()
        reached = end
    assert not text[reached:].strip()
