"""The language of a text is told by its words, and by letters where that is enough."""

import pytest

import langid


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When are you open?", "english"),
        ("Children's bikes: 85-100 cm, it's £40", "english"),
        ("Opening hours on Saturday", "english"),
        ("Can guests comment on reports?", "english"),
        ("Wann haben Sie geöffnet?", "german"),
        ("Was kostet das Parken?", "german"),
        ("Guten Tag", "german"),
        ("Quels sont vos horaires ?", "french"),
        ("J'ai un chien", "french"),
        ("merci beaucoup", "french"),
        ("¿Aceptan tarjeta?", "spanish"),
        ("donde estan", "spanish"),
        ("no hace falta cita", "spanish"),
        ("Hoe laat gaan jullie open?", "dutch"),
    ],
)
def test_words_and_letters_tell_the_language(text: str, language: str) -> None:
    assert langid.language(text) == language


def test_what_tells_nothing_is_in_the_language_that_is_expected() -> None:
    assert langid.language("Hydrafacial 60") == "english"
    assert langid.language("Hydrafacial 60", "french") == "french"


def test_accents_may_be_left_out() -> None:
    assert langid.spoken("wieviel kostet das fur kinder") == "de"
    assert langid.spoken("cuanto cuesta") == "es"


def test_letters_alone_say_nothing_of_who_speaks() -> None:
    assert langid.spoken("José García") == ""
    assert langid.spoken("y") == ""
    assert langid.language("Zahnärzte") == "german"


def test_as_many_words_as_are_wanted_have_to_be_known() -> None:
    assert langid.spoken("Berlin please") == "en"
    assert langid.spoken("Berlin please", least=2) == ""


def test_words_that_two_languages_have_tell_neither() -> None:
    assert langid.spoken("was") == ""


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("ive paid", "i've paid"),
        ("thats right, its 84,50 and i cant", "that's right, it's 84,50 and i can't"),
        ("id like a massage, im Bob", "i'd like a massage, i'm Bob"),
        ("its price and my id", "its price and my id"),
        ("ich komme im Mai", "ich komme im Mai"),
        ("la facture dont je parle", "la facture dont je parle"),
        ("Im Soo-jung", "Im Soo-jung"),
    ],
)
def test_apostrophes_that_people_leave_out_are_put_in(text: str, whole: str) -> None:
    assert langid.contracted(text) == whole


def test_the_name_of_a_currency_tells_no_language() -> None:
    assert langid.spoken("ok 75 euro then") == ""


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("Qual è il vostro indirizzo?", "it"),
        ("Posso pagare con carta?", "it"),
        ("Avete un parcheggio per i clienti?", "it"),
        ("Vorrei parlare con una persona", "it"),
        ("Qual o horário de funcionamento?", "pt"),
        ("Posso pagar com cartão?", "pt"),
        ("Vocês vendem lentes de contato?", "pt"),
        ("Quero marcar para amanhã de manhã", "pt"),
    ],
)
def test_a_language_of_which_little_is_said_here_is_told_from_its_neighbours(
    text: str, tongue: str
) -> None:
    assert langid.spoken(text) == tongue
    assert langid.language(text, "german") == "german"


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("¿Puedo pagar con tarjeta?", "es"),
        ("Quiero una cita para hoy", "es"),
        ("La reservation pour demain", "fr"),
        ("Je peux payer par carte ?", "fr"),
        ("What is the price in total?", "en"),
        ("una persona", "es"),
        ("a las 10 con Anna", "es"),
        ("vous êtes là demain ?", "fr"),
    ],
)
def test_its_neighbours_stay_what_they_are(text: str, tongue: str) -> None:
    assert langid.spoken(text) == tongue
