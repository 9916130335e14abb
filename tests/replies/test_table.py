"""What is said back: the language, the fields, and tables that are refused."""

import pytest

import replies

SAID = replies.Replies(
    {
        "en": {"hello": "Hello {name}.", "end": "It ended."},
        "de": {"hello": "Guten Tag {name}."},
        "fr": {"end": "C'est fini."},
        "es": {},
    }
)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("de", "Guten Tag Ann."),
        ("de-AT", "Guten Tag Ann."),
        ("DE_CH", "Guten Tag Ann."),
        ("fr-CA", "Hello Ann."),
        ("ja", "Hello Ann."),
        ("", "Hello Ann."),
        (None, "Hello Ann."),
    ],
)
def test_a_reply_is_in_the_locales_language_or_else_in_english(
    locale: str | None, said: str
) -> None:
    assert SAID.say("hello", locale, name="Ann") == said


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich möchte meine Rechnung bezahlen", "de"),
        ("Je voudrais payer 40 euros", "fr"),
        ("Quiero pagar la factura", "es"),
        ("I would like to pay", "en"),
        ("40", ""),
        ("", ""),
    ],
)
def test_without_a_locale_the_wording_says_the_language(
    text: str, language: str
) -> None:
    assert SAID.language(None, text) == language
    assert SAID.language("fr-FR", text) == "fr"
    assert SAID.language("pt-BR", text) == language
    assert SAID.say("end", SAID.language(None, "")) == "It ended."


def test_what_a_customer_wrote_is_no_template() -> None:
    assert SAID.say("hello", "de", name="{name.__class__}") == (
        "Guten Tag {name.__class__}."
    )


@pytest.mark.parametrize(
    "wrong", [{"hello": "Hallo {nmae}."}, {"hello": "Hallo."}, {"bye": "Tschüss."}]
)
def test_a_table_whose_languages_differ_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="de"):
        replies.Replies({"en": {"hello": "Hello {name}."}, "de": wrong})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("in English please", "en"),
        ("auf Deutsch bitte", "de"),
        ("en français, s'il vous plaît", "fr"),
        ("¿podemos hablar en español?", "es"),
        ("kan het in het Nederlands?", "nl"),
        ("Do you have English breakfast?", ""),
        ("Peter English", ""),
        ("German or English", ""),
        ("hello", ""),
    ],
)
def test_the_language_that_is_asked_for_is_told(text: str, language: str) -> None:
    assert replies.wished(text) == language
