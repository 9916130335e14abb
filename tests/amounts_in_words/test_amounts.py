"""Amounts in words: what they look like, and that they are read back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import amounts
import amounts_in_words
import money

LANGUAGES = st.sampled_from(["en", "de", "fr", "es"])


@pytest.mark.parametrize(
    ("minor", "currency", "language", "written"),
    [
        (5_000, "EUR", "en", "50.00 EUR (fifty euros)"),
        (4_999, "EUR", "en", "49.99 EUR (forty-nine and 99/100 euros)"),
        (100, "USD", "en", "1.00 USD (one US dollar)"),
        (
            12_101_100,
            "USD",
            "en",
            "121011.00 USD (one hundred twenty-one thousand eleven US dollars)",
        ),
        (0, "EUR", "en", "0.00 EUR (zero euros)"),
        (500, "JPY", "en", "500 JPY (five hundred Japanese yen)"),
        (1_250, "KWD", "en", "1.250 KWD (one and 250/1000 Kuwaiti dinars)"),
        (2_100, "EUR", "de", "21,00 EUR (einundzwanzig Euro)"),
        (100, "EUR", "de", "1,00 EUR (ein Euro)"),
        (100, "SEK", "de", "1,00 SEK (eine Schwedische Krone)"),
        (100_000_000, "EUR", "de", "1000000,00 EUR (eine Million Euro)"),
        (7_100, "EUR", "fr", "71,00 EUR (soixante et onze euros)"),
        (8_000, "EUR", "fr", "80,00 EUR (quatre-vingts euros)"),
        (8_100, "EUR", "fr", "81,00 EUR (quatre-vingt-un euros)"),
        (9_900, "EUR", "fr", "99,00 EUR (quatre-vingt-dix-neuf euros)"),
        (20_000_000, "EUR", "fr", "200000,00 EUR (deux cent mille euros)"),
        (2_100, "GBP", "fr", "21,00 GBP (vingt et une livres sterling)"),
        (200_000_000, "EUR", "fr", "2000000,00 EUR (deux millions d’euros)"),
        (2_100, "EUR", "es", "21,00 EUR (veintiún euros)"),
        (10_000, "EUR", "es", "100,00 EUR (cien euros)"),
        (10_100, "EUR", "es", "101,00 EUR (ciento un euros)"),
        (52_100, "GBP", "es", "521,00 GBP (quinientas veintiuna libras esterlinas)"),
        (100_000_000, "EUR", "es", "1000000,00 EUR (un millón de euros)"),
        (5_000, "EUR", "ja", "50.00 EUR (fifty euros)"),
    ],
)
def test_an_amount_is_written_so(
    minor: int, currency: str, language: str, written: str
) -> None:
    assert amounts_in_words.amount(minor, currency, language) == written


@given(st.integers(1, amounts_in_words.LARGEST), LANGUAGES)
def test_the_words_are_read_back_as_the_amount(units: int, language: str) -> None:
    text = amounts_in_words.amount(units * 100, "EUR", language)
    words = text[text.index("(") + 1 : -1]
    [found] = amounts.find(words, language)
    assert found.money == {"minor_units": units * 100, "currency": "EUR"}


@given(st.integers(0, 2**53 - 1), st.sampled_from(sorted(money.exponents())), LANGUAGES)
def test_every_amount_of_every_currency_can_be_written(
    minor: int, currency: str, language: str
) -> None:
    text = amounts_in_words.amount(minor, currency, language)
    figures = text.partition(" ")[0].replace(",", ".")
    assert figures == f"{money.units(minor, currency):f}"
    assert currency in text
    assert not set("<>[]|") & set(text)


def test_an_unknown_currency_is_an_error() -> None:
    with pytest.raises(money.UnknownCurrency):
        amounts_in_words.amount(100, "XXX", "en")
