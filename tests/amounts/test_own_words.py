"""What is written to customers is read back as it was meant."""

from hypothesis import given
from hypothesis import strategies as st

import amounts
import money
import spelt

# A locale of each language, and none: quoted text comes back from anybody.
LOCALES = {"en": "en-IE", "de": "de-DE", "fr": "fr-FR", "es": "es-ES", "nl": "nl-NL"}
MOST = 10**12  # minor units


@given(
    st.integers(1, MOST),
    st.sampled_from(sorted(money.exponents())),
    st.sampled_from(sorted(LOCALES)),
    st.booleans(),
)
def test_an_amount_that_is_written_out_is_read_back(
    minor: int, currency: str, language: str, is_known: bool
) -> None:
    text = spelt.amount(minor, currency, language)
    found = amounts.find(text, LOCALES[language] if is_known else None)
    assert [one.money for one in found] == [
        {"minor_units": minor, "currency": currency}
    ], text
    assert not found[0].doubt
