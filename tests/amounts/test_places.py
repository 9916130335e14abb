"""Where amounts are in a text, what to ask, and that any text can be searched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import amounts


def test_a_mention_says_where_it_is():
    text = "First €12.50, then fifty quid."
    found = amounts.find(text)
    assert [one.text for one in found] == ["€12.50", "fifty quid"]
    assert [text[one.start : one.end] for one in found] == ["€12.50", "fifty quid"]


def test_what_is_left_of_a_text_has_a_mark_in_place_of_each_amount():
    text = "Pay €12.50 for tea and 3 € for milk"
    assert amounts.without(text, amounts.find(text)) == "Pay ; for tea and ; for milk"


def test_a_doubt_is_asked_about_in_the_given_language():
    [doubtful] = amounts.find("100 kr")
    assert amounts.question(doubtful, "de") == "Welche Währung meinen Sie mit „100 kr“?"
    assert "pay" in amounts.question(None, "en")


def test_a_doubtful_currency_says_which_ones_it_may_be():
    [doubtful] = amounts.find("100 kr")
    assert set(doubtful.candidates) == {"SEK", "NOK", "DKK", "ISK"}
    assert doubtful.money is None


PIECES = st.sampled_from(
    "€ $ ¥ kr EUR 1 12 1.234 1,5 .5 - – x per and und to bis half a dozen fifty "
    "hundred k Mio. cents p each at ca. ( ) / % : , . ½ twice ein eine mille '".split()
)
LOCALES = st.sampled_from([None, "en", "de-CH", "fr", "pt-BR", "zh", "xx", "", "en-US"])


@given(st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=40), LOCALES)
def test_any_text_can_be_searched_and_what_is_found_is_whole_and_in_place(text, locale):
    found = amounts.find(text, locale)
    for one in found:
        assert one.text == text[one.start : one.end] != ""
        assert one.doubt or one.money
        assert one.minor_units is None or 0 <= one.minor_units <= 2**53 - 1
    places = [(one.start, one.end) for one in found]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "among", "currency"),
    [
        ("38", ["GBP"], "GBP"),
        ("$12", ["CAD", "USD"], "CAD"),
        ("12 kr", ["SEK"], "SEK"),
        ("12", ["GBP", "EUR"], None),
        ("$12", ["EUR", "USD"], None),
        ("12 euros", ["GBP"], "EUR"),
    ],
)
def test_an_open_currency_is_the_usual_one_of_the_place(
    text: str, among: list[str], currency: str | None
) -> None:
    assert [one.currency for one in amounts.read(text, among=among).mentions] == (
        [currency]
    )
