"""What is understood of texts, and what is asked about."""

import amounts


def _understood(case) -> tuple[list[str], bool]:
    text, locale, currency, _, _ = case
    found = amounts.find(text, locale, currency)
    clear = [one for one in found if one.minor_units is not None]
    said = [f"{one.minor_units} {one.currency}" for one in clear]
    return said, any(one.doubt for one in found)


def test_an_amount_is_understood_or_asked_about(known):
    assert _understood(known) == (known[3], known[4])
