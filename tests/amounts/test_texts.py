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


def test_so_is_one_that_nothing_was_tuned_for(held_back):
    assert _understood(held_back) == (held_back[3], held_back[4])


def test_figures_without_end_are_no_failure():
    many = "9" * 60
    for text in (
        many,
        f"{many} plus 5 euros",
        f"a third of {many} euros",
        f"€{many} divided by 7",
        f"{many}% of 50 euros",
        f"we are {many}, 5 euros a head",
    ):
        assert all(one.doubt for one in amounts.find(text) if one.minor_units is None)
