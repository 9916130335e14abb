"""What the assistant says is there in every language, and the customer's is found."""

import json
from importlib.resources import files

import pytest

import phrases

TEXTS = {
    each.name[:-5]: json.loads(each.read_text("utf-8"))
    for each in files(phrases).iterdir()
    if each.name.endswith(".json")
}


def test_every_language_says_all_there_is() -> None:
    assert set(TEXTS) >= {"en", "de", "fr", "es", "nl"}
    assert {frozenset(texts) for texts in TEXTS.values()} == {frozenset(TEXTS["en"])}


def test_no_language_repeats_another() -> None:
    for name in TEXTS["en"]:
        told = [texts[name] for texts in TEXTS.values() if len(texts[name]) > 20]
        assert len(set(told)) == len(told), name


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_an_offer_is_known_again_at_the_end_of_what_was_said(language: str) -> None:
    for name, offer in (
        ("complain", "offer"),
        ("unknown", "hint"),
        ("complain_aside", "hint"),
    ):
        said = [("user", "hm"), ("assistant", phrases.say(name, language))]
        assert phrases.is_last(offer, said)
        assert not phrases.is_last(offer, [*said, ("user", "hm")])
    assert not phrases.is_last("offer", [])


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Wann haben Sie geöffnet?", "de"),
        ("Tschüss", "de"),
        ("Quels sont vos horaires ?", "fr"),
        ("un humain svp", "fr"),
        ("¿dónde estáis?", "es"),
        ("adiós", "es"),
        ("Hoe laat gaan jullie open?", "nl"),
        ("een mens alstublieft", "nl"),
        ("Do you speak English?", "en"),
        ("and on Sundays?", "en"),
        ("40", ""),
        ("Anna Schmidt", ""),
        ("ann@example.com", ""),
    ],
)
def test_the_words_of_a_message_tell_its_language(message: str, language: str) -> None:
    assert phrases.spoken(message, [], None) == language


def test_a_word_tells_less_than_a_conversation_and_more_than_a_locale() -> None:
    german = [("user", "Wo sind Sie?"), ("assistant", "In Berlin.")]
    assert phrases.spoken("Berlin please", german, "fr") == "de"
    assert phrases.spoken("Berlin please", [], "fr") == "en"
    assert phrases.spoken("Berlin", german, "fr") == "de"
    assert phrases.spoken("Berlin", [], "fr-FR") == "fr"


@pytest.mark.parametrize(
    ("language", "locale", "tag"),
    [
        ("", "de-DE", "de-DE"),
        ("", None, None),
        ("de", "de-AT", "de-AT"),
        ("en", "de-DE", "en-DE"),
        ("de", "en_US", "de-US"),
        ("de", None, "de"),
        ("en", None, None),
        ("de", "zh-Hans-CN", "de-CN"),
        ("de", "fr", "de"),
    ],
)
def test_the_language_takes_its_place_in_the_locale(
    language: str, locale: str | None, tag: str | None
) -> None:
    assert phrases.tag(language, locale) == tag
