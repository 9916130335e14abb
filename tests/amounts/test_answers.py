"""What is said of an amount that was asked about is read with what was said before."""

from pathlib import Path

import pytest

import amounts

ROWS = [
    [part.strip() for part in line.split("|")]
    for line in Path(__file__).with_name("answers.txt").read_text("utf-8").splitlines()
    if line and line[0] != "#"
]


def told(found: amounts.Found) -> str:
    """Every amount as "6000 EUR", with its doubt behind it."""
    each = [(one.minor_units, one.currency, one.doubt) for one in found.mentions]
    return ", ".join(" ".join(str(part) for part in one if part) for one in each)


@pytest.mark.parametrize(("locale", "before", "text", "expected"), ROWS)
def test_an_answer_is_read_as_its_table_says(
    locale: str, before: str, text: str, expected: str
) -> None:
    language, _, currency = locale.partition(" ")
    assert told(amounts.read(text, language, currency or None, before)) == expected


def test_without_a_question_a_number_alone_is_no_amount() -> None:
    text = "wait, 65 and for the crown"
    assert amounts.read(text, "en", "EUR").mentions == []
    [found] = amounts.read(text, "en", "EUR", "").mentions
    assert found.money == {"minor_units": 6_500, "currency": "EUR"}


def test_the_rest_of_an_answer_is_kept() -> None:
    assert amounts.read("65 for the crown", "en", "EUR", "").rest == "; for the crown"
    chosen = amounts.read("the first, for the crown", "en", None, "50 or 60 euros")
    assert (chosen.text, chosen.rest) == ("50", "the first, for the crown")
