"""Glosses: the words of a text in English, and where in it they stand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import glosses


def test_a_language_that_is_not_glossed_is_the_one_that_is_expected():
    assert glosses.language("Was kostet das Parken?") == "german"
    assert glosses.language("Hoe laat gaan jullie open?") == "english"
    assert glosses.language("Hoe laat gaan jullie open?", "french") == "french"


@pytest.mark.parametrize(
    ("question", "language", "asked"),
    [
        ("Wann haben Sie geöffnet?", "german", "When are you open?"),
        ("Nehmen Sie Kreditkarten?", "german", "Do you take credit card?"),
        ("Kann man in Raten zahlen?", "german", "Can we pay in instalments?"),
        ("Quels sont vos horaires ?", "french", "What are your opening hours?"),
        ("Vous prenez la carte bleue ?", "french", "Do you take the bank card?"),
        ("Où êtes-vous ?", "french", "Where are you?"),
        ("¿Dónde estáis?", "spanish", "Where are you?"),
        ("¿Aceptan tarjeta?", "spanish", "Do you accept card?"),
        ("¿Se puede pagar a plazos?", "spanish", "Can we pay instalments?"),
    ],
)
def test_a_question_has_the_order_of_an_english_one(question, language, asked):
    assert glosses.asking(question, language) == asked


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("Terminabsagen kosten 40 Euro.", "german", "Appointment cancel cost 40 Euro."),
        ("von 7 bis 20 Uhr", "german", "from 7 to 20:00"),
        ("Montag bis Freitag", "german", "Monday to friday"),
        ("de 10 h à 21 h 30", "french", "of 10:00 to 21:30"),
        ("du mardi au samedi", "french", "of tuesday to saturday"),
        ("de 9 a 13 horas", "spanish", "of 9 to 13:00"),
        ("Herr Yılmaz", "german", "Mr Yılmaz"),
    ],
)
def test_compounds_times_and_ranges_are_spelt_as_english_has_them(text, language, said):
    assert glosses.gloss(text, language).text == said


@pytest.mark.parametrize(
    ("text", "language", "english", "original"),
    [
        ("Öffnung ab 15 Uhr, Einlass später.", "german", "15:00", "15 Uhr"),
        ("Fermé à 21 h 30 le jeudi.", "french", "thursday", "jeudi"),
        ("No hace falta cita.", "spanish", "Is not necessary", "No hace falta"),
    ],
)
def test_a_gloss_knows_what_it_is_of(text, language, english, original):
    said = glosses.gloss(text, language)
    at = said.text.index(english)
    start, end = said.original(at, at + len(english))
    assert text[start:end].rstrip(" ,") == original


@given(st.text(max_size=200), st.sampled_from(glosses.LANGUAGES))
def test_places_of_any_text_are_in_order_and_end_with_it(text, language):
    said = glosses.gloss(text, language)
    within, of = zip(*said.places, strict=True)
    assert list(within) == sorted(within)
    assert list(of) == sorted(of)
    assert (within[-1], of[-1]) == (len(said.text), len(text))
    assert said.original(0, len(said.text)) == (0, len(text)) or not said.text


@pytest.mark.parametrize("language", glosses.LANGUAGES)
def test_no_word_of_a_table_has_two_lines_of_its_own(language):
    path = Path(glosses.__file__).with_name(f"{language}.txt")
    seen: dict[str, str] = {}
    twice = []
    for line in path.read_text("utf-8").splitlines()[1:]:
        english, _, forms = line.partition(": ")
        for form in forms.split():
            if form in seen:
                twice.append((form, seen[form], english))
            seen[form] = english
    assert twice == []
